"""Polynomials in wires: what products make of an unknown and of what is known beside it.

A monomial is the tuple of its wires, ascending, one for each power; () is the constant. A
coefficient is a residue, or an array of residues (dtype object), one for each case that is looked
at; arithmetic is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import prod
from typing import Any

import numpy as np

from zkpipe.accel.bn254 import R, signed
from zkpipe.circuits.soundness.rules.forms import Arc

Monomial = tuple[int, ...]
Polynomial = dict[Monomial, Any]
MOST_TERMS = 1_000  # of a product before it is collected
MOST_DEGREE = 16  # of a product
MOST_MOVED = 1 << 13  # terms of a polynomial whose wires are all moved


def plus(x: Polynomial, y: Polynomial, scale: int = 1) -> Polynomial:
    """x + scale y."""
    return total_of([(x, 1), (y, scale)])


def total_of(parts: Iterable[tuple[Polynomial, int]]) -> Polynomial:
    """The sum of polynomials times factors."""
    total: Polynomial = {}
    for part, scale in parts:
        for monomial, k in part.items():
            total[monomial] = (total.get(monomial, 0) + scale * k) % R
    return _without_zeros(total)


def _without_zeros(x: Polynomial) -> Polynomial:
    return {
        monomial: k for monomial, k in x.items() if (k.any() if isinstance(k, np.ndarray) else k)
    }


def times(x: Polynomial, y: Polynomial) -> Polynomial | None:
    """x y, None if that has too many terms or too high a degree."""
    if len(x) * len(y) > MOST_TERMS or degree_of(x) + degree_of(y) > MOST_DEGREE:
        return None
    total: Polynomial = {}
    for left, k in x.items():
        for right, m in y.items():
            monomial = tuple(sorted(left + right))
            total[monomial] = (total.get(monomial, 0) + k * m) % R
    return _without_zeros(total)


def degree_of(x: Polynomial) -> int:
    """The degree, 0 of zero."""
    return max(map(len, x), default=0)


def moved_terms(x: Polynomial) -> int:
    """How many terms the polynomial makes if a constant is added to every wire: 2^n a monomial."""
    return sum(1 << len(monomial) for monomial in x)


def put_in(x: Polynomial, values: Mapping[int, Polynomial]) -> Polynomial:
    """The polynomial over the integers with polynomials in place of some wires; not reduced.

    x  with coefficients that are integers, of either sign
    """
    total: Polynomial = {}
    for monomial, k in x.items():
        part: Polynomial = {(): k}
        for wire in monomial:
            value = values.get(wire, {(wire,): 1})
            product: Polynomial = {}
            for left, m in part.items():
                for right, n in value.items():
                    both = tuple(sorted(left + right))
                    product[both] = product.get(both, 0) + m * n
            part = product
        for key, m in part.items():
            total[key] = total.get(key, 0) + m
    return {key: k for key, k in total.items() if k}


def as_integer_polynomial(x: Polynomial) -> Polynomial:
    """The coefficients as the integers nearest to zero."""
    return {monomial: signed(k % R) for monomial, k in x.items()}


def value_of(x: Polynomial, values: Mapping[int, int]) -> int:
    """The value of a polynomial over the integers."""
    return sum(k * prod(values[wire] for wire in monomial) for monomial, k in x.items())


def range_of(x: Polynomial, arcs: Mapping[int, Arc]) -> Arc | None:
    """Integers between which the polynomial lies for all values of its wires in the arcs.

    Each wire is its least value and a number that is not negative; so each monomial in these is
    from 0 to the product of their greatest values. None if a wire has no arc, or if that makes more
    than MOST_MOVED terms.
    """
    wires = {wire for monomial in x for wire in monomial}
    if not wires <= arcs.keys() or moved_terms(x) > MOST_MOVED:
        return None
    moved = put_in(x, {wire: {(wire,): 1, (): arcs[wire][0]} for wire in wires if arcs[wire][0]})
    low = high = 0
    for monomial, k in moved.items():
        most = k
        for wire in monomial:
            most *= arcs[wire][1] - arcs[wire][0]
        low, high = low + min(most, 0 if monomial else k), high + max(most, 0 if monomial else k)
    return low, high
