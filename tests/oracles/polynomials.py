"""Transforms over Fr by their definition: a polynomial's values, one Horner sum a point."""

from __future__ import annotations

from collections.abc import Sequence

from zkpipe.accel.bn254 import R


def evaluate(coefficients: Sequence[int], x: int) -> int:
    value = 0
    for c in reversed(coefficients):
        value = (value * x + c) % R
    return value


def root(order: int) -> int:
    """5^((r - 1) / order), 5 being a generator of Fr*."""
    return pow(5, (R - 1) // order, R)


def domain_points(n: int) -> list[int]:
    """1, w, w^2, ... with w of order n."""
    return [pow(root(n), i, R) for i in range(n)]


def coset_points(n: int) -> list[int]:
    """psi, psi^3, psi^5, ... with psi of order 2n: the odd coset."""
    return [pow(root(2 * n), 2 * i + 1, R) for i in range(n)]


def values(coefficients: Sequence[int], points: Sequence[int]) -> list[int]:
    return [evaluate(coefficients, x) for x in points]


def interpolated(on_domain: Sequence[int]) -> list[int]:
    """The coefficients of the polynomial with these values at 1, w, w^2, ..."""
    n = len(on_domain)
    inverse = pow(n, -1, R)
    return [v * inverse % R for v in values(on_domain, [pow(x, -1, R) for x in domain_points(n)])]


def product(a: Sequence[int], b: Sequence[int], wrap: int) -> list[int]:
    """a(x) b(x) mod x^n - wrap, n the number of coefficients of each."""
    n = len(a)
    out = [0] * n
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            k, factor = ((i + j) % n, wrap if i + j >= n else 1)
            out[k] = (out[k] + factor * x * y) % R
    return out


def quotient(a: Sequence[int], b: Sequence[int], c: Sequence[int]) -> list[int]:
    """a(x) b(x) - c(x) on the odd coset, the polynomials given by their values on the domain."""
    points = coset_points(len(a))
    on_coset = (values(interpolated(part), points) for part in (a, b, c))
    return [(x * y - z) % R for x, y, z in zip(*on_coset, strict=True)]
