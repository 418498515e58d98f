"""The least and the greatest number that bits can make, as the rows keep them.

y = k_1 b_1 + ... + k_n b_n with bits b_i, each |k_i| more than the sum of the smaller ones: y is
ordered as its bits are, the largest first. Its greatest value is found bit by bit. Let g be what
has been chosen for the larger bits. If the rows, with those bits as in g, say what b_i is, take
that; else what makes y larger. No witness has more: take the first bit in which it differs from g,
and it has there what makes y larger, where the rows said otherwise of all witnesses that begin like
g. The least value is found likewise.

The rows alone say this, so what was found once holds for good, and is kept.
"""

from __future__ import annotations

from zkpipe.circuits.soundness.rules.assumptions import Assumptions
from zkpipe.circuits.soundness.rules.forms import Arc, Form, Forms, as_integers

MOST_BITS = 512
ENTRIES_OF_ONE = 200_000  # of rows that one search looks at
MOST_ENTRIES = 10_000_000  # of rows that all searches together look at: some ten seconds


class BitSums:
    """Searches for the ends of sums of bits.

    entries_left  how many more entries of rows they look at together; below 0 nothing is found
    """

    def __init__(self, forms: Forms, entries_left: int = MOST_ENTRIES) -> None:
        self.forms = forms
        self.entries_left = entries_left
        self._kept: dict[tuple[tuple[int, int], ...], Arc | None] = {}

    def range_of(self, digits: Form) -> Arc | None:
        """The least and the greatest sum of bits times their coefficients.

        None if they do not order as their bits do, if no row says anything of their order, or if
        the searches have come to their end.
        """
        key = tuple(sorted(digits.items()))
        if key not in self._kept:
            self._kept[key] = self._found(digits)
        return self._kept[key]

    def _found(self, digits: Form) -> Arc | None:
        order = ordered(digits)
        if order is None or len(order) > MOST_BITS or self.entries_left < 0:
            return None
        if not self._is_used_elsewhere(digits):
            return None
        bases = self._bases(digits)
        low, high = self._extreme(order, bases, -1), self._extreme(order, bases, 1)
        return (low, high) if low <= high else None  # else no witness has these bits

    def _bases(self, digits: Form) -> list[Form]:
        """The equations of one of the bits that hold all of them."""
        forms = self.forms
        least = min(digits, key=lambda wire: len(forms.equations_of(wire)))
        found = [forms.equation(row) for row in forms.equations_of(least).tolist()]
        return [form for form in found if digits.keys() <= form.keys()]

    def _is_used_elsewhere(self, digits: Form) -> bool:
        """Whether some bit stands in a product: else no row says anything of their order."""
        return any(self.forms.products_of(wire) for wire in digits)

    def _extreme(self, order: list[tuple[int, int]], bases: list[Form], towards: int) -> int:
        """The greatest sum of digits for towards = 1, the least for -1; largest digits first."""
        budget = min(ENTRIES_OF_ONE, max(0, self.entries_left))
        assumed = Assumptions(self.forms, budget, bases)
        total = 0
        for wire, k in order:
            value = assumed.values.get(wire) if assumed.is_possible else None
            if value is None:
                value = int(k * towards > 0)
                if assumed.is_possible:
                    mark = assumed.mark()
                    assumed.assume(wire, value)
                    if not assumed.is_possible:  # the rows say the other
                        assumed.undo(mark)
                        value = 1 - value
                        assumed.assume(wire, value)
            total += k * value
        self.entries_left -= budget - max(assumed.entries_left, -1)
        return total


def ordered(digits: Form) -> list[tuple[int, int]] | None:
    """The digits as integers, the largest first, each more than all smaller ones; None if not."""
    for factors in as_integers(digits):
        order = sorted(factors.items(), key=lambda item: -abs(item[1]))
        rest = sum(map(abs, factors.values()))
        for _, k in order:
            rest -= abs(k)
            if abs(k) <= rest:
                break
        else:
            return order
    return None
