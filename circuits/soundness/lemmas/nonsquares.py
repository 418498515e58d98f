"""The lemma of non-squares: quotients whose numerator is not 0 where the denominator is.

D (b x + E) = N with D and N known, b not 0. If D is not 0, x follows. If D is 0, so is N; so x is
determined if D and N are never 0 together. They are written as polynomials in wires that no known
product makes, and looked at in two cases, with monomials m, m' and constants not 0:

    N = c m,             D = e + f m n + ...     every term but e a multiple of m: D = e where N = 0
    N = c m + c' m',     D = e + f m m'          where N = 0, m' = -(c / c') m, and D = 0 says that
                                                 m^2 = e c' / (f c): impossible if that is no square

The second is the law of addition on a twisted Edwards curve, a x^2 + y^2 = 1 + d x^2 y^2 with a
square a and d that is none: its denominators 1 + d x x' y y' and 1 - d x x' y y' vanish for no two
points; off the curve they may, but not with their numerators x y' + y x' and y y' - a x x'.

Source: Bernstein, Birkner, Joye, Lange, Peters, "Twisted Edwards curves" (2008), section 6.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from zkpipe.accel.bn254 import R
from zkpipe.circuits.soundness.model.rows import ONE_WIRE
from zkpipe.circuits.soundness.rules.forms import Form, Forms
from zkpipe.circuits.soundness.rules.polynomials import Monomial, Polynomial, plus, times, total_of

MOST_DEPTH = 6  # products of products that are multiplied out
MOST_TERMS = 64
MOST_ROWS = 1 << 12  # that one turn looks at
MOST_PRODUCTS = 8  # of a wire: the one that makes it is among the first
MOST_WORK = 100_000  # terms that are made, all turns together: a second


class Nonsquares:
    """The lemma. What it multiplies out is limited for all of its turns together."""

    def __init__(self, work_left: int = MOST_WORK) -> None:
        self.work_left = work_left

    def __call__(self, forms: Forms) -> Iterator[int]:
        """Wires that the lemma determines."""
        counts = forms.state.unknown_in_products
        in_a, in_b, in_c = counts[:, 0], counts[:, 1], counts[:, 2]
        one_factor = ((in_a == 0) & (in_b == 1)) | ((in_a == 1) & (in_b == 0))
        for row in np.flatnonzero(one_factor & (in_c == 0))[:MOST_ROWS].tolist():
            if self.work_left < 0:
                return
            a, b, c = forms.product(row)
            known, other = (a, b) if not forms.unknown(a) else (b, a)
            if not c:  # where D is 0 nothing is said
                continue
            denominator = self._expanded(forms, known, MOST_DEPTH)
            numerator = None if denominator is None else self._expanded(forms, c, MOST_DEPTH)
            if denominator is None or numerator is None:
                continue
            if are_never_zero_together(numerator, denominator):
                yield from forms.unknown(other)

    def _expanded(self, forms: Forms, form: Form, depth: int) -> Polynomial | None:
        """A known form as a polynomial in wires that no product makes; None if that is large."""
        parts = []
        for wire, k in form.items():
            value = self._made(forms, wire, depth)
            if value is None:
                return None
            parts.append((value, k))
        total = total_of(parts)
        self.work_left -= sum(len(part) for part, _ in parts)
        return total if len(total) <= MOST_TERMS and self.work_left >= 0 else None

    def _made(self, forms: Forms, wire: int, depth: int) -> Polynomial | None:
        if wire == ONE_WIRE:
            return {(): 1}
        for _, a, b, c in forms.makers(wire, MOST_PRODUCTS) if depth > 0 else ():
            if max(*a, *b) >= wire or forms.unknown(a) or forms.unknown(b):
                continue  # it is not made by this row of what was made before
            left, right = (self._expanded(forms, f, depth - 1) for f in (a, b))
            rest = self._expanded(forms, {w: k for w, k in c.items() if w != wire}, depth - 1)
            product = None if left is None or right is None else times(left, right)
            if product is None or rest is None:
                return None
            return total_of([(plus(product, rest, R - 1), pow(c[wire], -1, R))])
        return {(wire,): 1}


def are_never_zero_together(numerator: Polynomial, denominator: Polynomial) -> bool:
    """Whether the lemma says so of N and D."""
    constant = denominator.get((), 0)
    others = {m: k for m, k in denominator.items() if m}
    if not constant or () in numerator:
        return False
    if len(numerator) == 1:
        (monomial,) = numerator
        return all(_divides(monomial, other) for other in others)
    if len(numerator) != 2 or len(others) != 1:
        return False
    (first, c), (second, other_c) = numerator.items()
    ((product, f),) = others.items()
    if product != tuple(sorted(first + second)):
        return False
    square: int = constant * other_c * pow(f * c, -1, R) % R
    return pow(square, (R - 1) // 2, R) == R - 1


def _divides(monomial: Monomial, other: Monomial) -> bool:
    return not Counter(monomial) - Counter(other)
