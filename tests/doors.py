"""Every public function of a package, called with values of every wrong kind in every place.

A door is a function with arguments that it takes. In each place stands each value of the zoo in
turn, and the answer is one of three: an error of ours, in two sentences; Python's own TypeError for
a wrong number or name of arguments, which no value here causes; or a result, for the values that a
door says it takes. Anything else is a fault: an exception of another kind is a bug of ours, and a
result for a value that nobody listed is likely a wrong one.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from pathlib import Path

import pytest

from tests.zoo import ZOO
from zkpipe.ground import kinds
from zkpipe.ground.errors import ZkpipeError

ANYTHING = frozenset(ZOO)


@dataclass(frozen=True)
class Door:
    """A function and arguments that it takes.

    good   in their places
    named  by name
    takes  what else of the zoo each place takes, by its number or name
    skips  what is not tried: functions that a door calls, and whose errors are their own
    is_for_tests  whether it is a test's, whose mistakes are AssertionErrors
    """

    call: Callable[..., object]
    good: tuple[object, ...] = ()
    named: Mapping[str, object] = field(default_factory=dict)
    takes: Mapping[int | str, Iterable[str]] = field(default_factory=dict)
    skips: Mapping[int | str, Iterable[str]] = field(default_factory=dict)
    is_for_tests: bool = False

    def places(self) -> Iterator[tuple[int | str, Callable[[object], object]]]:
        """Each place, and the call with another value in it."""
        for i in range(len(self.good)):
            yield i, partial(self._call_at, i)
        for name in self.named:
            yield name, partial(self._call_with, name)

    def _call_at(self, i: int, value: object) -> object:
        return self.call(*self.good[:i], value, *self.good[i + 1 :], **self.named)

    def _call_with(self, name: str, value: object) -> object:
        return self.call(*self.good, **{**self.named, name: value})


def faults(door: Door) -> list[str]:
    """What comes out of a door that should not, with the place and the value that went in."""
    found = []
    for place, call in door.places():
        takes = frozenset(door.takes.get(place, ()))
        assert takes <= ANYTHING, takes - ANYTHING
        for name in sorted(ANYTHING - frozenset(door.skips.get(place, ()))):
            fault = _fault(
                call, ZOO[name](), is_taken=name in takes, is_for_tests=door.is_for_tests
            )
            if fault is not None:
                found.append(f"{place!r} = {name}: {fault}")
    return found


def all_faults(
    doors: Mapping[str, Door], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, list[str]]:
    """The faults of all doors that have any, each tried in a folder of its own.

    Of what has no end fewer entries are read than elsewhere, where they take a second at each door.
    """
    monkeypatch.setattr(kinds, "MOST", 1 << 12)
    found = {}
    for name, door in doors.items():
        place = folder / name  # a text may be the path of a file
        place.mkdir()
        monkeypatch.chdir(place)
        found[name] = faults(door)
    return {name: wrong for name, wrong in found.items() if wrong}


def _fault(
    call: Callable[[object], object], value: object, *, is_taken: bool, is_for_tests: bool
) -> str | None:
    try:
        result = call(value)
        if inspect.isgenerator(result):
            list(result)
    except ZkpipeError as error:
        return _unsaid(error)
    except AssertionError as error:  # of a function for tests, whose mistakes fail them
        return None if is_for_tests and str(error) else f"AssertionError: {str(error)[:120]}"
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is told
        return f"{type(error).__name__}: {str(error)[:120]}"
    return None if is_taken else f"is taken, and gives {type(result).__name__}"


def _unsaid(error: ZkpipeError) -> str | None:
    """What an error does not say in its two sentences."""
    for said in (error.problem, error.fix):
        if not said.strip() or said.strip()[-1] not in ".:?":
            return f"{type(error).__name__} says no sentence: {said!r}"
    if " object at 0x" in str(error):
        return f"{type(error).__name__} shows an address: {error.problem!r}"
    return None


# --- what there is


def public_callables(package: str) -> set[str]:
    """The functions of a package's __all__ and the public methods of its classes, by name.

    Errors and warnings are left out: they are made here, and by nobody else.
    """
    module = import_module(package)
    names = set()
    for name in module.__all__:
        value = getattr(module, name)
        if inspect.isclass(value) and issubclass(value, BaseException):
            continue
        if inspect.isclass(value):
            names.add(name)
            names |= {f"{name}.{method}" for method in _methods(value)}
        elif callable(value):
            names.add(name)
    return names


def _methods(class_: type) -> Iterator[str]:
    """Those that take arguments."""
    for base in class_.__mro__[:-1]:
        for name, value in vars(base).items():
            function = getattr(value, "__func__", value)
            if name.startswith("_") or not inspect.isfunction(function):
                continue
            if len(inspect.signature(function).parameters) > (type(value) is not staticmethod):
                yield name
