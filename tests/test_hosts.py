"""Hosts of what computes, to the prover: to import them all brings no text and no numba.

A text is a module that takes the decorators of kernels; all else in these folders is a host.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from zkpipe.accel.compiled.sources import ROOT

FOLDERS = (
    "accel/curves",
    "accel/hashes",
    "accel/executors",
    "circuits",
    "prover",
    "benchmarks/kernels",
)
DECORATORS = "zkpipe.accel.compiled.kernels"
OF_KERNELS = {DECORATORS, "zkpipe.accel.fields.functions", "zkpipe.accel.cuda.compiled.ptx"}
COMPILERS = {"numba", "llvmlite"}
WITH_A_CARD = "zkpipe.accel.executors.card"  # imported where there is one: numba makes its kernels

IMPORT_ALL = """
import sys
from importlib import import_module
for name in {hosts}:
    import_module(name)
print(*sorted(set(sys.modules) & {unwanted}))
"""


def imported(path: Path) -> set[str]:
    """The modules that a module takes names from, wherever in it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


def hosts_and_texts(folder: str) -> tuple[list[str], set[str]]:
    """The names of a folder's modules, at any depth."""
    hosts, texts = [], set()
    for path in sorted((ROOT / folder).resolve().rglob("*.py")):
        inner = path.relative_to((ROOT / folder).resolve()).with_suffix("").parts
        name = ".".join(("zkpipe", *folder.split("/"), *inner)).removesuffix(".__init__")
        if OF_KERNELS & imported(path):
            texts.add(name)
        elif name != WITH_A_CARD:
            hosts.append(name)
    return hosts, texts


@pytest.mark.parametrize("folder", FOLDERS)
def test_hosts_import_no_text_and_no_numba(folder: str) -> None:
    hosts, texts = hosts_and_texts(folder)
    assert len(hosts) >= 3
    source = IMPORT_ALL.format(hosts=hosts, unwanted=texts | COMPILERS)
    done = subprocess.run(  # noqa: S603 # this interpreter
        [sys.executable, "-c", source], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def test_texts_are_told_from_hosts() -> None:
    hosts, texts = hosts_and_texts("circuits")
    assert "zkpipe.circuits.solve.tape_kernels" in texts
    assert "zkpipe.circuits.soundness.model.kernels.bounds" in texts
    assert "zkpipe.circuits.solve.tape_run" in hosts
