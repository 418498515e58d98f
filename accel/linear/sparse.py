"""Sparse matrices over Fr times vectors, by rows and by columns, and other vector work of a setup.

Entries are streamed once; each costs a product and a sum, 15 ns.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.curve import Curve
from zkpipe.accel.fields.limbs import Words, to_montgomery
from zkpipe.accel.fields.rows import Rows
from zkpipe.accel.linear.compressed import check_compressed
from zkpipe.accel.machines.machine import SCALAR
from zkpipe.accel.transforms.twiddles import powers
from zkpipe.ground.errors import ShapeError
from zkpipe.ground.process.memory import aligned_empty
from zkpipe.ground.process.threads import in_threads

_kernels = Kernels("zkpipe.accel.linear.kernels.sparse")

CHUNK = 1 << 14  # rows of a task


def _rows(words: Words, curve: Curve) -> Rows:
    return Rows(curve.fr, SCALAR, words, 1)


def constant_row(value: int, curve: Curve = BN254) -> Words:
    """One integer as a (1, 4) row in Montgomery form."""
    return to_montgomery([value % curve.r], curve.r)


def add_column_products(
    starts: NDArray[np.int64],
    wires: NDArray[np.uint32],
    values: NDArray[np.uint32],
    coefficients: Words,
    vector: Words,
    out: Words,
    curve: Curve = BN254,
) -> None:
    """out[wire] += coefficient * vector[row] over all entries of a matrix in compressed rows.

    coefficients, vector, out  (k, 4), (rows, 4), (wires, 4) uint64   Montgomery

    Raises ShapeError or RangeError for arrays that do not belong together.
    """
    check_compressed(starts, wires, values, len(out), len(coefficients))
    if len(starts) - 1 > len(vector):
        raise ShapeError(
            f"A matrix of {len(starts) - 1} rows is multiplied by {len(vector)} values.",
            "Give a value for each row.",
        )
    rows = [_rows(words, curve) for words in (coefficients, vector, out)]
    _kernels.add_columns(starts, wires, values, *rows)


def scale(factor: int, vector: Words, curve: Curve = BN254) -> None:
    """vector[i] *= factor, in place; (n, 4), Montgomery, factor canonical."""
    _kernels.scale(_rows(constant_row(factor, curve), curve), _rows(vector, curve), len(vector))


def combine(alpha: int, beta: int, u: Words, v: Words, w: Words, curve: Curve = BN254) -> Words:
    """beta u[i] + alpha v[i] + w[i]; (n, 4), Montgomery, factors canonical."""
    if not u.shape == v.shape == w.shape:
        raise ShapeError(
            f"Vectors of shapes {u.shape}, {v.shape} and {w.shape} are combined.",
            "Give vectors of one length.",
        )
    out = np.empty_like(u)
    factors = constant_row(alpha, curve), constant_row(beta, curve)
    rows = [_rows(words, curve) for words in (*factors, u, v, w, out)]
    _kernels.combine(*rows, len(u))
    return out


def into_montgomery(vector: Words, curve: Curve = BN254) -> Words:
    """Multiply by 2^256 mod r: canonical words to Montgomery, or Montgomery to v R^2.

    Cost: 20 ns each; threads share it.
    """
    vector, out = np.ascontiguousarray(vector), aligned_empty(*vector.shape)

    def work(low: int) -> None:
        some = slice(low, low + CHUNK)
        given, target = vector[some], out[some]
        _kernels.to_montgomery(_rows(given, curve), _rows(target, curve), len(given))

    in_threads(work, range(0, len(vector), CHUNK))
    return out


def out_of_montgomery(vector: Words, curve: Curve = BN254) -> Words:
    """Divide by 2^256 mod r: Montgomery words to canonical."""
    out = aligned_empty(*vector.shape)
    _kernels.to_canonical(
        _rows(np.ascontiguousarray(vector), curve), _rows(out, curve), len(vector)
    )
    return out


def lagrange_basis(point: int, first: int, ratio: int, n: int, curve: Curve = BN254) -> Words:
    """x_i / (point - x_i) at the nodes x_i = first * ratio^i: the Lagrange basis but for a factor.

    Over a coset of the roots of unity of order n, times (point^n / first^n - 1) / n, this is the
    value at `point` of the polynomial that is 1 at x_i and 0 at the other nodes.

    result  (n, 4) uint64   Montgomery. Cost: 5 products each.
    """
    nodes = powers(ratio, n, first, curve)
    out = np.empty_like(nodes)
    rows = [_rows(words, curve) for words in (constant_row(point, curve), nodes, out)]
    _kernels.fractions(*rows, n)
    return out
