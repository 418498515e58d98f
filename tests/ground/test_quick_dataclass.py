"""Quick dataclasses beside Python's own, which is the oracle."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, asdict, field, fields, replace
from typing import Any, ClassVar

import pytest

from zkpipe.ground import quick_dataclass

Make = Callable[..., Callable[[type[Any]], type[Any]]]
OPTIONS = [
    {"frozen": frozen, "slots": slots, "eq": eq, "repr": shown}
    for frozen in (True, False)
    for slots in (True, False)
    for eq in (True, False)
    for shown in (True, False)
]


def classes(make: Make, options: dict[str, bool]) -> tuple[type[Any], type[Any]]:
    """A class of every kind of field that ours have, and one derived from it."""

    @make(**options)
    class Kept:
        """Kept."""

        wide: int
        high: list[int]
        name: str = field(default="a", compare=False)
        found: dict[str, int] = field(default_factory=dict, hash=False)
        told: int = field(default=3, kw_only=True, repr=False)
        seen: object = field(default_factory=tuple, init=False)
        SHARED: ClassVar[int] = 5

        def __post_init__(self) -> None:
            if self.wide < 0:
                raise ValueError("below 0")

        def area(self) -> int:
            return self.wide * self.SHARED

    @make(**options)
    class Derived(Kept):
        """Derived."""

        more: tuple[int, ...] = ()
        name: str = "b"

    return Kept, Derived


def pairs(options: dict[str, bool]) -> list[tuple[type[Any], type[Any]]]:
    ours = classes(quick_dataclass.dataclass, options)
    theirs = classes(dataclasses.dataclass, options)
    return list(zip(ours, theirs, strict=True))


def outcome(work: Callable[[Any], object], of: object) -> object:
    """What comes out: a value, or the class of what is raised."""
    try:
        return work(of)
    except Exception as error:  # noqa: BLE001 - compared
        return type(error)


CALLS: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    ((1, [2]), {}),
    ((1, [2], "n"), {"told": 4}),
    ((1,), {"high": [], "found": {"a": 1}}),
    ((), {"wide": 1, "high": 2}),
    ((), {}),
    ((1,), {}),
    ((1, 2, 3, 4, 5, 6, 7), {}),
    ((1, 2), {"wide": 1}),
    ((1, 2), {"unknown": 1}),
    ((1, 2), {"seen": []}),
    ((-1, 2), {}),
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_objects_are_made_compared_and_shown_as_those_of_a_plain_dataclass(
    options: dict[str, bool],
) -> None:
    for ours, theirs in pairs(options):
        for args, words in CALLS:

            def made(kind: type[Any], args: Any = args, words: Any = words) -> object:
                one = kind(*args, **words)
                again = kind(*args, **words)
                other = kind(*args, **{**words, "told": 77})
                named = replace(one, name="other")
                return (
                    asdict(one),
                    repr(one) if options["repr"] else type(one).__repr__ is object.__repr__,
                    (one == again, one == other, one == named, one == 1, one != again),
                    one.area(),
                    named.name,
                    one.found is not again.found,
                )

            assert outcome(made, ours) == outcome(made, theirs)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_a_class_tells_of_itself_what_a_plain_dataclass_does(options: dict[str, bool]) -> None:
    for ours, theirs in pairs(options):
        assert ours.__match_args__ == theirs.__match_args__
        assert getattr(ours, "__slots__", None) == getattr(theirs, "__slots__", None)
        assert str(inspect.signature(ours)) == str(inspect.signature(theirs))
        for name in ("init", "eq", "repr"):
            told = (getattr(kind.__dataclass_params__, name) for kind in (ours, theirs))
            assert len(set(told)) == 1
        for mine, plain in zip(fields(ours), fields(theirs), strict=True):
            for name in ("name", "type", "default", "init", "repr", "compare", "kw_only"):
                assert getattr(mine, name) == getattr(plain, name)
        with pytest.raises(TypeError, match=rf"{ours.__name__}.__init__\(\) missing 2 required"):
            ours()


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_hashes_are_there_where_a_plain_dataclass_has_them(options: dict[str, bool]) -> None:
    for ours, theirs in pairs(options):
        hashed = [
            [outcome(hash, one) for one in (kind(1, ()), kind(1, (), "x"), kind(2, ()))]
            for kind in (ours, theirs)
        ]
        if options["eq"]:
            assert hashed[0] == hashed[1]
            assert (hashed[0][0] != hashed[0][2]) == options["frozen"]
        else:
            assert all(isinstance(one, int) for one in hashed[0] + hashed[1])


@pytest.mark.parametrize("options", [one for one in OPTIONS if one["frozen"]], ids=str)
def test_no_field_of_a_frozen_object_changes(options: dict[str, bool]) -> None:
    for ours, _ in pairs(options):
        made = ours(1, [2])
        for name in ("wide", "told", "seen", "other"):
            said = f"`{name}` cannot be set: a {ours.__name__} does not change"
            with pytest.raises(FrozenInstanceError, match=said):
                setattr(made, name, 5)
            with pytest.raises(FrozenInstanceError, match=f"`{name}` cannot be deleted"):
                delattr(made, name)
        assert made == made
        assert made.wide == 1


@quick_dataclass.dataclass(frozen=True, slots=True)
class Point:
    """Importable, so that it can be sent."""

    x: int
    y: list[int]


@quick_dataclass.dataclass(frozen=True)
class Plain:
    x: int
    y: list[int]


@pytest.mark.parametrize("kind", [Point, Plain])
def test_copies_and_what_was_sent_are_equal(kind: type[Any]) -> None:
    made = kind(1, [2])
    for other in (pickle.loads(pickle.dumps(made)), copy.deepcopy(made), copy.copy(made)):  # noqa: S301 # our own
        assert other == made
        assert type(other) is kind
        assert other is not made
    assert copy.deepcopy(made).y is not made.y


def unset(make: Make, options: dict[str, bool]) -> object:
    """A field that only the class gives a value, and names that the text of __init__ may use."""

    @make(**options)
    class Names:
        self: int
        set: int = 1
        FACTORY: int = 2
        new_made: int = 3
        _made: int = 4
        made: list[int] = field(default_factory=list)
        seen: int = field(default=5, init=False)

    return repr(Names(7)), repr(Names(7, 8, 9, 10)), str(inspect.signature(Names))


def own_methods(make: Make, options: dict[str, bool]) -> object:
    """A class that has written what a dataclass has."""

    @make(**options)
    class Own:
        x: int

        def __init__(self) -> None:
            object.__setattr__(self, "x", 4)

        def __getstate__(self) -> list[int]:
            return [77]

        __hash__ = None  # type: ignore[assignment]

    @make(**options)
    class Compared(Own):
        def __eq__(self, other: object) -> bool:
            return True

    made = Own().x, Own().__getstate__(), Compared(1) == 3
    return *made, outcome(hash, Own()), outcome(hash, Compared(1))


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("of", [unset, own_methods])
def test_odd_names_and_methods_of_a_class_itself_are_as_in_a_plain_dataclass(
    of: Callable[..., object], options: dict[str, bool]
) -> None:
    shown = {**options, "repr": True}
    assert of(quick_dataclass.dataclass, shown) == of(dataclasses.dataclass, shown)


def test_methods_of_a_class_itself_stay() -> None:
    @quick_dataclass.dataclass(frozen=True, slots=True)
    class Own:
        """Own."""

        x: int

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return 7

        def __repr__(self) -> str:
            return "own"

    assert Own(1) == Own(2) == 3
    assert hash(Own(1)) == 7
    assert repr(Own(1)) == "own"


def test_an_object_that_holds_itself_is_shown() -> None:
    made = Point(1, [])
    made.y.append(made)  # type: ignore[arg-type] # what the test is about
    assert repr(made) == "Point(x=1, y=[...])"


def test_making_a_class_takes_a_fraction_of_a_plain_dataclass() -> None:
    """By the functions that are compiled: one, where Python's own compiles five or more."""
    compiled = []
    for make in (quick_dataclass.dataclass, dataclasses.dataclass):
        kind = classes(make, {"frozen": True, "slots": True, "eq": True, "repr": True})[0]
        of_text = [f for f in vars(kind).values() if inspect.isfunction(f)]
        compiled.append(sum(f.__code__.co_filename == "<string>" for f in of_text))
    assert compiled[0] == 1 < compiled[1]


@pytest.mark.parametrize("frozen", [True, False])
def test_fields_that_are_named_as_nothing_else_is_do_not_get_mixed_up(frozen: bool) -> None:
    """`__init__` is made of another class's, by putting names in the place of its own."""
    for number in range(3):

        @quick_dataclass.dataclass(frozen=frozen)
        class Odd:
            """Odd."""

            _1: int
            _0: int
            _set: int = 5
            kind: str = "_0"

            def __post_init__(self) -> None:
                object.__setattr__(self, "seen", (self._1, self._0, self._set, self.kind))

        assert vars(Odd(number, 2))["seen"] == (number, 2, 5, "_0")
        assert vars(Odd(_0=1, _1=number, _set=3))["seen"] == (number, 1, 3, "_0")


def test_a_field_without_a_default_behind_one_with_is_refused() -> None:
    with pytest.raises((SyntaxError, TypeError), match="default"):

        @quick_dataclass.dataclass(frozen=True)
        class Wrong:
            """Wrong."""

            x: int = 1
            y: int
