"""S9: whatever bytes a file holds, its reader gives a value or an error of ours, soon, in bounds.

What is accepted is compared with the formats as they are read number by number (plain), and, where
we write such files, written again. In the suite some hundred files of each kind; in the long form
more than 2,000 of each, and every truncation of a small one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.hostile.formats import FORMATS
from tests.long_form import IS_LONG

ROOT = Path(__file__).parents[2]
COUNT = 2000 if IS_LONG else 60  # structured ones; as many again of other kinds
SEED = int(os.environ.get("FUZZ_FROM", "18"))
ENOUGH = 2000 if IS_LONG else 100
RECORD = "deployment"


def told(folder: Path, kinds: list[str]) -> dict[str, Any]:
    """What a bounded process makes of hostile files of these kinds."""
    words = [word for kind in kinds for word in (kind, str(SEED), str(COUNT))]
    ran = subprocess.run(  # noqa: S603 # this Python, our own module
        [sys.executable, "-m", "tests.hostile.child", folder, *words],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            "ZKPIPE_THREADS": "1",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=3000,
    )
    now = folder / "now"
    at = now.read_text() if now.exists() else "the beginning"
    assert ran.returncode == 0, f"ended at {at}:\n{ran.stderr[-3000:]}"
    found: dict[str, Any] = json.loads(ran.stdout)
    for kind, facts in found.items():
        told = f"{facts['counted']}, slowest {facts['slowest']:.2f} s, {facts['peak'] >> 20} MB"
        print(f"{kind}: {told}, {facts['cpu']:.1f} s in all")  # noqa: T201
    return found


def holds(found: dict[str, Any], kinds: list[str]) -> None:
    assert list(found) == kinds
    failures = [f"{kind}: {text}" for kind in kinds for text in found[kind]["failures"]]
    assert not failures, f"{len(failures)} failures\n" + "\n".join(failures[:20])
    for kind in kinds:
        assert sum(found[kind]["counted"].values()) >= ENOUGH, kind
        assert found[kind]["counted"].get("accepted", 0) > 0, kind
        assert found[kind]["slowest"] < 5, kind


def test_every_hostile_file_gives_a_value_or_an_error_of_ours_within_its_bounds(
    seeds: Path,
) -> None:
    kinds = [kind for kind in FORMATS if kind != RECORD]
    holds(told(seeds, kinds), kinds)


def test_every_hostile_record_of_a_deployment_does_too(deployed_seeds: Path) -> None:
    holds(told(deployed_seeds, [RECORD]), [RECORD])
