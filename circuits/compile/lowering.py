"""The engine that traces: what the language asks for, as rows.

A payload is a linear combination, or for a flag a fact that has no rows yet.
"""

from __future__ import annotations

from collections.abc import Sequence

from circuits.compile import bits, division, facts, tables, thresholds
from circuits.compile.combination import (
    ONE,
    Combination,
    add,
    constant,
    is_constant,
    negate,
    shift,
    subtract,
)
from circuits.compile.facts import Payload
from circuits.compile.record import Site
from circuits.compile.tracer import LONG, Tracer
from circuits.errors import CompileError
from circuits.language.engine import Index
from circuits.language.hints import HintCall
from circuits.language.signal import Signal
from circuits.language.signal import constant as constant_signal
from circuits.language.types import IntegerType


class TracingEngine(Tracer):
    """An Engine whose operations become rows."""

    def combination(self, payload: Payload) -> Combination:
        """The payload as a combination."""
        return payload if type(payload) is dict else facts.flag_value(self, payload)

    def constant(self, value: int) -> Combination:
        """A known integer."""
        return constant(value)

    def add(self, x: Payload, y: Payload, wraps: bool) -> Combination:
        """x + y."""
        out = add(self.combination(x), self.combination(y))
        return out if len(out) <= LONG else self.shortened(out)

    def subtract(self, x: Payload, y: Payload, wraps: bool) -> Combination:
        """x - y."""
        return self.add(x, negate(self.combination(y)), wraps)

    def multiply(self, x: Signal, y: Signal, wraps: bool) -> Combination:
        """x * y; the factors keep their short form, so that later uses are short too."""
        left, right = self.combination(x.value), self.combination(y.value)
        if is_constant(left) or is_constant(right):
            return self.product(left, right)
        x.value = left = self.factor(left)
        if y is not x:
            y.value = self.factor(right)
        return self.product(left, y.value)

    def equal(self, x: Signal, y: Signal) -> Payload:
        """Whether x == y."""
        left, right = self.combination(x.value), self.combination(y.value)
        if x.low is None or y.low is None or x.high is None or y.high is None:
            return facts.Equal(left, right, None)
        low, high = x.low - y.high, x.high - y.low
        if low > 0 or high < 0:
            return constant(0)
        return facts.Equal(left, right, (low, high))

    def at_least(self, x: Signal, y: Signal) -> Payload:
        """Whether x >= y as integers."""
        low, high = x.interval[0] - y.interval[1], x.interval[1] - y.interval[0]
        if low >= 0 or high < 0:
            return constant(1 if low >= 0 else 0)
        left, right = self.combination(x.value), self.combination(y.value)
        return facts.AtLeast(left, right, 0, low, high)

    def at_most(self, x: Signal, y: Signal) -> Payload:
        """Whether x <= y as integers."""
        fact = self.at_least(y, x)
        if isinstance(fact, facts.Fact):
            fact.sides = fact.sides[::-1]
        return fact

    def negation(self, flag: Payload) -> Payload:
        """1 - flag."""
        return facts.negation(flag)

    def conjunction(self, flags: Sequence[Payload]) -> Payload:
        """All of the flags."""
        return facts.All(flags)

    def disjunction(self, flags: Sequence[Payload]) -> Payload:
        """One of the flags or more."""
        return facts.negation(facts.All([facts.negation(flag) for flag in flags]))

    def difference(self, x: Payload, y: Payload) -> Combination:
        """Whether two flags differ."""
        return facts.difference(self, self.combination(x), self.combination(y))

    def select(
        self, condition: Payload, if_true: Payload, if_false: Payload, wraps: bool
    ) -> Combination:
        """if_false + condition (if_true - if_false)."""
        other = self.combination(if_false)
        step = subtract(self.combination(if_true), other)
        return add(other, self.product(self.combination(condition), step))

    def member(self, x: Signal, values: Sequence[Signal]) -> Payload:
        """Whether x is one of the values."""
        if len(values) == 1:
            return self.equal(x, values[0])
        combinations = [self.combination(value.value) for value in values]
        if x.low is None or x.high is None or not all(map(is_constant, combinations)):
            return tables.Member(self.combination(x.value), combinations, None)
        known = sorted(value.interval[0] for value in values)
        low, high = known[0], known[-1]
        if high - low == len(known) - 1 and self._rows_between(x, low, high) < high - low:
            ends = [constant_signal(self, low), constant_signal(self, high)]
            return facts.All([self.at_least(x, ends[0]), self.at_most(x, ends[1])])
        span = (x.low, x.high - x.low + 1)
        return tables.Member(self.combination(x.value), combinations, span)

    def _rows_between(self, x: Signal, low: int, high: int) -> int:
        """About how many rows it takes to check that x lies between two constants."""
        least, most = x.interval
        count = (most - least).bit_length()
        if not bits.has_known_bits(self, shift(self.combination(x.value), -least)):
            return count * ((least < low) + (most > high))
        return sum(
            thresholds.at_most_rows(bound, count)
            for bound in (most - low, high - least)
            if bound < most - least
        )

    def lookup(
        self, indices: Sequence[Index], columns: Sequence[Sequence[Signal | None]]
    ) -> list[Combination]:
        """The entry of each column at the indices, each proven to be in its range."""
        address: list[Combination] = []
        origin = 0
        for index, low, size in reversed(indices):
            x = self.combination(index.value)
            message = f"the index of a lookup is not from {low} to {low + size - 1}"
            site = self.site("narrow", message)
            origin = self.check_origin(site, x, x)
            shifted, width = shift(x, -low), (size - 1).bit_length()
            if width:
                address += bits.decompose(self, shifted, width, origin)
            last = constant(size - 1)
            inside = index.low is not None and low <= index.low <= index.interval[1] < low + size
            if not inside and not bits.range_check(self, subtract(last, shifted), width, origin):
                raise _never(site, "An index is never in its range.")
        payloads = [
            [None if entry is None else self.combination(entry.value) for entry in column]
            for column in columns
        ]
        return tables.look_up(self, address, payloads, origin)

    def narrow(self, x: Signal, type_: IntegerType, what: str) -> Combination:
        """x with a range check unless its bounds say it already."""
        value = self.combination(x.value)
        if x.low is not None and x.high is not None and type_.low <= x.low <= x.high <= type_.high:
            return value
        self.hold(value, type_, self.site("narrow", f"{what} does not fit {type_}"))
        return value

    def hold(self, value: Combination, type_: IntegerType, site: Site) -> None:
        """Prove that a combination lies in an integer type, whose size is a power of two."""
        width = (type_.high - type_.low).bit_length()
        origin = self.check_origin(site, value, value)
        if not bits.range_check(self, shift(value, -type_.low), width, origin):
            raise _never(site, f"A constant never fits {type_}.")

    def divide(self, dividend: Signal, divisor: Signal) -> tuple[Combination, Combination]:
        """Quotient and remainder by a divisor with bounds not below zero."""
        x, y = self.combination(dividend.value), self.combination(divisor.value)
        site = self.site("division")
        origin = self.check_origin(site, x, y)
        pair = division.divide(self, x, y, dividend.interval, divisor.interval, origin)
        if pair is None:
            raise _never(site, "A division never has a quotient and a remainder.")
        return pair

    def bits(self, x: Signal, count: int) -> list[Combination]:
        """The lowest bit first."""
        value = self.combination(x.value)
        site = self.site("narrow", f"a value does not fit {count} bits")
        if is_constant(value) and value.get(ONE, 0) >> count:
            raise _never(site, f"A constant never fits {count} bits.")
        return bits.decompose(self, value, count, self.check_origin(site, value, value))

    def require(self, flag: Signal, message: str | None) -> None:
        """Constrain a flag to be 1; of several that must all hold, each on its own."""
        self._require(flag.value, self.site("check", message))

    def _require(self, payload: Payload, site: Site) -> None:
        if isinstance(payload, facts.All) and payload.known is None:
            for part in payload.flags:
                self._require(part, site)
            return
        sides = payload.sides if isinstance(payload, facts.Fact) else (payload, constant(1))
        if not facts.require(self, payload, self.check_origin(site, *sides)):
            raise _never(site, "A check can never hold.")

    def hint(self, call: HintCall, arguments: list[Payload]) -> list[Combination]:
        """New wires for a function's results, each range-checked for its type."""
        types = call.result_types()
        values = [self.combination(x) for x in arguments]
        slots = self.advice_hint(call, values, len(types))
        for slot, (path, type_) in zip(slots, types, strict=True):
            if isinstance(type_, IntegerType):
                site = self.site("hint", f"the hint's result {path} does not fit {type_}")
                self.hold({slot: 1}, type_, site)
        return [{slot: 1} for slot in slots]

    def bind_input(self, slot: int, path: str, type_: IntegerType) -> None:
        """Prove that an input lies in its type as it enters."""
        site = Site(None, "input", f"the input {path} does not fit {type_}")
        self.hold({slot: 1}, type_, site)


def _never(site: Site, what: str) -> CompileError:
    place = site.place
    return CompileError(
        what,
        "Mend the condition: no input satisfies it.",
        None if place is None else place.source(),
    )
