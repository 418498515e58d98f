"""A counterexample in a sentence: the inputs, and the two values that pass."""

from __future__ import annotations

from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import ints_from_words
from zkpipe.circuits.language.values.fixed import shown_units
from zkpipe.circuits.language.values.types import FixedType, leaf_paths
from zkpipe.circuits.r1cs.names import names_of
from zkpipe.circuits.soundness.report import Counterexample
from zkpipe.circuits.system import ConstraintSystem

MOST_INPUTS = 4
SMALL = 1 << 64


def formatted(
    system: ConstraintSystem, counterexample: Counterexample, wire: int, name: str
) -> str:
    """Like: for area = 144 both side = 12 and side = r - 12 pass every check.

    The inputs are the search's own, nobody's.
    """
    first = ints_from_words(counterexample.first.values)
    second = ints_from_words(counterexample.second.values)
    inputs = system.input_wires.tolist()
    names = names_of(system.symbols, inputs[:MOST_INPUTS])
    fractions = _fractions(system)
    shown = [
        f"{name.removeprefix(f'{system.name}.')} = {_given(first[wire], fractions.get(wire))}"
        for wire, name in zip(inputs, names, strict=False)
    ]
    more = ", ..." if len(inputs) > MOST_INPUTS else ""
    given = f"For {', '.join(shown)}{more} both" if shown else "Both"
    label = name.split("`")[1] if "`" in name else name
    return (
        f"{given} {label} = {shortened(first[wire])} and {label} = {shortened(second[wire])} "
        "pass every check."
    )


def _fractions(system: ConstraintSystem) -> dict[int, int]:
    """Units in one of the inputs that are Fixed or Decimal, by wire."""
    if system.program is None:
        return {}
    types = [type_ for p in system.program.parameters for _, type_ in leaf_paths(p.type, p.name)]
    return {
        wire: type_.scale
        for wire, type_ in zip(system.program.input_wires.tolist(), types, strict=True)
        if isinstance(type_, FixedType)
    }


def _given(value: int, scale: int | None) -> str:
    """An input as a person gives it: of a Fixed the number, not its units."""
    if scale is None:
        return shortened(value)
    return shown_units(value if value <= R // 2 else value - R, scale)


def shortened(value: int) -> str:
    """A residue as a person writes it: 12, r - 12, or its first digits."""
    if value < SMALL:
        return str(value)
    if R - value < SMALL:
        return f"r - {R - value}"
    return f"{str(value)[:6]}... ({len(str(value))} digits)"
