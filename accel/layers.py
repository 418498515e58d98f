"""The layers of a transform over Fr: butterflies, forward and inverse, as kernels.

Both kinds of transform are one: x^(2h) - z^2 = (x^h - z)(x^h + z), k times from x^n - 1 (the
domain) or x^n + 1 (its odd coset). Forward is Cooley-Tukey, natural order in, bit-reversed out, one
twiddle z for each block; the inverse undoes the layers from the last (Gentleman-Sande). Two layers
go together, which halves the passes over memory.

Growth: a forward layer adds 2p, so values stay below (2 + 2k)p; an inverse pass reduces its sums.

Source: Cooley, Tukey 1965; Gentleman, Sande 1966; negacyclic twiddles, Longa, Naehrig, eprint
2016/504; lazy butterflies, Harvey 2014.
"""

from __future__ import annotations

from accel.arrays import load
from accel.functions import assume_below, every_lane, lanes, reduce, swap_halves
from accel.kernels import kernel

FORWARD_BOUND = 64
INVERSE_BOUND = 4
IN_CACHE = 1 << 14  # elements whose remaining layers stay in the second-level cache: 640 KiB


@kernel
def _twiddle(table, i, like):
    """One twiddle in every lane; tables are canonical."""
    (w,) = load(table, i)
    return assume_below(every_lane(w, like), 1)


@kernel
def _two_layers(x, start, quarter, blocks, table, first):
    """Layers that halve 4 * quarter and 2 * quarter entries, on `blocks` runs of 4 * quarter."""
    for k in range(blocks):
        # Before layer l values are below (2 + 2l)p, and l is at most 27.
        like = assume_below(x[start], 60)
        w1 = _twiddle(table, first + k, like)
        w2 = _twiddle(table, 2 * (first + k), like)
        w3 = _twiddle(table, 2 * (first + k) + 1, like)
        base = start + 4 * quarter * k
        for j in range(base, base + quarter):
            a, b = assume_below(x[j], 60), assume_below(x[j + quarter], 60)
            t, u = x[j + 2 * quarter] * w1, x[j + 3 * quarter] * w1
            c, d = a - t, b - u
            a, b = a + t, b + u
            t, u = b * w2, d * w3
            x[j], x[j + quarter] = a + t, a - t
            x[j + 2 * quarter], x[j + 3 * quarter] = c + u, c - u


@kernel
def _one_layer(x, start, half, blocks, table, first):
    for k in range(blocks):
        w = _twiddle(table, first + k, x[start])
        base = start + 2 * half * k
        for j in range(base, base + half):
            a = assume_below(x[j], 60)  # as in _two_layers
            t = x[j + half] * w
            x[j], x[j + half] = a + t, a - t


@kernel
def _layers(x, start, size, table, first):
    """All layers on one run of `size` entries; `first` is the place of its first twiddle."""
    blocks = 1
    while size >= 4:
        _two_layers(x, start, size // 4, blocks, table, first)
        size, blocks, first = size // 4, 4 * blocks, 4 * first
    if size == 2:
        _one_layer(x, start, 1, blocks, table, first)


@kernel
def _last_lanes(x, start, count, four, two, single):
    """The layers inside eight lanes, on pairs of entries exchanged so that partners meet."""
    for k in range(start // 2, (start + count) // 2):
        a, b = swap_halves(x[2 * k], x[2 * k + 1], 4)
        t, a = b * four[k], assume_below(a, 60)  # as in _two_layers
        a, b = swap_halves(a + t, a - t, 4)
        a, b = swap_halves(a, b, 2)
        t, a = b * two[k], assume_below(a, 60)
        a, b = swap_halves(a + t, a - t, 2)
        a, b = swap_halves(a, b, 1)
        t, a = b * single[k], assume_below(a, 60)
        x[2 * k], x[2 * k + 1] = swap_halves(a + t, a - t, 1)


@kernel
def _undo_two_layers(x, start, quarter, blocks, table, first):
    for k in range(blocks):
        like = x[start]
        w1 = _twiddle(table, first + k, like)
        w2 = _twiddle(table, 2 * (first + k), like)
        w3 = _twiddle(table, 2 * (first + k) + 1, like)
        base = start + 4 * quarter * k
        for j in range(base, base + quarter):
            a, b, c, d = x[j], x[j + quarter], x[j + 2 * quarter], x[j + 3 * quarter]
            a, b = a + b, (a - b) * w2
            c, d = c + d, (c - d) * w3
            x[j], x[j + quarter] = reduce(a + c), b + d
            x[j + 2 * quarter], x[j + 3 * quarter] = (a - c) * w1, (b - d) * w1


@kernel
def _undo_one_layer(x, start, half, blocks, table, first):
    for k in range(blocks):
        w = _twiddle(table, first + k, x[start])
        base = start + 2 * half * k
        for j in range(base, base + half):
            a, b = x[j], x[j + half]
            x[j], x[j + half] = reduce(a + b), (a - b) * w


@kernel
def _undo_layers(x, start, size, table, first):
    """The inverse of `_layers`."""
    width = 1
    while 4 * width <= size:
        width *= 4
    if width < size:  # an odd number of layers: the last goes alone
        _undo_one_layer(x, start, 1, size // 2, table, first * (size // 2))
        width = 2
    else:
        width = 1
    while width < size:
        width *= 4
        blocks = size // width
        _undo_two_layers(x, start, width // 4, blocks, table, first * blocks)


@kernel
def _undo_last_lanes(x, start, count, four, two, single):
    for k in range(start // 2, (start + count) // 2):
        a, b = swap_halves(x[2 * k], x[2 * k + 1], 1)
        a, b = swap_halves(reduce(a + b), (a - b) * single[k], 1)
        a, b = swap_halves(a, b, 2)
        a, b = swap_halves(reduce(a + b), (a - b) * two[k], 2)
        a, b = swap_halves(a, b, 4)
        x[2 * k], x[2 * k + 1] = swap_halves(reduce(a + b), (a - b) * four[k], 4)


@kernel
def forward(x, table, four, two, single):
    """Coefficients in natural order to values in bit-reversed order, in place."""
    size, blocks = len(x), 1
    width = lanes(x[0])
    while size * width > IN_CACHE:
        _two_layers(x, 0, size // 4, blocks, table, blocks)
        size, blocks = size // 4, 4 * blocks
    for k in range(blocks):
        _layers(x, k * size, size, table, blocks + k)
        if width > 1:
            _last_lanes(x, k * size, size, four, two, single)


@kernel
def backward(x, table, four, two, single):
    """Values in bit-reversed order to n times the coefficients in natural order, in place."""
    size, blocks = len(x), 1
    width = lanes(x[0])
    while size * width > IN_CACHE:
        size, blocks = size // 4, 4 * blocks
    for k in range(blocks):
        if width > 1:
            _undo_last_lanes(x, k * size, size, four, two, single)
        _undo_layers(x, k * size, size, table, blocks + k)
    while blocks > 1:
        size, blocks = 4 * size, blocks // 4
        _undo_two_layers(x, 0, size // 4, blocks, table, blocks)
