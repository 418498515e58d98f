"""Ways to lie: false answers for each kind of advice, made from the question and the true answer.

    bits      of another value, of the value plus r, digits that are no bits
    inverse   0, 1, the value itself, its negative
    quotient  one more and less, of the value plus r, the one in the field, which leaves nothing
    hint      0, 1, one more and less, the negative, the ends of its type, the results in turn
    value     of a row that is gone: 0, 1, one more and less, the negative

and for all of them random elements of the field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from zkpipe.accel.bn254 import R
from zkpipe.circuits.language.values.types import IntegerType
from zkpipe.circuits.r1cs.record import Operation
from zkpipe.circuits.solve.advice import Question

LEAST = 6  # different lies for each piece of advice
Pairs = Iterator[tuple[str, Sequence[int]]]


class Falsehood(NamedTuple):
    """A false answer: what kind of lie it is, and a residue for each wire."""

    name: str
    answer: tuple[int, ...]


def falsehoods(question: Question, seed: int) -> list[Falsehood]:
    """Six different false answers or more; none for advice of no wire.

    seed  of the random ones; the same seed and question give the same lies
    """
    advice = question.advice
    if not advice.wires:
        return []
    rng = np.random.default_rng([seed, *advice.steps])
    kinds: dict[Operation, Callable[[Question, np.random.Generator], Pairs]] = {
        Operation.BITS: _bits,
        Operation.INVERSE: _inverse,
        Operation.QUOTIENT: _quotient,
        Operation.RATIO: _ratio,
        Operation.HINT: _hint,
        Operation.SOLVE: _value,
    }
    found: dict[tuple[int, ...], str] = {}
    for name, answer in kinds[advice.operation](question, rng):
        found.setdefault(tuple(value % R for value in answer), name)
    found.pop(question.honest, None)
    while len(found) < LEAST:
        found.setdefault(tuple(random_element(rng) for _ in advice.wires), "random elements")
        found.pop(question.honest, None)
    return [Falsehood(name, answer) for answer, name in found.items()]


def random_element(rng: np.random.Generator) -> int:
    """An element of the field."""
    return int.from_bytes(rng.bytes(40), "little") % R


def _bits(question: Question, rng: np.random.Generator) -> Pairs:
    places = question.advice.bits
    (x,) = question.operands
    honest = question.honest

    def pattern(value: int) -> list[int]:
        return [value >> place & 1 for place in places]

    yield "the bits of x + 1", pattern(x + 1)
    yield "the bits of x - 1", pattern(x - 1 if x else R - 1)
    yield "the bits of -x", pattern((R - x) % R)
    yield "the bits of x + r", pattern(x + R)
    yield "all of them 0", [0] * len(places)
    yield "all of them 1", [1] * len(places)
    yield "each of them the other", [1 - bit for bit in honest]
    yield "random bits", [int(bit) for bit in rng.integers(0, 2, len(places))]
    yield "all of the value in the lowest", _in_one(question, 0)
    yield "all of the value in the highest", _in_one(question, len(places) - 1)
    if len(places) > 1:
        carried = [honest[0] + 2, honest[1] - 1]
        yield "2 more in the lowest and 1 less above", [*carried, *honest[2:]]
    yield "random elements", [random_element(rng) for _ in places]


def in_each_digit(question: Question) -> list[Falsehood]:
    """Lies about bits: all of the value in one of them, to which only its own row objects."""
    if question.advice.operation is not Operation.BITS:
        return []
    return [
        Falsehood(f"all of the value in bit {place}", tuple(_in_one(question, i)))
        for i, place in enumerate(question.advice.bits)
    ]


def _in_one(question: Question, chosen: int) -> list[int]:
    places = question.advice.bits
    digit = question.operands[0] * pow(1 << places[chosen], -1, R) % R
    return [digit if i == chosen else 0 for i in range(len(places))]


def _inverse(question: Question, rng: np.random.Generator) -> Pairs:
    (x,) = question.operands
    (honest,) = question.honest
    yield "0", [0]
    yield "1", [1]
    yield "one more", [honest + 1]
    yield "the negative", [-honest]
    yield "the value itself", [x]
    yield "half of it", [honest * (R + 1) // 2]
    yield "a random element", [random_element(rng)]


def _quotient(question: Question, rng: np.random.Generator) -> Pairs:
    x, y = question.operands
    (honest,) = question.honest
    yield "0", [0]
    yield "1", [1]
    yield "one more", [honest + 1]
    yield "one less", [honest - 1]
    yield "the negative", [-honest]
    if y:
        yield "the quotient of x + r", [(x + R) // y]
        yield "the quotient in the field, which leaves no remainder", [x * pow(y, -1, R)]
    yield "a random element", [random_element(rng)]


def _ratio(question: Question, rng: np.random.Generator) -> Pairs:
    x, y = question.operands
    (honest,) = question.honest
    yield "0", [0]
    yield "1", [1]
    yield "one more", [honest + 1]
    yield "the negative", [-honest]
    yield "the quotient of integers", [x // y if y else 0]
    yield "a random element", [random_element(rng)]


def _value(question: Question, rng: np.random.Generator) -> Pairs:
    (honest,) = question.honest
    yield "0", [0]
    yield "1", [1]
    yield "one more", [honest + 1]
    yield "one less", [honest - 1]
    yield "1 - x", [1 - honest]
    yield "the negative", [-honest]
    yield "a random element", [random_element(rng)]


def _hint(question: Question, rng: np.random.Generator) -> Pairs:
    honest = question.honest
    call = question.advice.hint
    assert call is not None  # noqa: S101 - for the type checker: a hint's question
    types = [type_ for _, type_ in call.result_types()]
    lows = [t.low if isinstance(t, IntegerType) else 0 for t in types]
    highs = [t.high if isinstance(t, IntegerType) else R - 1 for t in types]
    yield "0", [0] * len(honest)
    yield "1", [1] * len(honest)
    yield "one more", [value + 1 for value in honest]
    yield "one less", [value - 1 for value in honest]
    yield "the negative", [-value for value in honest]
    yield "1 - x", [1 - value for value in honest]
    yield "the least of the type", lows
    yield "the greatest of the type", highs
    yield "one more than the greatest of the type", [high + 1 for high in highs]
    if len(honest) > 1:
        yield "the results in another order", [*honest[1:], honest[0]]
        for i in range(min(len(honest), 4)):
            yield f"one more in result {i}", [v + (j == i) for j, v in enumerate(honest)]
    ranges = zip(lows, highs, strict=True)
    drawn = [low + random_element(rng) % (high - low + 1) for low, high in ranges]
    yield "random ones of the type", drawn
    yield "random elements", [random_element(rng) for _ in honest]
