"""Bytes and other words of so many bits as the digits of numbers, and numbers as their words.

Cost: from_words and pack nothing; to_words and unpack the bits of the numbers, none where they are
known, and 307 rows for a Field in 254 bits or more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zkpipe.circuits.gadgets.arguments import element, listed, misuse, whole
from zkpipe.circuits.gadgets.bits import from_bits, to_bits
from zkpipe.circuits.language.values.bounds import FIELD_BITS, MAX_BITS
from zkpipe.circuits.language.values.signal import Signal
from zkpipe.ground.kinds import describe, integer, is_of

MOST_WORDS = 256  # of one number, which has 254 bits
_ORDERS = ("little", "big")


def from_words(words: Sequence[Any], bits: int = 8, order: str = "little") -> Any:
    """The number that words of so many bits stand for. No row.

    words  UInts of at most so many bits, or bytes; of 253 bits in all at the most
    order  "little": the first word is the lowest; "big": the highest, as in int.from_bytes

    Raises InputError, or in a circuit CompileError, for words that may be wider, and for too many.
    """
    size = _bits("from_words()", bits)
    given = _words("from_words()", words, size)
    if len(given) * size > MAX_BITS:
        raise misuse(
            "from_words()",
            f"has {len(given)} words of {size} bits, more than fit the field.",
            f"Give {MAX_BITS // size} or fewer, or pack() them into several numbers.",
            "words",
        )
    return _number(given, size, _order("from_words()", order))


def to_words(value: Any, count: int, bits: int = 8, order: str = "little") -> list[Any]:
    """The words of a number, which is proven to have no more of them.

    value  from 0 to 2^(count * bits) - 1; of a Field the integer from 0 to r - 1

    Raises as to_bits does.
    """
    gadget = "to_words()"
    size, is_big = _bits(gadget, bits), _order(gadget, order)
    number = whole(gadget, "count", count, 1, MOST_WORDS, "Give how many words it has.")
    found = to_bits(value, min(number * size, FIELD_BITS))
    found += [0] * (number * size - len(found))
    words = [from_bits(found[i : i + size]) for i in range(0, len(found), size)]
    return words[::-1] if is_big else words


def pack(words: Sequence[Any], bits: int = 8, order: str = "little") -> list[Any]:
    """Words in as few numbers as hold them: 31 bytes, or 253 // bits words, in each. No row.

    The last number has the words that remain. Raises as from_words does.
    """
    size, is_big = _bits("pack()", bits), _order("pack()", order)
    given, most = _words("pack()", words, size), MAX_BITS // size
    runs = [given[i : i + most] for i in range(0, len(given), most)]
    return [_number(run, size, is_big) for run in runs]


def unpack(numbers: Sequence[Any], count: int, bits: int = 8, order: str = "little") -> list[Any]:
    """The words that pack() made these numbers of.

    count  how many words there are

    Raises InputError, or in a circuit CompileError, for another number of numbers.
    """
    gadget = "unpack()"
    size, is_big = _bits(gadget, bits), _order(gadget, order)
    given = listed(gadget, "numbers", numbers, "numbers")
    number = whole(gadget, "count", count, 0, 1 << 24, "Give how many words there are.")
    most = MAX_BITS // size
    needed = -(-number // most)
    if len(given) != needed:
        raise misuse(
            gadget,
            f"has {len(given)} numbers for {number} words of {size} bits.",
            f"Give {needed}: {most} words are in each.",
            "numbers",
        )
    found: list[Any] = []
    for i, value in enumerate(given):
        here = min(most, number - i * most)
        found += to_words(value, here, size, "big" if is_big else "little")
    return found


def word(gadget: str, name: str, value: object, size: int) -> Any:
    """An integer from 0 to 2^size - 1, as its bounds say."""
    if isinstance(value, Signal):
        element(gadget, name, value)
        low, high = value.interval
        if value.low is not None and low >= 0 and high < 1 << size:
            return value
        given = value.kind()
    else:
        number = integer(value)
        if number is not None and 0 <= number < 1 << size:
            return number
        given = describe(value) if number is None else f"a number that UInt[{size}] does not hold"
    raise misuse(
        gadget,
        f"has {given} for {name}, a word of {size} bits.",
        f"Declare it a UInt[{size}], or write narrow(x, UInt[{size}]).",
        name,
        value,
    )


def _words(gadget: str, words: object, size: int) -> list[Any]:
    octets = list(words) if isinstance(words, bytes | bytearray) and size == 8 else words
    given = listed(gadget, "words", octets, "words")
    return [word(gadget, f"words[{i}]", x, size) for i, x in enumerate(given)]


def _number(words: Sequence[Any], size: int, is_big: bool) -> Any:
    total: Any = 0
    for i, x in enumerate(reversed(words) if is_big else words):
        total = total + (x << i * size)
    return total


def _bits(gadget: str, bits: object) -> int:
    return whole(gadget, "bits", bits, 1, MAX_BITS, "A byte has 8.")


def _order(gadget: str, order: object) -> bool:
    """Whether the highest word comes first."""
    text = str.__str__(order) if is_of(order, str) else ""
    if text not in _ORDERS:
        raise misuse(gadget, "has no order of words.", 'Write "little" or "big".', "order", order)
    return text == "big"
