"""Answers as they are sealed: packed into messages, and opened by whoever has a recipient's key.

The values of a return type stand in its order, each as wide as its type, the first in the lowest
bits. One that would pass bit 248 begins the next message. A value stands as its distance from the
least value of its type, so that of a UInt it is the value, and of an Int[8] the value + 128.

A proof's results are lock, E.y and the ciphertexts ct_0, ct_1, .. Under the recipient's secret x,

    c = wrap - P[WRAP](y of 8 x E),    m_i = ct_i - P[SEAL](c, i)

E is known by its y alone: E and -E share all of the y's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from zkpipe.accel.bn254 import R
from zkpipe.accel.curves.baby_jubjub import A, D, L, is_in_subgroup
from zkpipe.accel.roots import square_root
from zkpipe.circuits import Point
from zkpipe.circuits.gadgets import poseidon, stream_decrypt, unwrap_key
from zkpipe.circuits.language.values.structure import leaves
from zkpipe.circuits.language.values.types import (
    FixedType,
    IntegerType,
    Type,
    leaf_paths,
    nest_of,
)
from zkpipe.exchange.errors import ExchangeError, SchemaError

MESSAGE_BITS = 248
SECRET_BITS = 253  # that unwrap_key takes; PrivateKey.scalar has 252
FIRST_CIPHERTEXT = 2  # in a proof's results, behind lock and E.y


@dataclass(frozen=True)
class Answers:
    """What a circuit answers: a return type, or a tuple of them.

    Raises SchemaError for a Field, which has no width.
    """

    type: Type | tuple[Type, ...]

    def __post_init__(self) -> None:
        if not self._scalars:
            raise SchemaError("A circuit answers nothing.", "Return a value of the columns.")

    @cached_property
    def _scalars(self) -> tuple[IntegerType, ...]:
        return tuple(self._checked())

    def _checked(self) -> Iterator[IntegerType]:
        parts = self.type if isinstance(self.type, tuple) else (self.type,)
        for i, part in enumerate(parts):
            for path, scalar in leaf_paths(part, f"answer {i + 1}"):
                if not isinstance(scalar, IntegerType):
                    raise SchemaError(
                        f"The {path} is a {scalar}, which has no width.",
                        "Return a UInt[n] or an Int[n]: each bit of an answer is paid for.",
                    )
                if _width(scalar) > MESSAGE_BITS:
                    raise SchemaError(
                        f"The {path} is a {scalar}, of more than {MESSAGE_BITS} bits.",
                        "Return it in parts.",
                    )
                yield scalar

    @property
    def bits(self) -> int:
        """How many bits an answer has: what it costs of a budget."""
        return sum(map(_width, self._scalars))

    @cached_property
    def places(self) -> tuple[tuple[int, int], ...]:
        """Of each value the number of its message, and its first bit there."""
        places, message, bit = [], 0, 0
        for scalar in self._scalars:
            if bit + _width(scalar) > MESSAGE_BITS:
                message, bit = message + 1, 0
            places.append((message, bit))
            bit += _width(scalar)
        return tuple(places)

    @property
    def message_count(self) -> int:
        """How many field elements an answer is packed into."""
        return self.places[-1][0] + 1

    def messages(self, values: Any) -> list[Any]:
        """Values of the type, of a circuit or plain, as messages."""
        packed: list[Any] = [0] * self.message_count
        for value, scalar, (message, bit) in zip(
            leaves(values), self._scalars, self.places, strict=True
        ):
            number: Any = value
            units = number.units if isinstance(scalar, FixedType) else number
            packed[message] += (units - scalar.low) * (1 << bit)
        return packed

    def values(self, messages: Sequence[int]) -> Any:
        """The values in messages: numbers, in lists, tuples and records as the type has them.

        Of a Fixed it is the number of units. Raises ExchangeError for what no value packs to.
        """
        if len(messages) != self.message_count:
            raise ExchangeError(
                f"An answer of {self.message_count} messages came with {len(messages)}.",
                "Open it with the return type of the circuit that was proved.",
            )
        rest, found = list(messages), []
        for scalar, (message, bit) in zip(self._scalars, self.places, strict=True):
            number = messages[message] >> bit & ((1 << _width(scalar)) - 1)
            rest[message] -= number << bit
            found.append(number + scalar.low)
        if any(rest) or any(v > s.high for v, s in zip(found, self._scalars, strict=True)):
            raise ExchangeError(
                "The answer does not open under this secret.",
                "Use the secret of the recipient or of the auditor, and its own wrap.",
            )
        values = iter(found)

        def nest(part: Type) -> object:
            return nest_of(part, lambda _scalar: next(values))

        return tuple(map(nest, self.type)) if isinstance(self.type, tuple) else nest(self.type)


def open_answer(secret: int, results: Sequence[int], wrap: int, answers: Answers) -> Any:
    """The values that a proof sealed, for the owner of a key that they were wrapped for.

    secret   the key's scalar: x of x Point.BASE; Baby Jubjub's PrivateKey.scalar
    results  of the proof: lock, E.y, ct_0, ..
    wrap     the recipient's w0, or the auditor's w1, as `deliver` posts them
    answers  what the circuit answers: Template.answers

    Raises ExchangeError if it does not open under the secret. A message of n bits opens under a
    wrong secret, to other values, with probability 2^(n - 254): a full one in one case of 64.
    """
    if len(results) != FIRST_CIPHERTEXT + answers.message_count:
        raise ExchangeError(
            f"An answer of {answers.message_count} messages came in {len(results)} results.",
            "Open it with the circuit that was proved.",
        )
    if not isinstance(secret, int) or not 0 < secret < 1 << SECRET_BITS or secret % L == 0:
        raise ExchangeError(
            f"A secret is no number from 1 to 2^{SECRET_BITS} - 1, or it is 0 modulo the order.",
            "Give the scalar of your key.",
        )
    key = unwrap_key(wrap % R, point_of(results[1]), secret)
    return answers.values(stream_decrypt(list(results[FIRST_CIPHERTEXT:]), key))


def is_opening(results: Sequence[int], recipient_wrap: int, auditor_wrap: int) -> bool:
    """Whether two wraps open a proof's lock, as the contract asks of `deliver`."""
    wraps = recipient_wrap, auditor_wrap
    return all(0 <= wrap < R for wrap in wraps) and poseidon(list(wraps)) == results[0]


def point_of(y: int) -> Point:
    """A point of the subgroup with this y, which one of the two does not matter.

    Raises ExchangeError if there is none.
    """
    square = (1 - y * y) * pow(A - D * y * y, -1, R) % R  # D / A is no square
    x = square_root(square)
    if x is None or not 0 <= y < R or not is_in_subgroup((x, y)) or x == 0:
        raise ExchangeError(
            "A number is the y of no point of Baby Jubjub's subgroup.",
            "Take E.y and keys as they were posted.",
        )
    return Point(x, y)


def _width(scalar: IntegerType) -> int:
    return (scalar.high - scalar.low).bit_length()
