"""What two lemmas prove of systems as gadgets have them is so in all witnesses over small primes.

Nothing is planted here, so that some systems have no witness for some inputs, and some have none.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable

import pytest

from tests.circuits.soundness.small_primes import (
    State,
    apply_lemmas,
    take_prime,
    undetermined,
    witnesses,
)
from tests.circuits.soundness.systems import Row
from zkpipe.circuits.soundness.lemmas import zero_runs
from zkpipe.circuits.soundness.rules.forms import Arc

SYSTEMS = int(os.environ.get("FUZZ_SYSTEMS", "100"))
FIRST = int(os.environ.get("FUZZ_FROM", "0"))
PRIMES = [11, 13, 17, 19, 23, 29, 37, 41, 43]
MOST_WITNESSES = 60_000
Form = dict[int, int]
Drawn = tuple[list[Row], list[Arc | None], list[int]]  # rows, intervals of wires, inputs


def runs_of_zeros(rng: random.Random, p: int) -> Drawn:
    """A number in as many bits as p has, and rows that keep it below p, or nearly."""
    count = p.bit_length()
    ones = [i for i in range(count) if p - 1 >> i & 1]
    zeros = [i for i in range(count) if not p - 1 >> i & 1]
    bits = [2 + i for i in range(count)]
    rows: list[Row] = [({bit: 1}, {0: p - 1, bit: 1}, {}) for bit in bits]
    sign = rng.choice([1, 1, p - 1, 3])
    equation = {**{bit: sign << i for i, bit in enumerate(bits)}, 1: -sign}
    if rng.random() < 0.2:
        equation[0] = rng.randrange(p)
    rows.append(({}, {}, equation))
    rng.shuffle(zeros)
    if rng.random() < 0.3 and zeros:
        zeros.pop()
    ratio = 2 + count
    while zeros:
        run = [zeros.pop() for _ in range(min(rng.choice([1, 1, 2]), len(zeros)))]
        above = [i for i in ones if i > max(run)]
        if rng.random() < 0.3:
            above = [i for i in range(count) if i > min(run) and rng.random() < 0.6]
        if rng.random() < 0.2:
            above = rng.sample(range(count), rng.randrange(1, count))
        if not above:
            continue
        k, m = rng.choice([1, p - 1, 2]), rng.choice([1, p - 1, 2])
        missing = {**{bits[i]: -k for i in above}, 0: k * len(above) + (rng.random() < 0.1)}
        wrong = {bits[j]: m for j in run}
        if rng.random() < 0.15:
            missing[bits[above[0]]] *= 2
        if rng.random() < 0.15:
            wrong[bits[run[0]]] *= 3
        if rng.random() < 0.2:  # the equation puts other wires for bits
            by = rng.randrange(1, p)
            wrong = {w: wrong.get(w, 0) + by * equation.get(w, 0) for w in {*wrong, *equation}}
        free = {ratio: 1}
        rows.append((missing, free, wrong) if rng.random() < 0.7 else (free, missing, wrong))
        ratio += 1
    share = rng.choice([0, 0.2, 0.5])
    inverted = {bit for bit in bits if rng.random() < share}
    arcs: list[Arc | None] = [None] * ratio
    for bit in bits:
        arcs[bit] = 0, 1
    rows = [tuple(_inverted(form, inverted) for form in row) for row in rows]  # type: ignore[misc]
    if rng.random() < 0.1:  # one row reads a bit the other way
        rows.append(tuple(_inverted(form, set(bits[:1])) for form in rng.choice(rows)))  # type: ignore[arg-type]
    return rows, arcs, [1]


def _inverted(form: Form, wires: set[int]) -> Form:
    """A form in which some wires stand for 1 less what they stood for."""
    found = {w: -k if w in wires else k for w, k in form.items()}
    return {**found, 0: found.get(0, 0) + sum(k for w, k in form.items() if w in wires)}


def quotients_of_products(rng: random.Random, p: int) -> Drawn:
    """t = m n o, and q (e + f t) = c m + d n o, or nearly: as in sums of points."""

    def number() -> int:
        return rng.choice([1, 1, p - 1, 2, rng.randrange(1, p)])

    rows: list[Row] = []
    wire = 4

    def product(a: Form, b: Form) -> Form:
        nonlocal wire
        rows.append((a, b, {wire: number()}))
        wire += 1
        return {wire - 1: number()}

    factors: list[Form] = []
    for _ in range(rng.choice([2, 3, 3, 4])):
        factors.append({w: number() for w in rng.sample([1, 2, 3], rng.choice([1, 1, 2]))})
        if rng.random() < 0.2:
            factors[-1][0] = number()
    pair = product(*factors[:2])
    last = product(*factors[2:]) if len(factors) == 4 else factors[2] if factors[2:] else pair
    total = product(pair, last) if rng.random() < 0.9 else pair
    (t,) = total
    alone = rng.randrange(len(factors))
    others = [factor for i, factor in enumerate(factors) if i != alone]
    rest = others[0] if len(others) == 1 else product(*others[:2])
    numerator: Form = {}
    for form in (factors[alone], rest):
        k = number()
        for w, c in form.items():
            numerator[w] = numerator.get(w, 0) + k * c
    if rng.random() < 0.2:
        numerator[rng.randrange(wire)] = number()
    rows.append(({0: number(), t: number()}, {wire: 1}, numerator))
    return rows, [None] * (wire + 1), [1, 2, 3]


@pytest.mark.parametrize(
    ("kind", "lemma"),
    [(runs_of_zeros, "Thresholds"), (quotients_of_products, "Nonsquares")],
)
def test_what_is_proved_is_so_in_all_witnesses(
    kind: Callable[[random.Random, int], Drawn], lemma: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: Counter[tuple[bool, bool]] = Counter()
    for seed in range(FIRST, FIRST + SYSTEMS):
        rng = random.Random(seed)  # noqa: S311 - seeded test data
        prime = rng.choice(PRIMES)
        with monkeypatch.context() as patch:
            take_prime(patch, prime)
            _take_bits(patch, prime)
            rows, arcs, given = kind(rng, prime)
            state = State(prime, rows, [(1, 1), *arcs[1:]], given)
            table = witnesses(state, MOST_WITNESSES)
            if table is None or not len(table):
                continue
            found = apply_lemmas(patch, state, {lemma})
            differing = undetermined(table, [0, *given])
            for wires in found.values():
                assert differing.isdisjoint(wires), seed
            assert not state.is_known[sorted(differing)].any(), seed
            seen[bool(found), bool(differing)] += 1
    assert seen[True, False] + seen[True, True] > SYSTEMS // 25, seen  # it proves something
    assert seen[False, True] > SYSTEMS // 25, seen  # and not everything


def _take_bits(monkeypatch: pytest.MonkeyPatch, prime: int) -> None:
    places = range(prime.bit_length())
    ones = frozenset(i for i in places if prime - 1 >> i & 1)
    monkeypatch.setattr(zero_runs, "BITS", len(places))
    monkeypatch.setattr(zero_runs, "_ONES", ones)
    monkeypatch.setattr(zero_runs, "_ZEROS", frozenset(places) - ones)
