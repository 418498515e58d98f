"""The machine that ZKPIPE_BACKEND chooses runs the whole folder; some claims are of lanes alone."""

from __future__ import annotations

import pytest

from zkpipe.accel.machines.backend import machine as chosen_machine
from zkpipe.accel.machines.machine import Machine
from zkpipe.ground.process import memory


@pytest.fixture(autouse=True)
def _memory_holds_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    """Working memory that is not asked to be zero is not: whoever reads before writing is seen."""
    given = memory._bytes

    def full(size: int) -> tuple[memory.Bytes, int]:
        raw, _ = given(size)
        raw[:] = 0xA5
        return raw, size

    monkeypatch.setattr(memory, "_bytes", full)


@pytest.fixture
def machine() -> Machine:
    return chosen_machine()


@pytest.fixture
def lanes(machine: Machine) -> Machine:
    """The machine, where it computes on eight lanes and leaves reductions to the kernel."""
    if machine.width == 1:
        pytest.skip("the scalar machine reduces in every operator: its bounds never grow")
    return machine
