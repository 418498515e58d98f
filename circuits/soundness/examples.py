"""A counterexample in a sentence: the inputs, and the two values that pass."""

from __future__ import annotations

from accel.bn254 import R
from accel.limbs import ints_from_words
from circuits.compile.names import names_of
from circuits.soundness.report import Counterexample
from circuits.system import ConstraintSystem

MOST_INPUTS = 4
SMALL = 1 << 64


def told(system: ConstraintSystem, counterexample: Counterexample, wire: int, name: str) -> str:
    """Like: for area = 144 both side = 12 and side = r - 12 pass every check.

    The inputs are the search's own, nobody's.
    """
    first = ints_from_words(counterexample.first.values)
    second = ints_from_words(counterexample.second.values)
    inputs = system.input_wires.tolist()
    names = names_of(system.symbols, inputs[:MOST_INPUTS])
    shown = [
        f"{name.removeprefix(f'{system.name}.')} = {shortened(first[wire])}"
        for wire, name in zip(inputs, names, strict=False)
    ]
    more = ", ..." if len(inputs) > MOST_INPUTS else ""
    given = f"For {', '.join(shown)}{more} both" if shown else "Both"
    label = name.split("`")[1] if "`" in name else name
    return (
        f"{given} {label} = {shortened(first[wire])} and {label} = {shortened(second[wire])} "
        "pass every check."
    )


def shortened(value: int) -> str:
    """A residue as a person writes it: 12, r - 12, or its first digits."""
    if value < SMALL:
        return str(value)
    if R - value < SMALL:
        return f"r - {R - value}"
    return f"{str(value)[:6]}... ({len(str(value))} digits)"
