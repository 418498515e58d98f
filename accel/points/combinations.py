"""The eight combinations of each of many points and its images that a window of digits may be."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.fields.rows import Elements, WorkRows
from zkpipe.accel.points.shapes import COMBINATIONS, ROWS

_kernels = Kernels("zkpipe.accel.points.kernels.combinations")
_pairs = Kernels("zkpipe.accel.points.pairs")

_L, _M, _IMAGE_L, _IMAGE_M = range(COMBINATIONS, ROWS)

# Where the sum and the difference of L or M and the image of L or M lie in the table: at the bits
# of their digits, as `look_up` makes a number of them.
_PAIRS = [(a, b) for a in (0, 1) for b in (0, 1)]
# digits 1 + 2 a and +-(1 + 2 b); bits (digit + 3) / 2
TWO_DIGITS = [(a | (2 + b) << 1, a | (1 - b) << 1) for a, b in _PAIRS]
# digits 1, s, +-1, +-t with s = 1 - 2 a, t = 1 - 2 b
ONE_DIGIT = [((1 - a) | 2 | (1 - b) << 2, (1 - a) | b << 2) for a, b in _PAIRS]


class Combinations:
    """A table of the combinations of the points of a batch: number k of point i in row k n + i.

    rows     working rows; the points are in place _L, the n rows from 8 n on
    blocks   of n points
    before, without   working memory: see `add_and_subtract`
    """

    def __init__(
        self, rows: WorkRows, blocks: int, before: Elements, without: NDArray[np.uint8]
    ) -> None:
        self.rows, self.blocks, self.before, self.without = rows, blocks, before, without

    def _map(self, source: int, target: int, *, negative: bool = False) -> None:
        blocks = self.blocks
        _kernels.map_points(self.rows, source * blocks, target * blocks, blocks, negative)

    def _pair(self, left: int, right: int, sums: int, differences: int) -> bool:
        places = [place * self.blocks for place in (left, right, sums, differences)]
        return bool(
            _pairs.add_and_subtract(self.rows, *places, self.blocks, self.before, self.without)
        )

    def fill(self) -> bool:
        """Make all combinations. False if some have no chord: a point is not of order r."""
        if self.rows.field.degree == 1:
            return self._combine(TWO_DIGITS, whole=self._bases_g1())
        return self._combine(ONE_DIGIT, whole=self._bases_g2())

    def fill_of_two(self) -> bool:
        """Make all combinations of two points of G1 and their images, a digit of each of the four.

        The points are in places _L and _IMAGE_L. False if some have no chord: they may be equal.
        """
        self._map(_L, _M)
        self._map(_IMAGE_L, _IMAGE_M)
        whole = self._pair(_L, _M, _L, _M) & self._pair(_IMAGE_L, _IMAGE_M, _IMAGE_L, _IMAGE_M)
        return self._combine(ONE_DIGIT, whole=whole)

    def _combine(self, places: list[tuple[int, int]], *, whole: bool) -> bool:
        for k, (sums, differences) in enumerate(places):
            whole &= self._pair(_L + (k >> 1), _IMAGE_L + (k & 1), sums, differences)
        return whole

    def _bases_g1(self) -> bool:
        """L = P, M = 3 P, and their images.

        (1 - l)^2 = -3 l for a cube root l of 1, so 3 P = -l^2 (1 - l)^2 P.
        """
        unused = 0
        self._map(_L, _IMAGE_L)
        whole = self._pair(_L, _IMAGE_L, unused, _M)
        self._map(_M, _IMAGE_M)
        whole &= self._pair(_M, _IMAGE_M, unused, _IMAGE_M)
        self._map(_IMAGE_M, _M, negative=True)
        self._map(_M, _M)
        self._map(_M, _IMAGE_M)
        return whole

    def _bases_g2(self) -> bool:
        """L = P + psi(P), M = P - psi(P), and their images under psi^2."""
        self._map(_L, _IMAGE_L)
        whole = self._pair(_L, _IMAGE_L, _L, _M)
        for source, target in ((_L, _IMAGE_L), (_M, _IMAGE_M)):
            self._map(source, target)
            self._map(target, target)
        return whole
