"""Intervals of values that a product made, narrower than those that equations give.

By cases: |y| is w = y + b (-2 y) where b is a bit of y + 2^n. Without cases w may be anything from
-3 2^n to 3 2^n. With b = 0 and with b = 1, w is a combination without a product, and so is y by the
equation that holds b: each case has an interval, and w lies in one of them, so in the least
interval that holds both.

By factors: A B = w + C with A and B in intervals puts A B between the products of their ends; a
square is not negative.
"""

from __future__ import annotations

from collections.abc import Iterator

from accel.bn254 import R
from circuits.soundness.forms import Arc, Form, Forms, added, scaled, signed, without
from circuits.soundness.rows import ONE_WIRE

MOST = 8  # products of a wire, and equations of a bit, that are looked at
DEPTH = 3  # products of products


def narrow_arc(forms: Forms, form: Form, depth: int = DEPTH) -> Arc | None:
    """The interval of a form, by cases and factors where its wires come from products."""
    best = forms.arc(form)
    if depth == 0:
        return best
    for wire in form:
        if wire == ONE_WIRE:
            continue
        for row in forms.products_of(wire)[:MOST]:
            a, b, c = forms.product(row)
            if wire not in c or wire in a or wire in b:
                continue
            scale = form[wire] * pow(c[wire], -1, R) % R  # A B scale is form less the rest
            rest = added([without(form, [wire]), scaled(without(c, [wire]), R - scale)])
            best = _narrower(best, _by_factors(forms, a, b, scale, rest, depth))
            for factor, other in ((a, b), (b, a)):
                best = _narrower(best, _by_cases(forms, factor, scaled(other, scale), rest))
    return best


def _narrower(x: Arc | None, y: Arc | None) -> Arc | None:
    if x is None or y is None:
        return x or y
    return x if x[1] - x[0] <= y[1] - y[0] else y


def _by_factors(forms: Forms, a: Form, b: Form, scale: int, rest: Form, depth: int) -> Arc | None:
    """The interval of scale A B + rest."""
    left, right, others = narrow_arc(forms, a, depth - 1), None, forms.arc(rest)
    if left is None or others is None:
        return None
    right = left if a == b else narrow_arc(forms, b, depth - 1)
    if right is None:
        return None
    corners = [x * y for x in left for y in right]
    low, high = min(corners), max(corners)
    if a == b:
        low = 0 if left[0] <= 0 <= left[1] else min(x * x for x in left)
    ends = [signed(scale) * low, signed(scale) * high]
    low, high = others[0] + min(ends), others[1] + max(ends)
    return (low, high) if high - low < R else None


def _by_cases(forms: Forms, factor: Form, other: Form, rest: Form) -> Arc | None:
    """The interval of factor * other + rest, if the factor is a matter of one bit."""
    bits = [wire for wire in factor if wire != ONE_WIRE]
    if len(bits) != 1 or not forms.system.is_bit[bits[0]]:
        return None
    (bit,) = bits
    constant = factor.get(ONE_WIRE, 0)
    cases = []
    for value, times in ((0, constant), (1, (constant + factor[bit]) % R)):
        form = added([scaled(other, times), rest]) if times else rest
        arc = _arc_with(forms, form, bit, value)
        if arc is None:
            return None
        cases.append(arc)
    low, high = min(case[0] for case in cases), max(case[1] for case in cases)
    return (low, high) if high - low < R else None


def _arc_with(forms: Forms, form: Form, bit: int, value: int) -> Arc | None:
    """The interval of a form if a bit has this value."""
    best: Arc | None = None
    for candidate in _rewritten(forms, form, bit):
        fixed = without(candidate, [bit])
        if bit in candidate and value:
            fixed = added([fixed, {ONE_WIRE: candidate[bit]}])
        best = _narrower(best, forms.arc(fixed))
    return best


def _rewritten(forms: Forms, form: Form, bit: int) -> Iterator[Form]:
    """The form, and what it is by the equations that hold the bit."""
    yield form
    for row in forms.equations_of(bit)[:MOST].tolist():
        equation = forms.equation(row)
        for wire in form:
            if wire in equation and wire != ONE_WIRE and not forms.system.is_bit[wire]:
                scale = -form[wire] * pow(equation[wire], -1, R) % R
                yield added([form, scaled(equation, scale)])
