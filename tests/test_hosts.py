"""Hosts of what computes, to the prover: to import them all brings no text and no compiler.

Texts of kernels, and the types and lowerings that they compile with, lie in packages `kernels`, or
stand in NO_HOSTS; all other modules are hosts.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from zkpipe.accel.compiled.sources import ROOT

FOLDERS = {
    "accel": "",  # its own modules: bn254, roots, warm_jobs ...
    "accel/compiled": "kernel_code kernel_files kernels objects.gathering objects.lowered",
    "accel/curves": "constants endomorphism jacobian tower xyzz",
    "accel/executors": "card",  # imported where there is one: numba makes its kernels
    "accel/fields": "arrays field functions inverse prepared_constants safegcd sums",
    "accel/hashes": "chacha",
    "accel/linear": "",
    "accel/machines": "cuda functions lane_words lowering lowerings scalar simd single_values",
    "accel/msm": "",
    "accel/points": "digits pairs windows",
    "accel/transforms": "layers",
    "benchmarks/kernels": "arithmetic",
    "circuits": "solve.tape_kernels soundness.model.digits soundness.model.naturals",
    "prover": "",
}
NO_HOSTS = {
    f"zkpipe.{folder.replace('/', '.')}.{name}"
    for folder, names in FOLDERS.items()
    for name in names.split()
}
COMPILERS = {"numba", "llvmlite"}

IMPORT_ALL = """
import sys
from importlib import import_module
for name in {hosts}:
    import_module(name)
print(*sorted(name for name in sys.modules
              if name in {unwanted} or name.startswith("zkpipe.") and ".kernels." in name[:-1]
              and not name.startswith("zkpipe.benchmarks.kernels.")))
"""


def modules(folder: str) -> list[str]:
    """The names of a folder's modules, at any depth; of accel those beside its folders."""
    top = (ROOT / folder).resolve()
    paths = sorted(top.glob("*.py") if folder == "accel" else top.rglob("*.py"))
    parts = [
        ("zkpipe", *folder.split("/"), *p.relative_to(top).with_suffix("").parts) for p in paths
    ]
    return [".".join(inner).removesuffix(".__init__") for inner in parts]


def hosts(folder: str) -> list[str]:
    """Those that are hosts."""
    depth = folder.count("/") + 2
    return [
        name
        for name in modules(folder)
        if name not in NO_HOSTS and "kernels" not in name.split(".")[depth:]
    ]


@pytest.mark.parametrize("folder", FOLDERS)
def test_hosts_import_no_text_and_no_compiler(folder: str) -> None:
    assert len(hosts(folder)) >= 2
    source = IMPORT_ALL.format(hosts=hosts(folder), unwanted=NO_HOSTS | COMPILERS)
    done = subprocess.run(  # noqa: S603 # this interpreter
        [sys.executable, "-c", source], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def test_what_counts_as_no_host_is_there() -> None:
    there = {name for folder in FOLDERS for name in modules(folder)}
    assert there >= NO_HOSTS
