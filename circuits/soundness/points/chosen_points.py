"""Points that rows keep on the curve and from low order, and their pairs in Montgomery form.

    X^2 and Y^2 are forms x' and y', and a product says that d x' y' = a x' + y' - 1
    x, y, y - r x and y + r x divide a constant other than 0, alone or with others; r^2 = a

Then (x, y) is a point of no low order (`curve`). Of a pair (u, v), the rows say

    (1 - y) u = 1 + y,    u / x = v by a wire i with i x = e

up to factors. So y is not 1, or 0 = 2, and (u, v) is the Montgomery form of (x, y).

Of the point P = (x, y), the pair (-x, y) is -P, and (-x, -y) is P + T, T = (0, -1).
"""

from __future__ import annotations

from collections.abc import Iterator

from zkpipe.accel.bn254 import R
from zkpipe.circuits.soundness.model.rows import ONE_WIRE
from zkpipe.circuits.soundness.points.curve import Curve
from zkpipe.circuits.soundness.points.multiple import Multiple
from zkpipe.circuits.soundness.points.readings import FormPair, Readings, ratio
from zkpipe.circuits.soundness.rules.forms import Form, added, scaled

Key = tuple[frozenset[tuple[int, int]], frozenset[tuple[int, int]]]


class ChosenPoints:
    """The points, each looked at once."""

    def __init__(self, readings: Readings, curve: Curve) -> None:
        self._readings = readings
        self._curve = curve
        self._is_point: dict[Key, bool] = {}
        self._ordinates: dict[frozenset[tuple[int, int]], list[Form]] = {}  # of forms u

    def multiple(self, pair: FormPair) -> Multiple | None:
        """The point whose Montgomery form a pair is, by one of (x, y), (-x, y) and so on."""
        for x, y in self._edwards(pair):
            (x, x_is_changed), (y, y_is_changed) = _chosen_sign(x), _chosen_sign(y)
            key = key_of((x, y))
            if key not in self._is_point:
                self._is_point[key] = self._is_on_curve(x, y) and self._has_no_low_order(x, y)
            if self._is_point[key]:
                k = 1 if x_is_changed == y_is_changed else -1
                return Multiple(key, k, k, True, y_is_changed, 1)
        return None

    def _edwards(self, pair: FormPair) -> Iterator[FormPair]:
        """Forms x and y for which the pair is (u, v)."""
        u, v = pair
        if len(v) != 1 or ONE_WIRE in v:
            return
        ((wire, k),) = v.items()
        for y in self._ordinates_of(u):
            for _, a, b, c in self._readings.forms.makers(wire, 4):
                for factor, inverse in ((a, b), (b, a)):
                    scale = ratio(factor, u)
                    if not scale or len(c) != 1:
                        continue
                    # scale u inverse = c wire, other inverse = e: v = (scale k e / c) u / other
                    for _, other, e in self._readings.products(inverse):
                        if e.keys() == {ONE_WIRE}:
                            over = scale * k * e[ONE_WIRE]
                            yield scaled(other, c[wire] * pow(over, -1, R) % R), y

    def _ordinates_of(self, u: Form) -> list[Form]:
        """Forms y with (1 - y) u = 1 + y."""
        key = frozenset(u.items())
        if key not in self._ordinates:
            sums = ((factor, added([factor, c])) for _, factor, c in self._readings.products(u))
            self._ordinates[key] = [
                # the sum is 2 k, for k (1 - y) and k (1 + y)
                added([{ONE_WIRE: 1}, scaled(factor, -2 * pow(both[ONE_WIRE], -1, R) % R)])
                for factor, both in sums
                if both.keys() == {ONE_WIRE}
            ]
        return self._ordinates[key]

    def _is_on_curve(self, x: Form, y: Form) -> bool:
        curve, read = self._curve, self._readings
        for xx in read.squares(x):
            for yy in read.squares(y):
                right = added([scaled(xx, curve.a % R), yy, {ONE_WIRE: R - 1}])
                for _, factor, c in read.products(xx):
                    k = ratio(factor, yy)
                    if k and scaled(c, curve.d * pow(k, -1, R) % R) == right:
                        return True
        return False

    def _has_no_low_order(self, x: Form, y: Form) -> bool:
        moved = scaled(x, self._curve.root)
        factors = x, y, added([y, moved]), added([y, scaled(moved, R - 1)])
        return all(map(self._readings.is_never_zero, factors))


def key_of(pair: FormPair) -> Key:
    """Two forms as a key."""
    first, second = pair
    return frozenset(first.items()), frozenset(second.items())


def _chosen_sign(form: Form) -> tuple[Form, bool]:
    """The form or its opposite, always the same of the two, and whether it is that."""
    if not form or form[max(form)] <= R // 2:
        return form, False
    return scaled(form, R - 1), True
