"""Nothing that differs between two planted witnesses is proved, bounded or called impossible.

`make fuzz` goes through many more systems than the suite: FUZZ_SYSTEMS says how many, FUZZ_FROM
with which seed to begin.
"""

from __future__ import annotations

import os
import random

import pytest

from tests.circuits.soundness.planted import Planted, planted
from tests.circuits.soundness.planted_gates import planted_gates
from tests.circuits.soundness.planted_lists import planted_list
from tests.circuits.soundness.systems import holds, system_of
from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import ints_from_words
from zkpipe.circuits.soundness import Verdict, analyse
from zkpipe.circuits.soundness.analysis import determined
from zkpipe.circuits.soundness.roles import roles_of_every_wire
from zkpipe.circuits.soundness.search.contradictions import LONG, SHORT, Budget, contradiction

GROUP = 50
SYSTEMS = int(os.environ.get("FUZZ_SYSTEMS", "200"))
FIRST = int(os.environ.get("FUZZ_FROM", "0"))


@pytest.mark.parametrize("start", range(FIRST, FIRST + SYSTEMS, GROUP))
def test_what_differs_between_two_witnesses_is_not_proved(start: int) -> None:
    for seed in range(start, start + GROUP):
        p = planted(random.Random(seed))  # noqa: S311 - seeded test data
        assert_true(p, seed, LONG if seed % 10 == 0 else SHORT)
        if seed % 5 == 0:
            assert_verdict(p, seed)


@pytest.mark.parametrize("start", range(FIRST, FIRST + SYSTEMS, GROUP))
def test_what_differs_in_lists_of_two_witnesses_is_not_proved(start: int) -> None:
    for seed in range(start, start + GROUP):
        p = planted_list(random.Random(seed))  # noqa: S311 - seeded test data
        assert_true(p, seed, SHORT)


@pytest.mark.parametrize("start", range(FIRST, FIRST + SYSTEMS, GROUP))
def test_what_differs_beside_gates_is_not_proved(start: int) -> None:
    for seed in range(start, start + GROUP):
        p = planted_gates(random.Random(seed))  # noqa: S311 - seeded test data
        assert_true(p, seed, SHORT)
        if seed % 5 == 0:
            assert_verdict(p, seed)


def assert_true(p: Planted, seed: int, budget: Budget) -> None:
    """Whatever is proved of the system holds in both witnesses."""
    assert all(holds(p.rows, values) for values in p.values), seed
    system = system_of(p.rows, p.outputs, p.inputs, p.wires)
    forms = determined(system, roles_of_every_wire(system))
    assert not forms.state.is_known[p.differing].any(), seed
    assert contradiction(forms, budget) is None, seed
    for values in p.values:
        for wire, value in enumerate(values):
            arc = forms.arc_of_wire(wire)
            assert arc is None or (value - arc[0]) % R <= arc[1] - arc[0], (seed, wire)
            assert not forms.system.is_bit[wire] or value in (0, 1), (seed, wire)


def assert_verdict(p: Planted, seed: int) -> None:
    system = system_of(p.rows, p.outputs, p.inputs, p.wires)
    report = analyse(system)
    if p.outputs and any(wire <= p.outputs for wire in p.differing):
        assert report.verdict is not Verdict.SAFE, seed
    pair = report.counterexample
    assert (report.verdict is Verdict.UNSAFE) == (pair is not None), seed
    if pair is not None:
        first, second = ints_from_words(pair.first.values), ints_from_words(pair.second.values)
        assert holds(p.rows, first), seed
        assert holds(p.rows, second), seed
        assert all(first[wire] == second[wire] for wire in system.input_wires), seed
        assert any(first[wire] != second[wire] for wire in report.wires), seed
