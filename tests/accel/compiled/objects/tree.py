"""A package `zkpipe` of its own with the machinery of kernels and one kernel, and its processes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from zkpipe.accel.compiled.sources import ROOT

TEXT = """
from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.parts import amount

@kernel
def raised(x):
    return x + amount()
"""
PART = """
from zkpipe.accel.compiled.kernels import kernel

@kernel
def amount():
    return {amount}
"""
CALL = """
import sys
from zkpipe.accel.compiled.entries import Kernels
value = Kernels("zkpipe.accel.text").raised({argument})
print(value, "numba" in sys.modules)
"""
WITHOUT = """
import sys
class Refused:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("numba", "llvmlite"):
            raise ImportError(name + " is not to be imported")
sys.meta_path.insert(0, Refused())
"""


def plant(tree: Path, amount: int = 1) -> None:
    """Copies of what kernels need, a kernel, and a part of it in another module."""
    accel = tree / "zkpipe" / "accel"
    (accel / "compiled").mkdir(parents=True)
    for name in ("__init__", "accel/__init__"):
        (tree / "zkpipe" / f"{name}.py").write_text("")
    for name in ("compiled", "machines"):
        shutil.copytree((ROOT / "accel" / name).resolve(), accel / name, dirs_exist_ok=True)
    shutil.copy((ROOT / "accel" / "curve.py").resolve(), accel)
    shutil.copytree((ROOT / "ground").resolve(), tree / "zkpipe" / "ground")
    (accel / "text.py").write_text(TEXT)
    change(tree, amount)


def change(tree: Path, amount: int) -> None:
    """Another text of the part."""
    (tree / "zkpipe" / "accel" / "parts.py").write_text(PART.format(amount=amount))


def run(tree: Path, program: str, *, check: bool = True, **settings: str) -> list[str]:
    """The words that a program prints, in a process of its own; its errors if it fails."""
    environment = {**os.environ, "PYTHONPATH": str(tree), **settings}
    environment["XDG_CACHE_HOME"] = str(tree / "cache")
    environment["PYTHONDONTWRITEBYTECODE"] = "1"  # Python takes a text of the same second and size
    command = [sys.executable, "-P", "-c", program]
    done = subprocess.run(  # noqa: S603 # this interpreter, a program of the test
        command, env=environment, capture_output=True, text=True, check=False, cwd=tree
    )
    assert not check or done.returncode == 0, done.stderr
    return done.stdout.split() if done.returncode == 0 else done.stderr.split()


def call(tree: Path, argument: str = "10", **settings: str) -> list[str]:
    """What the kernel gives, and whether numba was imported."""
    return run(tree, CALL.format(argument=argument), **settings)


def call_without(tree: Path, argument: str = "10", **settings: str) -> list[str]:
    """The same where numba and llvmlite cannot be imported; the words of the error if it fails."""
    return run(tree, WITHOUT + CALL.format(argument=argument), check=False, **settings)
