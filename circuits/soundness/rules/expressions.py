"""Wires as polynomials in what is known and one unknown, and what the rows say of these.

From the unknown's rows on: a product of expressed factors whose result has one wire that is not,
an equation with one such wire, and in cases the digits of what an equation says. In a single case a
product with a factor that is a number is an equation too. Every wire that is expressed is what its
polynomial says in each witness, mod r. A row whose wires are all expressed is a polynomial that is
0; an expressed wire with an interval is one in that interval; and a row whose other wires have
intervals is one in the interval of their sum.

What is known stands for itself, but for a wire that an equation says to be a constant, and for one
that is a product which an earlier row makes too: that is the earlier row's wire, scaled.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

import numpy as np

from zkpipe.accel.bn254 import R, signed
from zkpipe.circuits.soundness.model.rows import ONE_WIRE
from zkpipe.circuits.soundness.rules.forms import Arc, Form, Forms, added, normal, scaled
from zkpipe.circuits.soundness.rules.polynomials import Polynomial, plus, times, total_of

MOST_ROWS = 2_000  # that one closure looks at
MOST_PARTNERS = 32  # rows of a known wire that are looked at

Row = tuple[bool, int]  # whether it is a product, and its number


class Expressions:
    """What follows from one unknown.

    of          the polynomials of wires that are not known
    conditions  polynomials, each with the interval that it is in, mod r
    work        entries of rows and terms of polynomials that were looked at
    """

    def __init__(self, forms: Forms, start: Mapping[int, Polynomial], cases: int = 0) -> None:
        """Follow the rows of the wires in `start`.

        cases  how many values each coefficient stands for; 0 for residues, which have no digits
        """
        self.forms = forms
        self.of: dict[int, Polynomial] = {}
        self.conditions: list[tuple[Polynomial, Arc]] = []
        self.work = 0
        self._cases = cases
        self._atoms: dict[int, Polynomial] = {ONE_WIRE: {(): 1}}
        self._done: set[Row] = set()
        self._left: set[Row] = set()  # rows that hold more that is open
        self._waiting: deque[Row] = deque()
        for wire, value in start.items():
            self._express(wire, value)
        for _ in range(MOST_ROWS):
            if not self._waiting:
                break
            row = self._waiting.popleft()
            if row not in self._done:
                (self._done if self._follow(*row) else self._left).add(row)
        for row in sorted(self._left - self._done):
            self._range(*row)

    def polynomial(self, form: Form) -> Polynomial | None:
        """A form of wires that are known or expressed; None for others."""
        parts: list[tuple[Polynomial, int]] = []
        for wire, k in form.items():
            if wire in self.of:
                parts.append((self.of[wire], k))
            elif self.forms.state.is_known[wire]:
                parts.append((self._atom(wire), k))
            else:
                return None
        self.work += sum(len(part) for part, _ in parts)
        return total_of(parts)

    def _rest(self, form: Form, left: list[int]) -> Polynomial | None:
        """A form without the wires that are left of it."""
        without = set(left)
        return self.polynomial({wire: k for wire, k in form.items() if wire not in without})

    def _express(self, wire: int, value: Polynomial) -> None:
        self.of[wire] = value
        arc = self.forms.arc_of_wire(wire)
        if arc is not None:
            self.conditions.append((value, arc))
        self._waiting += ((True, row) for row in self.forms.products_of(wire))
        self._waiting += ((False, row) for row in self.forms.equations_of(wire).tolist())

    def _open(self, form: Form) -> list[int]:
        return [wire for wire in self.forms.unknown(form) if wire not in self.of]

    def _atom(self, wire: int) -> Polynomial:
        """A known wire."""
        found = self._atoms.get(wire)
        if found is None:
            value = self._constant(wire)
            first, scale = (wire, 1) if value is not None else self._first_like(wire)
            found = {(first,): scale} if value is None else {(): value} if value else {}
            self._atoms[wire] = found
        return found

    def _constant(self, wire: int) -> int | None:
        """The value that an equation says a wire has by itself, or its interval."""
        arc = self.forms.arc_of_wire(wire)
        if arc is not None and arc[0] == arc[1]:
            return arc[0] % R
        for row in self.forms.equations_of(wire)[:MOST_PARTNERS].tolist():
            equation = self.forms.equation(row)
            if equation.keys() <= {wire, ONE_WIRE}:
                return -equation.get(ONE_WIRE, 0) * pow(equation[wire], -1, R) % R
        return None

    def _first_like(self, wire: int) -> tuple[int, int]:
        """The wire of the first product of the same factors, and what times it the wire is."""
        for row in self.forms.products_of(wire)[:MOST_PARTNERS]:
            a, b, c = self.forms.product(row)
            if c.keys() != {wire} or not a or not b:
                continue
            pairs = ((normal(a), normal(b)), (normal(b), normal(a)))
            for other in self.forms.products_of(max(a))[:MOST_PARTNERS]:
                first, second, result = self.forms.product(other)
                if other >= row or len(result) != 1 or not first or not second:
                    continue
                if (normal(first), normal(second)) in pairs:
                    (found,) = result
                    if found != ONE_WIRE and self.forms.state.is_known[found]:
                        ratio = _lead(a) * _lead(b) * pow(_lead(first) * _lead(second), -1, R)
                        return found, ratio * result[found] * pow(c[wire], -1, R) % R
        return wire, 1

    def _follow(self, is_product: bool, row: int) -> bool:
        """Whether a row need not be looked at again."""
        if is_product:
            a, b, form = self.forms.product(row)
            self.work += len(a) + len(b) + len(form)
            left = self._open(form)
            if len(left) > 1 or self._open(a) or self._open(b):
                return self._cases == 1 and self._factor(a, b, form)
            value = self._times(a, b)
            if value is not None:
                self._is_zero(value, form, R - 1, left)
            return True
        form = self.forms.equation(row)
        self.work += len(form)
        left = self._open(form)
        if len(left) <= 1:
            self._is_zero({}, form, 1, left)
            return True
        return self._cases > 0 and self._digits(form, left)

    def _factor(self, a: Form, b: Form, c: Form) -> bool:
        """Read a product as an equation if one factor is a number; whether that said something."""
        for factor, other in ((a, b), (b, a)):
            value = None if self._open(factor) else self.polynomial(factor)
            if value is not None and value.keys() <= {()}:
                number = int((value.get((), 0) + np.zeros(1, dtype=object))[0])
                form = added([scaled(other, number), scaled(c, R - 1)])
                left = self._open(form)
                if len(left) > 1:
                    return self._digits(form, left)
                self._is_zero({}, form, 1, left)
                return True
        return False

    def _times(self, a: Form, b: Form) -> Polynomial | None:
        first, second = self.polynomial(a), self.polynomial(b)
        if first is None or second is None:
            return None
        self.work += len(first) * len(second)
        return times(first, second)

    def _is_zero(self, value: Polynomial, form: Form, sign: int, left: list[int]) -> None:
        """Take value + sign form as 0, a form with at most one wire that is not expressed."""
        rest = self._rest(form, left)
        if rest is None:
            return
        total = plus(value, rest, sign)
        if left:
            scale = -pow(sign * form[left[0]], -1, R) % R
            self._express(left[0], total_of([(total, scale)]))
        else:
            self.conditions.append((total, (0, 0)))

    def _digits(self, form: Form, left: list[int]) -> bool:
        """Read digits off a sum of them that each case makes a number; whether that was possible.

        Each digit is counted from the end of its interval at which the sum is least.
        """
        rest = self._rest(form, left)
        if rest is None or not rest.keys() <= {()}:
            return False
        digits: list[tuple[int, int, Arc]] = []
        for wire in left:
            arc = self.forms.arc_of_wire(wire)
            if arc is None:
                return False
            digits.append((wire, signed(R - form[wire]), arc))
        digits.sort(key=lambda digit: abs(digit[1]))
        low = width = 0
        for _, k, arc in digits:
            if abs(k) <= width:
                return False
            low += k * arc[0 if k > 0 else 1]
            width += abs(k) * (arc[1] - arc[0])
        if width >= R:
            return False
        targets = (rest.get((), 0) + np.zeros(self._cases, dtype=object) - low) % R
        for wire, k, arc in reversed(digits):
            steps = np.minimum(targets // abs(k), arc[1] - arc[0])
            targets = targets - abs(k) * steps
            values = (arc[0] + steps if k > 0 else arc[1] - steps) % R
            self._express(wire, {(): values} if values.any() else {})
        self.conditions.append(({(): targets}, (0, 0)))  # else no digits make the number
        return True

    def _range(self, is_product: bool, row: int) -> None:
        """A condition by a row in which everything else is in intervals."""
        value: Polynomial | None = {}
        if is_product:
            a, b, form = self.forms.product(row)
            value = self._times(a, b)
        else:
            form = self.forms.equation(row)
        left = self._open(form)
        arc = self.forms.arc({wire: form[wire] for wire in left})
        if value is None or arc is None:
            return
        rest = self._rest(form, left)
        if rest is not None:  # the rest and what is open are 0, or the product
            self.conditions.append((plus(value, rest, R - 1), arc))


def _lead(form: Form) -> int:
    """What times the normal form the form is."""
    return form[max(form)]
