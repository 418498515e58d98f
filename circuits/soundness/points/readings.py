"""What products say of a form: multiples of it, what its wires are for each choice of some bits.

All of it holds in every witness, as every row does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from zkpipe.accel.bn254 import R
from zkpipe.circuits.soundness.model.rows import ONE_WIRE
from zkpipe.circuits.soundness.rules.forms import Form, Forms, added, scaled, without

FormPair = tuple[Form, Form]
MOST_ROWS = 64  # of a wire that are looked at
MOST_MAKERS = 4  # of those
MOST_BITS = 9  # three bits made of three each: 512 choices
MOST_WIRES = 32  # of a form that bits make
MOST_ENTRIES = 1 << 10  # of a product that makes a wire
MOST_EQUATIONS = 4  # of a wire
DEPTH = 6  # products of products


class Readings:
    """Forms as products read them. How much is read is limited.

    work_left  entries of rows
    """

    def __init__(self, forms: Forms, work_left: int) -> None:
        self.forms = forms
        self.work_left = work_left
        self._made_by: dict[int, list[tuple[Form, Form, Form]]] = {}
        self._ratio_of: dict[int, tuple[Form, Form] | None] = {}

    def products(self, form: Form) -> Iterator[tuple[int, Form, Form]]:
        """Rows, F and C for which F times the form is C; some of them."""
        wire = max(form, default=ONE_WIRE)
        if wire == ONE_WIRE:
            return
        for row in self.forms.products_of(wire)[:MOST_ROWS]:
            a, b, c = self.forms.product(row)
            self.work_left -= len(a) + len(b) + len(c)
            if self.work_left < 0:
                return
            for factor, other in ((a, b), (b, a)):
                k = ratio(factor, form)
                if k:
                    yield row, scaled(other, k), c

    def squares(self, form: Form) -> Iterator[Form]:
        """Forms that are the square of one."""
        for _, factor, c in self.products(form):
            k = ratio(factor, form)
            if k:
                yield scaled(c, pow(k, -1, R))

    def is_never_zero(self, form: Form, depth: int = DEPTH) -> bool:
        """Whether the form divides a constant other than 0, alone or with others."""
        for _, _, c in self.products(form):
            if c.keys() == {ONE_WIRE}:
                return True
            if depth and len(c) == 1 and self.is_never_zero(c, depth - 1):
                return True
        return False

    def cases(self, pair: FormPair) -> Iterator[list[FormPair]]:
        """What two forms are for all choices of the bits by which they are made, in few ways.

        In each witness they are one of these. A bit that a product makes of bits is chosen like
        others, or follows from those. Nothing is said of many bits.
        """
        first, second = map(self._in_bits, pair)
        if len(first) + len(second) > MOST_WIRES:
            return
        ways = {
            self._bits_of((first, second), *takes) for takes in product((True, False), repeat=2)
        }
        for way in sorted(ways, key=len):
            if len(way) <= MOST_BITS:
                choices = [
                    dict(zip(way, values, strict=True))
                    for values in product((0, 1), repeat=len(way))
                ]
                yield [
                    (self._chosen(first, c, DEPTH), self._chosen(second, c, DEPTH)) for c in choices
                ]

    def _makers(self, wire: int) -> list[tuple[Form, Form, Form]]:
        """Forms A, B and E with wire = A B - E."""
        if wire not in self._made_by:
            self._made_by[wire] = []
            for _, a, b, c in self.forms.makers(wire, MOST_MAKERS):
                self.work_left -= len(a) + len(b) + len(c)
                if len(a) + len(b) + len(c) <= MOST_ENTRIES:
                    over = pow(c[wire], -1, R)
                    rest = scaled(self._in_bits(without(c, [wire])), over)
                    made = scaled(self._in_bits(a), over), self._in_bits(b), rest
                    self._made_by[wire].append(made)
        return self._made_by[wire]

    def _ratio(self, wire: int) -> tuple[Form, Form] | None:
        """Forms K and C of bits with K wire = C."""
        if wire not in self._ratio_of:
            self._ratio_of[wire] = None
            for row in self.forms.products_of(wire)[:MOST_MAKERS]:
                a, b, c = self.forms.product(row)
                self.work_left -= len(a) + len(b) + len(c)
                for alone, factor in ((a, b), (b, a)):
                    if alone.keys() != {wire} or max(map(len, (factor, c))) > MOST_WIRES:
                        continue
                    k, value = scaled(self._in_bits(factor), alone[wire]), self._in_bits(c)
                    if self._is_of_bits(k) and self._is_of_bits(value):
                        self._ratio_of[wire] = k, value
        return self._ratio_of[wire]

    def _is_of_bits(self, form: Form) -> bool:
        is_bit = self.forms.system.is_bit
        return all(wire == ONE_WIRE or is_bit[wire] for wire in form)

    def _in_bits(self, form: Form) -> Form:
        """The form less multiples of equations that make it shorter, as one does of a bit.

        The lowest bit of a number has no wire: it is the number less its other bits. An equation
        says that this is a wire of its own, which is a bit.
        """
        for wire in list(form):
            if wire in form and wire != ONE_WIRE and not self.forms.system.is_bit[wire]:
                ways = [form]
                for row in self.forms.equations_of(wire)[:MOST_EQUATIONS].tolist():
                    equation = self.forms.equation(row)
                    if len(equation) <= 2 * len(form) + 1:
                        self.work_left -= len(equation)
                        scale = -form[wire] * pow(equation[wire], -1, R) % R
                        ways.append(added([form, scaled(equation, scale)]))
                form = min(ways, key=len)
        return form

    def _bits_of(self, pair: FormPair, takes_products: bool, takes_ratios: bool) -> frozenset[int]:
        """The bits of two forms, and of products that their wires are by a factor of bits alone.

        takes_products  whether a bit that a product makes is taken, or what it is made of
        takes_ratios    whether the bits of quotients are taken
        Of more than MOST_BITS some.
        """
        is_bit = self.forms.system.is_bit
        bits: set[int] = set()
        seen: dict[int, int] = {}  # of a wire the products of products that were left below it
        left = [(wire, DEPTH) for form in pair for wire in form]
        while left and len(bits) <= MOST_BITS:
            wire, depth = left.pop()
            if wire == ONE_WIRE or seen.get(wire, -1) >= depth:
                continue
            seen[wire] = depth
            made: Sequence[Form] = ()
            if depth and not (is_bit[wire] and takes_products):
                made = self._product(wire) or (takes_ratios and self._ratio(wire)) or ()
            if made:
                left += [(part, depth - 1) for form in made for part in form]
            elif is_bit[wire]:
                bits.add(wire)
        return frozenset(bits)

    def _product(self, wire: int) -> Sequence[Form]:
        """The forms of a product that makes a wire, one of its factors of bits alone."""
        for made in self._makers(wire):
            if any(map(self._is_of_bits, made[:2])) and sum(map(len, made)) <= MOST_WIRES:
                return made
        return ()

    def _chosen(self, form: Form, choice: dict[int, int], depth: int) -> Form:
        """The form for one choice of bits."""
        self.work_left -= len(form)
        parts: list[Form] = []
        for wire, k in form.items():
            value = {ONE_WIRE: choice[wire]} if wire in choice else self._made(wire, choice, depth)
            parts.append(scaled(value, k))
        return added(parts)

    def _made(self, wire: int, choice: dict[int, int], depth: int) -> Form:
        """The wire for one choice of bits, by a product whose factor is a constant for it."""
        for a, b, rest in self._makers(wire) if depth else ():
            for factor, other in ((a, b), (b, a)):
                if not self._is_of_bits(factor):
                    continue
                k = value_of(self._chosen(factor, choice, depth - 1))
                if k is not None:
                    value = scaled(self._chosen(other, choice, depth - 1), k)
                    return added([value, scaled(self._chosen(rest, choice, depth - 1), R - 1)])
        if depth and (pair := self._ratio(wire)):
            divisor, dividend = (value_of(self._chosen(f, choice, depth - 1)) for f in pair)
            if divisor and dividend is not None:
                return {ONE_WIRE: dividend * pow(divisor, -1, R) % R}
        return {wire: 1}


def ratio(form: Form, of: Form) -> int:
    """The k with form = k of; 0 if there is none."""
    if not of or form.keys() != of.keys():
        return 0
    wire = next(iter(of))
    k = form[wire] * pow(of[wire], -1, R) % R
    return k if all(form[w] == k * of[w] % R for w in of) else 0


def value_of(form: Form) -> int | None:
    """The value of a constant; None of another form."""
    return None if form.keys() - {ONE_WIRE} else form.get(ONE_WIRE, 0)
