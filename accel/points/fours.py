"""Butterflies of four points: two layers of a transform of points at a time.

With t a power of the root of unity, and i a fourth one, a, b, c, d become

    (a + t^2 b) + (t c + t^3 d),    (a - t^2 b) + i (t c - t^3 d),
    (a + t^2 b) - (t c + t^3 d),    (a - t^2 b) - i (t c - t^3 d).

In two layers of butterflies of two points, these are four products. In G1, t c + t^3 d and
i t c - i t^3 d are sums of the same two points, which share their doublings and their table
(accel.points.pair_products): they take 2.3 products, so that all is 3.3 of them. In G2, psi^3
multiplies by i or -i, as p^3 is a fourth root of unity modulo r: three products. Where t is 1, i
alone is left to multiply by, and in G2 nothing.

Source: Gentleman, Sande 1966, for the butterfly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.curve import Curve, Field
from zkpipe.accel.curves.lattice import lattice
from zkpipe.accel.fields.limbs import Words, words_from_ints
from zkpipe.accel.fields.rows import Rows
from zkpipe.accel.fields.scalars import powers, products
from zkpipe.accel.machines.machine import SCALAR, Machine
from zkpipe.accel.points import pair_products
from zkpipe.accel.points.butterflies import Butterflies, Index
from zkpipe.accel.points.pair_products import PairMultiplier
from zkpipe.accel.points.scaling import BATCH as POINTS
from zkpipe.accel.points.scaling import Multiplier

_kernels = Kernels("zkpipe.accel.points.kernels.fours")

Mask = NDArray[np.bool_]

BATCH = {1: pair_products.BATCH, 2: POINTS[2]}  # butterflies of a task, by degree


class Roots:
    """The powers of a root of unity of an order that is a power of two, at any exponents.

    Cost: a product each, from two tables of the square root of the order.
    """

    def __init__(self, root: int, order: int, curve: Curve) -> None:
        self.order, self.curve = order, curve
        self.half = order.bit_length() // 2
        low, high = words_from_ints([root, pow(root, 1 << self.half, curve.r)])
        self.low = powers(low, 0, 1 << self.half, curve=curve)
        self.high = powers(high, 0, max(1, order >> self.half), curve=curve)
        self.fourth = words_from_ints([pow(root, order // 4, curve.r)])  # i, (1, 4)

    def at(self, exponents: Index) -> Words:
        """root^e for each of the exponents: (n, 4), canonical."""
        e = exponents & (self.order - 1)
        return products(self.high[e >> self.half], self.low[e & ((1 << self.half) - 1)], self.curve)


@dataclass(frozen=True, slots=True)
class Layers:
    """Two layers over a table of points, whose rows are runs, and whose columns are all alike.

    columns  of the table; column k is number first + k of `width`
    apart    rows between two of the four points that meet
    scale    by which the result is multiplied, but for the first quarter: (1, 4), or None

    Number i of a butterfly is a row of the first points, then a column.
    """

    columns: int
    first: int
    width: int
    apart: int
    scale: Words | None

    @property
    def order(self) -> int:
        """Of the root of unity whose powers the factors are."""
        return 4 * self.apart * self.width

    def places(self, numbers: Index) -> tuple[list[Index], Index]:
        """Where the four points of each butterfly lie, and the exponent of its t."""
        row, column = numbers // self.columns, numbers % self.columns
        inside = row & (self.apart - 1)
        start = (4 * (row - inside) + inside) * self.columns + column
        step = self.apart * self.columns
        return [start + k * step for k in range(4)], inside * self.width + self.first + column

    def in_first_group(self, numbers: Index) -> Mask:
        """Which butterflies have what the scale is for."""
        if self.scale is None:
            return np.zeros(len(numbers), np.bool_)
        return numbers < self.apart * self.columns


class Fours:
    """A thread's working memory for butterflies of four points; it serves any layers.

    offsets  see accel.points.scaling
    """

    def __init__(self, field: Field, m: Machine, offsets: Words) -> None:
        self.field = field
        self.batch = BATCH[field.degree]
        self.single = Multiplier(field, m, self.batch, offsets)
        self.pairs = PairMultiplier(field, m, self.batch, offsets) if field.degree == 1 else None
        self.butterflies = Butterflies(field, m, self.batch)

    def apply(self, points: Words, layers: Layers, roots: Roots, low: int, high: int) -> None:
        """Take the butterflies number low .. high - 1, in place.

        roots  of the layers' order
        """
        numbers = np.arange(low, high)
        scaled = layers.in_first_group(numbers)
        places, exponents = layers.places(numbers)
        trivial = (exponents == 0) & ~scaled
        for chosen, have_factors in ((~trivial, True), (trivial, False)):
            which = np.flatnonzero(chosen)
            for start in range(0, len(which), self.batch):
                some = which[start : start + self.batch]
                four = [place[some] for place in places]
                if have_factors:
                    factors = self._factors(layers, roots, exponents[some], scaled[some])
                    self._multiply(points, four, factors, roots)
                else:
                    self._turn(points, four, roots)
                for right in (1, 2):
                    self.butterflies.apply(points, four[0], four[right])
                self.butterflies.apply(points, four[1], four[3])

    def _factors(self, layers: Layers, roots: Roots, e: Index, scaled: Mask) -> list[Words]:
        """t^2, t and t^3, and in G1 also i t and -i t^3, each times the scale."""
        quarter = layers.order // 4
        all_exponents = [2 * e, e, 3 * e]
        if self.pairs is not None:
            all_exponents += [e + quarter, 3 * (e + quarter)]
        found = roots.at(np.concatenate(all_exponents))
        if layers.scale is not None and scaled.any():
            which = np.tile(scaled, len(all_exponents))
            found[which] = products(found[which], layers.scale, self.field.curve)
        return np.split(found, len(all_exponents))

    def _turn(self, points: Words, four: list[Index], roots: Roots) -> None:
        """c, d become c + d, i (c - d)."""
        self.butterflies.apply(points, four[2], four[3])
        turned = points[four[3]]
        if self.field.degree == 1:
            points[four[3]] = self.single.multiply_some(turned, roots.fourth)
        else:
            cube = pow(lattice(self.field).eigenvalue, 3, self.field.curve.r)
            negative = not np.array_equal(words_from_ints([cube]), roots.fourth)
            _kernels.times_cube(Rows(self.field, SCALAR, turned, 2), negative, len(turned))
            points[four[3]] = turned

    def _multiply(
        self, points: Words, four: list[Index], factors: list[Words], roots: Roots
    ) -> None:
        """b, c, d become t^2 b, t c + t^3 d, i (t c - t^3 d), each times the scale."""
        points[four[1]] = self.single.multiply_some(points[four[1]], factors[0])
        c, d = points[four[2]], points[four[3]]
        if self.pairs is not None and c.any(axis=1).all() and d.any(axis=1).all():
            scalars = [(factors[1], factors[2]), (factors[3], factors[4])]
            sums = self.pairs.multiply(c, d, scalars)
            if sums is not None:
                points[four[2]], points[four[3]] = sums
                return
        points[four[2]] = self.single.multiply_some(c, factors[1])
        points[four[3]] = self.single.multiply_some(d, factors[2])
        self._turn(points, four, roots)
