"""The plain run: a circuit's body on Python integers, the reference for what its rows must say.

Each operation is Python's own on exact integers; a Field's values are reduced mod r. Nothing here
knows how the tracer proves it.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence

from zkpipe.accel.bn254 import R
from zkpipe.circuits.errors import UnsatisfiedError
from zkpipe.circuits.language.gates import Gate
from zkpipe.circuits.language.plain.hint_call import HintCall
from zkpipe.circuits.language.text.source import here, source_here
from zkpipe.circuits.language.text.syntax import zero_divisor
from zkpipe.circuits.language.values.engine import Index, Interval, Operand
from zkpipe.circuits.language.values.refusals import refused
from zkpipe.circuits.language.values.types import FieldType
from zkpipe.ground.errors import ZkpipeError

_BITWISE = {"&": operator.and_, "|": operator.or_, "^": operator.xor}


class PlainEngine:
    """An Engine whose payloads are integers.

    name  of the circuit or component, for messages
    """

    knows_values = True

    def __init__(self, name: str) -> None:
        self.name = name
        self.refusals: list[ZkpipeError] | None = None
        self.streams: tuple[object, ...] = ()

    def constant(self, value: int) -> int:
        """A known integer."""
        return value

    def add(self, x: int, y: int, wraps: bool) -> int:
        """x + y."""
        return (x + y) % R if wraps else x + y

    def subtract(self, x: int, y: int, wraps: bool) -> int:
        """x - y."""
        return (x - y) % R if wraps else x - y

    def linear_combination(self, weights: Sequence[int], values: Sequence[int]) -> int:
        """The sum of multiples, reduced."""
        return sum(weight * x for weight, x in zip(weights, values, strict=True)) % R

    def wired(self, value: int) -> int:
        """The value."""
        return value

    def wired_bit(self, flag: int) -> int:
        """The flag."""
        return flag

    def integer(self, x: Operand) -> int:
        """The value."""
        value: int = x.payload
        return value % R if x.low is None else value

    def multiply(self, x: Operand, y: Operand, wraps: bool) -> int:
        """x * y."""
        product: int = x.payload * y.payload
        return product % R if wraps else product

    def equal(self, x: Operand, y: Operand) -> int:
        """Whether x == y; as residues if one is a Field."""
        if x.low is None or y.low is None:
            return int((x.payload - y.payload) % R == 0)
        return int(x.payload == y.payload)

    def at_least(self, x: Operand, y: Operand) -> int:
        """Whether x >= y."""
        return int(x.payload >= y.payload)

    def at_most(self, x: Operand, y: Operand) -> int:
        """Whether x <= y."""
        return int(x.payload <= y.payload)

    def negation(self, flag: int) -> int:
        """1 - flag."""
        return 1 - flag

    def conjunction(self, flags: Sequence[int]) -> int:
        """All of the flags."""
        return int(all(flags))

    def disjunction(self, flags: Sequence[int]) -> int:
        """One of the flags or more."""
        return int(any(flags))

    def difference(self, x: int, y: int) -> int:
        """Whether two flags differ."""
        return x ^ y

    def select(self, condition: int, if_true: int, if_false: int, wraps: bool) -> int:
        """One of two values."""
        value = if_true if condition else if_false
        return value % R if wraps else value

    def member(self, x: Operand, values: Sequence[Operand]) -> int:
        """Whether x is one of the values."""
        return int(any(self.equal(x, value) for value in values))

    def lookup(
        self, indices: Sequence[Index], columns: Sequence[Sequence[Operand | None]]
    ) -> list[int]:
        """The entries at the indices."""
        place = 0
        for index, low, size in indices:
            value = index.payload % R if index.low is None else index.payload
            if not low <= value < low + size:
                raise self._unsatisfied(
                    f"In {self.name} the index of a lookup is not from {low} to {low + size - 1}.",
                    "Give inputs for which it fits.",
                    value=value,
                )
            place = place << (size - 1).bit_length() | value - low
        entries = [column[place] for column in columns]
        return [0 if entry is None else entry.payload for entry in entries]

    def narrow(self, x: Operand, type_: Interval, what: str) -> int:
        """x as an integer of the type; a Field's residue may stand for a negative one."""
        value: int = x.payload
        if x.low is None and type_.low < 0 and value % R - R >= type_.low:
            value = value % R - R
        elif x.low is None:
            value %= R
        if not type_.low <= value <= type_.high:
            said = f"In {self.name} {what} does not fit {type_}."
            raise self._unsatisfied(said, "Give inputs for which it fits.", value=value)
        return value

    def divide(self, dividend: Operand, divisor: Operand) -> tuple[int, int]:
        """Python's divmod."""
        if not divisor.payload:
            raise self._unsatisfied(*zero_divisor(self.name, here()))
        quotient, remainder = divmod(dividend.payload, divisor.payload)
        return quotient, remainder

    def ratio(self, x: Operand, y: Operand) -> int:
        """x / y in the field, 0 for 0 / 0."""
        if y.payload % R == 0 and x.payload % R:
            raise self._unsatisfied(*zero_divisor(self.name, here()))
        return x.payload * pow(y.payload, -1, R) % R if y.payload % R else 0

    def bits(self, x: Operand, count: int) -> list[int]:
        """The lowest bit first."""
        value = x.payload % R
        if value >> count:
            said = f"In {self.name} a value does not fit {count} bits."
            raise self._unsatisfied(said, "Give inputs for which it fits.", value=value)
        return [value >> i & 1 for i in range(count)]

    def sum_bits(
        self, weights: Sequence[int], flags: Sequence[int], constant: int, count: int
    ) -> list[int]:
        """The lowest bit first."""
        total = constant + sum(w * x for w, x in zip(weights, flags, strict=True))
        return [total >> i & 1 for i in range(count)]

    def gate(self, function: Gate, flags: Sequence[int]) -> int:
        """The gate's value."""
        a, b, c = flags
        return function(a, b, c)

    def number(self, flags: Sequence[int]) -> int:
        """The number of flags."""
        return sum(flag << i for i, flag in enumerate(flags))

    def shifted(self, x: Operand, count: int) -> int:
        """Python's <<."""
        value: int = x.payload
        return value << count

    def bitwise(self, operation: str, x: Operand, y: Operand) -> int:
        """Python's &, | and ^."""
        value: int = _BITWISE[operation](x.payload, y.payload)
        return value

    def require(self, flag: Operand, message: str | None) -> None:
        """Raise UnsatisfiedError unless the flag is 1."""
        if not flag.payload:
            said = f": {message}" if message else ""
            raise self._unsatisfied(
                f"A check of {self.name} fails{said}.",
                "Give inputs that satisfy it; without that there is no proof.",
                message,
            )

    def stated(self, condition: int) -> int:
        """The condition: what is used is for the tracer to say."""
        return condition

    def use(self, value: int) -> None:
        """Nothing."""

    def constant_check(self) -> None:
        """Nothing."""

    def hint(self, call: HintCall, arguments: list[int]) -> list[int]:
        """Call the function at once."""
        values = call.call([argument % R for argument in arguments])
        types = call.result_types()
        return [
            value % R if isinstance(type_, FieldType) else value
            for value, (_, type_) in zip(values, types, strict=True)
        ]

    def _unsatisfied(
        self, what: str, fix: str, message: str | None = None, value: int | None = None
    ) -> UnsatisfiedError:
        return UnsatisfiedError(
            what,
            fix,
            source_here(),
            message,
            [] if value is None else [("the value", value)],
        )


class Precomputed(PlainEngine):
    """The plain run of a component on constants while a circuit is compiled.

    Its results become constants of the circuit, so it has no hints, whose results are the prover's.
    """

    def hint(self, call: HintCall, arguments: list[int]) -> list[int]:
        """Refuse: the result would be fixed when the circuit is compiled."""
        raise refused(
            f"calls a hint in the component {self.name} on constants alone: its result would be "
            "fixed in the circuit.",
            "Give the component a signal, or call the hint outside of it.",
        )
