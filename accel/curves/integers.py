"""Fp2 and single points as Python integers: for constants, and for the points of keys and proofs.

    Fp2 = (a, b)                   a + b u, u^2 = -1; both from 0 to p - 1
    G1 = (x, y)                    y^2 = x^3 + b over Fp
    G2 = ((x0, x1), (y0, y1))      y^2 = x^3 + b / xi over Fp2

The point at infinity has no coordinates and does not occur here.

Source: EIP-196, EIP-197; psi, Galbraith, Scott, eprint 2008/117; (w x, y), Gallant, Lambert,
Vanstone, CRYPTO 2001.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.curve import XI, Curve

Fp2: TypeAlias = tuple[int, int]
G1: TypeAlias = tuple[int, int]
G2: TypeAlias = tuple[Fp2, Fp2]


def add(a: Fp2, b: Fp2, p: int) -> Fp2:
    """a + b."""
    return (a[0] + b[0]) % p, (a[1] + b[1]) % p


def negative(a: Fp2, p: int) -> Fp2:
    """-a."""
    return -a[0] % p, -a[1] % p


def multiply(a: Fp2, b: Fp2, p: int) -> Fp2:
    """a b."""
    return (a[0] * b[0] - a[1] * b[1]) % p, (a[0] * b[1] + a[1] * b[0]) % p


def square(a: Fp2, p: int) -> Fp2:
    """a^2."""
    return (a[0] + a[1]) * (a[0] - a[1]) % p, 2 * a[0] * a[1] % p


def power(a: Fp2, exponent: int, p: int) -> Fp2:
    """a^exponent, for an exponent from 0 on."""
    result = (1, 0)
    for bit in f"{exponent:b}":
        result = square(result, p)
        if bit == "1":
            result = multiply(result, a, p)
    return result


@lru_cache
def frobenius(curve: Curve) -> tuple[Fp2, ...]:
    """xi^(i (p - 1) / 6), i < 6: Frobenius multiplies the conjugate of w^i's coefficient by it."""
    p = curve.p
    factor = power(XI, (p - 1) // 6, p)
    factors = [(1, 0)]
    for _ in range(5):
        factors.append(multiply(factors[-1], factor, p))
    return tuple(factors)


@lru_cache
def _cube_roots(p: int) -> tuple[int, int]:
    """w with w^2 + w + 1 = 0: from the square root of -3, as p is 3 modulo 4."""
    root = (pow(-3, (p + 1) // 4, p) - 1) * pow(2, -1, p) % p
    return root, root * root % p


def cube_root_of_unity(curve: Curve) -> int:
    """w modulo p for which (x, y) -> (w x, y) multiplies G1 by 36 x^3 + 18 x^2 + 6 x + 1."""
    x = curve.x
    return (18 * x**3 + 18 * x**2 + 9 * x + 1) % curve.p


def is_on_g1_curve(point: G1, curve: Curve = BN254) -> bool:
    """Whether it satisfies the equation of G1."""
    x, y = point
    return (y * y - x * x * x - curve.g1_b) % curve.p == 0


def is_on_g2_curve(point: G2, curve: Curve = BN254) -> bool:
    """Whether it satisfies the equation of the curve that G2 lies in."""
    (x, y), p = point, curve.p
    return square(y, p) == add(multiply(square(x, p), x, p), curve.g2_b, p)


def g1_negative(point: G1, curve: Curve = BN254) -> G1:
    """The negative of a point of G1."""
    return point[0], -point[1] % curve.p


def g2_negative(point: G2, curve: Curve = BN254) -> G2:
    """The negative of a point of G2."""
    return point[0], negative(point[1], curve.p)


def g1_images(point: G1, curve: Curve = BN254) -> list[G1]:
    """The point's images under the curve's other automorphisms, but for signs: (w x, y).

    They are publicly known multiples of it, as small as 1 to whoever knows the curve.
    """
    x, y = point
    return [(root * x % curve.p, y) for root in _cube_roots(curve.p)]


def g2_images(point: G2, curve: Curve = BN254) -> list[G2]:
    """psi(Q) to psi^5(Q), psi being Frobenius seen from the twist; psi^6(Q) is -Q.

    psi multiplies by p, so these are known multiples, as in `g1_images`.
    """
    images = []
    factors, p = frobenius(curve), curve.p
    for _ in range(5):
        (x0, x1), (y0, y1) = point
        point = multiply((x0, -x1), factors[2], p), multiply((y0, -y1), factors[3], p)
        images.append(point)
    return images
