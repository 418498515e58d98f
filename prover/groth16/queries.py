"""The secret scalars behind a key's queries: which multiple of the generator each point is.

Whoever has one of these, or tau, can forge. They are made range by range as the points are, on the
threads that multiply, so that in full there are only u, v and w: the columns of A, B and C at tau.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zkpipe.accel.curve import Curve
from zkpipe.accel.fields.limbs import Words, to_montgomery
from zkpipe.accel.linear.sparse import (
    add_column_products,
    combine,
    into_montgomery,
    lagrange_basis,
    out_of_montgomery,
    scale,
)
from zkpipe.circuits.r1cs.matrix import SparseMatrix
from zkpipe.circuits.system import ConstraintSystem
from zkpipe.ground.process.threads import in_threads

NODES = 1 << 12  # of a domain for one thread


@dataclass(frozen=True, slots=True)
class ToxicWaste:
    """The secrets of a setup. Never printed, saved or returned."""

    tau: int
    alpha: int
    beta: int
    delta: int

    def __repr__(self) -> str:
        return "ToxicWaste(...)"


class QueryScalars:
    """Scalars of a system's key over a domain of n points; each method gives a range, canonical."""

    def __init__(self, system: ConstraintSystem, n: int, waste: ToxicWaste, curve: Curve) -> None:
        self._n, self._waste, self._curve = n, waste, curve
        self._first_private = system.public_count + 1
        self._over_delta = pow(waste.delta, -1, curve.r)
        self._u, self._v, self._w = _columns_at_tau(system, n, waste.tau, curve)

    def a(self, begin: int, end: int) -> Words:
        """u_i(tau)."""
        return out_of_montgomery(self._u[begin:end], self._curve)

    def b(self, begin: int, end: int) -> Words:
        """v_i(tau)."""
        return out_of_montgomery(self._v[begin:end], self._curve)

    def ic(self) -> Words:
        """(beta u_i + alpha v_i + w_i)(tau) of the public wires."""
        return out_of_montgomery(self._combined(0, self._first_private), self._curve)

    def l(self, begin: int, end: int) -> Words:  # noqa: E743 # the query's name in the paper
        """The same over delta, of the wires that are not public."""
        part = self._combined(self._first_private + begin, self._first_private + end)
        scale(self._over_delta, part, self._curve)
        return out_of_montgomery(part, self._curve)

    def h(self, begin: int, end: int) -> Words:
        """At tau, over delta, the polynomials of degree below 2n that pick a point of the coset.

        Each is 1 there, 0 at the other points of the odd coset and on the domain, so that a product
        a b - c, which is 0 on the domain, is the sum of its values on the coset times these.
        """
        n, tau, curve = self._n, self._waste.tau, self._curve
        factor = (pow(tau, 2 * n, curve.r) - 1) * pow(2 * n, -1, curve.r) * self._over_delta
        first = curve.root_of_unity(2 * n)
        part = _basis(tau, first, n, begin, end, factor, curve)
        return out_of_montgomery(part, curve)

    def _combined(self, begin: int, end: int) -> Words:
        u, v, w = (column[begin:end] for column in (self._u, self._v, self._w))
        return combine(self._waste.alpha, self._waste.beta, u, v, w, self._curve)


def _basis(tau: int, first: int, n: int, begin: int, end: int, factor: int, curve: Curve) -> Words:
    """factor x_i / (tau - x_i) at the nodes x_i = first w^i, begin <= i < end; Montgomery."""
    root = curve.root_of_unity(n)
    begins = first * pow(root, begin, curve.r) % curve.r
    part = lagrange_basis(tau, begins, root, end - begin, curve)
    scale(factor, part, curve)
    return part


def _domain_basis(n: int, tau: int, curve: Curve) -> Words:
    """The Lagrange basis of the domain at tau; (n, 4), Montgomery."""
    basis = np.empty((n, 4), np.uint64)
    factor = (pow(tau, n, curve.r) - 1) * pow(n, -1, curve.r)

    def work(begin: int) -> None:
        end = min(begin + NODES, n)
        basis[begin:end] = _basis(tau, 1, n, begin, end, factor, curve)

    in_threads(work, range(0, n, NODES))
    return basis


def _columns_at_tau(system: ConstraintSystem, n: int, tau: int, curve: Curve) -> list[Words]:
    """u_i(tau), v_i(tau), w_i(tau) for every wire i; Montgomery."""
    basis = _domain_basis(n, tau, curve)
    coefficients = into_montgomery(system.coefficients, curve)

    def column(matrix: SparseMatrix) -> Words:
        out = np.zeros((system.wire_count, 4), np.uint64)
        add_column_products(
            matrix.starts, matrix.wires, matrix.values, coefficients, basis, out, curve
        )
        return out

    u, v, w = in_threads(column, (system.a, system.b, system.c))
    public = system.public_count + 1
    add_column_products(
        np.arange(public + 1, dtype=np.int64),
        np.arange(public, dtype=np.uint32),
        np.zeros(public, np.uint32),
        to_montgomery([1], curve.r),
        basis[system.constraint_count : system.constraint_count + public],
        u,
        curve,
    )
    return [u, v, w]
