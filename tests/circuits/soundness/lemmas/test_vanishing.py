"""Divisors that the rows keep from 0, and what comes near to that."""

from __future__ import annotations

import pytest

from tests.circuits.soundness.systems import bit, equal, system_of
from zkpipe.circuits import Array, Field, Point, Private, Public, UInt, circuit
from zkpipe.circuits.gadgets import wrap_key
from zkpipe.circuits.soundness import Verdict, analyse
from zkpipe.circuits.soundness.lemmas.vanishing import MOST_ROWS, Vanishing

IS_ZERO = [({2: 1}, {4: 1}, {}), ({2: 1}, {5: 1}, {0: 1, 4: -1})]  # wire 4: whether 2 is
TURNED = [({4: 1}, {2: 1}, {}), ({5: 1}, {2: -1}, {0: -3, 4: 3})]
BY_PLACE = ({4: 1}, {0: 8, 2: -1}, {6: 1, 2: -1})  # wire 6: 8 in place of 2 if that is 0
NEVER = {
    "a numerator that is a number there": [({0: 1, 2: -1}, {1: 1}, {0: 1, 2: 1})],
    "a numerator of other coefficients": [({0: 7, 2: 3}, {1: 1}, {0: 1, 2: 5})],
    "what stands in place of 0": [*IS_ZERO, BY_PLACE, ({6: 1}, {1: 1}, {3: 1})],
    "what stands in place of 0, turned": [*TURNED, BY_PLACE, ({1: 1}, {6: -2}, {3: 1})],
    "a number and whether it is 0": [*IS_ZERO, equal({6: 1, 2: -1, 4: -1}),
                                     ({6: 1}, {1: 1}, {3: 1})],
    "a square that is a number": [({2: 1}, {2: 1}, {6: 1}), ({6: 1}, {3: 1}, {0: 2}),
                                  ({2: 1}, {1: 1}, {3: 1})],
    "a constant of constants": [equal({6: 1, 0: -5}), ({6: 1}, {6: 1}, {7: 1}),
                                ({7: 1, 6: -4}, {1: 1}, {2: 1, 3: 1})],
    "a quotient by a quotient": [({0: 1, 2: -1}, {6: 1}, {0: 1, 2: 1}),
                                 ({6: 1}, {1: 1}, {6: 2, 0: 7})],
}  # fmt: skip
MAYBE = {
    "a numerator that is 0 there too": [({0: 1, 2: -1}, {1: 1}, {0: 3, 2: -3})],
    "a difference of inputs": [({2: 1, 3: -1}, {1: 1}, {2: 5, 3: -5})],
    "a numerator of another wire": [({0: 1, 2: -1}, {1: 1}, {0: 1, 3: 1})],
    "what stands in place of another number": [*IS_ZERO, ({4: 1}, {0: 8, 2: -1}, {6: 1, 3: -1}),
                                               ({6: 1}, {1: 1}, {3: 1})],
    "0 in place of 0": [*IS_ZERO, ({4: 1}, {2: -1}, {6: 1, 2: -1}), ({6: 1}, {1: 1}, {3: 1})],
    "half of an is-zero": [IS_ZERO[1], bit(4), BY_PLACE, ({6: 1}, {1: 1}, {3: 1})],
    "a number and a bit": [bit(4), equal({4: 1, 3: -1}), equal({6: 1, 2: -1, 4: -1}),
                           ({6: 1}, {1: 1}, {2: 1, 0: 1})],
    "a constant of constants that is 0": [equal({6: 1, 0: -4}), ({6: 1}, {6: 1}, {7: 1}),
                                          ({7: 1, 6: -4}, {1: 1}, {2: 1, 3: -1})],
    "a constant beside an input": [equal({6: 1, 0: -4}), ({6: 1, 2: 1}, {1: 1}, {3: 1})],
}  # fmt: skip


def verdict_on(rows):
    return analyse(system_of(rows, 1, 2, 8)).verdict


@pytest.mark.parametrize("name", NEVER)
def test_a_divisor_that_contradicts_the_rows_where_it_is_0_is_proved(name):
    assert verdict_on(NEVER[name]) is Verdict.SAFE


@pytest.mark.parametrize("name", MAYBE)
def test_a_divisor_that_may_be_0_is_not(name):
    assert verdict_on(MAYBE[name]) is not Verdict.SAFE


def test_without_a_budget_nothing_is_proved(monkeypatch):
    monkeypatch.setattr(
        "zkpipe.circuits.soundness.apply_lemmas.Vanishing", lambda *_: Vanishing(-1)
    )
    rows = NEVER["what stands in place of 0"]
    assert verdict_on(rows) is Verdict.UNKNOWN


@pytest.mark.parametrize("n", [40, 160])
def test_the_work_is_linear_in_the_divisors_and_ends_with_the_budget(n, monkeypatch):
    """(x_i + 1) q_i = y_i: every divisor may be 0."""
    rows = [({n + i: 1, 0: 1}, {i: 1}, {2 * n + i: 1}) for i in range(1, n + 1)]
    made = []

    class Counted(Vanishing):
        def __init__(self, *given):
            super().__init__(*given)
            made.append((self, self.work_left))

    monkeypatch.setattr("zkpipe.circuits.soundness.apply_lemmas.Vanishing", Counted)
    assert analyse(system_of(rows, n, 2 * n, 3 * n + 1)).verdict is Verdict.UNSAFE
    ((lemma, most),) = made
    assert 0 < most - lemma.work_left < 60 * n


def test_flags_before_a_divisor_take_none_of_the_rows_that_a_turn_looks_at():
    """The inverse of each flag is a factor that is not determined, and that nobody asks about."""

    @circuit
    def counted(
        values: Private[Array[UInt[8], MOST_ROWS]], key: Private[Point], nonce: Private[UInt[251]]
    ) -> tuple[Public[UInt[9]], Public[Field]]:
        count = sum(value != 0 for value in values)
        return count, wrap_key(5, key, nonce)

    assert analyse(counted.trace()).verdict is Verdict.SAFE
