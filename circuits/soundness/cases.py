"""Intervals of values that a product made, narrower than those that equations give.

By cases: |y| is w = y + b (-2 y) where b is a bit of y + 2^n. Without cases w may be anything from
-3 2^n to 3 2^n. With b = 0 and with b = 1, w is a combination without a product, and so is y by the
equation that holds b: each case has an interval, and w lies in one of them, so in the least
interval that holds both.

By factors: A B = w + C with A and B in intervals puts A B between the products of their ends; a
square is not negative.

The interval of a wire is found once and kept. A form is the sum of its wires' intervals; a short
one is also looked at as a whole, where a product's other wires may cancel the form's.
"""

from __future__ import annotations

from collections.abc import Iterator

from accel.bn254 import R
from circuits.soundness.forms import Arc, Form, Forms, added, scaled, signed, without
from circuits.soundness.rows import ONE_WIRE

MOST = 8  # products of a wire, and equations of a bit, that are looked at
DEPTH = 8  # products of sums of products
LONGEST = 64  # entries of a form that is looked at as a whole
MOST_ENTRIES = 1_000_000  # of forms that are looked at, all searches together: some seconds


class Intervals:
    """Intervals of forms by their products.

    entries_left  how many more entries of forms are looked at; below 0 no product is
    """

    def __init__(self, forms: Forms, entries_left: int = MOST_ENTRIES) -> None:
        self.forms = forms
        self.entries_left = entries_left
        self._kept: dict[int, tuple[int, Arc | None]] = {}

    def forget(self) -> None:
        """Look again at what was kept, after bounds of wires have become narrower."""
        self._kept.clear()

    def of(self, form: Form) -> Arc | None:
        """The interval of a form; None if none narrower than the field was found."""
        best = self._sum(form, DEPTH)
        if len(form) > LONGEST:
            return best
        for wire in form:
            for a, b, c in self._products(wire):
                scale = form[wire] * pow(c[wire], -1, R) % R  # A B scale is form less the rest
                rest = added([without(form, [wire]), scaled(without(c, [wire]), R - scale)])
                best = _narrower(best, self._by_product(a, b, scale, rest, DEPTH))
        return best

    def _sum(self, form: Form, depth: int) -> Arc | None:
        """The interval of a form by those of its wires."""
        self.entries_left -= len(form)
        low = high = 0
        for wire, coefficient in form.items():
            arc = self._of_wire(wire, depth)
            if arc is None:
                return None
            k = signed(coefficient)
            ends = (k * arc[0], k * arc[1])
            low, high = low + min(ends), high + max(ends)
        return (low, high) if high - low < R else None

    def _of_wire(self, wire: int, depth: int) -> Arc | None:
        """The interval of a wire by its equations and its products."""
        best = self.forms.arc_of_wire(wire)
        if depth == 0 or wire == ONE_WIRE or self.forms.system.is_bit[wire]:
            return best
        kept = self._kept.get(wire)
        if kept is not None and kept[0] >= depth:
            return kept[1]
        self._kept[wire] = depth, best if kept is None else kept[1]  # for products in a circle
        for a, b, c in self._products(wire):
            scale = pow(c[wire], -1, R)
            rest = scaled(without(c, [wire]), R - scale)
            best = _narrower(best, self._by_product(a, b, scale, rest, depth))
        if best is None:
            best = self._by_equations(wire, depth)
        self._kept[wire] = depth, best
        return best

    def _by_equations(self, wire: int, depth: int) -> Arc | None:
        """The interval of a wire that equations make of others, which products may have made."""
        best: Arc | None = None
        for row in self.forms.equations_of(wire)[:MOST].tolist():
            if self.entries_left < 0:
                break
            equation = self.forms.equation(row)
            scale = R - pow(equation[wire], -1, R)
            best = _narrower(best, self._sum(scaled(without(equation, [wire]), scale), depth - 1))
        return best

    def _products(self, wire: int) -> Iterator[tuple[Form, Form, Form]]:
        """The products A B = C that have the wire in C alone."""
        if wire == ONE_WIRE:
            return
        for row in self.forms.products_of(wire)[:MOST]:
            a, b, c = self.forms.product(row)
            if self.entries_left >= 0 and wire in c and wire not in a and wire not in b:
                self.entries_left -= len(a) + len(b) + len(c)
                yield a, b, c

    def _by_product(self, a: Form, b: Form, scale: int, rest: Form, depth: int) -> Arc | None:
        """The interval of scale A B + rest."""
        best = self._by_factors(a, b, scale, rest, depth)
        for factor, other in ((a, b), (b, a)):
            best = _narrower(best, self._by_cases(factor, scaled(other, scale), rest))
        return best

    def _by_factors(self, a: Form, b: Form, scale: int, rest: Form, depth: int) -> Arc | None:
        left = self._sum(a, depth - 1)
        others = None if left is None else self._sum(rest, depth - 1)
        if left is None or others is None:
            return None
        right = left if a == b else self._sum(b, depth - 1)
        if right is None:
            return None
        corners = [x * y for x in left for y in right]
        low, high = min(corners), max(corners)
        if a == b:
            low = 0 if left[0] <= 0 <= left[1] else min(x * x for x in left)
        ends = [signed(scale) * low, signed(scale) * high]
        low, high = others[0] + min(ends), others[1] + max(ends)
        return (low, high) if high - low < R else None

    def _by_cases(self, factor: Form, other: Form, rest: Form) -> Arc | None:
        """The interval of factor * other + rest, if the factor is a matter of one bit."""
        bits = [wire for wire in factor if wire != ONE_WIRE]
        if len(bits) != 1 or not self.forms.system.is_bit[bits[0]]:
            return None
        (bit,) = bits
        constant = factor.get(ONE_WIRE, 0)
        cases = []
        for value, times in ((0, constant), (1, (constant + factor[bit]) % R)):
            form = added([scaled(other, times), rest]) if times else rest
            arc = self._with(form, bit, value)
            if arc is None:
                return None
            cases.append(arc)
        low, high = min(case[0] for case in cases), max(case[1] for case in cases)
        return (low, high) if high - low < R else None

    def _with(self, form: Form, bit: int, value: int) -> Arc | None:
        """The interval of a form if a bit has this value."""
        best: Arc | None = None
        for candidate in self._rewritten(form, bit):
            self.entries_left -= len(candidate)
            fixed = without(candidate, [bit])
            if bit in candidate and value:
                fixed = added([fixed, {ONE_WIRE: candidate[bit]}])
            best = _narrower(best, self.forms.arc(fixed))
        return best

    def _rewritten(self, form: Form, bit: int) -> Iterator[Form]:
        """The form, and what it is by the equations that hold the bit."""
        yield form
        for row in self.forms.equations_of(bit)[:MOST].tolist():
            equation = self.forms.equation(row)
            for wire in form:
                if self.entries_left < 0:
                    return
                if wire in equation and wire != ONE_WIRE and not self.forms.system.is_bit[wire]:
                    scale = -form[wire] * pow(equation[wire], -1, R) % R
                    yield added([form, scaled(equation, scale)])


def _narrower(x: Arc | None, y: Arc | None) -> Arc | None:
    if x is None or y is None:
        return x or y
    return x if x[1] - x[0] <= y[1] - y[0] else y
