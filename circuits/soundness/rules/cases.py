"""Intervals of values that a product made, narrower than those that equations give.

By cases: |y| is w = y + b (-2 y) where b is a bit of y + 2^n. Without cases w may be anything from
-3 2^n to 3 2^n. With b = 0 and with b = 1, w is a combination without a product, and so is y by the
equation that holds b: each case has an interval, and w lies in one of them, so in the least
interval that holds both. A factor that has two values by the interval of its core serves as b does.

By factors: A B = w + C with A and B in intervals puts A B between the products of their ends; a
square is not negative.

By cores: an equation says that a combination of several wires is one wire, as it does of what has
digits: then it lies where that lies, as a remainder x - p does.

By digits: x less its upper bits lies where its lower bits do, as a remainder by a power of two.

In parts: a sum of several such values lies in the sum of their intervals.

Whatever holds of a form holds together, so it lies in what its intervals have in common. Intervals
that were found are kept, of wires and of short forms. A form is the sum of its wires' intervals; a
short one is also looked at as a whole, where a product's other wires may cancel the form's.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from zkpipe.accel.bn254 import R, signed
from zkpipe.circuits.soundness.model.rows import ONE_WIRE
from zkpipe.circuits.soundness.rules.forms import (
    Arc,
    Form,
    Forms,
    added,
    are_apart,
    common,
    is_never_zero,
    scaled,
    without,
)

MOST = 8  # products of a wire, and equations of a bit, that are looked at
DEPTH = 8  # products of sums of products
STEP = 4  # the same, of a wire when those before it are known
SHORT = 8  # entries of a form for which an equation is looked for
LONGEST = 64  # entries of a form that is looked at as a whole
MOST_ENTRIES = 1_000_000  # of forms that are looked at, all searches together: some seconds

NOWHERE: Arc = (1, 0)  # of a case that no witness has


class Intervals:
    """Intervals of forms by their products.

    entries_left  how many more entries of forms are looked at; below 0 no product is
    """

    def __init__(self, forms: Forms, entries_left: int = MOST_ENTRIES) -> None:
        self.forms = forms
        self.entries_left = entries_left
        self._kept: dict[int, tuple[int, Arc | None]] = {}
        self._arcs: dict[int, Arc | None] = {}  # of wires, by their bounds
        self._is_cut = False  # whether something was not looked at for its depth
        self._final: set[int] = set()  # wires that are kept for good
        self._kept_sums: dict[frozenset[tuple[int, int]], tuple[int, Arc | None]] = {}

    def forget(self) -> None:
        """Look again at what was kept, after bounds of wires have become narrower."""
        self._kept.clear()
        self._arcs.clear()
        self._final.clear()
        self._kept_sums.clear()

    def of(self, form: Form) -> Arc | None:
        """The interval of a form; None if none narrower than the field was found."""
        self._is_cut = False
        best = self._whole(form)
        if self._is_cut and not is_never_zero(best):
            self._prepare(form)
            best = common(best, self._whole(form))
        return best

    def _prepare(self, form: Form) -> None:
        """Find the intervals of all wires that a form is made of, the first made first.

        So what a loop carries from step to step has one, however long the loop is. Wires are
        numbered as they are made, but for those that the form begins with.
        """
        found: set[int] = set()
        waiting = [wire for wire in form if wire != ONE_WIRE]
        while waiting and self.entries_left >= 0:
            wire = waiting.pop()
            if wire in found or wire in self._final or self.forms.system.is_bit[wire]:
                continue
            found.add(wire)
            waiting += (
                w for w in self._beside(wire) if w > ONE_WIRE and (w < wire or wire in form)
            )
        self._kept_sums.clear()
        for wire in found:
            self._kept.pop(wire, None)
        for wire in sorted(found):
            if self.entries_left < 0:
                break
            self._kept[wire] = DEPTH, self._of_wire(wire, STEP)
        self._final |= found

    def _beside(self, wire: int) -> Iterator[int]:
        """The wires of the rows that may make a wire."""
        for a, b, c in self._products(wire):
            yield from (*a, *b, *c)
        for row in self._rows_that_make(wire):
            yield from self.forms.equation(row)

    def _rows_that_make(self, wire: int) -> Iterator[int]:
        """Equations of a wire that may be what it is: not the long ones that others come from."""
        starts = self.forms.system.linear.starts
        for row in self.forms.equations_of(wire)[:MOST].tolist():
            size = int(starts[row + 1] - starts[row])
            if self.entries_left < 0:
                return
            if size <= LONGEST or wire == max(self.forms.equation(row)):
                self.entries_left -= size
                yield row

    def _whole(self, form: Form) -> Arc | None:
        """The interval of a form as far as DEPTH leads."""
        best: Arc | None = None
        if SHORT < len(form) <= LONGEST:
            for candidate in self._shorter(form):
                best = common(best, self._sum(candidate, DEPTH))
            if is_never_zero(best):
                return best  # without a look at each of its wires
        best = common(best, self._sum(form, DEPTH))
        if len(form) > LONGEST:
            return best
        best = common(best, self._in_parts(form))
        if not is_never_zero(best):
            for candidate in self._by_parts(form):
                best = common(best, self._sum_of_wires(candidate, DEPTH))
        for wire in form:
            for a, b, c in self._products(wire):
                best = common(best, self._by_product(a, b, *_with_product(form, wire, c), DEPTH))
        return best

    def _in_parts(self, form: Form) -> Arc | None:
        """The sum of the intervals of parts: a product's wire, and the others of its row."""
        left, low, high = form, 0, 0
        made = [(wire, *product) for wire in form for product in islice(self._products(wire), 1)]
        near = {
            wire: {wire, *a, *b, *c, *self._made_beside(a), *self._made_beside(b)}
            for wire, a, b, c in made
        }
        for wire, a, b, c in sorted(made, key=lambda one: -len(form.keys() & near[one[0]])):
            if wire in left:
                beside = {w: k for w, k in left.items() if w in near[wire]}
                arc = self._by_product(a, b, *_with_product(beside, wire, c), DEPTH)
                if arc is not None:
                    low, high = low + arc[0], high + arc[1]
                    left = without(left, beside)
        rest = None if left is form else self._sum(left, DEPTH)
        if rest is None or low + rest[0] + R <= high + rest[1]:
            return None
        return low + rest[0], high + rest[1]

    def _made_beside(self, factor: Form) -> Iterator[int]:
        """The wires that stand beside those of a factor where a product makes them."""
        for wire in factor:
            for _, _, c in islice(self._products(wire), 1):
                yield from c

    def _sum(self, form: Form, depth: int) -> Arc | None:
        """The interval of a form by those of its wires, or of others by an equation."""
        if not 1 < len(form) <= SHORT:
            best = self._sum_of_wires(form, depth)
            if 1 < len(form) <= LONGEST:
                for candidate in self._less_digits(form):
                    best = common(best, self._sum_of_wires(candidate, depth))
            return best
        key = frozenset(form.items())
        kept = self._kept_sums.get(key)
        if kept is not None and kept[0] >= depth:
            return kept[1]
        best = self._sum_of_wires(form, depth)
        for candidate in self._shorter(form):
            best = common(best, self._sum(candidate, depth))
        for candidate in self._less_digits(form):
            best = common(best, self._sum_of_wires(candidate, depth))
        for wire in form if depth > 0 else ():
            for a, b, c in self._products(wire):
                scale, rest = _with_product(form, wire, c)
                is_less = len(rest) < len(form) - 1 or rest.keys() & {*a, *b} - {ONE_WIRE}
                if is_less or self._has_digits(a) or self._has_digits(b):
                    best = common(best, self._by_product(a, b, scale, rest, depth - 1))
        self._kept_sums[key] = depth, best
        return best

    def _shorter(self, form: Form) -> Iterator[Form]:
        """Forms of fewer wires that equations say to be the same: the wire of a core."""
        starts = self.forms.system.linear.starts
        wires = form.keys() - {ONE_WIRE}
        for wire in wires:
            rows = self.forms.equations_of(wire)[:LONGEST]
            lengths = starts[rows + 1] - starts[rows]
            for row in rows[lengths <= len(form) + 1][:MOST].tolist():
                if self.entries_left < 0:
                    return
                equation = self.forms.equation(row)
                scale = -form[wire] * pow(equation[wire], -1, R) % R
                candidate = added([form, scaled(equation, scale)])
                self.entries_left -= len(equation)
                if len(candidate.keys() - {ONE_WIRE}) < len(wires):
                    yield candidate

    def _has_digits(self, form: Form) -> bool:
        """Whether bits stand beside other wires, as upper digits do that are taken off."""
        count = sum(bool(self.forms.system.is_bit[wire]) for wire in form)
        return 0 < count < len(form.keys() - {ONE_WIRE})

    def _less_digits(self, form: Form) -> Iterator[Form]:
        """Forms in which the digits of a wire stand for it, of which all bits of the form are some.

        So a remainder by a power of two, a number less its upper bits, is the sum of the lower.
        """
        is_bit, starts = self.forms.system.is_bit, self.forms.system.linear.starts
        bits = {wire for wire in form if wire != ONE_WIRE and is_bit[wire]}
        for wire in form.keys() - bits - {ONE_WIRE} if bits else ():
            rows = self.forms.equations_of(wire)[:LONGEST]
            lengths = starts[rows + 1] - starts[rows]
            for row in rows[lengths > len(bits)][:MOST].tolist():
                if self.entries_left < 0:
                    return
                equation = self.forms.equation(row)
                self.entries_left -= len(equation)
                if not bits <= equation.keys():
                    continue
                scale = -form[wire] * pow(equation[wire], -1, R) % R
                candidate = added([form, scaled(equation, scale)])
                if not bits & candidate.keys():
                    yield candidate

    def _by_parts(self, form: Form) -> Iterator[Form]:
        """The form with what equations say of several parts of it, one after the other.

        (u + v) % m + (u - v) % m holds u and v once, and shows no remainder as it stands. But each
        quotient stands in one core alone, or its bits in one sum: that part goes first, and what
        takes its place is in the interval of a remainder.
        """
        left = {wire for wire in form if wire != ONE_WIRE}
        gone: set[int] = set()
        while left and self.entries_left >= 0:
            wire = min(left, key=lambda w: len(self.forms.equations_of(w)))
            left.remove(wire)
            found = [c for c in self._in_place_of(form, wire) if not gone & c.keys()]
            if found:
                form = min(found, key=self._others)
                gone.add(wire)
                left &= form.keys()
                yield form

    def _in_place_of(self, form: Form, wire: int) -> Iterator[Form]:
        """The form by equations of a wire, without it, and with bits or one wire in its place."""
        starts, is_bit = self.forms.system.linear.starts, self.forms.system.is_bit
        for row in self.forms.equations_of(wire)[:MOST].tolist():
            if self.entries_left < 0 or starts[row + 1] - starts[row] > LONGEST:
                return
            equation = self.forms.equation(row)
            self.entries_left -= len(equation)
            new = {w for w in equation.keys() - form.keys() if w != ONE_WIRE and not is_bit[w]}
            old = equation.keys() & form.keys() - {ONE_WIRE}
            times, rest = divmod(signed(form[wire]), signed(equation[wire]))
            if len(new) <= 1 < len(old) and not rest:
                yield added([form, scaled(equation, -times % R)])

    def _others(self, form: Form) -> int:
        return sum(wire != ONE_WIRE and not self.forms.system.is_bit[wire] for wire in form)

    def _sum_of_wires(self, form: Form, depth: int) -> Arc | None:
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
        if wire not in self._arcs:
            self._arcs[wire] = self.forms.arc_of_wire(wire)
        best = self._arcs[wire]
        if wire == ONE_WIRE or self.forms.system.is_bit[wire]:
            return best
        kept = self._kept.get(wire)
        if kept is not None and kept[0] >= depth:
            return kept[1]
        if depth <= 0:
            self._is_cut = True
            return best
        self._kept[wire] = depth, best if kept is None else kept[1]  # for products in a circle
        for a, b, c in self._products(wire):
            scale, rest = _with_product({wire: 1}, wire, c)
            best = common(best, self._by_product(a, b, scale, rest, depth))
        if best is None:
            best = self._by_equations(wire, depth)
        self._kept[wire] = depth, best
        return best

    def _by_equations(self, wire: int, depth: int) -> Arc | None:
        """The interval of a wire that equations make of others, which products may have made."""
        best: Arc | None = None
        for row in self._rows_that_make(wire):
            equation = self.forms.equation(row)
            scale = R - pow(equation[wire], -1, R)
            best = common(best, self._sum(scaled(without(equation, [wire]), scale), depth - 1))
        return best

    def _products(self, wire: int) -> Iterator[tuple[Form, Form, Form]]:
        """The products A B = C that have the wire in C alone."""
        if wire == ONE_WIRE:
            return
        for _, a, b, c in self.forms.makers(wire, MOST):
            if self.entries_left < 0:
                return
            if len(c) <= LONGEST or wire == max(c):  # not the long one that others come from
                self.entries_left -= len(a) + len(b) + len(c)
                yield a, b, c

    def _by_product(self, a: Form, b: Form, scale: int, rest: Form, depth: int) -> Arc | None:
        """The interval of scale A B + rest."""
        best = self._by_factors(a, b, scale, rest, depth)
        for factor, other in ((a, b), (b, a)):
            best = common(best, self._by_cases(factor, scaled(other, scale), rest, depth))
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

    def _by_cases(self, factor: Form, other: Form, rest: Form, depth: int) -> Arc | None:
        """The interval of factor * other + rest, if the factor is a matter of one bit."""
        cases = []
        for bit, value, times in self._two_values(factor):
            form = added([scaled(other, times), rest]) if times else rest
            arc = self._with(form, bit, value, depth)
            if arc is None:
                return None
            if arc != NOWHERE:
                cases.append(arc)
        if not cases:
            return None
        low, high = min(case[0] for case in cases), max(case[1] for case in cases)
        return (low, high) if high - low < R else None

    def _two_values(self, factor: Form) -> Iterator[tuple[int | None, int, int]]:
        """A bit, its value, and the factor's value then, if the factor has two values.

        The bit is None for a form that has them by the interval of its core.
        """
        wires = [wire for wire in factor if wire != ONE_WIRE]
        constant = factor.get(ONE_WIRE, 0)
        if len(wires) == 1 and self.forms.system.is_bit[wires[0]]:
            yield wires[0], 0, constant
            yield wires[0], 1, (constant + factor[wires[0]]) % R
        elif 1 < len(wires) <= LONGEST:
            arcs = (self.forms.arc(form) for form in self._shorter(factor))
            low = next((arc[0] for arc in arcs if arc is not None and arc[1] - arc[0] == 1), None)
            if low is not None:
                yield None, 0, low % R
                yield None, 1, (low + 1) % R

    def _with(self, form: Form, bit: int | None, value: int, depth: int) -> Arc | None:
        """The interval of a form if a bit has this value; NOWHERE if the rows say it never has."""
        best: Arc | None = None
        if bit is None:
            return self._sum(form, depth - 1)
        for candidate in self._rewritten(form, bit):
            self.entries_left -= len(candidate)
            fixed = without(candidate, [bit])
            if bit in candidate and value:
                fixed = added([fixed, {ONE_WIRE: candidate[bit]}])
            arc = self._sum(fixed, depth - 1)
            if best is not None and arc is not None and are_apart(best, arc):
                return NOWHERE
            best = common(best, arc)
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


def _with_product(form: Form, wire: int, c: Form) -> tuple[int, Form]:
    """k and E for which the form is k A B + E, by a product A B = C that has its wire in C."""
    scale = form[wire] * pow(c[wire], -1, R) % R
    return scale, added([without(form, [wire]), scaled(without(c, [wire]), R - scale)])
