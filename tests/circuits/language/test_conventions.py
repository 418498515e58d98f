"""Calls and types written in other ways than the language's: a sentence, and no raw error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Optional, Union

import numpy as np
import pytest

from zkpipe.circuits import (
    Array,
    Bool,
    CompileError,
    ConstraintSystem,
    Field,
    Fixed,
    InputError,
    Private,
    Public,
    Rounded,
    UInt,
    UnsatisfiedError,
    check,
    circuit,
    component,
    hint,
    narrow,
    select,
)
from zkpipe.circuits.language.values import inputs

TYPES: list[tuple[Callable[[], object], str]] = [
    (lambda: UInt(8), "Write UInt[8]."),
    (lambda: Fixed(32, 16), "Write Fixed[32, 16]."),
    (lambda: Array(UInt[8], 3), "Write Array[UInt[8], 3]."),
    (lambda: Private(Field), "Write Private[Field]."),
    (lambda: Public(UInt[8]), "Write Public[UInt[8]]."),
    (lambda: Rounded("x"), "Write Rounded[...]."),
    (lambda: UInt[8](3), "Write narrow(x, UInt[8])"),  # type: ignore[operator]  # no class
    (lambda: Bool(1), "Write narrow(x, Bool)"),
    (lambda: Array[3, UInt[8]], "Write the type first"),
    (lambda: Array[UInt[8]], "Array[Field, 4]"),
    (lambda: UInt[8.0], "UInt[32]"),
    (lambda: Private[list[int]], "Array[T, n]"),
    (lambda: Private[str], "Array[UInt[8], n]"),
    (lambda: Private[np.ndarray], "Array[T, n]"),
    (lambda: Private[dict], "a dataclass"),
    (lambda: Private[Optional[int]], "one type"),  # noqa: UP045  # as people write it
    (lambda: Private[Union[int, str]], "one type"),  # noqa: UP007  # as people write it
    (lambda: circuit(), "Write @circuit or @component alone"),
    (lambda: circuit(name="x"), "Write @circuit or @component alone"),
    (lambda: component(inline=True), "Write @circuit or @component alone"),
]


@pytest.mark.parametrize(("make", "fix"), TYPES)
def test_a_type_or_decorator_written_otherwise_is_refused_in_a_sentence(
    make: Callable[[], object], fix: str
) -> None:
    with pytest.raises(CompileError) as caught:
        make()
    assert fix in caught.value.fix
    assert caught.value.source is not None
    assert caught.value.source.file == "test_conventions.py"


@pytest.fixture(scope="module")
def system() -> ConstraintSystem:
    @circuit
    def body(
        x: Private[Field],  # type: ignore[valid-type]
        flag: Private[Bool],  # type: ignore[valid-type]
        small: Private[UInt[8]],  # type: ignore[valid-type]
        wide: Private[UInt[253]],  # type: ignore[valid-type]
        number: Private[Fixed[16, 8]],  # type: ignore[valid-type]
        values: Private[Array[UInt[8], 2]],  # type: ignore[valid-type]
    ) -> None:
        check(x + flag + small + wide + sum(values) == 3)
        check(number < 3)

    return body.trace()


def test_inputs_without_names_are_told_to_have_them(system: ConstraintSystem) -> None:
    with pytest.raises(InputError, match=r"solve\(x=\.\.\., flag=\.\.\."):
        system.solve(1, True)
    with pytest.raises(InputError, match=r"solve\(\*\*inputs\)"):
        system.solve({"x": 1})


INPUTS: list[tuple[str, object, str]] = [
    ("x", 2**254, "residue"),
    ("x", -(2**254), "residue"),
    ("flag", 2, "declare a UInt[n]"),
    ("flag", "true", "without quotes"),
    ("small", 256, "declare a wider type"),
    ("small", -1, "declare an Int[n]"),
    ("wide", 2**253, "no integer type is wider"),
    ("number", "3.250,75", "digits and a point"),
    ("number", "1.5e-1", "without a comma, an exponent"),
    ("number", "1_000.5", "digits and a point"),
    ("number", float("nan"), "finite"),
    ("values", "1,2", "Give a list."),
    ("values", "7", "Give a list."),
]


@pytest.mark.parametrize(("name", "value", "fix"), INPUTS)
def test_an_input_that_does_not_fit_is_told_what_would(
    system: ConstraintSystem, name: str, value: object, fix: str
) -> None:
    given = {"x": 1, "flag": 1, "small": 1, "wide": 0, "number": 0, "values": [0, 0], name: value}
    assert system.program is not None
    with pytest.raises(InputError) as caught:
        system.solve(**inputs.from_json(system.program.parameters, given))
    assert fix in caught.value.fix
    assert value == "true" or str(value) not in str(caught.value)  # which the advice has too


@dataclass
class Pair:
    x: UInt[8]  # type: ignore[valid-type]


Earlier = Pair


@component
def taken(pair: Earlier) -> UInt[8]:  # type: ignore[valid-type]
    return pair.x


@component
def given(x: UInt[8]) -> Earlier:  # type: ignore[valid-type]
    return Pair(x)


@dataclass
class Pair:  # type: ignore[no-redef]  # as a cell of a notebook that runs again
    x: UInt[8]  # type: ignore[valid-type]


ANEW: list[Callable[[Any], Any]] = [
    lambda x: taken(Pair(x)),
    lambda x: given(x).x,
    lambda x: narrow(Pair(x), Earlier).x,
    lambda x: select(x > 3, Earlier(x), Pair(x)).x,
]


@pytest.mark.parametrize("use", ANEW)
def test_a_record_defined_again_is_told_so(use: Callable[[Any], Any]) -> None:
    def body(x: Private[UInt[8]]) -> Public[UInt[8]]:  # type: ignore[valid-type]
        return use(x)

    with pytest.raises(CompileError, match="Run the definitions of the circuit"):
        circuit(body).trace()  # type: ignore[arg-type]  # a plain function


def test_a_record_defined_again_is_told_so_at_the_inputs_outputs_and_hints() -> None:
    @circuit
    def input_(pair: Private[Earlier]) -> None:
        check(pair.x == 3)

    @circuit
    def output(x: Private[UInt[8]]) -> Public[Earlier]:  # type: ignore[valid-type]
        return Pair(x)

    @circuit
    def hinted(x: Private[UInt[8]]) -> None:  # type: ignore[valid-type]
        check(hint(Pair, x, returns=Earlier).x == x)

    with pytest.raises(InputError, match=r"\(defined again\)"):
        input_(Pair(3))
    with pytest.raises(CompileError, match=r"\(defined again\)"):
        output.trace()
    with pytest.raises(UnsatisfiedError, match=r"\(defined again\)"):
        hinted.compile().solve(x=3)


DIVISIONS: list[tuple[Callable[[Any, Any], Any], str]] = [
    (lambda x, y: select(y != 0, x // y, 0), "select(y != 0, y, 1)"),
    (lambda x, y: x % (y * 2), "select(y * 2 != 0, y * 2, 1)"),
    (lambda x, y: divmod(x, y)[0], "select(y != 0, y, 1)"),
]


@pytest.mark.parametrize(("divide", "fix"), DIVISIONS)
def test_a_guarded_division_by_zero_says_how_to_guard_it(
    divide: Callable[[Any, Any], Any], fix: str
) -> None:
    def body(x: Private[UInt[8]], y: Private[UInt[8]]) -> Public[UInt[9]]:  # type: ignore[valid-type]
        return divide(x, y)

    made = circuit(body)  # type: ignore[arg-type]  # a plain function
    for run in (made, made.compile().solve):
        with pytest.raises(UnsatisfiedError) as caught:
            run(x=3, y=0)
        assert fix in caught.value.fix


def test_the_guard_that_is_advised_serves() -> None:
    @circuit
    def body(x: Private[UInt[8]], y: Private[UInt[8]]) -> Public[UInt[8]]:  # type: ignore[valid-type]
        return select(y != 0, x // select(y != 0, y, 1), 0)

    system = body.compile()
    assert [system.solve(x=9, y=y).public for y in (0, 2)] == [[0], [4]]
