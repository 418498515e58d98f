"""Rotations of words: their bits in another order, which costs nothing by a known number of places.

By a value: x * 2^places in twice as many bits, of which the upper half is added to the lower one.
As a product of at most `bits` places none of these bits meet, so each sum of two is 0 or 1.
"""

from __future__ import annotations

from typing import Any

from zkpipe.circuits.gadgets.arguments import element, misuse, whole
from zkpipe.circuits.gadgets.bits import from_bits, to_bits
from zkpipe.circuits.gadgets.words.packing import word
from zkpipe.circuits.language.values.bounds import MAX_BITS, power
from zkpipe.circuits.language.values.signal import Signal, flag


def rotate_left(x: Any, places: Any, bits: int = 32) -> Any:
    """A word of so many bits with its highest ones moved to its low end.

    x       a UInt of at most so many bits, or an integer
    places  from 0 to `bits`; known, or a value

    Cost: no row by a known number of places, else 2 bits and a row for each bit of `places`.

    Raises InputError, or in a circuit CompileError, for an x that may be wider, and for other
    places.
    """
    return _rotated("rotate_left()", x, places, bits, is_left=True)


def rotate_right(x: Any, places: Any, bits: int = 32) -> Any:
    """A word of so many bits with its lowest ones moved to its high end; as rotate_left()."""
    return _rotated("rotate_right()", x, places, bits, is_left=False)


def _rotated(gadget: str, x: Any, places: Any, bits: Any, *, is_left: bool) -> Any:
    size = whole(gadget, "bits", bits, 1, MAX_BITS, "A word of a processor has 32 or 64.")
    value = word(gadget, "x", x, size)
    if isinstance(places, Signal):
        return _rotated_by(gadget, value, places, size, is_left=is_left)
    by = whole(gadget, "places", places, 0, size, "Take it modulo the number of bits.")
    lowest = to_bits(value, size)
    start = size - by if is_left else by
    return from_bits(lowest[start:] + lowest[:start])


def _rotated_by(gadget: str, value: Any, places: Signal, size: int, *, is_left: bool) -> Any:
    element(gadget, "places", places)
    low, high = places.interval
    if places.low is None or low < 0 or high > size or 2 * size > MAX_BITS:
        raise misuse(
            gadget,
            f"rotates {size} bits by {places.kind()}.",
            f"Give places from 0 to {size}, such as x % {size}."
            if 2 * size <= MAX_BITS
            else f"Rotate at most {power(MAX_BITS // 2)} bits by a value.",
            "places",
        )
    found = to_bits(value << (places if is_left else size - places), 2 * size)
    sums = [x + y for x, y in zip(found[:size], found[size:], strict=True)]
    return from_bits([flag(places.engine, x.payload) for x in sums])
