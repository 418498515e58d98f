"""Hosts and texts: hosts call kernels by name, so a name must be there, and must cost no import."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from numba.core.registry import CPUDispatcher

ROOT = Path(__file__).resolve().parent.parent.parent
LAYERS = ("accel", "circuits", "prover", "benchmarks")

COMPILERS = ("llvmlite", "numba")
LOADED = """
import sys
from importlib import import_module
for name in {names}:
    import_module(name)
print(*sorted(name for name in sys.modules if name.startswith({kept})))
"""


def called(path: Path) -> Iterator[tuple[str, str]]:
    """The kernels that a file calls by name: the module of each one's text, and the name."""
    tree = ast.parse(path.read_text())
    texts = {
        node.targets[0].id: str(ast.literal_eval(node.value.args[0]))
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
        and node.value.func.id == "Kernels"
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            text = texts.get(node.value.id)
            if text is not None:
                yield text, node.attr


CALLS = sorted(
    {
        (path.relative_to(ROOT).as_posix(), *call)
        for layer in LAYERS
        for path in (ROOT / layer).rglob("*.py")
        for call in called(path)
    }
)
TEXTS = sorted({text for _, text, _ in CALLS})


def test_hosts_of_sums_call_kernels() -> None:
    assert ("accel/msm/buckets.py", "zkpipe.accel.msm.kernels.buckets", "sum_runs") in CALLS


@pytest.mark.parametrize(("host", "text", "name"), CALLS)
def test_every_kernel_that_a_host_names_is_there(host: str, text: str, name: str) -> None:
    assert isinstance(getattr(import_module(text), name), CPUDispatcher)


def test_to_import_hosts_of_sums_brings_no_text_and_no_compiler() -> None:
    names = [f"zkpipe.accel.msm.{path.stem}" for path in (ROOT / "accel/msm").glob("[a-z]*.py")]
    assert len(names) > 5
    code = LOADED.format(names=names, kept=("zkpipe.accel.msm.kernels", *TEXTS, *COMPILERS))
    done = subprocess.run(  # noqa: S603 # this interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
