"""Sums and differences of many pairs of affine points: P + Q and P - Q of each, side by side.

Both need 1 / (x2 - x1) and nothing else, so a pair takes seven products and two squares for both,
where two additions take ten and two.
Pairs that have no chord (an equal, opposite or infinite point) take part with a 1 in place of their
difference and are told, so that the others are right.

Source: eprint 2022/1396 section 5.3; Montgomery, Math. Comp. 48 (1987), 10.3.1.
"""

from __future__ import annotations

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.fields.arrays import load, store
from zkpipe.accel.fields.functions import is_blank, is_zero, mask_bits, one, reduce, select, square
from zkpipe.accel.fields.inverse import invert


@kernel
def _chord(x1, y1, x2, y2):
    """x2 - x1, and 1 where there is no chord; and where that is, one bit a lane."""
    run = x2 - x1
    none = is_zero(run) | (is_blank(x1) & is_blank(y1)) | (is_blank(x2) & is_blank(y2))
    return select(none, one(x1), run), mask_bits(none)


@kernel
def add_and_subtract(rows, left, right, sums, differences, blocks, before, without):
    """rows[sums + i] = P + Q and rows[differences + i] = P - Q for blocks of working rows.

    P, Q      rows[left + i], rows[right + i]; left, right, sums and differences count blocks, and
              results may take the place of P and Q
    before    working memory, an entry a block
    without   (blocks,) uint8   bit k where pair k of the block has no chord: its results mean
                                nothing
    result    whether all pairs have chords
    """
    running = one(before)
    found = 0
    for i in range(blocks):
        x1, y1 = load(rows, left + i)
        x2, y2 = load(rows, right + i)
        run, none = _chord(x1, y1, x2, y2)
        without[i] = none
        found |= none
        before[i] = running
        running = running * run
    inverse = invert(running)
    for i in range(blocks - 1, -1, -1):
        x1, y1 = load(rows, left + i)
        x2, y2 = load(rows, right + i)
        run, _ = _chord(x1, y1, x2, y2)
        own = inverse * before[i]
        inverse = inverse * run
        total = x1 + x2
        slope = (y2 - y1) * own
        x3 = reduce(square(slope) - total)
        y3 = reduce(slope * (x1 - x3) - y1)
        slope = (y2 + y1) * own  # of P and -Q, negated
        x4 = reduce(square(slope) - total)
        y4 = reduce(slope * (x4 - x1) - y1)
        store(rows, sums + i, (x3, y3))
        store(rows, differences + i, (x4, y4))
    return found == 0
