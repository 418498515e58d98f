"""The lemma of non-squares: quotients whose numerator is not 0 where the denominator is.

D (b x + E) = N with D and N known, b not 0. If D is not 0, x follows. If D is 0, so is N; so x is
determined if D and N are never 0 together. They are written as polynomials in wires that no known
product makes, and looked at in four cases, with monomials m, m' and constants not 0:

    N = e + f D                              e is what N is where D is 0
    D = e + f m^2                            D = 0 says that m^2 = -e / f: impossible if that is no
                                             square, whatever N is
    N = c m,             D = e + f m n + ...     every term but e a multiple of m: D = e where N = 0
    N = c m + c' m',     D = e + f m m'          where N = 0, m' = -(c / c') m, and D = 0 says that
                                                 m^2 = e c' / (f c): impossible if that is no square

In the last, m and m' may be any polynomials: of the two to four linear forms whose product D has a
multiple of, each is one, or the product of two.

The last is the law of addition on a twisted Edwards curve, a x^2 + y^2 = 1 + d x^2 y^2 with a
square a and d that is none: its denominators 1 + d x x' y y' and 1 - d x x' y y' vanish for no two
points; off the curve they may, but not with their numerators x y' + y x' and y y' - a x x'.

Source: Bernstein, Birkner, Joye, Lange, Peters, "Twisted Edwards curves" (2008), section 6.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import R
from zkpipe.circuits.soundness.model.rows import ONE_WIRE
from zkpipe.circuits.soundness.rules.forms import Form, Forms
from zkpipe.circuits.soundness.rules.polynomials import Monomial, Polynomial, plus, times, total_of

DEPTHS = (0, 6)  # products of products that are multiplied out
MOST_TERMS = 64
MOST_ROWS = 1 << 12  # that one turn looks at
MOST_PRODUCTS = 8  # of a wire: the one that makes it is among the first
MOST_WORK = 100_000  # terms that are made, all turns together: a second


class Nonsquares:
    """The lemma. What it multiplies out is limited for all of its turns together."""

    def __init__(self, work_left: int = MOST_WORK, is_end: NDArray[np.bool_] | None = None) -> None:
        """As the class says.

        is_end  of each wire whether it leads nowhere, so that it is not looked at
        """
        self.work_left = work_left
        self._is_end = is_end
        self._left_out: set[int] = set()  # rows whose unknown is such an end

    def __call__(self, forms: Forms) -> Iterator[int]:
        """Wires that the lemma determines."""
        counts = forms.state.unknown_in_products
        in_a, in_b, in_c = counts[:, 0], counts[:, 1], counts[:, 2]
        one_factor = ((in_a == 0) & (in_b == 1)) | ((in_a == 1) & (in_b == 0))
        looked_at = 0
        for row in np.flatnonzero(one_factor & (in_c == 0)).tolist():
            if self.work_left < 0 or looked_at >= MOST_ROWS:
                return
            if row in self._left_out:
                continue
            a, b, c = forms.product(row)
            known, other = (a, b) if not forms.unknown(a) else (b, a)
            if self._is_end is not None and self._is_end[forms.unknown(other)].all():
                self._left_out.add(row)
                continue
            looked_at += 1
            if not c:  # where D is 0 nothing is said
                continue
            if self._hold_by_factors(forms, c, known) or any(
                self._hold(forms, c, known, depth) for depth in DEPTHS
            ):
                yield from forms.unknown(other)

    def _hold(self, forms: Forms, c: Form, known: Form, depth: int) -> bool:
        """Whether N and D are never 0 together, so many products of products multiplied out."""
        denominator = self._expanded(forms, known, depth)
        numerator = None if denominator is None else self._expanded(forms, c, depth)
        if denominator is None or numerator is None:
            return False
        return are_never_zero_together(numerator, denominator)

    def _hold_by_factors(self, forms: Forms, c: Form, known: Form) -> bool:
        """Whether N = c m + c' m' and D = e + f m m', with factors of a wire in D in m and m'."""
        constant = known.get(ONE_WIRE, 0)
        wires = [wire for wire in known if wire != ONE_WIRE]
        if not constant or len(wires) != 1:
            return False
        for depth, (factors, scale) in enumerate(self._factors(forms, wires[0])):
            numerator = self._expanded(forms, c, depth)
            if numerator is None:
                return False
            for m, other_m in _halves(factors):
                found = _as_combination(numerator, m, other_m)
                self.work_left -= 2 * (len(m) + len(other_m))
                if found is None:
                    continue
                f = known[wires[0]] * scale
                if _is_nonsquare(constant * found[1] * pow(f * found[0], -1, R)):
                    return True
        return False

    def _factors(self, forms: Forms, wire: int) -> Iterator[tuple[list[Polynomial], int]]:
        """Two factors of a product times a number, as linear forms; then with the factors of those.

        A factor that no product makes stays what it is.
        """
        product = _factored(forms, {wire: 1})
        if product is None:
            return
        pair, scale = product
        yield [_as_polynomial(form) for form in pair], scale
        inner = [_factored(forms, form) for form in pair]
        if any(inner):
            (first, k), (second, m) = (
                found or ((form,), 1) for found, form in zip(inner, pair, strict=True)
            )
            yield [_as_polynomial(form) for form in (*first, *second)], scale * k * m % R

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


def _factored(forms: Forms, form: Form) -> tuple[tuple[Form, Form], int] | None:
    """A form that is one wire, a product of known forms: those, and a number to multiply by."""
    if len(form) != 1 or ONE_WIRE in form:
        return None
    ((wire, k),) = form.items()
    for _, a, b, c in forms.makers(wire, MOST_PRODUCTS):
        is_known = not forms.unknown(a) and not forms.unknown(b)
        if is_known and len(c) == 1 and max(*a, *b) < wire:
            return (a, b), k * pow(c[wire], -1, R) % R
    return None


def _as_polynomial(form: Form) -> Polynomial:
    return {(() if wire == ONE_WIRE else (wire,)): k for wire, k in form.items()}


def _halves(factors: Sequence[Polynomial]) -> Iterator[tuple[Polynomial, Polynomial]]:
    """Two to four factors as two products, of one or two each."""
    count = len(factors)
    for chosen in combinations(range(count), count // 2):
        if count % 2 == 0 and 0 not in chosen:  # the same the other way round
            continue
        m = _product([factors[i] for i in chosen])
        other_m = _product([factors[i] for i in range(count) if i not in chosen])
        if m is not None and other_m is not None:
            yield m, other_m


def _product(factors: Sequence[Polynomial]) -> Polynomial | None:
    return factors[0] if len(factors) == 1 else times(*factors)


def _as_combination(n: Polynomial, m: Polynomial, other: Polynomial) -> tuple[int, int] | None:
    """The numbers c and c', not 0, for which N = c m + c' m'; None if there are none."""
    if not n.keys() <= m.keys() | other.keys():
        return None
    at = next(iter(m))
    for second in other:
        over = m[at] * other[second] - m.get(second, 0) * other.get(at, 0)
        if over % R:
            over = pow(over, -1, R)
            c = (n.get(at, 0) * other[second] - n.get(second, 0) * other.get(at, 0)) * over % R
            d = (n.get(second, 0) * m[at] - n.get(at, 0) * m.get(second, 0)) * over % R
            is_so = c and d and total_of([(m, c), (other, d), (n, R - 1)]) == {}
            return (c, d) if is_so else None
    return None


