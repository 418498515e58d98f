"""The lemma of thresholds: bits whose number the rows keep below a constant.

y = k_1 b_1 + ... + k_n b_n lies between the least and the greatest number that its bits can make
(`bit_sums`). So a remainder is known to be below its divisor, a number in 254 bits to be below r,
and each is determined where its value mod r is: k_1 d_1 + ... = 0 mod r for the differences of two
witnesses, smaller than r by the greatest and least value, so 0, and all d_i = 0 as in the rule of
digits.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from zkpipe.accel.bn254 import R, signed
from zkpipe.circuits.soundness.lemmas.bit_sums import BitSums, ordered
from zkpipe.circuits.soundness.lemmas.comparators import is_below_r
from zkpipe.circuits.soundness.lemmas.zero_runs import is_below_r_by_runs
from zkpipe.circuits.soundness.model.rows import ONE_WIRE
from zkpipe.circuits.soundness.rules.cases import Intervals
from zkpipe.circuits.soundness.rules.forms import Form, Forms, scaled, without


class Thresholds:
    """The lemma; remembers the wires and equations whose bits it has seen."""

    def __init__(self, sums: BitSums, intervals: Intervals) -> None:
        self._sums = sums
        self._intervals = intervals
        self._seen: set[int] = set()
        self._fits: dict[int, bool] = {}

    def __call__(self, forms: Forms) -> Iterator[int]:
        """Wires that the lemma determines; also narrows the bounds of others."""
        state = forms.state
        unknown = state.unknown_in_equations
        rows = np.flatnonzero((unknown > 1) & (state.unbounded_in_equations == 0))
        for row in rows.tolist():
            equation = forms.equation(row)
            wires = forms.unknown(equation)
            if len(wires) < 2:  # by what was narrowed just now
                continue
            bits = [wire for wire in wires if forms.system.is_bit[wire]]
            if len(bits) == len(wires):
                if self._are_determined(forms, row, equation, bits):
                    yield from bits
                continue
            for wire in set(wires) - set(bits):
                if wire not in self._seen:
                    self._seen.add(wire)
                    self._narrow(forms, wire)

    def _are_determined(self, forms: Forms, row: int, equation: Form, bits: list[int]) -> bool:
        """Whether bits whose sum is known mod r have no other sum of that residue."""
        known = self._fits.get(row)
        if known is None:
            digits = {wire: equation[wire] for wire in bits}
            known = is_below_r_by_runs(forms, digits, equation) or self._fit(forms, digits)
            self._fits[row] = known
        return known

    def _fit(self, forms: Forms, digits: Form) -> bool:
        arc = self._sums.range_of(digits)
        if arc is not None and arc[1] - arc[0] < R:
            return True
        order = ordered(digits)
        if order is None:
            return False
        if all(k < 0 for _, k in order):
            order = [(wire, -k) for wire, k in order]
        return is_below_r(forms, order)

    def _narrow(self, forms: Forms, wire: int) -> None:
        """Narrow the bounds of a wire that is a sum of bits."""
        for row in forms.equations_of(wire).tolist():
            equation = forms.equation(row)
            digits = without(equation, [wire, ONE_WIRE])
            if not digits or not all(forms.system.is_bit[w] for w in digits):
                continue
            digits = scaled(digits, R - pow(equation[wire], -1, R))
            arc = self._sums.range_of(digits)
            if arc is not None and arc[1] - arc[0] < R:
                constant = signed(-equation.get(ONE_WIRE, 0) * pow(equation[wire], -1, R) % R)
                forms.state.narrow(wire, arc[0] + constant, arc[1] - arc[0])
                self._intervals.forget()
