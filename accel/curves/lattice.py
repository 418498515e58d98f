"""Scalars as short vectors, by the endomorphisms of G1 and G2.

On G1 the map (x, y) -> (w x, y), w a cube root of unity, multiplies by a cube root l of unity
modulo r. On G2 psi, Frobenius seen from the twist, multiplies by p. So a scalar k is a vector of
two or four coordinates, for which k = a0 + a1 l or k = a0 + a1 p + a2 p^2 + a3 p^3 modulo r, and a
lattice of rank two or four holds the vectors that stand for 0. What is left of (k, 0, ...) after
the nearest vector of twice that lattice is taken away is short, and all its coordinates can be had
odd: an odd number is a sum of all powers of two with signs, and a sum that has no zeros among its
digits is one for which all lanes do the same.

Source: Gallant, Lambert, Vanstone, CRYPTO 2001; Galbraith, Lin, Scott, eprint 2008/194; Galbraith,
Scott, eprint 2008/117; rounding, Babai 1986; digits without zeros, Faz-Hernandez, Longa, Sanchez,
eprint 2013/158. The bases were found among small multiples of the parameter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import product

from zkpipe.accel.curve import Field

PRECISION = 320  # bits behind the point: a scalar's quotients are right to 2^-66

Vector = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Lattice:
    """How scalars become short vectors of odd coordinates.

    eigenvalue  what the endomorphism multiplies by
    basis       of the vectors that stand for 0
    quotients   coordinates of (1, 0, ...) in twice the basis, times 2^320, rounded; positive
    odd         0 or 1 for each vector of the basis: their sum is (even, odd, odd, ...)
    digits      signs of a coordinate: it is below 2^digits in size; a multiple of `window_bits`
    window_bits digits of each coordinate that one addition serves
    """

    eigenvalue: int
    basis: tuple[Vector, ...]
    quotients: Vector
    odd: Vector
    digits: int
    window_bits: int


def _coordinates(basis: Sequence[Vector]) -> list[Fraction]:
    """The rational coordinates of (1, 0, ...) in a basis, by elimination."""
    n = len(basis)
    rows = [[Fraction(v[i]) for v in basis] + [Fraction(int(i == 0))] for i in range(n)]
    for i in range(n):
        pivot = next(k for k in range(i, n) if rows[k][i])
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [value / rows[i][i] for value in rows[i]]
        for k in range(n):
            if k != i:
                factor = rows[k][i]
                rows[k] = [u - factor * v for u, v in zip(rows[k], rows[i], strict=True)]
    return [row[n] for row in rows]


@lru_cache
def lattice(field: Field) -> Lattice:
    """The lattice of G1, for Fp, or of G2, for Fp2."""
    x, r = field.curve.x, field.curve.r
    basis: list[Vector]
    if field.degree == 1:
        eigenvalue, window_bits = (36 * x**3 + 18 * x**2 + 6 * x + 1) % r, 2
        basis = [(6 * x**2 + 4 * x + 1, 2 * x + 1), (2 * x + 1, -6 * x**2 - 2 * x)]
    else:
        eigenvalue, window_bits = field.curve.p % r, 1
        basis = [
            (x, -x, x, 2 * x + 1),
            (2 * x + 1, -x, -x - 1, -x),
            (2 * x + 1, 0, 2 * x, 1),
            (1, -2 * x - 1, -1, -2 * x),
        ]
    halves = _coordinates(basis)
    basis = [v if half > 0 else tuple(-c for c in v) for v, half in zip(basis, halves, strict=True)]
    wanted = (0,) + (1,) * (len(basis) - 1)
    odd = next(
        chosen
        for chosen in product((0, 1), repeat=len(basis))
        if tuple(
            sum(c * v[i] for c, v in zip(chosen, basis, strict=True)) % 2 for i in range(len(basis))
        )
        == wanted
    )
    quotients = tuple(round(abs(half) / 2 * (1 << PRECISION)) for half in halves)
    longest = max(sum(abs(v[i]) for v in basis) for i in range(len(basis)))  # of 2 basis / 2
    digits = -(-longest.bit_length() // window_bits) * window_bits
    return Lattice(eigenvalue, tuple(basis), quotients, odd, digits, window_bits)
