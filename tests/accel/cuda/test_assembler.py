"""Registers, spills and instructions of the kernels are those that docs/gpu.md says."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.accel.cuda.assembler import assembled, named, table, tool
from tests.long_form import IS_LONG
from zkpipe.accel.cuda.compiled.ptx import THREADS
from zkpipe.accel.cuda.kernels.all_kernels import all_kernels

PAGE = Path(__file__).resolve().parents[3] / "docs" / "gpu.md"
REGISTERS = 65_536  # of a multiprocessor
PINNED = {row.name: row for row in table(PAGE.read_text(encoding="utf-8"))}
KERNELS = {named(kernel): kernel for kernel in all_kernels()}


def assembler() -> str | None:
    """The version of ptxas, 13.0 say, or None if there is none."""
    if (path := tool("ptxas")) is None:
        return None
    said = subprocess.run(  # noqa: S603 # NVIDIA's program
        [path, "--version"], capture_output=True, text=True, check=True
    ).stdout
    return re.search(r"release (\d+\.\d+)", said)[1]


# Kernels of G2 take the assembler up to half a minute each: the suite has one of them.
LATER = {name for name, kernel in KERNELS.items() if kernel.group == "G2"} - {"`sum_points` in G2"}
ASSEMBLED = [name for name in KERNELS if IS_LONG or name not in LATER]


def test_the_table_has_every_kernel() -> None:
    assert set(PINNED) == set(KERNELS)


@pytest.mark.parametrize("name", KERNELS)
def test_registers_leave_room_for_the_blocks_that_a_kernel_wants(name: str) -> None:
    kernel, row = KERNELS[name], PINNED[name]
    degree = 2 if kernel.group == "G2" else 1
    blocks = kernel.kernel.blocks[degree - 1]
    assert max(row.registers) <= min(255, REGISTERS // (THREADS * blocks))


@pytest.mark.skipif(assembler() is None, reason="ptxas is not here: nvidia-cuda-nvcc has it")
@pytest.mark.parametrize("name", ASSEMBLED)
def test_ptxas_makes_what_the_table_says(name: str) -> None:
    """A few registers and instructions more or less are another release of the assembler."""
    found, said = assembled(KERNELS[name]), PINNED[name]
    for ours, pinned in zip(found.registers, said.registers, strict=True):
        assert abs(ours - pinned) <= 8
    assert found.spilled <= said.spilled + 64
    if found.instructions is not None:
        assert abs(found.instructions - said.instructions) <= 0.02 * said.instructions + 16
        assert found.wide == said.wide
