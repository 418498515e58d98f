"""Pedersen's hash, circomlib's: bytes to a point, by sums of multiples of fixed points.

Each half of a byte is a digit: its lowest three bits are the digit less one, its highest bit the
digit's sign. The digits of 25 bytes make a number in base 32, which multiplies a generator of
these 25 bytes' own.

Two inputs with one hash would give a relation between the generators, which nobody knows. But the
hash is no random function: hashes of related inputs have known differences.

Source: circomlibjs 0.1.7, pedersen_hash.js; Hopwood et al., Zcash protocol, section 5.4.1.7.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import count

from zkpipe.accel.bn254 import R
from zkpipe.accel.curves.baby_jubjub import COFACTOR, IDENTITY, Pair, add, multiply
from zkpipe.circuits.gadgets.baby_jubjub.points import checked_bytes, point_with
from zkpipe.circuits.gadgets.byte_hashes.blake import blake256
from zkpipe.circuits.gadgets.curve.point import Point

SEGMENT = 25  # bytes for each generator
_DIGIT = 5  # bits for each digit, of four bits and a carry


def pedersen_hash(data: bytes) -> Point:
    """The point that bytes hash to; circomlibjs gives it packed, as pack_point(point).

    Raises InputError for what are no bytes.

    Cost: 1.5 ms for each 25 bytes, and as much again when their generator is first used.
    """
    data = checked_bytes("pedersen_hash()", "data", data)
    total = IDENTITY
    for start in range(0, len(data), SEGMENT):
        scalar = _scalar(data[start : start + SEGMENT])
        total = add(total, multiply(pedersen_generator(start // SEGMENT), scalar))
    return Point(*total)


def _scalar(data: bytes) -> int:
    """What at most 25 bytes are multiplied by: less than L / 2, of any sign."""
    halves = [half for byte in data for half in (byte & 15, byte >> 4)]
    digits = [(1 + (half & 7)) * (-1 if half & 8 else 1) for half in halves]
    return sum(digit << _DIGIT * place for place, digit in enumerate(digits))


@lru_cache(maxsize=256)  # of 6,400 bytes
def pedersen_generator(segment: int) -> Pair:
    """The point for a segment's bytes, from 0: 8 times the first that a hash of its name names."""
    points = (_lifted(segment, attempt) for attempt in count())
    return next(multiply(point, COFACTOR) for point in points if point is not None)


def _lifted(segment: int, attempt: int) -> Pair | None:
    """The point whose y and sign a hash gives, None if there is none. A y of r or more is taken."""
    digest = blake256(f"PedersenGenerator_{segment:032d}_{attempt:032d}".encode())
    number = int.from_bytes(digest, "little")
    return point_with(number % (1 << 254) % R, is_large=bool(number >> 255))
