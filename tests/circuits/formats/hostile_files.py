"""Hostile versions of a file in iden3's container, and what must come of reading one.

What is right: a ZkpipeError with a sentence on what is wrong and one on the fix, no memory
allocated for what the file only claims to hold, and nothing in the folder changed.
"""

from __future__ import annotations

import random
import struct
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from zkpipe.ground.errors import ZkpipeError

EDGES_32 = (0, 1, 2, 3, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
EDGES_64 = (0, 1, 1 << 31, 1 << 32, (1 << 63) - 1, 1 << 63, (1 << 64) - 12, (1 << 64) - 1)
MEMORY = 8 << 20  # a hostile file of a few kilobytes may cost this much to refuse


@dataclass(frozen=True)
class Placed:
    """A section of a file: type, where its header and its bytes begin, its size."""

    kind: int
    head: int
    body: int
    size: int


def sections(data: bytes) -> list[Placed]:
    """Where the sections of a right file lie."""
    found = []
    at = 12
    for _ in range(struct.unpack_from("<I", data, 8)[0]):
        kind, size = struct.unpack_from("<IQ", data, at)
        found.append(Placed(kind, at, at + 12, size))
        at += 12 + size
    return found


def section(data: bytes, kind: int) -> Placed:
    """One section of a right file."""
    return next(placed for placed in sections(data) if placed.kind == kind)


def patched(data: bytes, at: int, layout: str, *values: int) -> bytes:
    """The file with some numbers overwritten."""
    changed = bytearray(data)
    struct.pack_into("<" + layout, changed, at, *values)
    return bytes(changed)


def with_count(data: bytes, change: int) -> bytes:
    """The file with another number of sections in its frame."""
    return patched(data, 8, "I", struct.unpack_from("<I", data, 8)[0] + change)


def without(data: bytes, kind: int) -> bytes:
    """The file without one section."""
    gone = section(data, kind)
    return with_count(data[: gone.head] + data[gone.body + gone.size :], -1)


def with_unknown_section(data: bytes, body: bytes) -> bytes:
    """The file with a section that nobody knows before its own."""
    return with_count(data[:12] + struct.pack("<IQ", 4242, len(body)) + body + data[12:], 1)


def broken_frames(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Files wrong in the container: magic, version, counts and sizes of sections, their bytes."""
    yield "empty", b""
    yield "foreign text", b"This is a letter, and a long one at that: " * 4
    yield "foreign binary", bytes(range(256)) * 4
    yield "all zero", bytes(len(data))
    yield "all ones", b"\xff" * len(data)
    yield "other magic", b"zkay" + data[4:]
    yield "magic in capitals", data[:4].upper() + data[4:]
    for version in (0, 7, 0xFFFFFFFF):
        yield f"version {version}", patched(data, 4, "I", version)
    count = len(sections(data))
    for claimed in (0, count - 1, count + 1, 257, 0xFFFFFFFF):
        yield f"{claimed} sections", patched(data, 8, "I", claimed)
    for extra in (b"\0", b"\0" * 12, b"PK\3\4"):
        yield f"{len(extra)} trailing bytes", data + extra
    for placed in sections(data):
        whole = data[placed.head : placed.body + placed.size]
        yield f"section {placed.kind} twice", with_count(data + whole, 1)
        for size in (*EDGES_64, placed.size - 1, placed.size + 1, placed.size + 4):
            if 0 <= size != placed.size:
                lie = patched(data, placed.head + 4, "Q", size)
                yield f"section {placed.kind} of claimed size {size}", lie


def truncations(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The file cut short at every byte."""
    for size in range(len(data)):
        yield f"first {size} bytes", data[:size]


def mutations(data: bytes, seed: int, count: int) -> Iterator[tuple[str, bytes]]:
    """Random changes of one to three places: bits, bytes, numbers, cuts, insertions, swaps."""
    rng = random.Random(seed)  # noqa: S311 - test data that must come back the same
    for index in range(count):
        changed = bytearray(data)
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(changed))
            match rng.randrange(7):
                case 0:
                    changed[at] ^= 1 << rng.randrange(8)
                case 1:
                    changed[at] = rng.randrange(256)
                case 2:
                    at = min(at & ~3, len(changed) - 4)
                    struct.pack_into("<I", changed, at, rng.choice(EDGES_32))
                case 3:
                    at = min(at & ~3, len(changed) - 8)
                    struct.pack_into("<Q", changed, at, rng.choice(EDGES_64))
                case 4:
                    del changed[at : at + rng.choice((1, 4, 32, 64))]
                case 5:
                    changed[at:at] = rng.randbytes(rng.choice((1, 4, 32)))
                case _:
                    other = rng.randrange(len(changed))
                    changed[at : at + 32], changed[other : other + 32] = (
                        changed[other : other + 32],
                        changed[at : at + 32],
                    )
            if len(changed) < 16:
                break
        yield f"mutation {index} of seed {seed}", bytes(changed)


def assert_refused(
    load: Callable[[Path], object], path: Path, what: str, data: bytes
) -> ZkpipeError:
    """Reading this file raises a ZkpipeError with both sentences, and changes nothing."""
    path.write_bytes(data)
    before = sorted(path.parent.iterdir())
    with pytest.raises(ZkpipeError) as caught:
        load(path)
    error = caught.value
    assert error.problem.endswith("."), what
    assert error.fix.endswith("."), what
    assert path.read_bytes() == data, what
    assert sorted(path.parent.iterdir()) == before, what
    return error


def assert_all_refused(
    load: Callable[[Path], object], path: Path, cases: Iterator[tuple[str, bytes]]
) -> int:
    """All are refused, and none makes the reader allocate what it claims. Returns how many."""
    number = 0
    tracemalloc.start()
    try:
        for what, data in cases:
            tracemalloc.reset_peak()
            begin = tracemalloc.get_traced_memory()[0]
            try:
                assert_refused(load, path, what, data)
            except pytest.fail.Exception as error:
                pytest.fail(f"{what}: {error}")
            assert tracemalloc.get_traced_memory()[1] - begin < MEMORY, what
            number += 1
    finally:
        tracemalloc.stop()
    return number


def accepted_mutations(
    load: Callable[[Path], object], path: Path, data: bytes, seed: int, count: int
) -> Iterator[tuple[str, object]]:
    """What the reader makes of mutations that it does not refuse; all else is a ZkpipeError."""
    for what, changed in mutations(data, seed, count):
        path.write_bytes(changed)
        try:
            loaded = load(path)
        except ZkpipeError:
            assert path.read_bytes() == changed, what
        else:
            yield what, loaded
