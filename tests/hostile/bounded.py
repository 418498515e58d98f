"""Runs a module of hostile files in a process of its own, and brings back what it found."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def process(module: str, folder: Path, words: list[str]) -> dict[str, Any]:
    """What it printed, by what was tried; fails with the last file if it ended otherwise."""
    ran = subprocess.run(  # noqa: S603 # this Python, our own module
        [sys.executable, "-m", module, folder, *words],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            "ZKPIPE_THREADS": "1",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=6000,
    )
    now = folder / "now"
    at = now.read_text() if now.exists() else "the beginning"
    assert ran.returncode == 0, f"ended at {at}:\n{ran.stderr[-3000:]}"
    found: dict[str, Any] = json.loads(ran.stdout)
    for name, facts in found.items():
        bounds = f"slowest {facts['slowest']:.2f} s, {facts['peak'] >> 20} MB"
        print(f"{name}: {facts['counted']}, {bounds}, {facts['cpu']:.1f} s in all")  # noqa: T201
    failures = [f"{name}: {text}" for name in found for text in found[name]["failures"]]
    assert not failures, f"{len(failures)} failures\n" + "\n".join(failures[:20])
    assert all(facts["slowest"] < 5 for facts in found.values())
    return found
