"""Sums of points in Montgomery form, followed from row to row.

Let (u, v) and (s, t) be multiples of one point that differ in every witness (`multiple`). The rows

    (s - u) l = t - v,    l^2 = w + m + u + s,    l (u - w) = y + v

say that (w, y) is their sum, in every witness. Were u = s, then t = v by the first row, and the two
would be one point. So s - u is never 0, l is the slope, and the rest is the law of addition. The
sum is not the identity, as u is not s.

Without the last row, w still is the first coordinate of the sum. Then the rows

    (u - w) o = 2 v,    n = o - l,    n^2 = x + m + u + w,    n (u - x) = z + v

say that (x, z) is the sum and (u, v) once more. Were u = w, the sum would be (u, v) or its
opposite. So (s, t) would be the identity, which has no pair, or -2 (u, v), and that is the identity
too, as v = 0 by the first of these rows. So u - w is never 0. (u, v) and the sum are not equal nor
opposite, and n is the slope from one to the other, which is

    ((l (u - w) - v) - v) / (w - u) = 2 v / (u - w) - l.

The rows may be scaled, and w, y, x and z be any wires that they hold once.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

import numpy as np

from zkpipe.accel.bn254 import R
from zkpipe.circuits.soundness.model.rows import ONE_WIRE
from zkpipe.circuits.soundness.points.chosen_points import ChosenPoints, Key, key_of
from zkpipe.circuits.soundness.points.constant_bases import ConstantBases
from zkpipe.circuits.soundness.points.curve import Curve, Pair
from zkpipe.circuits.soundness.points.multiple import Multiple, one_of
from zkpipe.circuits.soundness.points.readings import FormPair, Readings, ratio, value_of
from zkpipe.circuits.soundness.rules.forms import Form, Forms, added, scaled

MOST_NEW = 4  # wires that may be the sum's coordinate
MOST_WIRES = 1 << 9  # of the forms of a sum, of which a bit may be all of a number's others


class Sums:
    """The sums of a system.

    never_zero  rows whose factor F, in F o = C, is never 0, with o and all of F and C
    """

    def __init__(self, forms: Forms, curve: Curve, work_left: int) -> None:
        self.never_zero: dict[int, tuple[Form, Form]] = {}
        self._forms = forms
        self._curve = curve
        self._readings = Readings(forms, work_left)
        self._chosen = ChosenPoints(self._readings, curve)
        self._constants = ConstantBases(curve)
        self._sums: dict[Key, Multiple] = {}
        for slope, square in self._squared_wires():
            if self._readings.work_left < 0:
                return
            self._follow({slope: 1}, square)

    def _squared_wires(self) -> Iterator[tuple[int, Form]]:
        """Wires that are not determined, whose square a row has, with the square."""
        system, is_known = self._forms.system, self._forms.state.is_known
        single = (np.diff(system.a.starts) == 1) & (np.diff(system.b.starts) == 1)
        rows = np.flatnonzero(single)
        wires = system.a.wires[system.a.starts[rows]]
        same = (wires == system.b.wires[system.b.starts[rows]]) & ~is_known[wires]
        for row, wire in zip(rows[same].tolist(), wires[same].tolist(), strict=True):
            a, b, c = self._forms.product(row)
            yield wire, scaled(c, pow(a[wire] * b[wire], -1, R))

    def _follow(self, slope: Form, square: Form) -> None:
        """The sum whose slope has a square, if it is one."""
        if len(square) > MOST_WIRES:
            return
        for row, factor, rise in self._readings.products(slope):
            common = [w for w in factor if w != ONE_WIRE and w in square]
            if not common or len(factor) + len(rise) > MOST_WIRES:
                continue
            shared = min(common, key=self._forms.system.is_bit.item)  # a bit may be in u and in s
            scale = square[shared] * pow(factor[shared], -1, R)  # s - u has 1 and -1 times u + s
            difference, t_less_v = scaled(factor, scale), scaled(rise, scale)
            for wire in _new_wires(square, difference):
                self._readings.work_left -= 4 * (len(square) + len(difference))
                both = added([square, {wire: R - 1, ONE_WIRE: -self._curve.m % R}])  # u + s
                u = scaled(added([both, scaled(difference, R - 1)]), pow(2, -1, R))
                s = added([u, difference])
                for p, q, of_q in ((u, s, t_less_v), (s, u, scaled(t_less_v, R - 1))):
                    if self._is_sum(slope, {wire: 1}, p, q, of_q):
                        self.never_zero[row] = difference, rise
                        return

    def _is_sum(self, slope: Form, w: Form, u: Form, s: Form, rise: Form) -> bool:
        """Whether there are v and t with t - v = rise, and the sum of (u, v) and (s, t) has w."""
        across = added([u, scaled(w, R - 1)])
        found = False
        for row, factor, c in self._readings.products(across):
            if k := ratio(factor, slope):
                c = scaled(c, pow(k, -1, R))
                for wire in _new_wires(c, rise):
                    self._readings.work_left -= len(c) + len(rise)
                    v = added([c, {wire: R - 1}])
                    pair = self._different((u, v), (s, added([rise, v])))
                    if pair is not None:
                        self._sums[key_of((w, {wire: 1}))] = pair[0] + pair[1]
                        return True
            elif len(factor) == 1 and len(c) <= MOST_WIRES:
                ((wire, k),) = factor.items()
                v = scaled(c, pow(2 * k, -1, R))
                pair = self._different((u, v), (s, added([rise, v])))
                if pair is not None:
                    found = True
                    self.never_zero[row] = across, c
                    second = added([{wire: 1}, scaled(slope, R - 1)])
                    self._add_again(second, (u, v), w, pair[0] + pair[0] + pair[1])
        return found

    def _add_again(self, slope: Form, p: FormPair, w: Form, multiple: Multiple) -> None:
        """The sum with a slope from p to another point, which has w."""
        u, v = p
        for square in self._readings.squares(slope):
            x = added([square, *(scaled(f, R - 1) for f in (u, w)), {ONE_WIRE: -self._curve.m % R}])
            across = added([u, scaled(x, R - 1)])
            for _, factor, c in self._readings.products(across):
                if k := ratio(factor, slope):
                    y = added([scaled(c, pow(k, -1, R)), scaled(v, R - 1)])
                    self._sums[key_of((x, y))] = multiple
                    return

    def _different(self, p: FormPair, q: FormPair) -> tuple[Multiple, Multiple] | None:
        """Two pairs as multiples of one point, which differ in every witness."""
        first = self._multiple(p, None)
        second = None if first is None else self._multiple(q, first.base)
        if first is None or second is None:
            return None
        if isinstance(first.base, int) and isinstance(second.base, int):
            factor = self._constants.factor(first.base, second.base)
            first = first if factor is None else first.of_part(second.base, factor)
        if first.base != second.base or not first.is_never(second, self._curve.order):
            return None
        return first, second

    def _multiple(self, pair: FormPair, beside: Hashable) -> Multiple | None:
        """What a pair is a multiple of in every witness, maybe another in each.

        beside  the point of which a multiple is to be added
        """
        found = self._alone(pair)
        if found is not None:
            return found
        for cases in self._readings.cases(pair):
            found = self._of_cases(cases, beside)
            if found is not None:
                return found
        return None

    def _of_cases(self, cases: Sequence[FormPair], beside: Hashable) -> Multiple | None:
        points = [(value_of(u), value_of(v)) for u, v in cases]
        constants = [(u, v) for u, v in points if u is not None and v is not None]
        if len(constants) < len(cases):
            return one_of([self._alone(case) for case in cases])
        return self._of_constants(constants, beside if isinstance(beside, int) else None)

    def _alone(self, pair: FormPair) -> Multiple | None:
        """What a pair is known to be, or the one with -v."""
        for v, is_opposite in ((pair[1], False), (scaled(pair[1], R - 1), True)):
            found = self._sums.get(key_of((pair[0], v))) or self._chosen.multiple((pair[0], v))
            if found is not None:
                return found.negative() if is_opposite else found
        return None

    def _of_constants(self, points: list[Pair], beside: int | None) -> Multiple | None:
        found = self._constants.multiples(points, beside)
        if found is None:
            return None
        base, numbers = found
        parities = {k % 2 for k in numbers}
        is_odd = parities == {1} if len(parities) == 1 else None
        least = min(map(abs, numbers))
        return Multiple(base, min(numbers), max(numbers), is_odd, False, least)


def _new_wires(form: Form, other: Form) -> list[int]:
    """The wires of a form, with the factor 1, that another has not; none if they are many."""
    new = [wire for wire, k in form.items() if k == 1 and wire != ONE_WIRE and wire not in other]
    return new if len(new) <= MOST_NEW else []
