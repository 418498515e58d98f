"""The lemma of squares: a quadratic equation of one unknown whose other root is out of range.

(a x + D)(b x + E) = c x + F with a, b, c not 0 for a and b, and D, E, F known. For two witnesses
with x and x' that differ, subtract and divide by x - x': a b (x + x') + a E + b D - c = 0. If
a E + b D is a constant, x + x' is a constant S. If x and x' lie in an arc from l to l + s and
2 s < r, then x + x' is from 2 l to 2 l + 2 s: S outside of it is impossible, and at its ends
x = x' after all. So a number of 8 bits is determined by its square, and -1 or 1 is not.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from zkpipe.accel.bn254 import R
from zkpipe.circuits.soundness.model.rows import ONE_WIRE
from zkpipe.circuits.soundness.rules.forms import Forms, added, scaled, without


def squares(forms: Forms) -> Iterator[int]:
    """Wires that the lemma of squares determines."""
    counts = forms.state.unknown_in_products
    rows = np.flatnonzero((counts[:, 0] == 1) & (counts[:, 1] == 1) & (counts[:, 2] <= 1))
    for row in rows.tolist():
        a, b, c = forms.product(row)
        wires = {*forms.unknown(a), *forms.unknown(b), *forms.unknown(c)}
        if len(wires) != 1:
            continue
        (x,) = wires
        arc = forms.arc_of_wire(x)
        if arc is None or 2 * (arc[1] - arc[0]) >= R:
            continue
        rest = added([scaled(without(b, [x]), a[x]), scaled(without(a, [x]), b[x])])
        if any(wire != ONE_WIRE for wire in rest):
            continue
        sum_ = (c.get(x, 0) - rest.get(ONE_WIRE, 0)) * pow(a[x] * b[x], -1, R)
        ahead = (sum_ - 2 * arc[0]) % R
        if ahead == 0 or ahead >= 2 * (arc[1] - arc[0]):
            yield x
