"""Loops whose steps need a lemma each: work linear in the length, and the same verdict at any."""

import math

import pytest

from zkpipe.circuits import Array, Private, Public, UInt, check, circuit, hint, maximum, select
from zkpipe.circuits.soundness import Verdict, analyse
from zkpipe.circuits.soundness.integers import brackets
from zkpipe.circuits.soundness.rules import cases
from zkpipe.circuits.soundness.rules.forms import Forms


def root_of(x):
    r = hint(math.isqrt, x, returns=UInt[8])
    check(r * r <= x)
    check(x < (r + 1) * (r + 1))
    return r


def rounded_down(x, y):
    q = hint(lambda x, y: x // y, x, y, returns=UInt[16])
    check(q * y <= x)
    check(x < (q + 1) * y)
    return q


def root_and_quotient(m, v):
    r = root_of(v)
    return maximum(r, v // (m + 1))


STEPS = {
    "a quotient by what is carried": lambda m, v: maximum(m, v // (m + 1)),
    "a remainder of what is carried": lambda m, v: (m + v) % (v + 1),
    "a remainder by what is carried": lambda m, v: v % (m + 1),
    "quotients both ways": lambda m, v: select(m > v, m // (v + 1), v // (m + 1)),
    "a quotient that rows bracket": lambda m, v: rounded_down(v, m + 1),
    "a root of what is carried": lambda m, v: root_of((m + v) % 65536),
    "a root and a quotient": root_and_quotient,
    "a remainder by a constant": lambda m, v: (m * 31 + v) % 65521,
}


def loop_of(step, length):
    @circuit
    def loop(vs: Private[Array[UInt[16], length]]) -> Public[UInt[16]]:
        m = vs[0]
        for v in vs[1:]:
            m = step(m, v)
        return m

    return loop


@pytest.mark.parametrize("name", STEPS)
def test_each_step_of_a_loop_costs_the_analysis_as_much(name, monkeypatch):
    read, original = [], Forms.row

    def row(self, rows, number):
        read.append(number)
        return original(self, rows, number)

    monkeypatch.setattr(Forms, "row", row)
    looked_at = []
    for length in (41, 81):
        read.clear()
        assert analyse(loop_of(STEPS[name], length).trace()).verdict is Verdict.SAFE
        looked_at.append(len(read))
    assert looked_at[1] <= 2.6 * looked_at[0]  # twice the steps; quadratic would be four


@pytest.mark.parametrize("name", ["a quotient by what is carried", "a root of what is carried"])
def test_what_lemmas_may_look_at_grows_with_the_system(name, monkeypatch):
    """A hundred steps are proved where the least that is allowed serves some fifteen."""
    monkeypatch.setattr(cases, "MOST_ENTRIES", 70_000)
    monkeypatch.setattr(brackets, "MOST_WORK", 12_000)
    assert analyse(loop_of(STEPS[name], 100).trace()).verdict is Verdict.SAFE
