"""Frozen objects that are made again: what is set or deleted on them."""

from __future__ import annotations

import functools
from dataclasses import FrozenInstanceError, dataclass
from typing import Any

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


@dataclass(frozen=True)
class PlainPoint:
    x: int


class PlainOwn(PlainPoint):
    @functools.cached_property
    def double(self) -> int:
        return 2 * self.x


class Own(Point):
    @functools.cached_property
    def double(self) -> int:
        return 2 * self.x


class OwnNamed(Named):
    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, value)


@pytest.mark.parametrize("made", [PlainOwn(1), Own(1), OwnNamed(1, "a")])
def test_a_subclass_has_attributes_of_its_own_as_one_of_a_plain_dataclass(made: Any) -> None:
    made.other = 5
    assert made.other == 5
    del made.other
    assert not hasattr(made, "other")
    assert getattr(made, "double", 2) == 2
    with pytest.raises(FrozenInstanceError):
        made.x = 3
    with pytest.raises(FrozenInstanceError):
        del made.x
    assert made.x == 1
