"""Hostile versions of files in iden3's container, made with a knowledge of what is where.

Besides the frames, truncations and random changes of tests.circuits.formats.hostile_files: every
section emptied, shortened, doubled, moved, renamed, made to reach over the next or to wrap around
2^64; every number of 32 bits replaced by edges; every element of 32 bytes by aliases and edges of
both fields; points by points off their curve and outside their group.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Iterator
from itertools import islice

from tests.circuits.formats.hostile_files import (
    EDGES_32,
    EDGES_64,
    broken_frames,
    mutations,
    patched,
    sections,
    truncations,
    with_count,
    with_unknown_section,
    without,
)
from tests.hostile.edges import ELEMENTS, P, R
from zkpipe.accel.bn254 import BN254
from zkpipe.prover.points import g1_words, g2_words

Case = tuple[str, bytes]
SMALL = 1 << 12  # bytes of a section whose every number is replaced


def structured(data: bytes, rng: random.Random) -> Iterator[Case]:
    """One hostile version after another, without end: each kind of harm in turn, drawn."""
    harms: list[Callable[[bytes, random.Random], Case]] = [
        claimed_size,
        moved,
        renamed,
        resized,
        doubled,
        small_number,
        small_number,
        element,
        element,
        element,
        point,
        point,
        exchanged,
        foreign_section,
    ]
    while True:
        for harm in harms:
            yield harm(data, rng)


def of_all_kinds(data: bytes, small: bytes, seed: int, count: int) -> Iterator[Case]:
    """So many structured ones, half as many random ones, broken frames, and truncations.

    small  a small file of the kind, which is cut at every byte; where count is low, at some
    """
    rng = random.Random(seed)  # noqa: S311 # test data that must come back the same
    yield from islice(structured(data, rng), count)
    yield from mutations(data, seed, count // 2)
    frames, cuts = list(broken_frames(data)), list(truncations(small))
    if count < 1000:
        frames, cuts = (rng.sample(some, min(len(some), count // 4)) for some in (frames, cuts))
    yield from frames
    yield from cuts


def claimed_size(data: bytes, rng: random.Random) -> Case:
    """A size that is an edge, reaches into later sections or wraps around to another."""
    places = sections(data)
    placed, other = rng.choice(places), rng.choice(places)
    wraps = (other.head - placed.body) % (1 << 64)
    near = [placed.size + change for change in (-64, -32, -4, -1, 1, 4, 12, 32, 64)]
    size = rng.choice([*EDGES_64, *near, wraps, other.body + other.size - placed.body])
    size %= 1 << 64
    return f"size of section {placed.kind}: {size}", patched(data, placed.head + 4, "Q", size)


def moved(data: bytes, rng: random.Random) -> Case:
    """Sections in another order, which is no fault, or one of them missing."""
    places = sections(data)
    wholes = [data[p.head : p.body + p.size] for p in places]
    if rng.random() < 0.3:
        placed = rng.choice(places)
        return f"without section {placed.kind}", without(data, placed.kind)
    order = rng.sample(range(len(wholes)), len(wholes))
    return f"sections in the order {order}", data[:12] + b"".join(wholes[i] for i in order)


def renamed(data: bytes, rng: random.Random) -> Case:
    """The type of a section: another's, none, the next."""
    placed = rng.choice(sections(data))
    kind = rng.choice([0, 1, 2, 3, 4, 5, 10, 12, 13, 1001, 1002, 4242, 1 << 31, (1 << 32) - 1])
    return f"section {placed.kind} called {kind}", patched(data, placed.head, "I", kind)


def resized(data: bytes, rng: random.Random) -> Case:
    """A section with bytes more or less than it should have, and the right size of what it has."""
    placed = rng.choice(sections(data))
    body = data[placed.body : placed.body + placed.size]
    size = rng.choice((1, 4, 12, 32, 44, 64, 128, placed.size))
    more = rng.choice((bytes(size), body[-size:], body[:size], b"\xff" * size))
    body = rng.choice((body + more, body[:-size], more + body, body[size:]))
    head = struct.pack("<IQ", placed.kind, len(body))
    rest = data[placed.body + placed.size :]
    return f"section {placed.kind} of {len(body)} bytes", data[: placed.head] + head + body + rest


