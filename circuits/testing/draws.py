"""Inputs drawn from the types of a circuit's parameters, and the comparison with the plain run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from zkpipe.accel.bn254 import R
from zkpipe.circuits.define.circuit import Circuit
from zkpipe.circuits.errors import InputError, UnsatisfiedError
from zkpipe.circuits.language.values.types import (
    ArrayType,
    FieldType,
    FixedType,
    IntegerType,
    RecordType,
    Type,
)
from zkpipe.circuits.testing.falsehoods import random_element
from zkpipe.circuits.testing.given import Inputs, formatted, scalars_of, whole
from zkpipe.circuits.testing.subject import Subject, output_values, subject
from zkpipe.circuits.testing.wording import answers
from zkpipe.ground.shown import shown

Draw = Callable[[np.random.Generator], Inputs]
MOST_RUNS = 1_000_000
_FIELD_EDGES = (0, 1, 2, R - 1, R - 2, (R + 1) // 2, 1 << 253, (1 << 253) - 1)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many inputs both runs accepted, and how many both refused."""

    accepted: int
    refused: int


def agrees(
    circuit: Circuit, runs: int = 100, *, draw: Draw | None = None, seed: int = 0
) -> Agreement:
    """Assert that the constraints say what the plain run computes, on random and boundary inputs.

    runs  inputs that are tried; the first ones have every scalar at the same end of its type
    draw  makes inputs from a generator, for a circuit whose checks random ones do not meet
    seed  of the generator

    Both must accept and have the same outputs, or both must refuse.

    Returns how many they accepted and refused. Raises AssertionError, also if they refused all, and
    for a draw that makes what are no inputs of the circuit.
    """
    __tracebackhide__ = True
    runs, seed = whole("runs", runs, 1, MOST_RUNS), whole("seed", seed, 0)
    if draw is not None and not callable(draw):
        raise AssertionError(
            f"`draw` is a function from a generator, and the test gives {shown(draw)}."
        )
    tested = subject(circuit)
    rng = np.random.default_rng(seed)
    accepted = refused = 0
    for run in range(runs):
        inputs = drawn(circuit, rng, run) if draw is None else draw(rng)
        scalars_of(circuit, inputs)
        if _agree(tested, inputs):
            accepted += 1
        else:
            refused += 1
    if not accepted:
        raise AssertionError(
            f"Both runs of {circuit.name} refuse all {runs} inputs that were drawn, so they were "
            "not compared.\nGive draw=, a function from a numpy generator to inputs that the "
            "circuit accepts."
        )
    return Agreement(accepted, refused)


def _agree(tested: Subject, inputs: Inputs) -> bool:
    """Whether both runs accept; raises AssertionError if they differ."""
    __tracebackhide__ = True
    name = tested.circuit.name
    plain, proven = None, None
    plain_error = proven_error = None
    try:
        plain = output_values(tested.circuit(**inputs))
    except (InputError, UnsatisfiedError) as error:
        plain_error = error
    try:
        witness = tested.system.solve(**inputs)
        proven = witness.public[: tested.system.output_count]
    except (InputError, UnsatisfiedError) as error:
        proven_error = error
    if plain is None and proven is None:
        return False
    if plain is not None and proven is not None:
        if plain != proven:
            raise AssertionError(
                f"{name} proves other outputs than its plain run has.\n"
                f"{answers(tested.outputs_declared(), plain, proven)}\n{formatted(inputs)}"
            )
        return True
    does = "accepts what its constraints refuse" if proven is None else "refuses what they accept"
    refusal = plain_error or proven_error
    assert refusal is not None  # noqa: S101 - for the type checker: one of the runs refused
    raise AssertionError(
        f"The plain run of {name} {does}.\n{refusal.explain()}\n{formatted(inputs)}"
    )


def drawn(circuit: Circuit, rng: np.random.Generator, run: int) -> dict[str, object]:
    """Inputs of the circuit's types: every scalar alike in the first runs, then edges and random.

    run  the first four: all at the low end, all at the high end, all 0, all 1
    """
    return {p.name: _value(p.type, rng, run) for p in circuit.parameters}


def _value(type_: Type, rng: np.random.Generator, run: int) -> Any:
    if isinstance(type_, ArrayType):
        return [_value(type_.element, rng, run) for _ in range(type_.length or 0)]
    if isinstance(type_, RecordType):
        return {name: _value(part, rng, run) for name, part in type_.fields}
    return _scalar(type_, rng, run)


def _scalar(type_: FieldType | IntegerType, rng: np.random.Generator, run: int) -> Any:
    value = _integer(type_, rng, run)
    return Fraction(value, type_.scale) if isinstance(type_, FixedType) else value


def _integer(type_: FieldType | IntegerType, rng: np.random.Generator, run: int) -> int:
    low, high = (0, R - 1) if isinstance(type_, FieldType) else (type_.low, type_.high)
    alike = (low, high, 0, min(1, high))
    if run < len(alike):
        return alike[run]
    if rng.random() < 0.5:
        return low + random_element(rng) % (high - low + 1)
    near = (low, low + 1, -1, 0, 1, (low + high) // 2, high - 1, high)
    if isinstance(type_, FieldType):
        near = _FIELD_EDGES
    edges = [value for value in near if low <= value <= high]
    return edges[int(rng.integers(len(edges)))]
