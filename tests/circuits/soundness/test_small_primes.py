"""What the lemmas prove over a small prime field is so in all witnesses, which a search finds.

`make fuzz` goes through many more systems than the suite: FUZZ_SYSTEMS says how many, FUZZ_FROM
with which seed to begin.
"""

from __future__ import annotations

import os
import random

import pytest

from tests.circuits.soundness import planted_small
from tests.circuits.soundness.planted_small import Kind, arcs_of, small
from tests.circuits.soundness.small_primes import (
    LEMMAS,
    SmallForms,
    State,
    Table,
    apply_lemmas,
    take_prime,
    undetermined,
    witnesses,
)
from zkpipe.circuits.soundness.rules.cases import Intervals

GROUP = 50
SYSTEMS = int(os.environ.get("FUZZ_SYSTEMS", "200"))
FIRST = int(os.environ.get("FUZZ_FROM", "0"))
PRIMES = [11, 13, 17, 23, 29, 61, 101, 151]
MOST_WITNESSES = 40_000

SYSTEMS_OF = {
    "squares": planted_small.squares,
    "Factors": planted_small.factor,
    "Quotients": planted_small.quotient,
    "selectors": planted_small.selectors,
    "Thresholds": planted_small.place,
    "Remainders": planted_small.divided,
    "LinearSystems": planted_small.linear,
    "Nonsquares": planted_small.curve,
    "Extremes": planted_small.extreme,
    "SortedLists": planted_small.sorted_copy,
    "Brackets": planted_small.bracket,
    "FewValues": planted_small.place,
    "CasePairs": planted_small.place,
    "Vanishing": planted_small.vanishing,
}  # of all but Multiples, which has a curve


@pytest.mark.parametrize("start", range(FIRST, FIRST + 4 * SYSTEMS, GROUP))
def test_lemmas_prove_what_all_witnesses_have_in_common(
    start: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(start, start + GROUP):
        proved_in(seed, monkeypatch)


@pytest.mark.parametrize("name", SYSTEMS_OF)
def test_each_lemma_proves_something_in_these_systems(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert any(name in proved_in(seed, monkeypatch, SYSTEMS_OF[name]) for seed in range(100))


def proved_in(seed: int, monkeypatch: pytest.MonkeyPatch, kind: Kind | None = None) -> set[str]:
    """The lemmas that found something in a system, all of it right."""
    rng = random.Random(seed)  # noqa: S311 - seeded test data
    prime = rng.choice(PRIMES)
    with monkeypatch.context() as patch:
        take_prime(patch, prime)
        d, given = small(rng, prime, kind)
        state = State(prime, d.rows, arcs_of(d), given)
        table = witnesses(state, MOST_WITNESSES)
        if table is None:
            return set()
        assert len(table), seed
        some = {name for name in LEMMAS if rng.random() < 0.6}
        found = apply_lemmas(patch, state, rng.choice([some, {*LEMMAS}]))
        differing = undetermined(table, [0, *given])
        for name, wires in found.items():
            assert differing.isdisjoint(wires), (seed, name, wires)
        assert not state.is_known[sorted(differing)].any(), seed
        assert_bounded(state, table, rng, seed)
        return {*found}


def assert_bounded(state: State, table: Table, rng: random.Random, seed: int) -> None:
    """Whether the values of forms in all witnesses lie in the intervals that products give."""
    prime, count = state.prime, len(state.arcs)
    forms = SmallForms(state)  # type: ignore[arg-type] # what lemmas ask of one
    intervals = Intervals(forms)
    for _ in range(2):
        wires = rng.sample(range(count), min(count, rng.randrange(1, 4)))
        form = {wire: rng.choice([1, 1, prime - 1, 2]) for wire in wires}
        arc = intervals.of(form)
        if arc is not None:
            ahead = (table[:, wires] @ [*form.values()] - arc[0]) % prime
            assert (ahead <= arc[1] - arc[0]).all(), (seed, form, arc)
