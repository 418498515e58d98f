"""Pedersen's hash, circomlib's: bits to a point, by sums of multiples of fixed points.

Four bits are a digit: the lowest three are its size less one, the highest its sign. The digits of
200 bits make a number in base 32, which multiplies a generator of these bits' own.

Two inputs with one hash would give a relation between the generators, which nobody knows. But the
hash is no random function: hashes of related inputs have known differences.

In a circuit the multiple d 32^j G of a digit is looked up in Montgomery form, by a row for u, one
for v and one for the sign. The digits before it make a number below 32^j either way, as theirs are
8 at the most, and all numbers are less than L / 2. So no sum is of two points with the same u.

Source: circomlib's pedersen.circom, circomlibjs 0.1.7's pedersen_hash.js; Hopwood et al., Zcash
protocol, section 5.4.1.7.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, reduce
from itertools import count
from typing import Any

from zkpipe.accel.bn254 import R
from zkpipe.accel.curves.baby_jubjub import COFACTOR, IDENTITY, Pair, add, multiply, point_with
from zkpipe.circuits.gadgets.arguments import Element
from zkpipe.circuits.gadgets.arguments import bits as checked_bits
from zkpipe.circuits.gadgets.byte_hashes.blake import blake256
from zkpipe.circuits.gadgets.byte_hashes.messages import byte_bits, message_bytes
from zkpipe.circuits.gadgets.curve import montgomery
from zkpipe.circuits.gadgets.curve.edwards import Coordinates, total
from zkpipe.circuits.gadgets.curve.point import Point
from zkpipe.circuits.gadgets.curve.windows import on_wires, one_of
from zkpipe.circuits.language.values.as_field import as_field
from zkpipe.circuits.language.values.signal import Signal
from zkpipe.circuits.language.values.structure import make_record

WINDOW = 4  # bits of a digit
WINDOWS = 50  # digits for each generator
_BASE = 5  # bits for each digit, with room for a carry


def pedersen_hash(data: Any) -> Point:
    """The point that bytes hash to; circomlibjs gives it packed, as pack_point(point).

    data  bytes, or a list of numbers from 0 to 255 and of a circuit's UInt[8]

    Raises InputError, or in a circuit CompileError, for anything else.

    Cost: 13 rows a byte. On plain bytes 1.5 ms for each 25, and as much again when their generator
    is first used.
    """
    numbers = message_bytes("pedersen_hash()", data, "data")
    return _hashed([bit for number in numbers for bit in byte_bits(number)])


def pedersen_hash_of_bits(bits: Any) -> Point:
    """The point that bits hash to, the lowest of each byte first, as circomlib's Pedersen(n) does.

    bits  any number of Bools and bits; if they are no multiple of four, zeros are added, so lists
          that differ in such zeros have the same hash

    Raises InputError, or in a circuit CompileError, for anything else.

    Cost: six rows for each four bits, 390 for 256. circomlib has 452, with free slopes.
    """
    return _hashed(checked_bits("pedersen_hash_of_bits()", "bits", bits))


def _hashed(bits: Sequence[Element]) -> Point:
    bits = on_wires(bits)
    size = WINDOW * WINDOWS
    known, points = IDENTITY, []
    for segment, start in enumerate(range(0, len(bits), size)):
        number, point = _segment(segment, bits[start : start + size])
        known = add(known, multiply(pedersen_generator(segment), number))
        points += [] if point is None else [point]
    if known != IDENTITY or not points:
        points.append(known)
    x, y = reduce(total, points)
    return make_record(Point, {"x": x, "y": y})


def _segment(segment: int, bits: Sequence[Element]) -> tuple[int, Coordinates | None]:
    """The number that a generator's known digits make, and the sum of the others' multiples."""
    bits = [*bits, *[0] * (-len(bits) % WINDOW)]
    number, partial = 0, None
    for place in range(len(bits) // WINDOW):
        digit = bits[WINDOW * place : WINDOW * (place + 1)]
        if not any(isinstance(bit, Signal) for bit in digit):
            number += _number(digit) << _BASE * place
            continue
        found = _looked_up(segment, place, digit)
        partial = found if partial is None else montgomery.total(partial, found)
    return number, None if partial is None else montgomery.to_edwards(partial)


def _number(digit: Sequence[Any]) -> int:
    *low, sign = digit
    return (1 + sum(int(bit) << i for i, bit in enumerate(low))) * (-1 if sign else 1)


def _looked_up(segment: int, place: int, digit: Sequence[Any]) -> Coordinates:
    """A digit's multiple, in Montgomery form: three rows."""
    *low, sign = digit
    points = _multiples(segment)[place]
    u, v = (one_of(table, low) for table in zip(*points, strict=True))
    return u, (1 - 2 * as_field(sign)) * v


@lru_cache(maxsize=64)
def _multiples(segment: int) -> list[list[Pair]]:
    """The multiples by 1 to 8 of each digit's point, in Montgomery form."""
    found, point = [], pedersen_generator(segment)
    for _ in range(WINDOWS):
        points = [point]
        while len(points) < 1 << WINDOW - 1:
            points.append(add(points[-1], point))
        found.append([montgomery.from_edwards(p) for p in points])
        point = multiply(points[-1], 1 << _BASE - WINDOW + 1)
    return found


@lru_cache(maxsize=256)  # of 6,400 bytes
def pedersen_generator(segment: int) -> Pair:
    """The point for 200 bits, from 0: 8 times the first that a hash of its name names."""
    points = (_lifted(segment, attempt) for attempt in count())
    return next(multiply(point, COFACTOR) for point in points if point is not None)


def _lifted(segment: int, attempt: int) -> Pair | None:
    """The point whose y and sign a hash gives, None if there is none. A y of r or more is taken."""
    digest = blake256(f"PedersenGenerator_{segment:032d}_{attempt:032d}".encode())
    number = int.from_bytes(digest, "little")
    return point_with(number % (1 << 254) % R, is_large=bool(number >> 255))
