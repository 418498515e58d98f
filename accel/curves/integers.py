"""Fp2 and single points as Python integers: for constants, and for the points of keys and proofs.

    Fp2 = (a, b)                   a + b u, u^2 = -1; both from 0 to p - 1
    G1 = (x, y)                    y^2 = x^3 + 3 over Fp
    G2 = ((x0, x1), (y0, y1))      y^2 = x^3 + 3 / (9 + u) over Fp2

The point at infinity has no coordinates and does not occur here.

Source: EIP-196, EIP-197; psi, Galbraith, Scott, eprint 2008/117; (w x, y), Gallant, Lambert,
Vanstone, CRYPTO 2001.
"""

from __future__ import annotations

from typing import TypeAlias

from zkpipe.accel.bn254 import G1_B, G2_B, P

Fp2: TypeAlias = tuple[int, int]
G1: TypeAlias = tuple[int, int]
G2: TypeAlias = tuple[Fp2, Fp2]

XI: Fp2 = (9, 1)  # Fp6 = Fp2[v] / (v^3 - xi); the twist divides by xi


def add(a: Fp2, b: Fp2) -> Fp2:
    """a + b."""
    return (a[0] + b[0]) % P, (a[1] + b[1]) % P


def negative(a: Fp2) -> Fp2:
    """-a."""
    return -a[0] % P, -a[1] % P


def multiply(a: Fp2, b: Fp2) -> Fp2:
    """a b."""
    return (a[0] * b[0] - a[1] * b[1]) % P, (a[0] * b[1] + a[1] * b[0]) % P


def square(a: Fp2) -> Fp2:
    """a^2."""
    return (a[0] + a[1]) * (a[0] - a[1]) % P, 2 * a[0] * a[1] % P


def power(a: Fp2, exponent: int) -> Fp2:
    """a^exponent, for an exponent from 0 on."""
    result = (1, 0)
    for bit in f"{exponent:b}":
        result = square(result)
        if bit == "1":
            result = multiply(result, a)
    return result


def is_on_g1_curve(point: G1) -> bool:
    """Whether it satisfies the equation of G1."""
    x, y = point
    return (y * y - x * x * x - G1_B) % P == 0


def is_on_g2_curve(point: G2) -> bool:
    """Whether it satisfies the equation of the curve that G2 lies in."""
    x, y = point
    return square(y) == add(multiply(square(x), x), G2_B)


def g1_negative(point: G1) -> G1:
    """The negative of a point of G1."""
    return point[0], -point[1] % P


def g2_negative(point: G2) -> G2:
    """The negative of a point of G2."""
    return point[0], negative(point[1])


def g1_images(point: G1) -> list[G1]:
    """The point's images under the curve's other automorphisms, but for signs: (w x, y).

    They are publicly known multiples of it, as small as 1 to whoever knows the curve.
    """
    x, y = point
    return [(root * x % P, y) for root in _CUBE_ROOTS]


def g2_images(point: G2) -> list[G2]:
    """psi(Q) to psi^5(Q), psi being Frobenius seen from the twist; psi^6(Q) is -Q.

    psi multiplies by p, so these are known multiples, as in `g1_images`.
    """
    images = []
    for _ in range(5):
        (x0, x1), (y0, y1) = point
        point = multiply((x0, -x1), FROBENIUS[2]), multiply((y0, -y1), FROBENIUS[3])
        images.append(point)
    return images


# xi^(i (p - 1) / 6): what Frobenius multiplies the conjugate of the coefficient of w^i by.
FROBENIUS = [power(XI, i * (P - 1) // 6) for i in range(6)]
# w with w^2 + w + 1 = 0: from the square root of -3, as p is 3 modulo 4
_HALF_ROOT = (pow(-3, (P + 1) // 4, P) - 1) * pow(2, -1, P) % P
_CUBE_ROOTS = (_HALF_ROOT, _HALF_ROOT * _HALF_ROOT % P)
