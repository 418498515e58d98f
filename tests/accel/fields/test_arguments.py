"""Arrays of fields are made without the compiler, and the compiler knows their types."""

from __future__ import annotations

import subprocess
import sys

import pytest

USE = """
import numpy as np
from zkpipe.accel.bn254 import FP2, FR
from zkpipe.accel.fields.rows import Elements, Rows, WorkRows, blank_rows
from zkpipe.accel.machines.backend import best, machine, processor
from zkpipe.accel.machines.machine import AVX512, CUDA, SCALAR

for kind in (SCALAR, AVX512, CUDA, machine(), best()):
    arrays = [Elements(FR, kind, 9, 3), *Elements.interleaved(FP2, kind, 9, (2, 3))]
    arrays += [arrays[1].below(5), Elements.over(FR, kind, np.zeros_like(arrays[0].words))]
    words = np.zeros((9, 24), np.uint64)
    arrays += [Rows(FP2, kind, words, 3), WorkRows(FR, kind, words, 6), blank_rows(FR, kind, 9, 2)]
    assert all(a.type_name and a.address and a.length and a.machine is kind for a in arrays)
assert processor()
"""
LOOK = "import sys; print([name for name in ('numba', 'llvmlite') if name in sys.modules])"


def compilers_after(code: str) -> str:
    """Which compilers a process has imported that has run this."""
    done = subprocess.run(  # noqa: S603 # this interpreter
        [sys.executable, "-c", f"{code}\n{LOOK}"], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere llvmlite says what there is")
def test_arrays_are_made_and_the_machine_chosen_without_a_compiler() -> None:
    assert compilers_after(USE) == "[]"


def test_numba_finds_the_types_where_no_text_has_brought_them() -> None:
    code = (
        "from zkpipe.accel.bn254 import FR\n"
        "from zkpipe.accel.fields.rows import Elements, blank_rows\n"
        "from zkpipe.accel.machines.machine import SCALAR\n"
        "from numba import njit, typeof\n"
        "array, rows = Elements(FR, SCALAR, 5), blank_rows(FR, SCALAR, 5, 1)\n"
        "assert typeof(rows).name == rows.type_name\n"
        "assert njit(lambda x: len(x))(array) == 5"
    )
    assert compilers_after(code) == "['numba', 'llvmlite']"
