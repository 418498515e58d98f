"""What follows from values that wires are assumed to have: unit propagation over the rows.

Every conclusion holds in each witness in which the assumptions do. A row with known values of all
but one wire gives that one; a sum of bits that is as small or as large as it can be, or that orders
as its bits do, gives all; a product with a known factor is an equation. A combination with wires
of unknown value is compared with `bases`, equations that may have the same part: their difference
may be one of bits alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from zkpipe.accel.bn254 import R
from zkpipe.circuits.soundness.model.rows import ONE_WIRE
from zkpipe.circuits.soundness.rules.forms import Form, Forms, added, as_integers, scaled

Values = list[tuple[int, int]]


class Assumptions:
    """Values of wires, assumed or concluded.

    values        of wires, canonical
    is_possible   False once the rows contradict them
    entries_left  how many more entries of rows it looks at; below 0 it concludes nothing more
    """

    def __init__(self, forms: Forms, entries_left: int, bases: Sequence[Form] = ()) -> None:
        self.forms = forms
        self._bases = [(base, self._others(base)) for base in bases]
        self.values: dict[int, int] = {ONE_WIRE: 1}
        self.is_possible = True
        self.entries_left = entries_left
        self._trail: list[int] = []
        self._seen: set[int] = set()  # products that were made into forms

    def assume(self, wire: int, value: int) -> None:
        """Take a wire to have a value, and all that follows at once."""
        self._follow([(wire, value % R)])

    def assume_all(self, values: Mapping[int, int], wires: Iterable[int]) -> None:
        """Take many values that agree with each other, and what follows for the rows of `wires`."""
        self.values.update(values)
        self._trail += values
        for form in self._linear(*self._rows_of(wires)):
            self._follow(self._concluded(form))

    def mark(self) -> int:
        """A point to come back to."""
        return len(self._trail)

    def undo(self, mark: int) -> None:
        """Forget what was assumed and concluded since."""
        for wire in self._trail[mark:]:
            del self.values[wire]
        del self._trail[mark:]
        self.is_possible = True

    def linear_rows(self, wire: int) -> list[Form]:
        """The rows of a wire that are linear under the assumptions, each as a form that is 0."""
        rows = self.forms.equations_of(wire).tolist()
        return list(self._linear(rows, self.forms.products_of(wire)))

    def _linear(self, equations: Iterable[int], products: Iterable[int]) -> Iterator[Form]:
        for row in equations:
            form = self.forms.equation(row)
            self.entries_left -= len(form)
            if self.entries_left < 0:
                return
            yield form
        for row in products:
            a, b, c = self.forms.product(row)
            factors = [(f, other) for f, other in ((a, b), (b, a)) if self._has_values(f)]
            if factors or row not in self._seen:  # else it is passed over
                self._seen.add(row)
                self.entries_left -= len(a) + len(b) + len(c)
            if self.entries_left < 0:
                return
            for factor, other in factors[:1]:
                value = sum(k * self.values[w] for w, k in factor.items()) % R
                product = scaled(other, value) if value else {}
                yield added([product, scaled(c, R - 1)])

    def _has_values(self, form: Form) -> bool:
        """Whether all wires of a form have values; it is read up to the first that has none."""
        for count, wire in enumerate(form, 1):
            if wire not in self.values:
                self.entries_left -= count
                return False
        return True

    def simplified(self, form: Form) -> Form:
        """A form with values in place of wires that have them."""
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

    def _follow(self, waiting: Values) -> None:
        """Take values, and in rounds what the rows of the wires that got one say."""
        while waiting and self.is_possible:
            new = []
            for wire, value in waiting:
                known = self.values.get(wire)
                if known is None and (value < 2 or not self.forms.system.is_bit[wire]):
                    self.values[wire] = value
                    self._trail.append(wire)
                    new.append(wire)
                elif known != value:
                    self.is_possible = False
                    return
            waiting = []
            for form in self._linear(*self._rows_of(new)):
                waiting += self._concluded(form)

    def _rows_of(self, wires: Iterable[int]) -> tuple[list[int], list[int]]:
        """The equations and the products that hold one of the wires."""
        equations = {row for wire in wires for row in self.forms.equations_of(wire).tolist()}
        products = {row for wire in wires for row in self.forms.products_of(wire)}
        return sorted(equations), sorted(products)

    def _concluded(self, form: Form) -> Values:
        """The values that an equation leaves."""
        simplified = self.simplified(form)
        found = self._solved(simplified)
        if found is None:
            others = self._others(simplified)
            for base, base_others in self._bases:
                if base is form or others != base_others - self.values.keys():
                    continue  # their difference is nothing, or holds a wire that is no bit
                wire = min(others)
                factor = -form[wire] * pow(base[wire], -1, R) % R
                self.entries_left -= len(base)
                found = self._solved(self.simplified(added([form, scaled(base, factor)])))
                if found:
                    return found
        return found or []

    def _others(self, form: Form) -> set[int]:
        """The wires of a form that are no bits."""
        is_bit = self.forms.system.is_bit
        return {wire for wire in form if wire != ONE_WIRE and not is_bit[wire]}

    def _solved(self, form: Form) -> Values | None:
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
        found = ways_to_sum(dict(unknown), constant)
        self.is_possible &= found != []
        return found[0] if found is not None and len(found) == 1 else []


def ways_to_sum(form: Form, constant: int) -> list[Values] | None:
    """The values of bits for which k_1 b_1 + ... + constant = 0 mod r; None if there may be many.

    They are few where the sum is an end of its interval, or where each |k| is more than the sum of
    the smaller ones: then the bits are read off, largest first, for each integer of the residue.
    """
    for factors in as_integers(form):
        found = _ways_in_integers(factors, constant)
        if found is not None:
            return found
    return None


def _ways_in_integers(factors: dict[int, int], constant: int) -> list[Values] | None:
    low = sum(k for k in factors.values() if k < 0)
    width = sum(map(abs, factors.values()))
    first = (-constant - low) % R  # of the sum above its least, in which |k| counts if b = (k > 0)
    targets = range(first, width + 1, R)
    order = sorted(factors.items(), key=lambda factor: -abs(factor[1]))
    rest = width
    for _, k in order:
        rest -= abs(k)
        if abs(k) <= rest:
            if all(target in (0, width) for target in targets):
                break
            return None
    found = []
    for target in targets:
        values = []
        left = target
        for wire, k in order:
            is_taken = left >= abs(k)
            left -= abs(k) * is_taken
            values.append((wire, int(is_taken == (k > 0))))
        if left == 0:
            found.append(values)
    return found
