"""Frozen objects that are made again: what is set or deleted on them."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass

import pytest

from zkpipe.circuits import ConstraintSystem, Private, Public, UInt, circuit
from zkpipe.ground.remade import Remade


@circuit
def doubled(x: Private[UInt[8]]) -> Public[UInt[9]]:
    return 2 * x


@dataclass(frozen=True, slots=True)
class Point(Remade):
    x: int


@dataclass(frozen=True, slots=True)
class Named(Point):
    label: str


@pytest.mark.parametrize("name", ["x", "label", "foo", "__class__"])
@pytest.mark.parametrize("made", [Point(1), Named(1, "a")], ids=["base", "derived"])
def test_what_is_set_or_deleted_on_a_frozen_object_is_refused_in_words(
    made: Point, name: str
) -> None:
    kind = type(made).__name__
    with pytest.raises(FrozenInstanceError, match=f"`{name}` cannot be set: a {kind} does not"):
        setattr(made, name, 2)
    with pytest.raises(FrozenInstanceError, match=f"`{name}` cannot be deleted: a {kind} does"):
        delattr(made, name)


def test_an_unknown_attribute_set_on_a_system_is_no_fault_of_super() -> None:
    system = doubled.compile()
    assert isinstance(system, ConstraintSystem)
    with pytest.raises(AttributeError, match="`foo` cannot be set: a ConstraintSystem"):
        system.foo = 1  # type: ignore[attr-defined]  # what the test is about
    with pytest.raises(AttributeError, match="`foo` cannot be deleted"):
        del system.foo  # type: ignore[attr-defined]  # what the test is about
