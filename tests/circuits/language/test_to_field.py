"""Field(x): a bounded value or a constant whose arithmetic wraps around r."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from zkpipe.accel.bn254 import R
from zkpipe.circuits import (
    Array,
    Bool,
    CompileError,
    Field,
    Fixed,
    Int,
    Private,
    Public,
    UInt,
    check,
    circuit,
    component,
    hint,
    narrow,
    select,
)

POINT = 2**253 + 5
SMALLER = 2**252 + 5


@dataclass(frozen=True)
class Coordinates:
    x: Field  # type: ignore[valid-type]
    y: Field  # type: ignore[valid-type]


@component
def tripled(x: UInt[253]) -> Field:  # type: ignore[valid-type]
    return Field(x) + Field(x) + Field(x)


@component
def scaled(k: Bool) -> Field:  # type: ignore[valid-type]
    return Field(POINT) * k + Field(POINT) * k


WAYS: dict[str, tuple[Callable[[Any], Any], Callable[[int], int]]] = {
    "a signal": (lambda k: Field(select(k, POINT, 1)) * 4, lambda k: (POINT if k else 1) * 4),
    "a constant": (lambda k: Field(POINT) * k + Field(POINT) * k, lambda k: 2 * POINT * k),
    "a negative": (lambda k: Field(-3) * k, lambda k: -3 * k),
    "narrow": (
        lambda k: narrow(select(k, POINT, 1), Field) ** 2,
        lambda k: (POINT if k else 1) ** 2,
    ),
    "narrow a constant": (lambda k: narrow(POINT, Field) * k * 3, lambda k: POINT * k * 3),
    "a list": (lambda k: sum(Field([POINT, k, -1])), lambda k: POINT + k - 1),
    "a typed list": (
        lambda k: sum(narrow([POINT, k], Array[Field, 2])) * POINT,
        lambda k: (POINT + k) * POINT,
    ),
    "a record": (
        lambda k: narrow(Coordinates(POINT, k), Coordinates).x * 4 + k,
        lambda k: POINT * 4 + k,
    ),
    "fields of a record": (
        lambda k: Field(Coordinates(POINT, k)).x * POINT + k,
        lambda k: POINT**2 + k,
    ),
    "a component": (lambda k: tripled(select(k, SMALLER, 1)), lambda k: 3 * (SMALLER if k else 1)),
    "a component on constants": (lambda k: Field(tripled(SMALLER)) + k, lambda k: 3 * SMALLER + k),
    "in a component": (lambda k: scaled(k), lambda k: 2 * POINT * k),
    "a comparison": (lambda k: Field(k == 1) * POINT * 4, lambda k: k * POINT * 4),
    "twice": (lambda k: Field(Field(POINT)) * 4 + k, lambda k: POINT * 4 + k),
    "units": (lambda k: Field(k * POINT) * POINT, lambda k: k * POINT * POINT),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_field_made_of_what_has_bounds_wraps_around(way: str) -> None:
    made, expected = WAYS[way]

    def body(k: Private[Bool]) -> Public[Field]:  # type: ignore[valid-type]
        return made(k)

    compiled = circuit(body)  # type: ignore[arg-type]  # a plain function
    system = compiled.compile()
    for k in (0, 1):
        assert compiled(k) == expected(k) % R
        assert system.solve(k=k).public == [expected(k) % R]


def test_a_negative_integer_becomes_its_residue() -> None:
    @circuit
    def body(x: Private[Int[8]]) -> Public[Field]:  # type: ignore[valid-type]
        return Field(x) * POINT

    assert body(-3) == -3 * POINT % R
    assert body.compile().solve(x=-3).public == [-3 * POINT % R]


def test_a_field_costs_no_row_and_loses_no_check() -> None:
    @circuit
    def made(x: Private[UInt[8]]) -> Public[Field]:  # type: ignore[valid-type]
        return Field(x)

    @circuit
    def taken(x: Private[UInt[8]]) -> Public[Field]:  # type: ignore[valid-type]
        return x

    @circuit
    def unused(x: Private[UInt[8]]) -> None:  # type: ignore[valid-type]
        Field(x < 5)

    assert made.compile().constraint_count == taken.compile().constraint_count
    with pytest.raises(CompileError, match=r"`x < 5` is used by nothing"):
        unused.compile()


def test_a_field_of_an_integer_has_no_order() -> None:
    @circuit
    def body(x: Private[UInt[8]]) -> None:  # type: ignore[valid-type]
        check(Field(x) < 5)

    with pytest.raises(CompileError, match="no order"):
        body.trace()


def test_outside_of_a_circuit_it_is_the_residue() -> None:
    assert Field(-1) == R - 1
    assert narrow(-1, Field) == R - 1
    assert Field([5, (True, -2)]) == [5, (1, R - 2)]


def test_a_hint_computes_with_plain_residues() -> None:
    @circuit
    def body(x: Private[Field]) -> Public[Field]:  # type: ignore[valid-type]
        y = hint(lambda v: Field(-v % R), x, returns=Field)
        check(y == -x)
        return y

    assert body.compile().solve(x=5).public == [R - 5]


@pytest.mark.parametrize("value", [R, -R, 2**300, 1.5, "1", None, {1: 2}])
def test_what_no_field_holds_is_refused(value: object) -> None:
    with pytest.raises(CompileError, match="makes a Field of"):
        Field(value)


def test_a_fixed_becomes_a_field_by_its_units() -> None:
    @circuit
    def whole(x: Private[Fixed[32, 16]]) -> None:  # type: ignore[valid-type]
        check(Field(x) == 3)

    @circuit
    def units(x: Private[Fixed[32, 16]]) -> Public[Field]:  # type: ignore[valid-type]
        return Field(x.units) * POINT

    with pytest.raises(CompileError, match=r"Field\(x.units\)"):
        whole.trace()
    assert units.compile().solve(x=-0.5).public == [-(2**15) * POINT % R]


def test_what_passes_the_fields_size_is_told_to_become_a_field() -> None:
    @circuit
    def body(x: Private[UInt[128]], y: Private[UInt[128]]) -> Public[Field]:  # type: ignore[valid-type]
        return x * y

    with pytest.raises(CompileError, match=r"Field\(x\)"):
        body.trace()