def doubled(data: bytes, rng: random.Random) -> Case:
    """A section twice: the same or changed, before or behind the first; or uncounted."""
    places = sections(data)
    placed = rng.choice(places)
    whole = bytearray(data[placed.head : placed.body + placed.size])
    if placed.size and rng.random() < 0.5:
        whole[12 + rng.randrange(placed.size)] ^= 1
    at = rng.choice([12, len(data), *(other.head for other in places)])
    twice = with_count(data[:at] + bytes(whole) + data[at:], rng.choice((0, 1, 1)))
    return f"section {placed.kind} twice", twice


def foreign_section(data: bytes, rng: random.Random) -> Case:
    """A section that nobody knows, of some size: skipped, whatever it holds."""
    body = rng.choice((b"", b"\0", data[: rng.randrange(len(data))], rng.randbytes(100)))
    changed = bytearray(with_unknown_section(data, body))
    struct.pack_into("<I", changed, 12, rng.choice((0, 11, 16, 99, 1003, (1 << 32) - 1)))
    return "a section that is not known", bytes(changed)


def small_number(data: bytes, rng: random.Random) -> Case:
    """A number of 32 or 64 bits in a small section, or at the beginning of a large one."""
    placed = rng.choice([p for p in sections(data) if p.size >= 4])
    at = placed.body + 4 * rng.randrange(min(placed.size, SMALL) // 4)
    (value,) = struct.unpack_from("<I", data, at)
    if at + 8 <= placed.body + placed.size and rng.random() < 0.2:
        wide = rng.choice(EDGES_64)
        return f"number at {at} of section {placed.kind}: {wide}", patched(data, at, "Q", wide)
    edges = [*EDGES_32, value + 1, value - 1, 2 * value, value ^ 1 << rng.randrange(32)]
    number = rng.choice(edges) % (1 << 32)
    return f"number at {at} of section {placed.kind}: {number}", patched(data, at, "I", number)


def element(data: bytes, rng: random.Random) -> Case:
    """32 bytes of a section: an edge of a field, or what is there plus a modulus."""
    placed = rng.choice([p for p in sections(data) if p.size >= 32])
    offset = rng.choice((0, 4, 12, 36, 40, 64, 84)) + 32 * rng.randrange(placed.size // 32)
    at = placed.body + min(offset, placed.size - 32)
    here = int.from_bytes(data[at : at + 32], "little")
    value = rng.choice([*ELEMENTS, here + P, here + R, here - 1, 2 * here]) % (1 << 256)
    changed = data[:at] + value.to_bytes(32, "little") + data[at + 32 :]
    return f"element at {at - placed.body} of section {placed.kind}", changed


def point(data: bytes, rng: random.Random) -> Case:
    """64 or 128 bytes where a point may be: infinity, off the curve, outside the group, another."""
    from tests.prover.formats.key_material import g1, g2, torsion_point, twist_point_outside_g2

    placed = rng.choice([p for p in sections(data) if p.size >= 64])
    one, two = g1(rng.choice((1, 2, R - 1))), g2(rng.choice((1, 2, R - 1)))
    bad = rng.choice((torsion_point(1), twist_point_outside_g2(1)))
    body = rng.choice(
        [
            bytes(64),
            bytes(128),
            b"\1" + bytes(63),
            g1_words(one, BN254).astype("<u8").tobytes(),
            g2_words(two, BN254).astype("<u8").tobytes(),
            g2_words(bad, BN254).astype("<u8").tobytes(),
        ]
    )
    if len(body) > placed.size:
        body = body[:64]
    begin = rng.choice((0, 4, 84, 212, 340, 468, 532))
    offset = begin + 64 * rng.randrange(placed.size // 64)
    at = placed.body + min(offset, placed.size - len(body))
    changed = data[:at] + body + data[at + len(body) :]
    return f"a point at {at - placed.body} of section {placed.kind}", changed


def exchanged(data: bytes, rng: random.Random) -> Case:
    """Two stretches of one size in each other's places."""
    placed = rng.choice([p for p in sections(data) if p.size >= 8])
    size = rng.choice([n for n in (4, 8, 32, 36, 44, 64, 128) if 2 * n <= placed.size])
    one, two = sorted(rng.sample(range(placed.size // size), 2))
    one, two = placed.body + one * size, placed.body + two * size
    swapped = data[:one] + data[two : two + size] + data[one + size : two]
    swapped += data[one : one + size] + data[two + size :]
    return f"{size} bytes of section {placed.kind} exchanged", swapped
