"""Random systems with two planted witnesses in which rows make bits of bits, or nearly.

A bit may be a wire, or a combination that a row says is one. The output may stand in that
combination, and then the row need not determine it.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from operator import mul

from tests.circuits.soundness import planted
from tests.circuits.soundness.planted import Combination, Planted, shuffled
from tests.circuits.soundness.systems import Row
from zkpipe.accel.bn254 import R

Weights = tuple[tuple[int, ...], ...]  # left, right and result: of 1, three bits and the output
GATES: list[Weights] = [
    ((0, 1, 1, 1, 0), (0, -1, -1, -1, 2), (0, -2, -2, -2, 3)),
    ((0, 1, 1, 1, 0), (0, -1, -1, -1, 4), (0, -1, -1, -1, 6)),
    ((0, -5, 1, -1, 4), (-1, -2, -2, 2, 0), (0, 3, -3, 3, 0)),
    ((0, 1, 0, 0, 0), (0, 0, 1, -1, 0), (0, 0, 0, -1, 1)),
    ((0, 2, 0, 0, 0), (0, 0, 1, 0, 0), (0, 1, 1, 0, -1)),
]
NOISE = [planted.product, planted.equation, planted.bits, planted.roots, planted.again]


def planted_gates(rng: random.Random) -> Planted:
    """One to three gates, among other rows at times."""
    p = Planted(rng, 1, 0, ([1, 0], [1, rng.randrange(2)]))
    for _ in range(rng.choice([1, 1, 2, 3])):
        _gate(p)
        if p.differing and rng.random() < 0.3:
            rng.choice(NOISE)(p)
    return shuffled(p)


def _gate(p: Planted) -> None:
    weights, value = p.rng.choice(GATES), p.rng.randrange
    flags = [(value(2), value(2)) if value(4) == 0 else (value(2),) * 2 for _ in range(3)]
    flags[place := value(3)] = p.rng.choice([(0, 1), (1, 0)])
    o = p.new(*[_solved(weights, point) for point in zip(*flags, strict=True)])
    parts: list[Combination] = [{0: 1}]
    for i, flag in enumerate(flags):
        inner: Combination = p.rng.choice([{}, {}, {}, {}, {o: 1}, p.form(1)])
        if i == place:
            inner = p.rng.choice([inner, {o: 1}, {o: -1}])
        rest = p.at(inner)
        parts.append({**inner, _known(p, flag[0] - rest[0], flag[1] - rest[1]): 1})
        if value(20):
            p.put((parts[-1], {**parts[-1], 0: parts[-1].get(0, 0) - 1}, {}))
    if value(10) == 0:
        weights = near(p.rng, weights)
    p.put(combined(weights, [*parts, {o: 1}]))


def _known(p: Planted, first: int, second: int) -> int:
    """A new wire; if its values are one, mostly with a row that says so."""
    wire = p.new(first, second)
    if (first - second) % R == 0 and p.rng.randrange(10):
        p.put(({}, {}, {wire: 1, 0: -first % R}))
    return wire


def near(rng: random.Random, weights: Weights) -> Weights:
    """Weights of which one is another."""
    made = [list(row) for row in weights]
    made[rng.randrange(3)][rng.randrange(len(made[0]))] += rng.choice([1, -1])
    return tuple(map(tuple, made))


def _solved(weights: Weights, point: Sequence[int]) -> int:
    """The output of a gate at a point."""
    a, b, c = (sum(map(mul, row, (1, *point, 0))) for row in weights)
    return int(a * b != c)


def combined(weights: Weights, parts: Sequence[Combination]) -> Row:
    """The row that has these parts with these weights."""
    forms: list[Combination] = []
    for row in weights:
        form: Combination = {}
        for k, part in zip(row, parts, strict=True):
            for wire, value in part.items():
                form[wire] = (form.get(wire, 0) + k * value) % R
        forms.append({wire: value for wire, value in form.items() if value})
    return forms[0], forms[1], forms[2]
