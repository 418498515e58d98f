"""Range checks wider than what other checks leave: rows that could be saved.

A wire that an equation gives n digits, and whose bounds from all equations together have fewer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from zkpipe.accel.bn254 import R
from zkpipe.circuits.soundness.lint.findings import Finding, Severity
from zkpipe.circuits.soundness.model.rows import ONE_WIRE
from zkpipe.circuits.soundness.rules.forms import Form, Forms

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
        forms_of_wire = [forms.equation(row) for row in forms.equations_of(wire).tolist()]
        width, is_signed = max(
            (_digits(forms, wire, form) for form in forms_of_wire), default=(0, False)
        )
        needed = _needed(forms, wire, is_signed)
        if width > needed:
            count += 1
            bits = f"{needed} bit{'s' * (needed != 1)}"
            is_zero = forms.arc_of_wire(wire) == (0, 0)
            yield Finding(
                "needless-width",
                Severity.NOTE,
                f"`{name}` is held to {width} bits, and other checks leave it "
                f"{'no value but 0' if is_zero else bits}.",
                "Write 0 in its place." if is_zero else f"Declare it with {bits}.",
                (name,),
            )


def _digits(forms: Forms, wire: int, equation: Form) -> tuple[int, bool]:
    """How many digits an equation gives a wire, and whether with an offset; 0 for other kinds."""
    is_bit, own = forms.system.is_bit, (wire, ONE_WIRE)
    is_signed = ONE_WIRE in equation
    if any(w not in own and not is_bit[w] for w in equation):  # most end at the first wire
        return 0, is_signed
    return len(equation) - (wire in equation) - is_signed, is_signed


def _needed(forms: Forms, wire: int, is_signed: bool) -> int:
    """The bits of a type that holds every number in the wire's interval."""
    low, high = forms.arc_of_wire(wire) or (0, R - 1)
    largest = max(high, -low - 1, 1)
    return largest.bit_length() + (is_signed or low < 0)
