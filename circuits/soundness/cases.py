"""Intervals by cases: of a value that a bit has chosen, narrower than the interval of both.

|y| is w = y + b (-2 y) where b is a bit of y + 2^n. Without cases w may be anything from -3 2^n to
3 2^n. With b = 0 and with b = 1, w is a combination without a product, and so is y by the equation
that holds b: each case has an interval, and w lies in one of them, so in the least interval that
holds both.
"""

from __future__ import annotations

from collections.abc import Iterator

from accel.bn254 import R
from circuits.soundness.forms import Arc, Form, Forms, added, scaled, without
from circuits.soundness.rows import ONE_WIRE

MOST = 8  # products of a wire, and equations of a bit, that are looked at


def arc_by_cases(forms: Forms, form: Form) -> Arc | None:
    """The interval of a form, by the cases of a bit if one of its wires was chosen by it."""
    plain = forms.arc(form)
    for wire in form:
        for bit, choices in _chosen(forms, wire):
            cases = [
                _arc_with(forms, _substituted(form, wire, choices[value]), bit, value)
                for value in (0, 1)
            ]
            if cases[0] is None or cases[1] is None:
                continue
            low, high = min(c[0] for c in cases if c), max(c[1] for c in cases if c)
            if high - low < R and (plain is None or high - low < plain[1] - plain[0]):
                plain = (low, high)
    return plain


def _chosen(forms: Forms, wire: int) -> Iterator[tuple[int, tuple[Form, Form]]]:
    """Bits that choose a wire by a product, and the forms that it is for 0 and for 1."""
    for row in forms.products_of(wire)[:MOST]:
        a, b, c = forms.product(row)
        if wire not in c or wire in a or wire in b:
            continue
        for factor, other in ((a, b), (b, a)):
            bits = [w for w in factor if w != ONE_WIRE]
            if len(bits) != 1 or not forms.system.is_bit[bits[0]]:
                continue
            (bit,) = bits
            scale = pow(c[wire], -1, R)
            rest = scaled(without(c, [wire]), R - scale)
            at = [factor.get(ONE_WIRE, 0), (factor.get(ONE_WIRE, 0) + factor[bit]) % R]
            zero, one = (
                added([scaled(other, value * scale % R), rest]) if value else rest for value in at
            )
            yield bit, (zero, one)


def _substituted(form: Form, wire: int, value: Form) -> Form:
    return added([without(form, [wire]), scaled(value, form[wire])])


def _arc_with(forms: Forms, form: Form, bit: int, value: int) -> Arc | None:
    """The interval of a form if a bit has this value."""
    best: Arc | None = None
    for candidate in _rewritten(forms, form, bit):
        fixed = without(candidate, [bit])
        if bit in candidate and value:
            fixed = added([fixed, {ONE_WIRE: candidate[bit]}])
        arc = forms.arc(fixed)
        if arc is not None and (best is None or arc[1] - arc[0] < best[1] - best[0]):
            best = arc
    return best


def _rewritten(forms: Forms, form: Form, bit: int) -> Iterator[Form]:
    """The form, and what it is by the equations that hold the bit."""
    yield form
    for row in forms.equations_of(bit)[:MOST].tolist():
        equation = forms.equation(row)
        for wire in form:
            if wire in equation and wire != ONE_WIRE and not forms.system.is_bit[wire]:
                scale = R - pow(equation[wire], -1, R)
                yield _substituted(form, wire, scaled(without(equation, [wire]), scale))
