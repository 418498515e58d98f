"""The second opinion: in which directions a witness can move while the inputs stay.

To first order a row A B = C says (A.w)(B.v) + (B.w)(A.v) = C.v of a change v of the witness w.
With v = 0 on what is known, these are linear equations; their solutions are the directions. If some
direction moves a wire, it is not determined as far as first order tells; if none does, the witness
stands alone near w, which says nothing of witnesses far away: -x for a root x, other bits.

Cost: elimination mod r in Python, on the rows of what may move only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from zkpipe.accel.bn254 import R
from zkpipe.circuits.soundness.rules.elimination import Work, reduced_rows
from zkpipe.circuits.soundness.rules.forms import Form, Forms, added, scaled

MOST_ENTRIES = 20_000  # of the rows in Python; more would take seconds
Direction = dict[int, int]  # wire: how it moves, canonical, not 0


def directions(forms: Forms, values: Sequence[int], wires: Iterable[int]) -> list[Direction]:
    """A basis of the directions in which the wires can move; none if the system is too large.

    values  of all wires at the witness, canonical
    wires   that may move; all others stay
    """
    free = set(wires)
    rows = list(_rows(forms, values, free))
    if sum(map(len, rows)) > MOST_ENTRIES:
        return []
    pivots = reduced_rows(rows, Work())
    if pivots is None:
        return []
    found: dict[int, Direction] = {wire: {wire: 1} for wire in free if wire not in pivots}
    for pivot, row in pivots.items():
        for wire, k in row.items():
            if wire != pivot:
                found[wire][pivot] = R - k
    return list(found.values())


def _rows(forms: Forms, values: Sequence[int], free: set[int]) -> Iterable[Form]:
    system = forms.system
    equations, products = set(), set()
    for wire in free:
        equations.update(forms.equations_of(wire).tolist())
        products.update(forms.products_of(wire))
    for row in sorted(equations):
        yield {w: k for w, k in forms.equation(row).items() if w in free}
    for row in sorted(products):
        a, b, c = forms.product(row)
        yield _differential(values, a, b, c, free)
    for wire in sorted(free):
        if wire < len(system.is_bit) and system.is_bit[wire]:
            yield {wire: (2 * values[wire] - 1) % R}


def _differential(values: Sequence[int], a: Form, b: Form, c: Form, free: set[int]) -> Form:
    at_a, at_b = (sum(k * values[w] for w, k in form.items()) % R for form in (a, b))
    parts = [
        scaled({w: k for w, k in form.items() if w in free}, factor)
        for form, factor in ((b, at_a), (a, at_b), (c, R - 1))
        if factor
    ]
    return added(parts)