def are_never_zero_together(numerator: Polynomial, denominator: Polynomial) -> bool:
    """Whether the lemma says so of N and D."""
    constant = denominator.get((), 0)
    others = {m: k for m, k in denominator.items() if m}
    if constant and len(others) == 1 and _is_never_zero(constant, *others.items()):
        return True
    if _is_multiple_and_more(numerator, denominator):
        return True
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
    return _is_nonsquare(constant * other_c * pow(f * c, -1, R))


def _is_multiple_and_more(numerator: Polynomial, denominator: Polynomial) -> bool:
    """Whether N = e + f D with e not 0."""
    monomial = next((m for m in denominator if m), None)
    if monomial is None or monomial not in numerator:
        return False
    f = numerator[monomial] * pow(denominator[monomial], -1, R)
    rest = plus(numerator, denominator, -f % R)
    return rest.keys() == {()}


def _is_never_zero(constant: int, term: tuple[Monomial, int]) -> bool:
    """Whether e + f m^2 is 0 for no m."""
    monomial, f = term
    is_square = all(count % 2 == 0 for count in Counter(monomial).values())
    return is_square and _is_nonsquare(-constant * pow(f, -1, R))


def _is_nonsquare(value: int) -> bool:
    return pow(value % R, (R - 1) // 2, R) == R - 1


def _divides(monomial: Monomial, other: Monomial) -> bool:
    return not Counter(monomial) - Counter(other)
