"""Range checks wider than what other checks leave: rows that could be saved.

A wire that an equation gives n digits, and whose bounds from all equations together have fewer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from accel.limbs import ints_from_words
from circuits.soundness.findings import Finding, Severity
from circuits.soundness.forms import Forms
from circuits.soundness.rows import ONE_WIRE

MOST = 100  # findings


def needless_widths(forms: Forms, names: Mapping[int, str]) -> Iterator[Finding]:
    """Notes on inputs and outputs whose digits are more than their bounds need.

    names  of the outputs and inputs, by wire
    """
    system = forms.system
    count = 0
    for wire, name in names.items():
        if not forms.state.bounds.has[wire] or system.is_bit[wire] or count == MOST:
            continue
        widths = [w for w in (_digits(forms, wire, row) for row in forms.equations_of(wire)) if w]
        span = ints_from_words(forms.state.bounds.span[wire : wire + 1])[0]
        needed = span.bit_length()
        if widths and max(widths) > needed:
            count += 1
            yield Finding(
                "needless-width",
                Severity.NOTE,
                f"`{name}` is held to {max(widths)} bits, and other checks leave it {needed}.",
                f"Declare it with {needed} bits.",
                (name,),
            )


def _digits(forms: Forms, wire: int, row: np.int64) -> int:
    """How many digits an equation gives a wire; 0 if it is of another kind."""
    equation = forms.equation(int(row))
    digits = [w for w in equation if w not in (wire, ONE_WIRE)]
    return len(digits) if all(forms.system.is_bit[w] for w in digits) else 0
