"""The lemma of quotients: q and q Y + rem = known, with 0 <= rem < Y and Y a known integer.

A product says p = ±q Y + known. Two equations hold p + D and p + E in ranges, D and E known, and
E - D = Y + e for a constant e. Let u = p + D: it lies in [l, h], and u + Y + e lies in [m, n]. So Y
is from m - h - e to n - l - e, mod r, besides what else is known of it: where the sign of a divisor
was found by comparing, that it is not negative may follow from here alone.
If those are equalities of integers, that is if [l + e + least Y, h + e + greatest Y] and [m, n]
together span less than r, then u is from m - e - Y to h. If that has Y values at the most,
h - m + e < 0, two witnesses have |u - u'| < Y. But u - u' = p - p' = ±(q - q') Y mod r, and with
q of span s and s (greatest Y) + (greatest Y) < r it is so for the integers too; so q = q'.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from zkpipe.accel.bn254 import R, signed
from zkpipe.circuits.soundness.model.rows import ONE_WIRE
from zkpipe.circuits.soundness.rules.cases import Intervals
from zkpipe.circuits.soundness.rules.forms import (
    Arc,
    Form,
    Forms,
    added,
    common,
    scaled,
    without,
)

MOST = 64  # equations of one product that the lemma looks at
Key = frozenset[tuple[int, int]]


class Quotients:
    """The lemma; remembers where it has failed, until something changes there."""

    def __init__(self, intervals: Intervals) -> None:
        self._intervals = intervals
        self._failed: dict[int, tuple[int, tuple[int, int]]] = {}  # by product: p, what was known

    def __call__(self, forms: Forms) -> Iterator[int]:
        """Wires that the lemma determines."""
        counts = forms.state.unknown_in_products
        in_a, in_b, in_c = counts[:, 0], counts[:, 1], counts[:, 2]
        one_factor = ((in_a == 0) & (in_b == 1)) | ((in_a == 1) & (in_b == 0))
        for row in np.flatnonzero(one_factor & (in_c == 1)).tolist():
            if in_a[row] + in_b[row] != 1 or in_c[row] != 1:  # by what was found just now
                continue
            failed = self._failed.get(row)
            if failed is not None and failed[1] == forms.knowledge_of(failed[0]):
                continue
            a, b, c = forms.product(row)
            divisor, factor = (a, b) if not in_a[row] else (b, a)
            (q,), (p,) = forms.unknown(factor), forms.unknown(c)
            self._failed[row] = p, forms.knowledge_of(p)
            ratio = factor[q] * pow(c[p], -1, R) % R
            if q != p and _is_quotient(self._intervals, q, p, scaled(divisor, ratio)):
                yield forms.determined(q)


def _is_quotient(intervals: Intervals, q: int, p: int, divisor: Form) -> bool:
    """Whether the lemma holds for p = divisor q + known."""
    forms = intervals.forms
    bounds = forms.arc_of_wire(q)
    if bounds is None:
        return False
    sandwiches: dict[Key, list[tuple[int, Arc]]] = {}  # by all of D but its constant
    ranges = list(_ranges(forms, p))
    for d, arc in ranges:
        sandwiches.setdefault(_key(d), []).append((d.get(ONE_WIRE, 0), arc))
    if not ranges:
        return False
    divisor_arc = intervals.of(divisor)
    opposite = None if divisor_arc is None else (-divisor_arc[1], -divisor_arc[0])
    times = bounds[1] - bounds[0] + 1
    for y, y_arc in ((divisor, divisor_arc), (scaled(divisor, R - 1), opposite)):
        for d, (low, high) in ranges:
            moved = added([d, y])
            for constant, (least, greatest) in sandwiches.get(_key(moved), ()):
                shift = signed((constant - moved.get(ONE_WIRE, 0)) % R)
                found = common(y_arc, (least - high - shift, greatest - low - shift))
                if found is None or found[0] < 0 or times * found[1] >= R:
                    continue
                ends = (low + shift + found[0], high + shift + found[1], least, greatest)
                if max(ends) - min(ends) < R and high - least + shift < 0:
                    return True
    return False


def _key(form: Form) -> Key:
    return frozenset(without(form, [ONE_WIRE]).items())


def _ranges(forms: Forms, p: int) -> Iterator[tuple[Form, Arc]]:
    """Known forms D with the ranges that equations give p + D."""
    rows = forms.equations_of(p)[:MOST]
    beside = forms.state.unbounded_in_equations[rows] - (not forms.state.bounds.has[p])
    for row in rows[beside == 0].tolist():
        equation = forms.equation(row)
        equation = scaled(equation, pow(equation[p], -1, R))
        unknown = forms.unknown(without(equation, [p]))
        digits = {wire: R - equation[wire] for wire in unknown}
        arc = forms.arc(digits)
        if arc is not None:
            yield without(equation, [p, *unknown]), arc
