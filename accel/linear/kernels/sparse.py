"""Sums by columns, and vectors that are scaled, combined and brought into other forms."""

from __future__ import annotations

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.fields.arrays import load, store
from zkpipe.accel.fields.functions import into_montgomery, out_of_montgomery
from zkpipe.accel.fields.inverse import invert


@kernel
def add_columns(starts, wires, values, coefficients, vector, out):
    """out[wire] += coefficient * vector[row] over all entries."""
    for row in range(len(starts) - 1):
        (factor,) = load(vector, row)
        for i in range(starts[row], starts[row + 1]):
            (value,), (sum_,) = load(coefficients, values[i]), load(out, wires[i])
            store(out, wires[i], (sum_ + value * factor,))


@kernel
def scale(factor, rows, n):
    """rows[i] *= factor."""
    (scale,) = load(factor, 0)
    for i in range(n):
        (value,) = load(rows, i)
        store(rows, i, (scale * value,))


@kernel
def combine(alpha, beta, u, v, w, out, n):
    """out[i] = beta u[i] + alpha v[i] + w[i]."""
    (a,), (b,) = load(alpha, 0), load(beta, 0)
    for i in range(n):
        (ui,), (vi,), (wi,) = load(u, i), load(v, i), load(w, i)
        store(out, i, (b * ui + a * vi + wi,))


@kernel
def to_canonical(rows, out, n):
    """Rows divided by 2^256."""
    for i in range(n):
        (value,) = load(rows, i)
        store(out, i, (value * out_of_montgomery(value),))


@kernel
def to_montgomery(rows, out, n):
    """Rows multiplied by 2^256."""
    for i in range(n):
        (value,) = load(rows, i)
        store(out, i, (value * into_montgomery(value),))


@kernel
def fractions(point, nodes, out, n):
    """out[i] = nodes[i] / (point - nodes[i]), by one inversion (Montgomery's trick)."""
    (at,) = load(point, 0)
    (node,) = load(nodes, 0)
    running = at - node
    store(out, 0, (running,))
    for i in range(1, n):
        (node,) = load(nodes, i)
        running = running * (at - node)
        store(out, i, (running,))
    inverse = invert(running)
    for i in range(n - 1, 0, -1):
        (node,), (before,) = load(nodes, i), load(out, i - 1)
        store(out, i, (inverse * before * node,))
        inverse = inverse * (at - node)
    (node,) = load(nodes, 0)
    store(out, 0, (inverse * node,))
