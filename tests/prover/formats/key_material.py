"""Points and keys for tests, made with py_ecc from secrets that the tests know."""

from __future__ import annotations

from functools import cache
from typing import Any

from py_ecc import optimized_bn128 as bn128

from zkpipe.accel.bn254 import P, R
from zkpipe.prover.points import G1, G2

VECTORS = "vectors/formats"


@cache
def g1(scalar: int) -> G1:
    """[scalar] of the generator of G1, by py_ecc."""
    x, y = bn128.normalize(bn128.multiply(bn128.G1, scalar % R))
    return int(x), int(y)


@cache
def g2(scalar: int) -> G2:
    """[scalar] of the generator of G2, by py_ecc."""
    return from_py_ecc(bn128.multiply(bn128.G2, scalar % R))


def from_py_ecc(point: Any) -> G2:
    """A point of the twist from py_ecc's form."""
    x, y = bn128.normalize(point)
    return (int(x.coeffs[0]), int(x.coeffs[1])), (int(y.coeffs[0]), int(y.coeffs[1]))


def to_py_ecc(point: G1 | G2) -> Any:
    """A point in py_ecc's form."""
    x, y = point
    if isinstance(x, tuple) and isinstance(y, tuple):
        return bn128.FQ2(list(x)), bn128.FQ2(list(y)), bn128.FQ2.one()
    return bn128.FQ(x), bn128.FQ(y), bn128.FQ.one()


def _fp_root(value: int) -> int | None:
    root = pow(value, (P + 1) // 4, P)  # p = 3 mod 4
    return root if root * root % P == value % P else None


def _fp2_root(value: Any) -> Any:
    """A square root in Fp2 by the norm, or None; the value's second part is not 0."""
    real, imaginary = (int(part) for part in value.coeffs)
    norm = _fp_root(real * real + imaginary * imaginary)
    if norm is None:
        return None
    half = pow(2, -1, P)
    for sign in (norm, -norm):
        first = _fp_root((real + sign) * half)
        if first:
            root = bn128.FQ2([first, imaginary * half * pow(first, -1, P) % P])
            assert root * root == value
            return root
    return None


@cache
def twist_point_outside_g2(start: int) -> G2:
    """A point of the twist by its x coordinate; one in 2^254 such is in G2."""
    x = bn128.FQ2([start, 1])
    while True:
        y = _fp2_root(x**3 + bn128.b2)
        if y is not None:
            point = (x, y, bn128.FQ2.one())
            assert bn128.is_on_curve(point, bn128.b2)
            assert not bn128.is_inf(bn128.multiply(point, R))
            return from_py_ecc(point)
        x = x + bn128.FQ2.one()


@cache
def torsion_point(start: int) -> G2:
    """A point of the twist whose order divides the cofactor 2p - r."""
    point = bn128.multiply(to_py_ecc(twist_point_outside_g2(start)), R)
    assert bn128.is_inf(bn128.multiply(point, 2 * P - R))
    return from_py_ecc(point)
