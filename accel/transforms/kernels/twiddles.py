"""Powers of a root, and the same in the order in which layers use them."""

from __future__ import annotations

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.fields.arrays import gather, load, store
from zkpipe.accel.fields.functions import reduce


@kernel
def fill_powers(ratio, out, n):
    """Fill rows 1 .. n - 1 from row 0: each is the one before times the ratio."""
    (factor,) = load(ratio, 0)
    (value,) = load(out, 0)
    for i in range(1, n):
        value = value * factor
        store(out, i, (value,))


@kernel
def _reversed_bits(number, bits):
    reversed_ = 0
    for _ in range(bits):
        reversed_ = reversed_ << 1 | number & 1
        number >>= 1
    return reversed_


@kernel
def take_layers(powers, out, low, high, bits, coset):
    """Entries low:high of the table of all layers, from the powers of psi; low is 1 or more."""
    level = 0
    while 2 << level <= low:
        level += 1
    for i in range(low, high):
        if i == 2 << level:
            level += 1
        power = _reversed_bits(i - (1 << level), level) << (bits - level)
        if coset:
            power += 1 << (bits - level - 1)
        store(out, i, load(powers, power))


@kernel
def into_lanes(rows, order, out, blocks):
    """The rows that the order names, as entries of working memory."""
    for i in range(blocks):
        (value,) = gather(rows, order, i)
        out[i] = reduce(value)
