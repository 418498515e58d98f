"""Bits whose number a sum of small functions compares with r, as circomlib's AliasCheck does.

The bits of y fall into groups, the highest first, and a relation of the system says

    g_1(first group) + g_2(second group) + ... = n,   n = 2^k o_k + ... of bits o_k, some k missing

with each g a function of one group (of two bits, by a product), known as a table, and the sum too
small for r, so that it is n as an integer. Let digit k of n be missing, so that n mod 2^(k + 1) is
below 2^k. Suppose y >= r. Then in some group j the bits of y exceed those of r for the first time,
or all are equal. Above it are those of r, group j is one of few, and the groups below can be
anything: so the sum lies in an interval, and mod 2^(k + 1) in one that is short if the values of
the tables, taken nearest to zero, are small. If that interval is from 2^k up to 2^(k + 1) - 1 in
every case, there is no such y.

Source: circomlib's compconstant.circom, whose out is digit 127 of the sum.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from zkpipe.accel.bn254 import R, signed
from zkpipe.circuits.soundness.model.rows import ONE_WIRE
from zkpipe.circuits.soundness.rules.forms import Form, Forms, added, scaled, without

Digits = Sequence[tuple[int, int]]  # bits and their weights, the largest first
Monomials = dict[tuple[int, ...], int]  # of bits; () is the constant


@dataclass(frozen=True, slots=True)
class _Group:
    """Neighbouring bits, the highest first, and what they add to the sum for each of their values.

    target  the bits of r there
    """

    target: tuple[int, ...]
    table: dict[tuple[int, ...], int]


def is_below_r(forms: Forms, digits: Digits) -> bool:
    """Whether a relation of the system keeps a number below r. Its weights are powers of two."""
    if any(weight <= 0 or weight & (weight - 1) for _, weight in digits):
        return False
    search = _Relations(forms, {wire for wire, _ in digits})
    return any(_excludes(digits, sums, numbers) for sums, numbers in search.found())


class _Relations:
    """Relations between some bits and others, with the values of products put in."""

    def __init__(self, forms: Forms, bits: set[int]) -> None:
        self.forms = forms
        self.bits = bits
        self.values: dict[int, Monomials] = {}  # wires that are functions of the bits
        self.rows: list[tuple[Monomials, Form]] = []  # monomials of bits = form
        for row in sorted({row for wire in bits for row in forms.products_of(wire)}):
            self._read(row)

    def _read(self, row: int) -> None:
        a, b, c = self.forms.product(row)
        factors = [[w for w in form if w != ONE_WIRE] for form in (a, b)]
        if any(len(wires) > 1 or not self.bits.issuperset(wires) for wires in factors):
            return
        monomials: Monomials = {}
        for (x, k), (y, m) in product(a.items(), b.items()):
            key = tuple(sorted({x, y} - {ONE_WIRE}))  # a bit's square is the bit
            monomials[key] = (monomials.get(key, 0) + k * m) % R
        others = [w for w in c if w != ONE_WIRE and w not in self.bits]
        if len(others) == 1:
            scale = pow(c[others[0]], -1, R)
            rest = _as_monomials(scaled(without(c, others), R - scale))
            self.values[others[0]] = _sum([_times(monomials, scale), rest])
        elif others:
            self.rows.append((monomials, c))

    def found(self) -> Iterator[tuple[Monomials, Form]]:
        """Monomials of the bits, equal to a form in other bits."""
        holders = sorted({int(r) for w in self.values for r in self.forms.equations_of(w)})
        nothing: Monomials = {}
        equations = [(nothing, self.forms.equation(row)) for row in holders]
        for monomials, form in [*equations, *self.rows]:
            parts, left = [monomials], dict(form)
            for wire, k in form.items():
                if wire in self.values:
                    parts.append(_times(self.values[wire], R - k))
                    del left[wire]
                elif wire in self.bits or wire == ONE_WIRE:
                    key = () if wire == ONE_WIRE else (wire,)
                    parts.append({key: R - k})
                    del left[wire]
            for numbers in self._in_bits(left):
                yield _sum(parts), numbers

    def _in_bits(self, form: Form) -> Iterator[Form]:
        """A form as one of bits, by an equation if it has one wire that is none."""
        is_bit = self.forms.system.is_bit
        others = [wire for wire in form if not is_bit[wire]]
        forms = [form]
        if len(others) == 1:
            (wire,) = others
            rows = self.forms.equations_of(wire).tolist()
            equations = [self.forms.equation(row) for row in rows]
            scales = [-form[wire] * pow(e[wire], -1, R) % R for e in equations]
            forms = [added([form, scaled(e, k)]) for e, k in zip(equations, scales, strict=True)]
        for found in forms:
            numbers = {w: k for w, k in found.items() if not self._is_zero(w)}
            if numbers and all(is_bit[w] and w not in self.bits for w in numbers):
                yield numbers

    def _is_zero(self, wire: int) -> bool:
        rows = self.forms.equations_of(wire).tolist()
        return any(set(self.forms.equation(row)) == {wire} for row in rows)


def _as_monomials(form: Form) -> Monomials:
    return {(() if wire == ONE_WIRE else (wire,)): k for wire, k in form.items()}


def _times(monomials: Monomials, factor: int) -> Monomials:
    return {key: k * factor % R for key, k in monomials.items()}


def _sum(parts: Sequence[Monomials]) -> Monomials:
    total: Monomials = {}
    for part in parts:
        for key, k in part.items():
            total[key] = (total.get(key, 0) + k) % R
    return {key: k for key, k in total.items() if k}


def _excludes(digits: Digits, sums: Monomials, numbers: Form) -> bool:
    """Whether `sums` = `numbers` is impossible for digits of r or more."""
    for wire in numbers:
        scale = pow(numbers[wire], -1, R)
        weights = [signed(k * scale % R) for k in numbers.values()]
        if all(k > 0 and k & (k - 1) == 0 for k in weights) and len(set(weights)) == len(weights):
            groups = _groups(digits, _times(sums, scale))
            if groups is not None and _is_impossible(groups, sum(weights)):
                return True
    return False


def _groups(digits: Digits, sums: Monomials) -> list[_Group] | None:
    """The digits in groups that share a monomial, the highest first; None if groups interleave."""
    joined = {wire: key for key in sums if len(key) > 1 for wire in key}
    if sum(len(key) for key in sums if len(key) > 1) != len(joined):
        return None  # a bit stands in two products
    groups: list[_Group] = []
    at = 0
    constant = sums.get((), 0)
    while at < len(digits):
        wires = joined.get(digits[at][0], (digits[at][0],))
        here = digits[at : at + len(wires)]
        if {wire for wire, _ in here} != set(wires):
            return None
        table = {}
        for values in product((0, 1), repeat=len(here)):
            ones = {wire for (wire, _), value in zip(here, values, strict=True) if value}
            inside = [k for key, k in sums.items() if key and set(key) <= ones]
            table[values] = signed((sum(inside) + constant) % R)
        constant = 0  # counted with the first group
        groups.append(_Group(tuple(int(bool(R & weight)) for _, weight in here), table))
        at += len(wires)
    if digits[-1][1] != 1 or digits[0][1] << 1 <= R or len(digits) != digits[0][1].bit_length():
        return None  # not all binary digits of numbers up to r
    return groups


def _intervals(groups: Sequence[_Group]) -> Iterator[tuple[int, int]]:
    """Where the sum lies for each way in which the digits can make r or more."""
    low = [0] * (len(groups) + 1)
    high = [0] * (len(groups) + 1)
    for i in range(len(groups) - 1, -1, -1):
        low[i] = low[i + 1] + min(groups[i].table.values())
        high[i] = high[i + 1] + max(groups[i].table.values())
    above = 0
    for i, group in enumerate(groups):
        for values, part in group.table.items():
            if values > group.target:
                yield above + part + low[i + 1], above + part + high[i + 1]
        above += group.table[group.target]
    yield above, above


def _is_impossible(groups: Sequence[_Group], places: int) -> bool:
    """Whether digits of r or more make a sum that is none of the powers of two in places."""
    least = sum(min(group.table.values()) for group in groups)
    greatest = sum(max(group.table.values()) for group in groups)
    if max(greatest, places) - min(least, 0) >= R:
        return False
    missing = [k for k in range(places.bit_length()) if not places >> k & 1]
    return any(
        all(_has_digit(low, high, k) for low, high in _intervals(_modulo(groups, k)))
        for k in missing
    )


def _modulo(groups: Sequence[_Group], k: int) -> list[_Group]:
    """The groups with values mod 2^(k + 1), nearest to zero."""
    half = 1 << k
    return [
        _Group(
            group.target, {key: (v + half) % (2 * half) - half for key, v in group.table.items()}
        )
        for group in groups
    ]


def _has_digit(low: int, high: int, k: int) -> bool:
    """Whether all numbers from low to high have digit k."""
    start = low % (1 << k + 1)
    return start >= 1 << k and start + high - low < 1 << k + 1
