"""Points as arguments, and as 32 bytes.

Packed, a point is y in 255 bits, the lowest byte first, and in the highest bit whether x is more
than (r - 1) / 2. Each point has one encoding: y is below r, and of the two points with x = 0, which
circomlibjs packs and does not unpack, none is unpacked here either.

Source: circomlibjs 0.1.7, packPoint and unpackPoint; it takes a y of r or more, too.
"""

from __future__ import annotations

from zkpipe.accel.bn254 import R
from zkpipe.accel.curves.baby_jubjub import A, D, Pair, is_on_curve
from zkpipe.accel.roots import square_root
from zkpipe.circuits.gadgets.arguments import misuse
from zkpipe.ground.kinds import describe, is_of, items, whole_number

PACKED_SIZE = 32
_SIGN = 1 << 255


def pack_point(point: Pair) -> bytes:
    """The 32 bytes of a point.

    Raises InputError for what is no point of the curve.
    """
    x, y = checked_point("pack_point()", "point", point)
    return (y | (_SIGN if x > R // 2 else 0)).to_bytes(PACKED_SIZE, "little")


def unpack_point(packed: bytes) -> Pair:
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
    return point


def point_with(y: int, is_large: bool) -> Pair | None:
    """The point with this y, and an x that is more than (r - 1) / 2 or is not. None if x is 0."""
    yy = y * y % R
    x = square_root((1 - yy) * pow(A - D * yy, -1, R))  # A / D is no square, so this is never 0
    if not x:
        return None
    return (x if (x > R // 2) == is_large else R - x), y


# --- arguments. No error holds the value: it may be a key in the wrong place.


def is_point(x: int, y: int) -> bool:
    """Whether two integers are canonical, and a point of the curve."""
    return 0 <= x < R and 0 <= y < R and is_on_curve(x, y)


def checked_pair(gadget: str, name: str, value: object) -> Pair:
    """Two whole numbers, whatever they are. Raises InputError for anything else."""
    entries = items(value)
    if entries is not None and len(entries) == 2:  # a range may have any number
        x, y = map(whole_number, entries)
        if x is not None and y is not None:
            return x, y
    given = describe(value) if entries is None else "a list that is no pair of whole numbers"
    raise misuse(gadget, f"has {given} for {name}.", "Give a point's (x, y).", name)


def checked_point(gadget: str, name: str, value: object) -> Pair:
    """A point of the curve. Raises InputError for anything else."""
    point = checked_pair(gadget, name, value)
    if not is_point(*point):
        raise misuse(
            gadget,
            f"has no point of Baby Jubjub for {name}.",
            "Give (x, y) from 0 to r - 1 with 168700 x^2 + y^2 = 1 + 168696 x^2 y^2 mod r.",
            name,
        )
    return point


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
