"""What zkpipe.accel gives, and that importing it is quick: numba comes with the first use."""

from __future__ import annotations

import subprocess
import sys

import pytest


def run(code: str) -> str:
    """What a program prints in a new process: what was imported before would count here."""
    done = subprocess.run(  # noqa: S603 # this interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.mark.parametrize("name", ["msm_g1", "msm_g2", "inverse_ntt", "ntt"])
@pytest.mark.parametrize(
    "before",
    [
        "",
        "import zkpipe.accel.msm.multi_scalar, zkpipe.accel.transforms.ntt; ",
        "import zkpipe.prover.groth16; ",
    ],
)
def test_public_names_are_functions_whatever_was_imported_before(name: str, before: str) -> None:
    assert run(f"{before}from zkpipe.accel import {name}; print(callable({name}))") == "True"
    assert run(f"{before}from zkpipe import accel; print(callable(accel.{name}))") == "True"


def test_importing_the_package_and_its_errors_brings_no_numba() -> None:
    code = "import sys, zkpipe.ground.errors, zkpipe.accel.bn254; print('numba' in sys.modules)"
    assert run(code) == "False"
