"""Components deep in a nest: walked as seldom as shallow ones, and traced anew as surely."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

from zkpipe.circuits import CompileError, Field, Private, Public, circuit, component
from zkpipe.circuits.compile.template import Template
from zkpipe.circuits.define.circuit import Circuit
from zkpipe.circuits.language.surroundings.surroundings import Surroundings


def nest(depth: int, innermost: Callable[[Any], Any], times: int = 1) -> Any:
    """A component that calls one so many times that calls one ..., the last calls `innermost`."""
    made = innermost
    for _ in range(depth):
        made = _around(made, times)
    return made


def _around(inner: Any, times: int) -> Any:
    @component
    def level(x: Field) -> Field:
        for _ in range(times):
            x = inner(x)
        return x + 1

    return level


def of(body: Callable[[Any], Any]) -> Circuit:
    def run(x: Any) -> Any:
        return body(x)

    run.__annotations__ = {"x": Private[Field], "return": Public[Field]}
    return circuit(run)


def squared(x: Any) -> Any:
    return x * x


@pytest.mark.parametrize("depth", [30, 60])
def test_a_nest_is_walked_a_few_times_whatever_its_depth(
    depth: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    walks, walk = [], Surroundings._walk
    monkeypatch.setattr(Surroundings, "_walk", lambda self: walks.append(1) or walk(self))
    of(nest(depth, squared)).trace()
    assert len(walks) <= 12


def test_each_component_of_a_nest_is_traced_once(monkeypatch: pytest.MonkeyPatch) -> None:
    depth, made, original = 12, [], Template.of
    monkeypatch.setattr(Template, "of", lambda *of: made.append(1) or original(*of))
    system = of(nest(depth, squared, times=2)).trace()
    assert len(made) == depth
    assert system.constraint_count >= 2**depth  # the square, copied as often


@pytest.mark.parametrize("depth", [1, 4, 5, 7, 8, 9, 20])
def test_what_a_deep_component_sees_may_change_between_its_calls(depth: int) -> None:
    """The plain run computes anew each time, and is right."""
    factors = [1]

    def scaled(x: Any) -> Any:
        return x * x * factors[0]

    inner = nest(depth, scaled)

    def body(x: Any) -> Any:
        total = 0
        for factor in (2, 3, 2, 5):
            factors[0] = factor
            total = total + inner(x)
        return total

    made = of(body)
    assert made.trace().solve(x=3).public == [made(3)]


@pytest.mark.parametrize("depth", [3, 6, 12])
def test_a_deep_component_that_changes_what_it_sees_is_traced_each_time(depth: int) -> None:
    calls = [0]

    def counted(x: Any) -> Any:
        calls[0] += 1
        return x * x + calls[0]

    inner = nest(depth, counted)

    def body(x: Any) -> Any:
        calls[0] = 0
        return inner(x) + 10 * inner(x)

    made = of(body)
    assert made.trace().solve(x=3).public == [made(3)]


def test_a_nest_deeper_than_the_stack_is_refused_by_a_line_of_the_user(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    walks, walk = [], Surroundings._walk
    monkeypatch.setattr(Surroundings, "_walk", lambda self: walks.append(1) or walk(self))
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(1000)  # py_ecc, where it is loaded, makes it 100 times as deep
    try:
        with pytest.raises(CompileError, match="nests deeper") as refused:
            of(nest(400, squared)).trace()
    finally:
        sys.setrecursionlimit(limit)
    assert refused.value.source is not None
    assert refused.value.source.file == "test_nests.py"
    assert len(walks) <= 20
