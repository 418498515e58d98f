"""The lemma of factors: x is what is left when a factor that is never zero is divided out.

D (b x + E) = c x + F with D, E and F known says that (b D - c) x is known. If b D - c is not zero
in any witness, x is that over b D - c. A form is never zero if

    its interval has no zero, or
    it is a factor, up to a constant one, of a product of the system that is a constant but 0:
    A B = e says that neither A nor B is 0, whatever they are.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from zkpipe.circuits.soundness.model.rows import ONE_WIRE
from zkpipe.circuits.soundness.rules.cases import Intervals
from zkpipe.circuits.soundness.rules.forms import Form, Forms, added, is_never_zero, normal, scaled

Key = tuple[tuple[int, int], ...]


class Factors:
    """The lemma; remembers which forms are factors of a constant.

    is_end  of each wire whether nothing would follow from it, so that it need not be determined:
            such as a ratio that is free where both of its numbers are 0
    """

    def __init__(self, intervals: Intervals, is_end: NDArray[np.bool_]) -> None:
        self._intervals, self._is_end = intervals, is_end
        self._units: set[Key] | None = None

    def __call__(self, forms: Forms) -> Iterator[int]:
        """Wires that the lemma determines."""
        counts = forms.state.unknown_in_products
        in_a, in_b, in_c = counts[:, 0], counts[:, 1], counts[:, 2]
        one_factor = ((in_a == 0) & (in_b == 1)) | ((in_a == 1) & (in_b == 0))
        for row in np.flatnonzero(one_factor & (in_c <= 1)).tolist():
            a, b, c = forms.product(row)
            known, other = (a, b) if not forms.unknown(a) else (b, a)
            wires = {*forms.unknown(other), *forms.unknown(c)}
            if len(wires) != 1 or wires.isdisjoint(other):  # by what was found just now
                continue
            (x,) = wires
            if self._is_end[x]:
                continue
            divisor = added([scaled(known, other[x]), {ONE_WIRE: -c.get(x, 0)}])
            if divisor and self._is_never_zero(forms, divisor):
                yield forms.determined(x)

    def _is_never_zero(self, forms: Forms, form: Form) -> bool:
        if self._units is None:
            self._units = _units(forms)
        is_unit = set(form) == {ONE_WIRE} or normal(form) in self._units
        return is_unit or is_never_zero(self._intervals.of(form))


def _units(forms: Forms) -> set[Key]:
    """The forms that are factors of a constant, up to a factor."""
    system = forms.system
    starts = system.c.starts
    first = np.append(system.c.wires, -1)[starts[:-1]]
    rows = np.flatnonzero((np.diff(starts) == 1) & (first == ONE_WIRE))
    found: set[Key] = set()
    for row in rows.tolist():
        a, b, _ = forms.product(row)
        found |= {normal(a), normal(b)}
    return found
