"""Number-theoretic transforms on a card: three layers at a time, in a thread's registers.

An inverse transform takes values in their order and leaves coefficients in bit-reversed order
(decimation in frequency). A forward one takes those and leaves values in their order (decimation in
time). So nothing is ever permuted. n / 8 threads hold eight elements each, `stride` apart. Columns
that lie one behind the other are transformed at once, by as many times the threads.

    twiddles  (n / 2,) the powers of a primitive n-th root, or of its inverse

Source: Gentleman and Sande 1966; Cooley and Tukey 1965.
"""

from __future__ import annotations

import numpy as np

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.cuda.compiled.ptx import card_kernel
from zkpipe.accel.cuda.kernels.threads import divided, thread
from zkpipe.accel.fields.arrays import load, store
from zkpipe.accel.fields.functions import out_of_montgomery

ONE = np.uint32(1)


@kernel
def _apart(x, y, w):
    """A butterfly of decimation in frequency: x + y, (x - y) w."""
    return x + y, (x - y) * w


@kernel
def _together(x, y, w):
    """A butterfly of decimation in time: x + y w, x - y w."""
    yw = y * w
    return x + yw, x - yw


@kernel
def _place(t, stride_bits, layers):
    """Of a thread's first element: its place within a stride, and its place in the array."""
    at = t & ((1 << stride_bits) - 1)
    return at, ((t >> stride_bits) << (stride_bits + layers)) + at


@kernel
def _eight(x, first, stride):
    """The elements first, first + stride, ..."""
    (a,), (b,) = load(x, first), load(x, first + stride)
    (c,), (d,) = load(x, first + 2 * stride), load(x, first + 3 * stride)
    (e,), (f,) = load(x, first + 4 * stride), load(x, first + 5 * stride)
    (g,), (h,) = load(x, first + 6 * stride), load(x, first + 7 * stride)
    return a, b, c, d, e, f, g, h


@kernel
def _put_eight(x, first, stride, elements):
    """Eight elements where `_eight` took them."""
    a, b, c, d, e, f, g, h = elements
    store(x, first, (a,))
    store(x, first + stride, (b,))
    store(x, first + 2 * stride, (c,))
    store(x, first + 3 * stride, (d,))
    store(x, first + 4 * stride, (e,))
    store(x, first + 5 * stride, (f,))
    store(x, first + 6 * stride, (g,))
    store(x, first + 7 * stride, (h,))


@card_kernel(blocks=3)
def split_layers(x, twiddles, threads, stride_bits, step_bits):
    """Three layers of decimation in frequency, of the spans 8, 4 and 2 times the stride.

    step_bits  log2 of n / (8 * stride): how far apart the first layer's twiddles lie
    """
    t = thread()
    if t < threads:
        at, first = _place(t, stride_bits, 3)
        stride = 1 << stride_bits
        a, b, c, d, e, f, g, h = _eight(x, first, stride)
        a, e = _apart(a, e, load(twiddles, at << step_bits)[0])
        b, f = _apart(b, f, load(twiddles, (at + stride) << step_bits)[0])
        c, g = _apart(c, g, load(twiddles, (at + 2 * stride) << step_bits)[0])
        d, h = _apart(d, h, load(twiddles, (at + 3 * stride) << step_bits)[0])
        (w,), (v,) = (
            load(twiddles, at << (step_bits + 1)),
            load(twiddles, (at + stride) << (step_bits + 1)),
        )
        a, c = _apart(a, c, w)
        b, d = _apart(b, d, v)
        e, g = _apart(e, g, w)
        f, h = _apart(f, h, v)
        (w,) = load(twiddles, at << (step_bits + 2))
        a, b = _apart(a, b, w)
        c, d = _apart(c, d, w)
        e, f = _apart(e, f, w)
        g, h = _apart(g, h, w)
        _put_eight(x, first, stride, (a, b, c, d, e, f, g, h))


