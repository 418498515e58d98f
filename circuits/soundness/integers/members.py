"""Unknowns that are one of several values, and the lemma of the greatest of them.

(q - K_1) (q - K_2) ... = 0 says that q is one of the K_i, written as one product after the other.

The lemma: the K_i are known, and the rows keep q - K_i in [0, n_i] mod r for every i, 2 n_i < r.
Take two witnesses with q = K_i in the one and q' = K_j in the other. Then q - q' = q - K_j is in
[0, n_j] mod r, and q' - q = q' - K_i in [0, n_i]. The two add up to 0 mod r and to less than r as
integers, so both are 0, and q = q'. With K_i - q in such intervals q is the least likewise.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from zkpipe.accel.bn254 import R, signed
from zkpipe.circuits.soundness.rules.expressions import Expressions
from zkpipe.circuits.soundness.rules.forms import Arc, Form, Forms, scaled, without
from zkpipe.circuits.soundness.rules.polynomials import Monomial, Polynomial

MOST_MEMBERS = 1 << 10
MOST_CHAINS = 1 << 12  # products that are 0 which one turn looks at
MOST_PRODUCTS = 8  # of a wire: the one that makes it is among the first
MOST_FACTORS = 1 << 15  # of all of them together
MOST_WORK = 300_000  # entries of rows and terms of polynomials, all turns together: a second


def memberships(forms: Forms) -> Iterator[tuple[int, list[Form]]]:
    """Unknown wires, and the known forms K_i of which each is one."""
    system, counts = forms.system, forms.state.unknown_in_products
    is_zero = np.diff(system.c.starts) == 0
    is_open = (counts[:, 0] == 1) & (counts[:, 1] == 1)
    left = MOST_FACTORS
    for row in np.flatnonzero(is_zero & is_open)[:MOST_CHAINS].tolist():
        factors = _factors(forms, row)
        left -= max(1, len(factors))
        if left < 0:
            return
        unknown = [forms.unknown(factor) for factor in factors]
        if factors and all(wires == unknown[0] and len(wires) == 1 for wires in unknown):
            (wire,) = unknown[0]
            yield (
                wire,
                [scaled(without(f, [wire]), R - pow(f[wire], -1, R)) for f in factors],
            )


def _factors(forms: Forms, row: int) -> list[Form]:
    """The factors of a product that is 0, and of products that are its factors; none if many."""
    a, b, _ = forms.product(row)
    waiting, found, seen = [a, b], [], {row}
    while waiting:
        factor = waiting.pop()
        made = _made_by(forms, factor, seen)
        if made is None:
            found.append(factor)
        else:
            seen.add(made)
            a, b, _ = forms.product(made)
            waiting += [a, b]
        if len(found) + len(waiting) > MOST_MEMBERS:
            return []
    return found


def _made_by(forms: Forms, factor: Form, seen: set[int]) -> int | None:
    """The product whose result a factor is, up to a scale; None for what no other product makes."""
    if len(factor) != 1:
        return None
    (wire,) = factor
    makers = forms.makers(wire, MOST_PRODUCTS)
    return next((row for row, _, _, c in makers if row not in seen and len(c) == 1), None)


class Extremes:
    """The lemma of the greatest and the least. Its work is limited for all of its turns together.

    work_left  entries of rows and terms of polynomials
    """

    def __init__(self, work_left: int = MOST_WORK) -> None:
        self.work_left = work_left

    def __call__(self, forms: Forms) -> Iterator[int]:
        """Wires that the lemma determines."""
        by_wire: dict[int, list[list[Form]]] = {}
        for wire, members in memberships(forms):
            by_wire.setdefault(wire, []).append(members)
        for wire, lists in by_wire.items():
            if self.work_left < 0:
                return
            if forms.state.is_known[wire]:
                continue
            found = Expressions(forms, {wire: {(wire,): 1}})
            kept: dict[Kind, list[Arc]] = {}
            for polynomial, (low, high) in found.conditions:
                kind, constant = _split(polynomial)
                kept.setdefault(kind, []).append((low - constant, high - constant))
            self.work_left -= sum(len(polynomial) for polynomial, _ in found.conditions)
            if any(self._is_extreme(found, wire, members, kept) for members in lists):
                yield forms.determined(wire)
            self.work_left -= found.work

    def _is_extreme(
        self, found: Expressions, wire: int, members: list[Form], kept: dict[Kind, list[Arc]]
    ) -> bool:
        """Whether the unknown is kept on one side of all that it may be."""
        self.work_left -= len(members)
        return any(
            all(_is_small(_difference(found, wire, k, sign), kept) for k in members)
            for sign in (1, R - 1)
        )


Kind = frozenset[tuple[Monomial, int]]  # the terms of a polynomial but the constant


def _split(polynomial: Polynomial) -> tuple[Kind, int]:
    """What is no constant, and the constant."""
    return frozenset((m, k) for m, k in polynomial.items() if m), signed(polynomial.get((), 0))


def _difference(found: Expressions, wire: int, member: Form, sign: int) -> Polynomial | None:
    """q - K, or K - q for sign -1; None if K is not known."""
    return found.polynomial(scaled({wire: 1, **scaled(member, R - 1)}, sign))


def _is_small(difference: Polynomial | None, kept: dict[Kind, list[Arc]]) -> bool:
    """Whether a condition keeps a difference from 0 to less than r / 2."""
    if difference is None:
        return False
    kind, constant = _split(difference)
    return any(
        low + constant >= 0 and 2 * (high + constant) < R for low, high in kept.get(kind, ())
    )
