"""Rows that come near a proof about a list: two witnesses satisfy them, as plain Python says.

Each system has a neighbour that differs in one number and is proved, so the rows are of the kind
that the lemmas read.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest

from tests.circuits.soundness.planted import Combination, Planted
from tests.circuits.soundness.planted_lists import difference
from tests.circuits.soundness.systems import bit, equal, holds, system_of
from zkpipe.accel.bn254 import R
from zkpipe.circuits.soundness.analysis import determined
from zkpipe.circuits.soundness.roles import roles_of_every_wire

THIRD = R // 3


class Pair(Planted):
    """Rows and two assignments, which begin with the same inputs; later wires may differ."""

    def __init__(self, *inputs: int) -> None:
        rng = random.Random(0)  # noqa: S311 - nothing is drawn here
        super().__init__(rng, 0, len(inputs), ([1, *inputs], [1, *inputs]))

    def bit(self, first: int, second: int) -> int:
        wire = self.new(first, second)
        self.rows.append(bit(wire))
        return wire

    def product(self, a: Combination, b: Combination) -> int:
        wire = self.new(*(x * y for x, y in zip(self.at(a), self.at(b), strict=True)))
        self.rows.append((a, b, {wire: 1}))
        return wire

    def ranged(self, form: Combination, digits: int) -> None:
        values = self.at(form)
        bits = [self.bit(*(value >> i & 1 for value in values)) for i in range(digits)]
        self.rows.append(equal(difference(form, {wire: 1 << i for i, wire in enumerate(bits)})))

    def members(self, entries: Sequence[int], *values: tuple[int, int]) -> list[int]:
        """New wires that are each one of the entries by a product."""
        wires = [self.new(*value) for value in values]
        for wire in wires:
            factor: Combination = {wire: 1, entries[0]: -1}
            for entry in entries[1:-1]:
                factor = {self.product(factor, {wire: 1, entry: -1}): 1}
            self.rows.append((factor, {wire: 1, entries[-1]: -1}, {}))
        return wires

    def in_order(self, wires: Sequence[int], digits: int, less: int = 1) -> None:
        for first, second in pairwise(wires):
            self.ranged({second: 1, first: -1, 0: -less}, digits)

    def known(self) -> set[int]:
        system = system_of(self.rows, 0, self.inputs, self.wires)
        is_known = determined(system, roles_of_every_wire(system)).state.is_known
        return set(is_known.nonzero()[0].tolist())


def place(constant: int) -> Pair:
    """An index of two entries, which have a product with an advice that is this constant."""
    p = Pair(5, 5)
    p.rows.append(({2: 1, 1: -1}, {p.new(3, 3): 1}, {0: constant}))
    chosen = p.product({p.bit(0, 1): 1}, {2: 1, 1: -1})
    p.rows.append(equal({chosen: 1}))
    return p


def round_the_field(digits: int) -> Pair:
    """Three members in order, each a third of the field after the one before it."""
    p = Pair(0, THIRD, 2 * THIRD)
    turned = (0, THIRD), (THIRD, 2 * THIRD), (2 * THIRD, 0)
    p.in_order(p.members([1, 2, 3], *turned), digits)
    return p


def from_one_to_the_other(scale: int) -> Pair:
    """Two members, of which the second less a multiple of the first is in three bits."""
    p = Pair(2, 3)
    first, second = p.members([1, 2], (2, 3), (3, 2))
    p.ranged({second: 1, first: -scale, 0: -1}, 3)
    return p


def before_both(last: int) -> Pair:
    """Three members, the second after the first, and the last after the second, or before it."""
    p = Pair(1, 2, 3)
    first, second, third = p.members([1, 2, 3], (1, 2), (3, 3), (2, 1))
    p.in_order([first, second], 3)
    p.ranged({third: last, second: -last, 0: -1}, 3)
    return p


def copies(second_point: int) -> Pair:
    """Two numbers in order whose products with 10 and with another point are those of a list.

    (10 - 1) (10 - 8) = (10 - 4) (10 - 7)
    """
    p = Pair(1, 8)
    wires = [p.new(1, 4), p.new(8, 7)]
    for point in (10, second_point):
        of_list = p.product({0: point, 1: -1}, {0: point, 2: -1})
        p.rows.append(({0: point, wires[0]: -1}, {0: point, wires[1]: -1}, {of_list: 1}))
    for wire in wires:
        p.ranged({wire: 1}, 4)
    p.in_order(wires, 4, less=0)
    return p


def copies_at_a_known_point(is_known: int) -> Pair:
    """The same at 10, as an input and as a constant; or at two constant points."""
    p = Pair(1, 8, 10)
    wires = [p.new(1, 4), p.new(8, 7)]
    points: list[Combination] = [{3: 1}, {0: 10}] if is_known else [{0: 10}, {0: 11}]
    for point in points:
        of_list = p.product({**point, 1: -1}, {**point, 2: -1})
        p.rows.append(({**point, wires[0]: -1}, {**point, wires[1]: -1}, {of_list: 1}))
    for wire in wires:
        p.ranged({wire: 1}, 4)
    p.in_order(wires, 4, less=0)
    return p


def sum_with_a_product(scale: int) -> Pair:
    """Two numbers in order: the sum of their squares, and of them and their product times a scale.

    100 + 25 = 4 + 121, and -10 - 5 + 50 = 2 + 11 + 22. Newton's identity needs the sum alone.
    """
    p = Pair(125, 35)
    wires = [p.new(-10, 2), p.new(-5, 11)]
    squares = [p.product({wire: 1}, {wire: 1}) for wire in wires]
    p.rows.append(equal({squares[0]: 1, squares[1]: 1, 1: -1}))
    both = p.product({wires[0]: 1}, {wires[1]: 1})
    p.rows.append(equal({wires[0]: 1, wires[1]: 1, 2: -1, **({both: scale} if scale else {})}))
    for wire in wires:
        p.ranged({wire: 1, 0: 16}, 5)
    p.in_order(wires, 4, less=0)
    return p


NEAR: dict[str, tuple[Callable[[int], Pair], int, int]] = {
    "entries of a product that is 0": (place, 0, 1),
    "entries of a product that is r": (place, R, 1),
    "an order round the field": (round_the_field, 253, 250),
    "a sum in a range": (from_one_to_the_other, -1, 1),
    "a last member before the second": (before_both, -1, 1),
    "products at one point twice": (copies, 10, 11),
    "a sum of squares, and the sum with a product": (sum_with_a_product, 1, 0),
    "products at one point and an input": (copies_at_a_known_point, 1, 0),
}


@pytest.mark.parametrize("name", NEAR)
def test_what_differs_between_two_witnesses_of_a_list_is_not_proved(name: str) -> None:
    make, near, _ = NEAR[name]
    p = make(near)
    assert all(holds(p.rows, values) for values in p.values)
    assert p.differing
    assert p.known().isdisjoint(p.differing)


@pytest.mark.parametrize("name", NEAR)
def test_the_neighbour_of_each_is_proved(name: str) -> None:
    make, near, proved = NEAR[name]
    assert make(near).differing[0] in make(proved).known()
