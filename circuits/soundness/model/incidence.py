"""Where each wire stands: its equations, and its places in products.

A place of a product is 3 * product + matrix, the matrices A, B and C being 0, 1 and 2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zkpipe.accel.compiled.entries import Kernels
from zkpipe.circuits.soundness.model.coefficients import Numbers
from zkpipe.circuits.soundness.model.equations import Equations
from zkpipe.circuits.soundness.model.rows import SparseRows

_kernels = Kernels("zkpipe.circuits.soundness.model.kernels.incidence")


@dataclass(frozen=True, slots=True, eq=False)
class Incidence:
    """For each wire, its equations and its places in products, ascending.

    linear_starts   (n + 1,) int64    linear_rows  (nnz,) int64
    product_starts  (n + 1,) int64    places       (nnz,) int64
    """

    linear_starts: Numbers
    linear_rows: Numbers
    product_starts: Numbers
    places: Numbers


def incidence_of(system: Equations) -> Incidence:
    """The transposed matrices of a system's equations and products."""
    n = system.total_count
    linear_starts = _starts([system.linear], n)
    linear_rows = np.empty(linear_starts[-1], np.int64)
    _kernels.scatter(system.linear.starts, system.linear.wires, linear_starts.copy(), linear_rows)
    matrices = [system.a, system.b, system.c]
    product_starts = _starts(matrices, n)
    places = np.empty(product_starts[-1], np.int64)
    a, b, c = ((rows.starts, rows.wires) for rows in matrices)
    _kernels.scatter_products(a, b, c, product_starts.copy(), places)
    return Incidence(linear_starts, linear_rows, product_starts, places)


def _starts(matrices: list[SparseRows], n: int) -> Numbers:
    starts = np.zeros(n + 1, np.int64)
    for rows in matrices:
        starts[1:] += np.bincount(rows.wires, minlength=n)
    return np.cumsum(starts)
