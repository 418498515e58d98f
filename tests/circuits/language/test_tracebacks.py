"""What a traceback shows: the user's lines, and ours only to those who ask."""

from __future__ import annotations

import statistics
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from zkpipe import circuits
from zkpipe.circuits import (
    Field,
    Private,
    Public,
    UInt,
    UnsatisfiedError,
    check,
    circuit,
    component,
    hint,
)

pytestmark = pytest.mark.filterwarnings("ignore::zkpipe.circuits.CircuitWarning")
OURS = str(circuits.__path__[0])


def helper(x: Any) -> Any:
    if x > 3:
        return x
    return 0


@component
def branching(x: UInt[8]) -> UInt[8]:  # type: ignore[valid-type]
    return helper(x)


@circuit
def wrong(x: Private[UInt[8]]) -> Public[UInt[8]]:  # type: ignore[valid-type]
    return helper(x)


@circuit
def within(x: Private[UInt[8]]) -> Public[UInt[8]]:  # type: ignore[valid-type]
    return branching(x)


@circuit
def swallowing(x: Private[UInt[8]]) -> None:  # type: ignore[valid-type]
    with suppress(Exception):
        check(helper(x) == 1)


@circuit
def failing(x: Private[UInt[8]]) -> Public[UInt[8]]:  # type: ignore[valid-type]
    check(x > 3, "too small")
    return hint(lambda v: 1 // (v - 5), x, returns=UInt[8], waive="a test")


@circuit
def foreign(x: Private[UInt[8]]) -> None:  # type: ignore[valid-type]
    [x][int("1")]


@circuit
def library(x: Private[UInt[8]]) -> None:  # type: ignore[valid-type]
    statistics.median([x, x])


def text_of(run: Callable[[], object]) -> str:
    with pytest.raises(Exception) as caught:  # noqa: PT011  # of any class
        run()
    return "".join(traceback.format_exception(caught.value))


RUNS: dict[str, Callable[[], object]] = {
    "compile": lambda: wrong.compile(),
    "trace": lambda: wrong.trace(),
    "plain run": lambda: wrong(x=3),
    "component": lambda: within.compile(),
    "swallowed": lambda: swallowing.compile(),
    "input": lambda: failing(x=-1),
    "unsatisfied": lambda: failing(x=1),
    "solve": lambda: failing.compile().solve(x=1),
    "hint": lambda: failing.compile().solve(x=5),
    "name": lambda: failing.compile().solve(y=5),
    "foreign": lambda: foreign.compile(),
    "library": lambda: library.compile(),
    "decorator": lambda: circuit(helper),  # type: ignore[arg-type]  # a plain function
    "type": lambda: Private[Private[Field]],
    "width": lambda: UInt[300],
}


@pytest.mark.parametrize("name", RUNS)
def test_no_frame_of_ours_is_shown(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZKPIPE_TRACEBACK", raising=False)
    text = text_of(RUNS[name])
    assert OURS not in text
    assert __file__ in text


@pytest.mark.parametrize("name", RUNS)
def test_every_frame_is_shown_to_those_who_ask(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZKPIPE_TRACEBACK", "full")
    assert OURS in text_of(RUNS[name])


def test_a_fault_of_our_own_keeps_its_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZKPIPE_TRACEBACK", raising=False)

    # As if ours had raised it: the innermost frame is of the package.
    namespace: dict[str, Any] = {}
    exec(compile("def inner(*_): [][1]", OURS + "/language/made_up.py", "exec"), namespace)  # noqa: S102
    monkeypatch.setattr("zkpipe.circuits.define.circuit.require_determined", namespace["inner"])

    @circuit
    def fine(x: Private[UInt[8]]) -> Public[UInt[8]]:  # type: ignore[valid-type]
        return x

    assert "made_up.py" in text_of(fine.compile)


def test_the_line_of_a_hints_function_is_told() -> None:
    with pytest.raises(UnsatisfiedError) as caught:
        inner_line.compile().solve(x=3)
    assert any("return 1 // (v - v)" in line for line in caught.value.evidence)


def divided(v: int) -> int:
    return 1 // (v - v)


@circuit
def inner_line(x: Private[UInt[8]]) -> Public[UInt[8]]:  # type: ignore[valid-type]
    return hint(divided, x, returns=UInt[8], waive="a test")
