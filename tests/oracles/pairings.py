"""Fp12 and the pairing by py_ecc, in our order of coefficients.

py_ecc has Fp12 = Fp[w] / (w^12 - 18 w^6 + 82). There w^6 = 9 + u is our xi, so the coefficient
a + b u of w^k is (a - 9 b) w^k + b w^(k + 6). Ours are, in order, those of w^0, w^2, w^4, w, w^3,
w^5 (v = w^2).
"""

from __future__ import annotations

from collections.abc import Sequence

from py_ecc import optimized_bn128 as bn128

from tests.oracles.curves import Point, to_py_ecc
from zkpipe.accel.bn254 import P

POWERS = (0, 2, 4, 1, 3, 5)


def to_py_ecc12(coefficients: Sequence[int]) -> bn128.FQ12:
    """Twelve integers, six pairs a + b u, as an element of py_ecc's Fp12."""
    flat = [0] * 12
    for (a, b), k in zip(
        zip(coefficients[::2], coefficients[1::2], strict=True), POWERS, strict=True
    ):
        flat[k] += a - 9 * b
        flat[k + 6] += b
    return bn128.FQ12([c % P for c in flat])


def from_py_ecc12(value: bn128.FQ12) -> list[int]:
    """The inverse of `to_py_ecc12`."""
    flat = [int(c) for c in value.coeffs]
    out = []
    for k in POWERS:
        b = flat[k + 6]
        out += [(flat[k] + 9 * b) % P, b]
    return out


def pairing(p: Point, q: Point) -> bn128.FQ12:
    """e(P, Q)."""
    return bn128.pairing(to_py_ecc(q, twisted=True), to_py_ecc(p, twisted=False))


def pairing_product(pairs: Sequence[tuple[Point, Point]]) -> bn128.FQ12:
    """The product of e(P, Q) over all pairs."""
    result = bn128.FQ12.one()
    for p, q in pairs:
        result *= pairing(p, q)
    return result
