"""What deletions() runs grows with a circuit's parts, and not with their square."""

from __future__ import annotations

import math
import sys
from typing import Any

import pytest

from zkpipe.circuits import Array, Private, Public, UInt, check, circuit, hint, lookup
from zkpipe.circuits.define.circuit import Circuit
from zkpipe.circuits.solve.advice import questions, wires_behind
from zkpipe.circuits.testing import deletions
from zkpipe.circuits.testing.subject import subject

TABLE = [(k * k + 7) % 251 for k in range(16)]


def lookups(count: int) -> Circuit:
    @circuit
    def looked_up(xs: Private[Array[UInt[4], count]]) -> Public[UInt[32]]:
        return sum(lookup(TABLE, x) for x in xs)

    return looked_up


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One for each run of the tape."""
    module = sys.modules[deletions.__module__]
    original, made = module.forged, []

    def forged(*arguments: Any) -> Any:
        made.append(1)
        return original(*arguments)

    monkeypatch.setattr(module, "forged", forged)
    return made


def test_each_input_and_each_lookup_costs_deletions_as_many_runs(runs: list[int]) -> None:
    needed = []
    for count in (4, 16):
        runs.clear()
        found = deletions(lookups(count), [{"xs": [i % 16 for i in range(count)]}])
        assert len(found.tried) == len(found.by_case) + len(found.by_verdict)
        needed.append(len(runs))
    assert needed[1] <= 4.5 * needed[0]  # four times the lookups; quadratic would be sixteen


@circuit
def parts(x: Private[UInt[8]], y: Private[UInt[8]], z: Private[UInt[8]]) -> Public[UInt[16]]:
    root = hint(math.isqrt, x, returns=UInt[4])
    check(root * root <= x)
    check(x < (root + 1) * (root + 1))
    return root + y // (z + 1)


def test_the_wires_behind_a_row_are_those_that_its_values_follow_from() -> None:
    """Changing any other advice leaves all values of the row as they were."""
    tested = subject(parts)
    system = tested.system
    asked = questions(tested.tape, [50, 70, 3])
    module = sys.modules[deletions.__module__]
    honest = module.forged(tested.tape, [50, 70, 3], {})
    beside = 0
    for row in range(system.constraint_count):
        behind = wires_behind(system, [row])
        assert set(tested.wires_of_row(row)) <= behind
        for question in asked:
            if behind.isdisjoint(question.advice.wires):
                beside += 1
                lie = [value + 1 for value in question.honest]
                values = module.forged(tested.tape, [50, 70, 3], {question.advice: lie})
                wires = tested.wires_of_row(row)
                assert (values[wires] == honest[wires]).all()
    assert beside


def test_only_advice_of_the_wires_asked_about_is_asked() -> None:
    tape = subject(parts).tape
    asked = questions(tape, [50, 70, 3])
    for question in asked:
        (alone,) = questions(tape, [50, 70, 3], wires={question.advice.wires[-1]})
        assert alone == question
    assert questions(tape, [50, 70, 3], wires=set()) == []
