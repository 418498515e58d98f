"""The lemma of remainders: bits that the rows keep in a range, beside larger unknowns.

rest + k_1 x_1 + ... + k_n x_n = known, rest a sum of bits that lies in [l, h] by the lemma of
thresholds, each x_i in an arc of span s_i; by growing |k_i|, |k_1| > h - l and |k_i| > h - l +
|k_1| s_1 + ... + |k_(i-1)| s_(i-1), and all of it together is below r. The rest is one more digit
of factor 1, its differences of size h - l at the most, so by the rule of digits (propagation) every
x_i is determined, and the rest: a quotient by a constant, and its remainder.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from zkpipe.accel.bn254 import R
from zkpipe.circuits.soundness.lemmas.bit_sums import BitSums
from zkpipe.circuits.soundness.rules.forms import Form, Forms, as_integers, scaled

MOST = 64  # unknowns of an equation that is looked at


class Remainders:
    """The lemma."""

    def __init__(self, sums: BitSums) -> None:
        self._sums = sums

    def __call__(self, forms: Forms) -> Iterator[int]:
        """Wires that the lemma determines."""
        state = forms.state
        unknown = state.unknown_in_equations
        fits = (unknown > 1) & (unknown <= MOST) & (state.unbounded_in_equations == 0)
        for row in np.flatnonzero(fits).tolist():
            equation = forms.equation(row)
            left = {wire: equation[wire] for wire in forms.unknown(equation)}
            bits = [wire for wire in left if forms.system.is_bit[wire]]
            if bits and len(bits) < len(left):
                yield from self._determined(forms, left, bits)

    def _determined(self, forms: Forms, left: Form, bits: list[int]) -> list[int]:
        for least in bits:
            factors = scaled(left, pow(left[least], -1, R))
            for integers in as_integers(factors):
                order = sorted(integers, key=lambda wire: abs(integers[wire]))
                count = next(i for i, wire in enumerate(order) if not forms.system.is_bit[wire])
                low, high = order[:count], order[count:]
                if count and low[0] == least and self._are_digits(forms, integers, low, high):
                    return high
        return []

    def _are_digits(
        self, forms: Forms, factors: dict[int, int], low: list[int], high: list[int]
    ) -> bool:
        arc = self._sums.range_of({wire: factors[wire] % R for wire in low})
        if arc is None:
            return False
        below = arc[1] - arc[0]
        for wire in high:
            bounds, factor = forms.arc_of_wire(wire), abs(factors[wire])
            if bounds is None or factor <= below:
                return False
            below += factor * (bounds[1] - bounds[0])
        return below < R
