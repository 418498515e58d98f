"""Random systems over a small prime field with gates among other rows, and planted witnesses.

The inputs of a gate are wires, their opposites, or combinations of wires that a row says are bits,
in one of several ways of saying so; the output of the gate may stand in them. The output itself is
a new wire, or any wire that has the right value. Most rows are there, and some are left out.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from tests.circuits.soundness import planted
from tests.circuits.soundness.planted import Combination, Planted, shuffled
from tests.circuits.soundness.planted_gates import Weights, combined, near
from tests.circuits.soundness.planted_small import Draft, added, scaled
from tests.circuits.soundness.small_fields.gates import cube, outputs_at, rewritten
from tests.circuits.soundness.small_fields.strict_bits import some_run, strict_bits
from tests.circuits.soundness.systems import Row

Pool = tuple[list[Weights], list[Weights]]  # rows that are gates, rows that are near one
MOST_WIRES = 10  # to which gates add
LIKE_UNITS = [1, -1, 2]
ALIKE: list[Callable[[Draft], None]] = [
    planted.product, planted.equation, planted.bits, planted.digits, planted.again,
    planted.constant_product, planted.square, some_run,
]  # fmt: skip
NOISE: list[Callable[[Draft], None]] = [
    *ALIKE, planted.zero_product, planted.is_zero, planted.bits, planted.roots, planted.roots,
    planted.selectors, planted.quotient,
]  # fmt: skip


def system_of_gates(rng: random.Random, prime: int, pool: Pool) -> Planted:
    """One to five gates among other rows, strict bits at times."""
    d = _begun(rng, prime, rng.randrange(2, 6))
    if d.chance(0.1):
        strict_bits(d)
    for _ in range(rng.randrange(1, 6)):
        _gate(d, pool)
        _noise(d, 0.35)
    return _finished(d)


def system_of_strict_bits(rng: random.Random, prime: int, pool: Pool) -> Planted:
    """A number in as many bits as the field has, beside a gate or other rows at times."""
    d = _begun(rng, prime, rng.randrange(1, 3))
    strict_bits(d)
    if d.chance(0.3):
        _gate(d, pool)
    _noise(d, 0.3)
    return _finished(d)


def _begun(rng: random.Random, prime: int, wires: int) -> Draft:
    """A draft with some wires, whose witnesses differ, or are one."""
    pool = rng.choice([[0, 1], [0, 1, 0, 1, *range(prime)]])
    first = [1, *(rng.choice(pool) for _ in range(wires))]
    second = list(first)
    alike = rng.random() < 0.5
    if not alike:
        second[1:] = [v if rng.random() < 0.4 else rng.choice(pool) for v in first[1:]]
        second[-1] = rng.choice([v for v in pool if v != first[-1]])
    return Draft(rng, 0, 0, (first, second), prime=prime, alike=alike)


def _noise(d: Draft, share: float) -> None:
    if d.chance(share):
        d.rng.choice(NOISE if d.differing else ALIKE)(d)


def _finished(d: Draft) -> Planted:
    """The system with its rows and wires in another order, of which the first are its ends."""
    if d.chance(0.5):
        d.rng.shuffle(d.rows)
    made = shuffled(d)
    outputs = d.rng.randrange(3)
    share = d.rng.choice([0, 0.2, 0.4, 0.6, 0.8])
    return replace(made, outputs=outputs, inputs=int(share * max(0, made.wires - 1 - outputs)))


def _gate(d: Draft, pool: Pool) -> None:
    """A gate, or a row near one, of which both witnesses are at some point."""
    weights = d.rng.choice(pool[d.chance(0.15)])
    weights = rewritten(d.rng, weights, d.prime)
    if d.chance(0.05):
        weights = near(d.rng, weights)
    output = d.wire() if d.chance(0.45) or d.wires >= MOST_WIRES else None
    points = _points(d, weights, None if output is None else d.at({output: 1}))
    if points is None:
        return
    (first, o1), (second, o2) = points
    if output is None:
        output = d.new(o1, o2)
    inputs = [_bit(d, (x, y), output) for x, y in zip(first, second, strict=True)]
    d.put(combined(weights, [{0: 1}, *inputs, {output: 1}]))


def _points(
    d: Draft, weights: Weights, wanted: tuple[int, int] | None
) -> list[tuple[tuple[int, ...], int]] | None:
    """A point and the output there in either witness; None if no point has the wanted output."""
    there = [(p, o) for p in cube(len(weights[0]) - 2) for o in outputs_at(weights, p, d.prime)]
    chosen = []
    for i in range(2):
        allowed = there if wanted is None else [(p, o) for p, o in there if o == wanted[i]]
        if not allowed:
            return None
        chosen.append(d.rng.choice(allowed))
    return [chosen[0]] * 2 if d.alike else chosen


def _bit(d: Draft, values: tuple[int, int], output: int) -> Combination:
    """A form with these values, of which a row says mostly that it is a bit."""
    same = [w for w in range(1, d.wires) if d.at({w: 1}) == values]
    opposite = [w for w in range(1, d.wires) if d.at({0: 1, w: -1}) == values]
    way = d.value(10)
    if way < 4 and same:
        form = {d.rng.choice(same): 1}
    elif way < 5 and opposite:
        form = {0: 1, d.rng.choice(opposite): -1}
    elif way < 6 and d.wires < MOST_WIRES:
        form = {d.new(*values): 1}
    else:
        form = _combination(d, values, output)
    _say_bit(d, form)
    return form


def _combination(d: Draft, values: tuple[int, int], output: int) -> Combination:
    """A form of a few wires with these values, the output among them at times."""
    wires = {d.value(d.wires - 1) + 1 for _ in range(d.rng.choice([1, 1, 1, 2, 3]))}
    if d.chance(0.3):
        wires.add(output)
    factors = d.rng.choice([LIKE_UNITS, range(1, d.prime)])
    return d.fitted({wire: d.rng.choice(factors) for wire in wires}, values)


def _say_bit(d: Draft, form: Combination) -> None:
    """Mostly a row that says that a form L is 0 or 1: one of s L or of s L less its constant."""
    if not d.chance(0.9):
        return
    scale = d.rng.choice([1, 1, 2, -1])
    some = scaled(form, scale)
    constant, rest = some.get(0, 0), {w: k for w, k in some.items() if w}
    equal = added(scaled(rest, scale - 2 * constant), {0: constant * (scale - constant)})
    by_zero: Row = (some, added(some, {0: -scale}), {})
    by_square: Row = (some, some, scaled(some, scale))
    d.put(d.rng.choice([by_zero, by_square, (rest, rest, equal)]))
