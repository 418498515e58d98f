"""Hosts of points, transforms, vectors and of a key's records are imported without a compiler."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import zkpipe.accel

ACCEL = Path(zkpipe.accel.__file__ or "").parent
PROVER = ACCEL.parent / "prover"
TEXTS = ("points/digits.py", "points/pairs.py", "points/windows.py", "transforms/layers.py")
LOADED = """
import sys
from importlib import import_module
for name in {names}:
    import_module(name)
print(*[name for name in sys.modules if name in {kept} or ".kernels" in name])
"""


def hosts(folder: str) -> dict[str, Path]:
    """The modules of a folder of accel that are no texts, by their names."""
    package = f"zkpipe.accel.{folder}"
    paths = [p for p in (ACCEL / folder).glob("[a-z]*.py") if f"{folder}/{p.name}" not in TEXTS]
    return {f"{package}.{path.stem}": path for path in paths}


def taken(path: Path) -> set[str]:
    """The modules of ours from which a module takes names."""
    nodes = ast.walk(ast.parse(path.read_text()))
    modules = {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    return {module for module in modules if module.startswith("zkpipe.")}


def loaded(names: set[str]) -> set[str]:
    """The compilers and texts that a process has imported that has imported these modules."""
    texts = tuple(f"zkpipe.accel.{text.removesuffix('.py').replace('/', '.')}" for text in TEXTS)
    code = LOADED.format(names=sorted(names), kept=("numba", "llvmlite", *texts))
    done = subprocess.run(  # noqa: S603 # this interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_the_texts_that_lie_among_hosts_are_there() -> None:
    assert all((ACCEL / text).exists() for text in TEXTS)


@pytest.mark.parametrize("folder", ["transforms", "linear"])
def test_hosts_over_the_field_are_imported_without_a_compiler(folder: str) -> None:
    own = hosts(folder)
    assert len(own) >= 2
    assert loaded(set(own)) == set()


RECORDS = {"zkpipe.prover.groth16.records": PROVER / "groth16" / "records.py"}


@pytest.mark.parametrize("own", [hosts("points"), RECORDS], ids=["points", "records"])
def test_hosts_bring_none_beyond_the_modules_that_they_take_from(own: dict[str, Path]) -> None:
    """Those have tests of their own."""
    assert own
    below = set.union(*map(taken, own.values())) - set(own)
    assert loaded(set(own)) <= loaded(below)
