"""Sums s P + t Q of two points of G1, for many pairs side by side: both share their doublings.

With their images under the endomorphism, two points are four, and each scalar is two coordinates
of 128 digits, so a window of one digit of all four is one of eight combinations of the four points,
or its negative, as it is in G2 (accel.points.scaling): a sum takes 128 times 9 products and 2
squares. That is a fifth more than one product takes, and a table of the combinations serves any
number of sums of the same two points.

Source: Straus 1964; as accel.points.scaling.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.curve import Field
from zkpipe.accel.curves.lattice import lattice
from zkpipe.accel.fields.limbs import Words, words_from_ints
from zkpipe.accel.fields.rows import Elements, Rows, blank_rows
from zkpipe.accel.machines.machine import Machine
from zkpipe.accel.points.combinations import Combinations
from zkpipe.accel.points.shapes import COMBINATIONS, ROWS, SLOT_BOUNDS

_kernels = Kernels("zkpipe.accel.points.kernels.pair_products")
_digits = Kernels("zkpipe.accel.points.digits")
_windows = Kernels("zkpipe.accel.points.windows")

BATCH = 1 << 11  # pairs: with their tables they stay near the core
FIRST, SECOND = COMBINATIONS, COMBINATIONS + 2  # their places in the table, before it is filled
WORDS = 8  # of the digits of both scalars


class PairMultiplier:
    """A thread's working memory for batches of pairs.

    offsets   working words of the points that accel.points.scaling begins and ends with
    """

    def __init__(self, field: Field, m: Machine, count: int, offsets: Words) -> None:
        self.field, self.machine, self.offsets = field, m, offsets
        self.batch = min(BATCH, -(-count // m.width) * m.width)
        self.table = blank_rows(field, m, ROWS * self.batch + len(offsets), 2)
        work = Elements.interleaved(field, m, self.batch, (2, 2, *SLOT_BOUNDS))
        self.sums, self.slots = work[:2], work[2:]
        self.bits = np.empty(WORDS * self.batch, np.uint64)
        self.index = np.empty((2, self.batch), np.uint32)
        self.without = np.empty(self.batch // m.width, np.uint8)
        self.order = words_from_ints([field.curve.r])[0]

    def multiply(
        self, left: Words, right: Words, scalars: Sequence[tuple[Words, Words]]
    ) -> list[Words] | None:
        """s[i] left[i] + t[i] right[i] for every pair (s, t) of scalars; for at most a batch.

        left, right  (n, 8) uint64   of G1, of order r and none infinity
        s, t         (n, 4) uint64   canonical, below r and none 0; public

        None where points met that are equal or opposite: as random points do not.
        """
        n, m = len(left), self.machine
        whole = np.minimum(np.arange(-(-n // m.width) * m.width), n - 1)  # the last fills a block
        count, blocks = len(whole), len(whole) // m.width
        self.table.words[ROWS * count : ROWS * count + len(self.offsets)] = self.offsets
        for points, place in ((left, FIRST), (right, SECOND)):
            rows = Rows(self.field, m, np.ascontiguousarray(points[whole]), 2)
            _kernels.place_points(rows, self.table, place * blocks, blocks)
        table = Combinations(self.table, blocks, self.slots[0], self.without)
        if not table.fill_of_two():
            return None
        out = [self._sums(s[whole], t[whole], count) for s, t in scalars]
        return (
            None if any(one is None for one in out) else [one[:n] for one in out if one is not None]
        )

    def _sums(self, s: Words, t: Words, count: int) -> Words | None:
        bits = self.bits[: WORDS * count].reshape(WORDS, count)
        index, none = self.index[:, :count]
        for part, scalars in zip((bits[: WORDS // 2], bits[WORDS // 2 :]), (s, t), strict=True):
            _digits.recode(self.table, np.ascontiguousarray(scalars), self.order, part, none)
        none[:] = 0
        failed = np.zeros(1, np.bool_)
        out = np.empty((count, 8), np.uint64)
        work, rows = (self.sums, self.slots, failed), Rows(self.field, self.machine, out, 2)
        blocks, digits = count // self.machine.width, lattice(self.field).digits
        _windows.multiply_g2(self.table, bits, digits, index, none, blocks, work, rows)
        return None if failed[0] else out
