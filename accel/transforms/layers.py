"""The layers of a transform over Fr: butterflies, forward and inverse, as kernels.

Both kinds of transform are one: x^(2h) - z^2 = (x^h - z)(x^h + z), k times from x^n - 1 (the
domain) or x^n + 1 (its odd coset). Forward is Cooley-Tukey, natural order in, bit-reversed out, one
twiddle z for each block; the inverse undoes the layers from the last (Gentleman-Sande). Two layers
go together, which halves the passes over memory.

The same kernels serve both halves of a large transform. Seen as a matrix of `rows` runs of
neighbouring entries, its first layers act on columns (entries `stride` apart, all of one column in
the second-level cache) and the others on the runs, one after another.

A forward layer reduces what it does not multiply, so values stay below 14p in the layers and 20p
after those inside lanes; an inverse layer reduces one of four sums, and stays below 16p.

Source: Cooley, Tukey 1965; Gentleman, Sande 1966; negacyclic twiddles, Longa, Naehrig, eprint
2016/504; columns and runs, Bailey 1990.
"""

from __future__ import annotations

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.fields.arrays import gather, load, prefetch, scatter
from zkpipe.accel.fields.functions import every_lane, out_of_montgomery, reduce, swap_halves
from zkpipe.accel.fields.prepared_constants import times

AHEAD = 8  # blocks between asking the memory for rows in another order and reading them


@kernel
def _two_layers(x, start, stride, quarter, blocks, factors, first):
    """Layers that halve 4 * quarter and 2 * quarter entries, on `blocks` runs of 4 * quarter."""
    step = stride * quarter
    for k in range(blocks):
        begin = start + 4 * step * k
        for j in range(begin, begin + step, stride):
            a, b = reduce(x[j]), reduce(x[j + step])
            t = times(x[j + 2 * step], factors, first + k)
            u = times(x[j + 3 * step], factors, first + k)
            c, d = a - t, b - u
            a, b = reduce(a + t), b + u
            t = times(b, factors, 2 * (first + k))
            u = times(d, factors, 2 * (first + k) + 1)
            x[j], x[j + step] = a + t, a - t
            x[j + 2 * step], x[j + 3 * step] = c + u, c - u


@kernel
def _one_layer(x, start, stride, half, blocks, factors, first):
    step = stride * half
    for k in range(blocks):
        begin = start + 2 * step * k
        for j in range(begin, begin + step, stride):
            a, t = reduce(x[j]), times(x[j + step], factors, first + k)
            x[j], x[j + step] = a + t, a - t


@kernel
def layers(x, start, stride, size, factors, first):
    """All layers on `size` entries `stride` apart; `first` is the place of the first factor."""
    blocks = 1
    while size >= 4:
        _two_layers(x, start, stride, size // 4, blocks, factors, first)
        size, blocks, first = size // 4, 4 * blocks, 4 * first
    if size == 2:
        _one_layer(x, start, stride, 1, blocks, factors, first)


@kernel
def _undo_two_layers(x, start, stride, quarter, blocks, factors, first):
    step = stride * quarter
    for k in range(blocks):
        begin = start + 4 * step * k
        for j in range(begin, begin + step, stride):
            a, b, c, d = x[j], x[j + step], x[j + 2 * step], x[j + 3 * step]
            a, b = a + b, times(a - b, factors, 2 * (first + k))
            c, d = c + d, times(c - d, factors, 2 * (first + k) + 1)
            x[j], x[j + step] = reduce(a + c), b + d
            x[j + 2 * step] = times(a - c, factors, first + k)
            x[j + 3 * step] = times(b - d, factors, first + k)


@kernel
def _undo_one_layer(x, start, stride, half, blocks, factors, first):
    step = stride * half
    for k in range(blocks):
        begin = start + 2 * step * k
        for j in range(begin, begin + step, stride):
            a, b = x[j], x[j + step]
            x[j], x[j + step] = reduce(a + b), times(a - b, factors, first + k)


@kernel
def undo_layers(x, start, stride, size, factors, first):
    """The inverse of `layers`."""
    width = 1
    while 4 * width <= size:
        width *= 4
    if width < size:  # an odd number of layers: the last goes alone
        _undo_one_layer(x, start, stride, 1, size // 2, factors, first * (size // 2))
        width = 2
    else:
        width = 1
    while width < size:
        width *= 4
        blocks = size // width
        _undo_two_layers(x, start, stride, width // 4, blocks, factors, first * blocks)


@kernel
def last_lanes(x, start, count, pair, four, two, single):
    """The layers inside eight lanes, on pairs of entries exchanged so that partners meet.

    pair   number of the first pair among those of the whole transform
    """
    for k in range(count // 2):
        i, w = start + 2 * k, pair + k
        a, b = swap_halves(x[i], x[i + 1], 4)
        t, a = b * four[w], reduce(a)
        a, b = swap_halves(a + t, a - t, 4)
        a, b = swap_halves(a, b, 2)
        t = b * two[w]
        a, b = swap_halves(a + t, a - t, 2)
        a, b = swap_halves(a, b, 1)
        t = b * single[w]
        x[i], x[i + 1] = swap_halves(a + t, a - t, 1)


@kernel
def undo_last_lanes(x, start, count, pair, four, two, single):
    """The inverse of `last_lanes`."""
    for k in range(count // 2):
        i, w = start + 2 * k, pair + k
        a, b = swap_halves(reduce(x[i]), reduce(x[i + 1]), 1)
        a, b = swap_halves(a + b, (a - b) * single[w], 1)
        a, b = swap_halves(a, b, 2)
        a, b = swap_halves(a + b, (a - b) * two[w], 2)
        a, b = swap_halves(a, b, 4)
        x[i], x[i + 1] = swap_halves(a + b, (a - b) * four[w], 4)


@kernel
def read_run(rows, order, first, factor, x, start, count):
    """x[start + i] = factor * rows[order[first + i]], block by block."""
    for i in range(count):
        if i + AHEAD < count:
            prefetch(rows, order, first + i + AHEAD)
        (value,) = gather(rows, order, first + i)
        (scale,) = load(factor, 0)
        x[start + i] = value * every_lane(scale, value)


@kernel
def write_run(x, start, count, rows, order, first):
    """rows[order[first + i]] = x[start + i], block by block."""
    for i in range(count):
        scatter(rows, order, first + i, (x[start + i],))


@kernel
def combine_run(a, b, c, start, count, rows, order, first):
    """rows[order[first + i]] = a b - c at entry start + i, canonical, not Montgomery."""
    for i in range(count):
        j = start + i
        value = a[j] * b[j] - reduce(c[j])
        scatter(rows, order, first + i, (value * out_of_montgomery(value),))
