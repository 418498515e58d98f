"""Witnesses of a compiled circuit by its own solver, from simple inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial

from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import ints_from_words
from zkpipe.circuits.errors import InputError, UnsatisfiedError
from zkpipe.circuits.language.values.types import FieldType, FixedType, ScalarType, nest_of
from zkpipe.circuits.soundness.search.draws import Draws
from zkpipe.circuits.system import ConstraintSystem

SMALL = 1 << 8


def solved(system: ConstraintSystem, draws: Draws) -> Iterator[list[int]]:
    """The values of all wires for a few simple inputs that satisfy the circuit.

    A hint's own code runs; what it raises means that there is no witness.
    """
    program = system.program
    if program is None or len(program.origin_of_row) != system.constraint_count:
        return  # read from a file, or rows were taken away and the tape is not theirs
    kinds: tuple[Callable[[], int], ...] = (
        lambda: 1 + draws.below(SMALL),
        lambda: draws.below(R),
        lambda: 1,
        lambda: 0,
    )
    for draw in kinds:
        inputs = {p.name: nest_of(p.type, partial(_within, draw)) for p in program.parameters}
        try:
            yield ints_from_words(system.solve(**inputs).values)
        except (UnsatisfiedError, InputError):  # the latter by a record that checks itself
            continue


def _within(draw: Callable[[], int], type_: ScalarType) -> int | Fraction:
    """A number drawn for a Field, or made to lie in an integer type; so many units of a Fixed."""
    value = draw()
    if isinstance(type_, FieldType):
        return value
    units = type_.low + (value - type_.low) % (type_.high - type_.low + 1)
    return Fraction(units, type_.scale) if isinstance(type_, FixedType) else units
