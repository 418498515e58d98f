"""Number-theoretic transforms over Fr, forward and inverse, on the domain and on its odd coset.

A polynomial's coefficients and its values at the powers of the root w of order n = 2^k, or at the
odd powers of psi, psi^2 = w: the odd coset, where x^n = -1. The coset costs nothing, its shift is
in the twiddles (accel.layers); and there is no pass for bit reversal: where natural order is asked
for, it happens in the loads and stores that change between rows and lanes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from accel.arrays import Elements, Rows, WorkRows, gather, load, scatter
from accel.backend import MACHINES
from accel.backend import machine as chosen_machine
from accel.bn254 import TWO_ADICITY, R
from accel.errors import RangeError, ShapeError
from accel.functions import every_lane, out_of_montgomery, reduce
from accel.kernels import kernel
from accel.layers import FORWARD_BOUND, INVERSE_BOUND, backward, forward
from accel.limbs import Words
from accel.machine import FR, Machine
from accel.scalar import SCALAR
from accel.threads import in_threads
from accel.twiddles import bit_reversal, lane_twiddles, layer_twiddles, working_constant

LEAST_FOR_LANES = 16  # the layers inside lanes work on pairs of eight


@kernel
def _read(rows, order, factor, x):
    """x[i] = factor * rows[order[i]]."""
    for i in range(len(x)):
        (value,) = gather(rows, order, i)
        (scale,) = load(factor, 0)
        x[i] = value * every_lane(scale, value)


@kernel
def _write(x, rows, order):
    """rows[order[i]] = x[i]."""
    for i in range(len(x)):
        scatter(rows, order, i, (x[i],))


@kernel
def _combine(a, b, c, rows, order):
    """rows[order[i]] = a[i] * b[i] - c[i], canonical, not Montgomery."""
    for i in range(len(a)):
        x = a[i] * b[i] - reduce(c[i])
        scatter(rows, order, i, (x * out_of_montgomery(x),))


@dataclass(frozen=True, slots=True)
class _Tables:
    """The twiddles of one transform: of the layers between entries, and inside eight lanes."""

    layers: WorkRows
    four: Elements
    two: Elements
    single: Elements

    @classmethod
    def of(cls, n: int, m: Machine, coset: bool, inverse: bool) -> _Tables:
        table = layer_twiddles(n, coset, inverse, m)
        unused = Elements(FR, m, 1, bound=1)
        inner = lane_twiddles(table, n, m) if m.width > 1 else (unused, unused, unused)
        return cls(WorkRows(FR, SCALAR, table, 1), *inner)

    @property
    def arguments(self) -> tuple[object, ...]:
        return self.layers, self.four, self.two, self.single


class Domain:
    """Transforms of one size: n points, a power of two up to 2^27, on the machine in use.

    Holds the twiddles it has used, 92 n bytes for each kind of transform.
    Raises RangeError for a size that is no power of two or too large.
    """

    def __init__(self, n: int, m: Machine) -> None:
        if n < 1 or n & (n - 1) or n >= 1 << TWO_ADICITY:
            raise RangeError(
                f"{n} values cannot be transformed.",
                f"Give a power of two from 1 to 2^{TWO_ADICITY - 1}.",
            )
        self.n = n
        self.machine: Machine = m if n >= LEAST_FOR_LANES else SCALAR
        self.natural = np.arange(n, dtype=np.uint32)
        self.reversed = bit_reversal(n)
        self._tables: dict[tuple[bool, bool], _Tables] = {}

    def _table(self, coset: bool, inverse: bool) -> _Tables:
        if (coset, inverse) not in self._tables:
            self._tables[coset, inverse] = _Tables.of(self.n, self.machine, coset, inverse)
        return self._tables[coset, inverse]

    def _rows(self, words: Words) -> Rows:
        return Rows(FR, self.machine, words, 1)

    def _read(self, words: Words, order: NDArray[np.uint32], factor: int) -> Elements:
        x = Elements(FR, self.machine, self.n, INVERSE_BOUND)
        scale = WorkRows(FR, SCALAR, working_constant(factor, self.machine), 1)
        _read(self._rows(words), order, scale, x)
        return x

    def values(self, coefficients: Words, coset: bool) -> Words:
        """The polynomial's values on the domain or the odd coset, natural order both ways."""
        x = self._read(coefficients, self.natural, 1).below(FORWARD_BOUND)
        forward(x, *self._table(coset, False).arguments)
        out = np.empty_like(coefficients)
        _write(x, self._rows(out), self.reversed)
        return out

    def coefficients(self, values: Words, coset: bool) -> Words:
        """The coefficients of the polynomial with these values; natural order both ways."""
        x = self._interpolate(values, coset)
        out = np.empty_like(values)
        _write(x, self._rows(out), self.natural)
        return out

    def _interpolate(self, values: Words, coset: bool) -> Elements:
        x = self._read(values, self.reversed, pow(self.n, -1, R))
        backward(x, *self._table(coset, True).arguments)
        return x

    def _move_to_coset(self, values: Words) -> Elements:
        x = self._interpolate(values, False).below(FORWARD_BOUND)
        forward(x, *self._table(True, False).arguments)
        return x

    def quotient(self, a: Words, b: Words, c: Words) -> Words:
        """a(x) b(x) - c(x) at the points of the odd coset, from values on the domain.

        a, b, c  (n, 4) uint64   values at the powers of w; Montgomery
        result   (n, 4) uint64   canonical: the scalars of the H query in Groth16, whose points are
                                 the Lagrange basis of the odd coset, as snarkjs has it

        Cost: three inverse and three forward transforms.
        """
        self._table(False, True), self._table(True, False)
        moved = in_threads(self._move_to_coset, [a, b, c])
        out = np.empty_like(a)
        _combine(*moved, self._rows(out), self.reversed)
        return out


@lru_cache(maxsize=2)
def _domain(n: int, machine_name: str) -> Domain:
    return Domain(n, MACHINES[machine_name])


def domain(n: int) -> Domain:
    """The transforms of n points on the machine in use; the last two sizes keep their twiddles."""
    return _domain(n, chosen_machine().name)


def _checked(values: Words) -> Words:
    if values.ndim != 2 or values.shape[1] != 4 or values.dtype != np.uint64:
        raise ShapeError(
            f"Values have shape {values.shape} and dtype {values.dtype}.",
            "Give an (n, 4) array of uint64 words, Montgomery form.",
        )
    return np.ascontiguousarray(values)


def ntt(coefficients: Words) -> Words:
    """The values of a polynomial at 1, w, w^2, ..., w = 5^((r-1)/n).

    coefficients  (n, 4) uint64   Montgomery, R = 2^256; n a power of two up to 2^27
    result        (n, 4) uint64   Montgomery, canonical; natural order

    Raises ShapeError or RangeError for other arrays. Cost: n/2 log2 n butterflies of 4 ns.
    """
    checked = _checked(coefficients)
    return domain(len(checked)).values(checked, coset=False)


def inverse_ntt(values: Words) -> Words:
    """The coefficients of the polynomial with these values at 1, w, w^2, ...: undoes `ntt`."""
    checked = _checked(values)
    return domain(len(checked)).coefficients(checked, coset=False)
