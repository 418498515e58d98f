"""Points as 32 bytes.

Packed, a point is y in 255 bits, the lowest byte first, and in the highest bit whether x is more
than (r - 1) / 2. Each point has one encoding: y is below r, and of the two points with x = 0, which
circomlibjs packs and does not unpack, none is unpacked here either.

Source: circomlibjs 0.1.7, packPoint and unpackPoint; it takes a y of r or more, too.
"""

from __future__ import annotations

from zkpipe.accel.bn254 import R
from zkpipe.accel.curves.baby_jubjub import point_with
from zkpipe.circuits.gadgets.arguments import misuse
from zkpipe.circuits.gadgets.curve.point import Point, plain_record
from zkpipe.ground.kinds import describe, is_of

PACKED_SIZE = 32
_SIGN = 1 << 255


def pack_point(point: Point) -> bytes:
    """The 32 bytes of a point.

    Raises InputError for what is no Point of plain values.
    """
    checked = plain_record("pack_point()", "point", Point, point)
    number: int = checked.y | (_SIGN if checked.x > R // 2 else 0)
    return number.to_bytes(PACKED_SIZE, "little")


def unpack_point(packed: bytes) -> Point:
    """The point that 32 bytes stand for. It may lie outside the subgroup.

    Raises InputError for what `pack_point` makes of no point, or of one with x = 0.
    """
    data = checked_bytes("unpack_point()", "packed", packed, PACKED_SIZE)
    number = int.from_bytes(data, "little")
    y, is_large = number & ~_SIGN, bool(number & _SIGN)
    if y >= R:
        raise misuse(
            "unpack_point()",
            "has a packed point whose y is r or more.",
            "Pack the point again. Each point has one encoding, in which y is less than r.",
            "packed",
        )
    point = point_with(y, is_large)
    if point is None:
        raise misuse(
            "unpack_point()",
            "has bytes that stand for no point of Baby Jubjub.",
            "Give the 32 bytes that pack_point() or circomlibjs made.",
            "packed",
        )
    return Point(*point)


# --- arguments. No error holds the value: it may be a key in the wrong place.


def checked_bytes(gadget: str, name: str, value: object, size: int | None = None) -> bytes:
    """Bytes, so many of them. Raises InputError for anything else."""
    if not is_of(value, bytes) and not is_of(value, bytearray):
        raise misuse(
            gadget,
            f"has {describe(value)} for {name}, which must be bytes.",
            "Give bytes, of a hexadecimal text bytes.fromhex(text).",
            name,
        )
    data = bytes(value)
    if size is not None and len(data) != size:
        raise misuse(gadget, f"has {len(data)} bytes for {name}.", f"Give {size} bytes.", name)
    return data
