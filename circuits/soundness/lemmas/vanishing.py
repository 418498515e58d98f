"""The lemma of factors that cannot vanish: the rows contradict themselves where one is 0.

D x = N with D and N known, and x the only unknown. What follows from no assumption, from row to row
(`assumptions`), is a constant in every witness. If these make D a number other than 0, x is N / D.
If they leave D = k w + c with one wire, take w to be -c / k, where D is 0: if what follows
contradicts a row, no witness has D = 0. Or take a bit that stands in a row with w to be 0, and
to be 1: it is one of the two, so if both contradict the rows, no witness has D = 0 either.

So (1 - y) u = 1 + y says what u is, x + [x is 0] is a divisor that is never 0, and the multiples of
a fixed point are constants.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import R
from zkpipe.circuits.soundness.model.rows import ONE_WIRE
from zkpipe.circuits.soundness.rules.assumptions import Assumptions
from zkpipe.circuits.soundness.rules.forms import Form, Forms

MOST_ROWS = 1 << 8  # that one turn looks at
MOST_BESIDE = 8  # products and equations of a wire, whose bits are taken to be 0 and 1
MOST_BITS = 4
SHORT = 8  # entries of them: the digits of a number are not worth a try
MOST_CONSTANTS = 1 << 12  # wires that an equation says by themselves
A_START = 50_000  # entries of rows that are looked at for constants
A_TRY = 5_000  # and of what follows from one assumption
MOST_WORK = 200_000  # entries of rows, all turns together: a fraction of a second


class Vanishing:
    """The lemma. What it looks at is limited for all of its turns together.

    work_left  entries of rows
    """

    def __init__(self, work_left: int = MOST_WORK, is_end: NDArray[np.bool_] | None = None) -> None:
        """As the class says.

        is_end  of each wire whether it leads nowhere, so that it is not looked at
        """
        self.work_left = work_left
        self._is_end = is_end
        self._left_out: set[int] = set()  # rows whose unknown is such an end
        self._constants: dict[int, int] | None = None

    def __call__(self, forms: Forms) -> Iterator[int]:
        """Wires that the lemma determines."""
        counts = forms.state.unknown_in_products
        rows = np.flatnonzero((counts[:, 0] + counts[:, 1] == 1) & (counts[:, 2] == 0))
        looked_at = 0
        for row in rows.tolist():
            if row in self._left_out:
                continue
            a, b, _ = forms.product(row)
            divisor, other = (a, b) if not forms.unknown(a) else (b, a)
            if self._is_end is not None and self._is_end[forms.unknown(other)].all():
                self._left_out.add(row)
                continue
            looked_at += 1
            if looked_at > MOST_ROWS:
                return
            if self._constants is None:
                self._constants = self._fixed(forms)
            if self.work_left < 0:
                return
            if self._is_never_zero(forms, divisor, self._constants):
                yield from forms.unknown(other)

    def _fixed(self, forms: Forms) -> dict[int, int]:
        """The wires that are constants, with their values."""
        assumed = Assumptions(forms, A_START)
        linear = forms.system.linear
        is_wire, of_entry = linear.wires != ONE_WIRE, linear.row_of_entry()
        counts = np.bincount(of_entry[is_wire], minlength=len(linear))
        entries = is_wire & (counts[of_entry] == 1)
        assumed.assume_all({}, np.unique(linear.wires[entries])[:MOST_CONSTANTS].tolist())
        self.work_left -= A_START - assumed.entries_left
        return assumed.values if assumed.is_possible else {ONE_WIRE: 1}

    def _is_never_zero(self, forms: Forms, divisor: Form, constants: dict[int, int]) -> bool:
        assumed = Assumptions(forms, A_TRY)
        assumed.values.update(constants)
        left = assumed.simplified(divisor)
        wires = left.keys() - {ONE_WIRE}
        if len(wires) != 1:
            return bool(left) and not wires
        (wire,) = wires
        assumed.assume(wire, -left.get(ONE_WIRE, 0) * pow(left[wire], -1, R) % R)
        found = not assumed.is_possible
        for bit in () if found else _bits_beside(forms, wire):
            if bit not in assumed.values and all(
                self._is_contradicted(assumed, bit, choice) for choice in (0, 1)
            ):
                found = True
                break
        self.work_left -= A_TRY - assumed.entries_left
        return found

    def _is_contradicted(self, assumed: Assumptions, bit: int, choice: int) -> bool:
        mark = assumed.mark()
        assumed.assume(bit, choice)
        is_possible = assumed.is_possible
        assumed.undo(mark)
        return not is_possible


def _bits_beside(forms: Forms, wire: int) -> list[int]:
    """Bits in products and short equations with a wire."""
    found: dict[int, None] = {}
    rows = forms.equations_of(wire)[:MOST_BESIDE].tolist()
    beside = [form for row in forms.products_of(wire)[:MOST_BESIDE] for form in forms.product(row)]
    for form in [*beside, *map(forms.equation, rows)]:
        if len(form) <= SHORT:
            found.update((w, None) for w in form if forms.system.is_bit[w])
    return list(found)[:MOST_BITS]
