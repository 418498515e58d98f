"""Points into the machine's form, in an order, block by block."""

from __future__ import annotations

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.fields.arrays import gather, load, prefetch, store
from zkpipe.accel.fields.functions import is_blank, lanes, mask_bits, reduce

AHEAD = 8  # blocks between asking the memory for points in another order and reading them


@kernel
def take(source, order, target, first, low, high, finite):
    """target[first + i] = source[order[i]] in working form, and whether each is finite; blocks."""
    width = lanes(load(target, 0)[0])
    for i in range(low, high):
        if i + AHEAD < high:
            prefetch(source, order, i + AHEAD)
        x, y = gather(source, order, i)
        blank = mask_bits(is_blank(x) & is_blank(y))
        for k in range(width):
            finite[(first + i) * width + k] = 1 - ((blank >> k) & 1)
        store(target, first + i, (reduce(x), reduce(y)))
