"""A circuit that traces differently each time is warned of; one that does not is traced once."""

from __future__ import annotations

import itertools
import random
import secrets
import sys
import time
import uuid
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zkpipe.circuits import Array, Field, Private, Public, UInt, circuit, component, hint
from zkpipe.circuits.define import retrace
from zkpipe.circuits.define.circuit import Circuit
from zkpipe.circuits.errors import CircuitWarning
from zkpipe.circuits.gadgets import poseidon

Body = Callable[[Any], Any]


def around(body: Body) -> Circuit:
    @circuit
    def tried(x: Private[Field]) -> Public[Field]:
        return body(x)

    return tried


def told(tried: Circuit) -> list[str]:
    """What compile() warns of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        tried.compile()
    assert all(isinstance(w.message, CircuitWarning) for w in caught)
    return [str(w.message) for w in caught]


def counter() -> Body:
    numbers = itertools.count(3)
    return lambda x: x * (x + next(numbers))


def memory() -> Body:
    seen: list[int] = []

    def body(x: Any) -> Any:
        seen.append(1)
        for _ in seen:
            x = x * x
        return x

    return body


def attribute() -> Body:
    def body(x: Any) -> Any:
        body.calls += 1  # type: ignore[attr-defined]
        return x * (x + body.calls)  # type: ignore[attr-defined]

    body.calls = 0  # type: ignore[attr-defined]
    return body


def used_up() -> Body:
    constants = iter(range(1, 100))
    return lambda x: x * (x + next(constants))


def popped() -> Body:
    constants = [5, 4, 3, 2, 1]
    return lambda x: x * (x + constants.pop())


def in_a_component() -> Body:
    @component
    def noisy(a: Field) -> Field:
        return a * (a + secrets.randbits(60))

    return lambda x: noisy(x) * x


def grows() -> Body:
    seen: list[int] = []

    def body(x: Any) -> Any:
        seen.append(len(seen))
        return x * x if len(seen) > 1 else x + 1

    return body


GENERATOR = np.random.default_rng(1)
DIFFERS: dict[str, Callable[[], Body]] = {
    "a draw": lambda: lambda x: x * (x + random.randrange(2**60)),  # noqa: S311
    "a draw of the system's": lambda: lambda x: x * (x + secrets.randbits(60)),
    "a draw of numpy's": lambda: lambda x: x * (x + int(GENERATOR.integers(2**60))),
    "a shuffle": lambda: lambda x: sum(x * (x + k) * k for k in random.sample(range(10**6), k=10)),
    "a clock": lambda: lambda x: x * (x + time.time_ns()),
    "a name that is new each time": lambda: lambda x: x * (x + uuid.uuid4().int % 2**60),
    "a counter": counter,
    "an attribute": attribute,
    "a list that grows": memory,
    "a list that shrinks": popped,
    "an iterator": used_up,
    "a component": in_a_component,
    "a row that is not there at first": grows,
}


@pytest.mark.parametrize("make", DIFFERS.values(), ids=DIFFERS)
def test_rows_that_differ_are_told_with_their_line(make: Callable[[], Body]) -> None:
    (warning,) = told(around(make()))
    assert warning.startswith("tried traces differently each time: constraint ")
    assert Path(__file__).name in warning or make is grows


def test_the_first_row_that_differs_is_named() -> None:
    def body(x: Any) -> Any:
        same = x * x
        return same * (x + secrets.randbits(60))

    (warning,) = told(around(body))
    assert "constraint 1 is another" in warning
    assert "same * (x + secrets.randbits(60))" in warning


def test_a_second_trace_that_fails_is_told() -> None:
    tried: list[int] = []

    def body(x: Any) -> Any:
        if tried:
            raise ValueError("once only")
        tried.append(1)
        return x * x

    (warning,) = told(around(body))
    assert "a second trace raises ValueError" in warning


def test_a_second_trace_that_is_refused_is_told() -> None:
    numbers = iter([1, 2])
    (warning,) = told(around(lambda x: x * 3 if next(numbers) == 1 else int(x)))
    assert "a second trace raises CompileError" in warning


def test_lint_has_it_as_a_finding() -> None:
    from zkpipe.circuits.soundness.lint.lint import lint

    found = lint(around(counter()).trace())
    assert "unrepeatable" in [finding.kind for finding in found.findings]


def cached() -> Body:
    cubes: dict[int, int] = {}

    def cube(k: int) -> int:
        if k not in cubes:
            cubes[k] = k**3
        return cubes[k]

    return lambda x: x * (x + cube(5))


def counted() -> Body:
    calls: list[int] = []

    def body(x: Any) -> Any:
        calls.append(1)
        return x * x

    return body


def printing(x: Any) -> Any:
    print("tracing")  # noqa: T201
    print("and on", file=sys.stderr)  # noqa: T201
    return x * x


ALIKE: dict[str, Callable[[], Body]] = {
    "a hash": lambda: lambda x: poseidon([x, 3]),
    "what was computed before": cached,
    "a count that says nothing": counted,
    "a print": lambda: printing,
    "a draw with a seed": lambda: lambda x: x * (x + random.Random(7).randrange(2**60)),  # noqa: S311
    "a hint that draws": lambda: lambda x: x * hint(lambda v: v, x, returns=Field, waive="any"),
    "an iterator of its own": lambda: lambda x: x * (x + next(iter([3, 4]))),
}


@pytest.mark.parametrize("make", ALIKE.values(), ids=ALIKE)
def test_rows_that_are_the_same_are_not_told(
    make: Callable[[], Body], capsys: pytest.CaptureFixture[str]
) -> None:
    body = make()
    assert told(around(body)) == []
    printed = ("tracing\n", "and on\n") if body is printing else ("", "")
    assert capsys.readouterr() == printed


def test_a_body_that_sees_what_stays_is_traced_once(monkeypatch: pytest.MonkeyPatch) -> None:
    constants = [3, 4]

    @component
    def scaled(a: UInt[8]) -> UInt[16]:
        return a * constants[0]

    @circuit
    def sums(xs: Private[Array[UInt[8], 4]]) -> Public[Field]:
        return poseidon([sum(scaled(x) for x in xs), *constants])

    traces = []
    traced = Circuit._traced
    monkeypatch.setattr(Circuit, "_traced", lambda *a: traces.append(1) or traced(*a))
    sums.trace()
    assert len(traces) == 1
    around(counter()).trace()
    assert len(traces) == 3


def test_a_trace_that_takes_long_is_not_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retrace, "SECONDS", 0)
    assert told(around(counter())) == []