@card_kernel(blocks=3)
def join_layers(x, twiddles, threads, stride_bits, step_bits):
    """Three layers of decimation in time, of the spans 2, 4 and 8 times the stride.

    step_bits  log2 of n / (8 * stride): how far apart the last layer's twiddles lie
    """
    t = thread()
    if t < threads:
        at, first = _place(t, stride_bits, 3)
        stride = 1 << stride_bits
        a, b, c, d, e, f, g, h = _eight(x, first, stride)
        (w,) = load(twiddles, at << (step_bits + 2))
        a, b = _together(a, b, w)
        c, d = _together(c, d, w)
        e, f = _together(e, f, w)
        g, h = _together(g, h, w)
        (w,), (v,) = (
            load(twiddles, at << (step_bits + 1)),
            load(twiddles, (at + stride) << (step_bits + 1)),
        )
        a, c = _together(a, c, w)
        b, d = _together(b, d, v)
        e, g = _together(e, g, w)
        f, h = _together(f, h, v)
        a, e = _together(a, e, load(twiddles, at << step_bits)[0])
        b, f = _together(b, f, load(twiddles, (at + stride) << step_bits)[0])
        c, g = _together(c, g, load(twiddles, (at + 2 * stride) << step_bits)[0])
        d, h = _together(d, h, load(twiddles, (at + 3 * stride) << step_bits)[0])
        _put_eight(x, first, stride, (a, b, c, d, e, f, g, h))


@card_kernel()
def split_layer(x, twiddles, threads, stride_bits, step_bits):
    """One layer of decimation in frequency, of the span 2 * stride."""
    t = thread()
    if t < threads:
        at, first = _place(t, stride_bits, 1)
        second = first + (1 << stride_bits)
        (a,), (b,) = load(x, first), load(x, second)
        a, b = _apart(a, b, load(twiddles, at << step_bits)[0])
        store(x, first, (a,))
        store(x, second, (b,))


@card_kernel()
def join_layer(x, twiddles, threads, stride_bits, step_bits):
    """One layer of decimation in time, of the span 2 * stride."""
    t = thread()
    if t < threads:
        at, first = _place(t, stride_bits, 1)
        second = first + (1 << stride_bits)
        (a,), (b,) = load(x, first), load(x, second)
        a, b = _together(a, b, load(twiddles, at << step_bits)[0])
        store(x, first, (a,))
        store(x, second, (b,))


@card_kernel()
def scale(x, factors, count, mask):
    """x[i] = x[i] * factors[i & mask]: each of the columns by the same factors."""
    i = thread()
    if i < count:
        (a,), (b,) = load(x, i), load(factors, i & mask)
        store(x, i, (a * b,))


@card_kernel()
def subtract_from_product(a, b, c, out, count):
    """out[i] = a[i] b[i] - c[i] as a canonical integer."""
    i = thread()
    if i < count:
        (u,), (v,), (w,) = load(a, i), load(b, i), load(c, i)
        x = u * v - w
        store(out, i, (x * out_of_montgomery(x),))


@card_kernel()
def multiply_rows(values, wires, starts, witnesses, a, b, c, threads, rows, pitch, wire_count):
    """a[i] = A_i w, b[i] = B_i w, c[i] = their product: a thread for each row and witness.

    values     of the coefficients, times R^2, a row's behind one another
    wires      (nnz,) uint32   twice the wire of each, plus 1 where it is of B
    starts     (rows + 1,) uint32   where each row begins
    witnesses  canonical, one behind the other; their columns begin `pitch` apart
    """
    t = thread()
    if t < threads:
        k, row = divided(t, rows)
        first, i = k * wire_count, k * pitch + row
        (none,) = load(a, i)
        none = none - none
        left, right = none, none
        for j in range(starts[row], starts[row + 1]):
            entry = wires[j]
            (value,), (wire,) = load(values, j), load(witnesses, first + np.int64(entry >> ONE))
            term = value * wire
            if entry & ONE:
                right = right + term
            else:
                left = left + term
        store(a, i, (left,))
        store(b, i, (right,))
        store(c, i, (left * right,))
