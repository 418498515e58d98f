"""Transforms over Fr by their definition: a polynomial's values, one Horner sum a point."""

from __future__ import annotations

from collections.abc import Sequence

from accel.bn254 import R


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
