"""What a test gives: inputs, expected outputs and numbers, held against what the circuit declares.

Inputs are a circuit's if a prover could put them into a witness: the names and shapes of its
parameters, and in every place a number of the right kind, of whatever size. An integer outside of
its type is such an input, which the circuit has to refuse. A name, a length or a kind that is none
of the circuit's, or a number between two units of a Fixed, is a mistake of the test: that it is
refused says nothing of the circuit. Every mistake of a test is an AssertionError.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from zkpipe.accel.bn254 import R
from zkpipe.circuits.define.circuit import Circuit
from zkpipe.circuits.errors import InputError
from zkpipe.circuits.language.values import inputs as language_inputs
from zkpipe.circuits.language.values.fixed import exact_units, is_number
from zkpipe.circuits.language.values.inputs import Parameter
from zkpipe.circuits.language.values.types import (
    ArrayType,
    FieldType,
    FixedType,
    IntegerType,
    RecordType,
    ScalarType,
    Type,
    leaf_paths,
)
from zkpipe.ground.kinds import describe, is_of, items, whole_number
from zkpipe.ground.shown import shown

ANY_SIZE = 1 << 4096  # as large as an integer of a test may be
Inputs = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Scalars:
    """The scalars of inputs in the order of parameters.

    residues     canonical
    is_respelled  whether each that is outside of its type has the residue of one inside, as r - 1
                 has that of an Int's -1: the same statement in another spelling
    """

    residues: list[int]
    is_respelled: bool


def scalars_of(circuit: Circuit, inputs: Inputs) -> Scalars:
    """The scalars of inputs, of whatever range.

    Raises AssertionError for what are no inputs of the circuit.
    """
    __tracebackhide__ = True
    if not issubclass(type(inputs), Mapping) or not all(isinstance(name, str) for name in inputs):
        raise AssertionError(
            f"The inputs of {circuit.name} are a dict by parameter, and the test gives "
            f"{shown(inputs)}."
        )
    try:
        values = list(_integers_of(circuit.name, circuit.parameters, inputs))
    except InputError as error:
        raise AssertionError(
            f"These are not inputs of {circuit.name}, so the test says nothing of it.\n"
            f"{error.explain()}\n{formatted(inputs)}"
        ) from None
    types = [type_ for p in circuit.parameters for _, type_ in leaf_paths(p.type, p.name)]
    outside = [(t, v) for t, v in zip(types, values, strict=True) if not _is_of(t, v)]
    is_respelled = bool(outside) and all(_is_of(t, v % R, v % R - R) for t, v in outside)
    return Scalars([value % R for value in values], is_respelled)


def formatted(inputs: Inputs) -> str:
    """Inputs as a message shows them."""
    return "Inputs: " + ", ".join(f"{name}={shown(value)}" for name, value in inputs.items())


def _integers_of(name: str, parameters: Iterable[Parameter], inputs: Inputs) -> Iterator[int]:
    every = tuple(parameters)
    bound = language_inputs.bind(name, every, (), inputs)
    for parameter in every:
        loose = replace(parameter, type=_unbounded(parameter.type))
        try:
            yield from language_inputs.scalars(loose, bound[parameter.name])
        except InputError as error:
            raise _in_words_of(parameter, bound[parameter.name], error) from None


def _in_words_of(parameter: Parameter, value: object, error: InputError) -> InputError:
    """The error that the declared type has for the same place, if it gets as far."""
    try:
        language_inputs.integers(parameter, value)
    except InputError as declared:
        if declared.parameter == error.parameter:
            return declared
    return error


def _unbounded(type_: Type) -> Type:
    """The same type with room for integers of any size."""
    if isinstance(type_, ArrayType):
        return replace(type_, element=_unbounded(type_.element))
    if isinstance(type_, RecordType):
        return replace(type_, fields=tuple((name, _unbounded(t)) for name, t in type_.fields))
    if isinstance(type_, FieldType):
        return IntegerType(str(type_), -ANY_SIZE, ANY_SIZE)
    return replace(type_, low=-ANY_SIZE, high=ANY_SIZE)


def _is_of(type_: ScalarType, *integers: int) -> bool:
    """Whether one of the integers is of the type."""
    low, high = (1 - R, R - 1) if isinstance(type_, FieldType) else (type_.low, type_.high)
    return any(low <= integer <= high for integer in integers)


# --- expected outputs


def expected(circuit: Circuit, outputs: object) -> list[int]:
    """The residues of the outputs that a test expects.

    outputs  as the plain run gives them, or as an input of the same type is given: a record may be
             a dict of its fields, an array numpy's. For a Fixed an int is a number of units, as in
             the plain run; a float, Decimal or Fraction is the number itself, and exact

    Raises AssertionError for what the declared types do not hold.
    """
    __tracebackhide__ = True
    if circuit.returns is None:
        raise AssertionError(
            f"{circuit.name} has no outputs, and the test expects {describe(outputs)}."
        )
    declared = circuit.returns if isinstance(circuit.returns, tuple) else (circuit.returns,)
    parts: Iterable[object] = (outputs,)
    paths = ["out"]
    try:
        if isinstance(circuit.returns, tuple):
            listed = items(outputs)
            if listed is None or len(listed) != len(declared):
                raise _wrong(f"`out` takes {len(declared)} values, and was given", outputs)
            parts, paths = listed, [f"out[{i}]" for i in range(len(declared))]
        return [
            value % R
            for path, type_, part in zip(paths, declared, parts, strict=True)
            for value in language_inputs.integers(
                Parameter(path, type_, public=True), _exact(path, type_, part)
            )
        ]
    except InputError as error:
        raise AssertionError(
            f"The outputs that the test expects do not fit {circuit.name}.\n{error.explain()}"
        ) from None


def _exact(path: str, type_: Type, value: object) -> object:
    """The value, with a Fixed's units as the number they stand for; what does not fit as it is."""
    listed = items(value)
    if isinstance(type_, ArrayType) and listed is not None:
        return [_exact(f"{path}[{i}]", type_.element, item) for i, item in enumerate(listed)]
    if isinstance(type_, RecordType):
        fields = dict(type_.fields)
        if is_of(value, Mapping):  # type: ignore[type-abstract] # it asks whether it is one
            named = dict(value)
        elif type(value) is type_.record:
            named = {name: getattr(value, name) for name in fields}
        else:
            raise _wrong(f"`{path}` takes the record {type_}, and was given", value)
        return {
            name: _exact(f"{path}.{name}", fields[name], item) if name in fields else item
            for name, item in named.items()
        }
    if isinstance(type_, FixedType):
        units = whole_number(value)
        if units is not None:
            return Fraction(units, type_.scale)
        exact = exact_units(value)
        if is_number(value) and (exact is None or type_.scale % exact[1]):
            raise _wrong(f"`{path}` takes whole units of {type_}, and was given", value)
    return value


def _wrong(what: str, value: object) -> InputError:
    return InputError(f"{what} {describe(value)}.", "Give it as the plain run does.", "out", value)


# --- numbers


def whole(name: str, value: object, least: int, most: int | None = None) -> int:
    """A number that a test gives, from `least` on; raises AssertionError for anything else.

    most  that it may be; None for any
    """
    __tracebackhide__ = True
    number = whole_number(value)
    if number is None or number < least or (most is not None and number > most):
        reach = f"from {least}" if most is None else f"from {least} to {most}"
        raise AssertionError(
            f"`{name}` is a whole number {reach}, and the test gives {shown(value)}."
        )
    return number
