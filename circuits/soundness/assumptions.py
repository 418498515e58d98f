"""What follows from values that wires are assumed to have: unit propagation over the rows.

Every conclusion holds in each witness in which the assumptions do. A row with known values of all
but one wire gives that one; a sum of bits that is as small or as large as it can be gives all; a
product with a known factor is an equation. A combination with wires of unknown value is compared
with `bases`, equations that may have the same part: their difference may be one of bits alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from accel.bn254 import R
from circuits.soundness.forms import Form, Forms, added, scaled, signed
from circuits.soundness.rows import ONE_WIRE

MOST_ROWS = 20_000  # that one set of assumptions looks at


class Assumptions:
    """Values of wires, assumed or concluded.

    values       of wires, canonical
    is_possible  False once the rows contradict them
    """

    def __init__(self, forms: Forms, bases: Sequence[Form]) -> None:
        self.forms = forms
        self.bases = bases
        self.values = {ONE_WIRE: 1}
        self.is_possible = True
        self._left = MOST_ROWS

    def assume(self, wire: int, value: int) -> None:
        """Take a wire to have a value, and all that follows at once."""
        waiting = [(wire, value % R)]
        while waiting and self.is_possible:
            wire, value = waiting.pop()
            known = self.values.get(wire)
            if known is not None or (self.forms.system.is_bit[wire] and value > 1):
                self.is_possible = known == value
                continue
            self.values[wire] = value
            for form in self._equations(wire):
                waiting += self._concluded(form)

    def _equations(self, wire: int) -> list[Form]:
        """The rows of a wire that are linear under the assumptions, each as a form that is 0."""
        found = []
        rows, products = self.forms.equations_of(wire), self.forms.products_of(wire)
        self._left -= len(rows) + len(products)
        if self._left < 0:
            return []
        found += [self.forms.equation(row) for row in rows.tolist()]
        for row in products:
            a, b, c = self.forms.product(row)
            for factor, other in ((a, b), (b, a)):
                if all(w in self.values for w in factor):
                    value = sum(k * self.values[w] for w, k in factor.items()) % R
                    product = scaled(other, value) if value else {}
                    found.append(added([product, scaled(c, R - 1)]))
                    break
        return found

    def _concluded(self, form: Form) -> list[tuple[int, int]]:
        """The values that an equation leaves."""
        found = self._solved(self._simplified(form))
        if found is None:
            for base in self.bases:
                shared = next((w for w in form if w in base and w not in self.values), None)
                if shared is not None:
                    factor = -form[shared] * pow(base[shared], -1, R) % R
                    reduced = self._simplified(added([form, scaled(base, factor)]))
                    found = self._solved(reduced)
                    if found:
                        return found
        return found or []

    def _simplified(self, form: Form) -> Form:
        constant = 0
        left: Form = {}
        for wire, k in form.items():
            value = self.values.get(wire)
            if value is None:
                left[wire] = k
            else:
                constant += k * value
        if constant % R:
            left[ONE_WIRE] = constant % R
        return left

    def _solved(self, form: Form) -> list[tuple[int, int]] | None:
        """Values by a form that is 0; none if it says nothing; None if it is not one of bits."""
        constant = form.get(ONE_WIRE, 0)
        unknown = [(wire, k) for wire, k in form.items() if wire != ONE_WIRE]
        if not unknown:
            self.is_possible &= constant == 0
            return []
        if len(unknown) == 1:
            ((wire, k),) = unknown
            return [(wire, -constant * pow(k, -1, R) % R)]
        if not all(self.forms.system.is_bit[wire] for wire, _ in unknown):
            return None
        factors = [signed(k) for _, k in unknown]
        low, high = sum(k for k in factors if k < 0), sum(k for k in factors if k > 0)
        if high - low >= R:
            return []
        target = (-constant - low) % R  # of the sum above its least
        if target == 0:
            return [(wire, int(signed(k) < 0)) for wire, k in unknown]
        if target == high - low:
            return [(wire, int(signed(k) > 0)) for wire, k in unknown]
        self.is_possible &= target < high - low
        return []
