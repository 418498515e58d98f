"""The lemma of thresholds: bits whose number the rows keep below a constant.

y = k_1 b_1 + ... + k_n b_n with bits b_i, each |k_i| more than the sum of the smaller ones: y is
ordered as its bits are, the largest first. Its greatest value is found bit by bit. Let g be what
has been chosen for the larger bits. If the rows, with those bits as in g, say what b_i is, take
that; else what makes y larger. No witness has more: take the first bit in which it differs from g,
and it has there what makes y larger, where the rows said otherwise of all witnesses that begin like
g. The least value is found likewise.

So a remainder is known to be below its divisor, a number in 254 bits to be below r, and each is
determined where its value mod r is: k_1 d_1 + ... = 0 mod r for the differences of two witnesses,
smaller than r by the greatest and least value, so 0, and all d_i = 0 as in the rule of digits.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from accel.bn254 import R
from circuits.soundness.assumptions import Assumptions
from circuits.soundness.comparators import is_below_r
from circuits.soundness.forms import Arc, Form, Forms, as_integers, scaled, signed, without
from circuits.soundness.rows import ONE_WIRE

MOST_BITS = 512


class Thresholds:
    """The lemma; remembers the wires and equations whose bits it has seen."""

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._fits: dict[int, bool] = {}

    def __call__(self, forms: Forms) -> Iterator[int]:
        """Wires that the lemma determines; also narrows the bounds of others."""
        state = forms.state
        unknown = state.unknown_in_equations
        rows = np.flatnonzero((unknown > 1) & (state.unbounded_in_equations == 0))
        for row in rows.tolist():
            equation = forms.equation(row)
            wires = forms.unknown(equation)
            if len(wires) < 2:  # by what was narrowed just now
                continue
            bits = [wire for wire in wires if forms.system.is_bit[wire]]
            if len(bits) == len(wires):
                if self._are_determined(forms, row, equation, bits):
                    yield from bits
                continue
            for wire in set(wires) - set(bits):
                if wire not in self._seen:
                    self._seen.add(wire)
                    self._narrow(forms, wire)

    def _are_determined(self, forms: Forms, row: int, equation: Form, bits: list[int]) -> bool:
        """Whether bits whose sum is known mod r have no other sum of that residue."""
        known = self._fits.get(row)
        if known is None:
            digits = {wire: equation[wire] for wire in bits}
            arc = _range(forms, digits, _bases(forms, bits))
            known = arc is not None and arc[1] - arc[0] < R
            order = None if known else _ordered(digits)
            if order is not None:
                if all(k < 0 for _, k in order):
                    order = [(wire, -k) for wire, k in order]
                known = is_below_r(forms, order)
            self._fits[row] = known
        return known

    def _narrow(self, forms: Forms, wire: int) -> None:
        """Narrow the bounds of a wire that is a sum of bits."""
        for row in forms.equations_of(wire).tolist():
            equation = forms.equation(row)
            digits = without(equation, [wire, ONE_WIRE])
            if not digits or not all(forms.system.is_bit[w] for w in digits):
                continue
            digits = scaled(digits, R - pow(equation[wire], -1, R))
            arc = _range(forms, digits, _bases(forms, list(digits)))
            if arc is not None and arc[1] - arc[0] < R:
                constant = signed(-equation.get(ONE_WIRE, 0) * pow(equation[wire], -1, R) % R)
                forms.state.narrow(wire, arc[0] + constant, arc[1] - arc[0])


def _bases(forms: Forms, bits: list[int]) -> list[Form]:
    """The equations of one of the bits that hold all of them."""
    least = min(bits, key=lambda wire: len(forms.equations_of(wire)))
    found = [forms.equation(row) for row in forms.equations_of(least).tolist()]
    return [form for form in found if all(wire in form for wire in bits)]


def _range(forms: Forms, digits: Form, bases: list[Form]) -> Arc | None:
    """The least and the greatest sum of digits; None if they do not order as their bits do."""
    order = _ordered(digits)
    if order is None:
        return None
    if len(order) > MOST_BITS or not _is_used_elsewhere(forms, digits):
        return None
    low, high = _extreme(forms, order, bases, -1), _extreme(forms, order, bases, 1)
    return (low, high) if low <= high else None  # else no witness has these bits


def _ordered(digits: Form) -> list[tuple[int, int]] | None:
    """The digits as integers, the largest first, each more than all smaller ones; None if not."""
    for factors in as_integers(digits):
        order = sorted(factors.items(), key=lambda item: -abs(item[1]))
        rest = sum(map(abs, factors.values()))
        for _, k in order:
            rest -= abs(k)
            if abs(k) <= rest:
                break
        else:
            return order
    return None


def _is_used_elsewhere(forms: Forms, digits: Form) -> bool:
    """Whether some bit stands in a product: else no row says anything of their order."""
    incidence = forms.state.incidence
    wires = np.fromiter(digits, np.int64, len(digits))
    return bool((incidence.product_starts[wires + 1] > incidence.product_starts[wires]).any())


def _extreme(forms: Forms, order: list[tuple[int, int]], bases: list[Form], towards: int) -> int:
    """The greatest sum of digits for towards = 1, the least for -1; largest digits first."""
    assumed = Assumptions(forms, bases)
    total = 0
    for wire, k in order:
        value = assumed.values.get(wire) if assumed.is_possible else None
        if value is None:
            value = int(k * towards > 0)
            if assumed.is_possible:
                mark = assumed.mark()
                assumed.assume(wire, value)
                if not assumed.is_possible:  # the rows say the other
                    assumed.undo(mark)
                    value = 1 - value
                    assumed.assume(wire, value)
        total += k * value
    return total
