"""What executes a circuit's body: the tracer, which writes constraints, or the plain run.

Signals hold a payload that only their engine understands: a linear combination or a pending fact
for the tracer, an integer for the plain run. The rules on types and bounds are the signals', so
both runs refuse the same programs with the same words.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol

from zkpipe.circuits.language.gates import Gate
from zkpipe.circuits.swallowed import apart, none_swallowed
from zkpipe.ground.errors import ZkpipeError


class Operand(Protocol):
    """A value as an engine reads it: a Signal (circuits.language.values.signal).

    payload  the engine's own
    low      least integer it can be; None for a Field
    high     largest integer it can be; None for a Field
    """

    payload: Any
    low: int | None
    high: int | None

    @property
    def interval(self) -> tuple[int, int]:
        """The bounds of an integer; 0 to r - 1 for a Field."""

    @property
    def is_flag(self) -> bool:
        """Whether it is proven to be 0 or 1."""


class Interval(Protocol):
    """A type of integers from low to high, both included."""

    @property
    def name(self) -> str:
        """As its author writes it."""

    @property
    def low(self) -> int:
        """The least."""

    @property
    def high(self) -> int:
        """The largest."""


Index = tuple[Operand, int, int]  # an index, its least value, and how many values it may have


class Engine(Protocol):
    """Operations on payloads. `wraps` says that the result is a Field.

    refusals      of the body that runs, until it ends (circuits.swallowed); None when none runs
    streams       sys.stdout and sys.stderr as they were when the outermost body began
    knows_values  whether values are known: in a plain run
    """

    refusals: list[ZkpipeError] | None
    streams: tuple[object, ...]
    knows_values: bool

    def constant(self, value: int) -> Any:
        """A known integer."""

    def add(self, x: Any, y: Any, wraps: bool) -> Any:
        """x + y."""

    def subtract(self, x: Any, y: Any, wraps: bool) -> Any:
        """x - y."""

    def linear_combination(self, weights: Sequence[int], values: Sequence[Any]) -> Any:
        """The sum of weights[i] * values[i] mod r."""

    def wired(self, value: Any) -> Any:
        """The value on a wire of its own."""

    def wired_bit(self, flag: Any) -> Any:
        """A flag on a wire of its own, or the opposite of one, which rows say to be a bit."""

    def integer(self, x: Operand) -> int | None:
        """The integer that a value is, a Field's from 0 to r - 1; in a trace None, or a constant.

        A constant's is from 0 to r - 1 there, whatever its type.
        """

    def multiply(self, x: Operand, y: Operand, wraps: bool) -> Any:
        """x * y. A factor's payload may be replaced by an equal one that later uses cost less."""

    def equal(self, x: Operand, y: Operand) -> Any:
        """Whether x == y, 0 or 1."""

    def at_least(self, x: Operand, y: Operand) -> Any:
        """Whether x >= y as integers, 0 or 1."""

    def at_most(self, x: Operand, y: Operand) -> Any:
        """Whether x <= y as integers, 0 or 1."""

    def negation(self, flag: Any) -> Any:
        """1 - flag."""

    def conjunction(self, flags: Sequence[Any]) -> Any:
        """1 if all flags are 1, else 0."""

    def disjunction(self, flags: Sequence[Any]) -> Any:
        """1 if one flag or more are 1, else 0."""

    def difference(self, x: Any, y: Any) -> Any:
        """1 if the two flags differ, else 0."""

    def select(self, condition: Any, if_true: Any, if_false: Any, wraps: bool) -> Any:
        """One of two values, by a flag."""

    def member(self, x: Operand, values: Sequence[Operand]) -> Any:
        """Whether x equals one of the values, of which there is one or more; 0 or 1."""

    def lookup(
        self, indices: Sequence[Index], columns: Sequence[Sequence[Operand | None]]
    ) -> list[Any]:
        """The entry of each column at the indices; proves that each is in its range.

        A column has 2^k entries for an index with 2^(k - 1) < size <= 2^k places, None at those
        that it does not have; of several indices the last goes through neighbouring entries.
        """

    def narrow(self, x: Operand, type_: Interval, what: str) -> Any:
        """x, proven to lie in the type; `what` names it when it does not."""

    def divide(self, dividend: Operand, divisor: Operand) -> tuple[Any, Any]:
        """Floored quotient and remainder by a divisor whose bounds are not below zero."""

    def ratio(self, x: Operand, y: Operand) -> Any:
        """x / y in the field, by one row; nothing keeps y from 0, where any value may pass."""

    def bits(self, x: Operand, count: int) -> list[Any]:
        """The lowest bit first; proves that x is from 0 to 2^count - 1."""

    def sum_bits(
        self, weights: Sequence[int], flags: Sequence[Any], constant: int, count: int
    ) -> list[Any]:
        """The `count` lowest bits of a weighted sum of flags and a constant, the lowest first.

        The sum has less than 253 bits and a sign.
        """

    def gate(self, function: Gate, flags: Sequence[Any]) -> Any:
        """A gate's value at three flags, 0 or 1."""

    def number(self, flags: Sequence[Any]) -> Any:
        """The number of flags, lowest first, of at most 253; they are its bits from then on."""

    def shifted(self, x: Operand, count: int) -> Any:
        """x * 2^count of an integer; what is known of its bits stays known."""

    def bitwise(self, operation: str, x: Operand, y: Operand) -> Any:
        """x & y, x | y or x ^ y of integers as Python has them; of 252 bits and a sign."""

    def require(self, flag: Operand, message: str | None) -> None:
        """Constrain a flag to be 1."""

    def stated(self, condition: Any) -> Any:
        """A comparison, or a combination of such, that the text makes: something must use it."""

    def use(self, value: Any) -> None:
        """Take what a value was computed from as used, though nothing depends on it here."""

    def constant_check(self) -> None:
        """Note a check of what Python knew to be true."""

    def hint(self, call: Any, arguments: list[Any]) -> list[Any]:
        """Values that nothing constrains yet, one for each scalar of the types of a HintCall."""


current_engine: ContextVar[Engine | None] = ContextVar("current_engine", default=None)


@contextmanager
def running(engine: Engine) -> Iterator[None]:
    """Let the engine be the current one of this thread or task while a body runs.

    Raises the first refusal of the body at its end, if the body has caught it.
    """
    outer, token = current_engine.get(), current_engine.set(engine)
    engine.streams = (sys.stdout, sys.stderr) if outer is None else outer.streams
    try:
        with none_swallowed() as engine.refusals:
            yield
    finally:
        engine.refusals, engine.streams = None, ()
        current_engine.reset(token)


def keep_for(engine: Engine, error: ZkpipeError) -> None:
    """Keep a refusal for the body that an engine runs, though made in another thread or task."""
    if engine.refusals is not None and error not in engine.refusals:
        engine.refusals.append(error)


@contextmanager
def outside() -> Iterator[None]:
    """Let no engine be the current one: for what is no part of the body that runs."""
    token = current_engine.set(None)
    try:
        with apart():
            yield
    finally:
        current_engine.reset(token)
