"""A file of the powers of tau prepared for phase 2: with the Lagrange bases of its powers.

For each domain of n = 1, 2, 4, ... points, L_j is the sum over i of w^(-ij) tau^i / n: the inverse
transform of the n first powers, as points. In G1 the largest domain has twice as many points as the
largest circuit has constraints, and its last power is left out, as section 2 has not got it.

Nothing in it is secret, and the same file always comes out. So work that was interrupted goes on
where it was: finished parts, with their hashes, are kept beside the output
(ground.files.unfinished), together with the hash of the file that they were made from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

import numpy as np

from zkpipe.accel.fields.limbs import Words
from zkpipe.ground.errors import RangeError
from zkpipe.ground.files.binfile import file_head, section_head, write_array
from zkpipe.ground.files.unfinished import unfinished_file
from zkpipe.ground.kinds import require_path
from zkpipe.prover.ceremony.phase1.bases import LEAST_ROOM, LagrangeBases, least_for
from zkpipe.prover.ceremony.phase1.challenge import CHUNK_BYTES
from zkpipe.prover.ceremony.progress import Progress, Told
from zkpipe.prover.ceremony.ptau_file import (
    CONTRIBUTIONS,
    HEADER,
    LAGRANGE,
    LAGRANGE_G1,
    MAGIC,
    MOST_POWER,
    POWERS,
    VERSION,
    PtauFile,
    header_bytes,
    point_count,
    point_words,
    read_ptau,
)
from zkpipe.prover.ceremony.room import check_room, room

TOGETHER = 13  # bases of up to 2^TOGETHER points make one part
COPIED = (*POWERS, CONTRIBUTIONS)


def prepare_ptau(
    source: str | Path,
    path: str | Path,
    told: Told | None = None,
    max_memory: int | str | None = None,
    beside: Path | None = None,
) -> None:
    """Write a .ptau file with its Lagrange bases, byte for byte as snarkjs does.

    told        is told how many points are done, and of how many
    max_memory  bytes, or a text such as "1.5G", that it may take; None for half of the machine's
                memory
    beside      beside which path unfinished work is kept and looked for; `path` if it is not given

    Of a truncated file, too; it stays one, where snarkjs would make it a ceremony of its own size.
    If it is interrupted, a further call with the same arguments goes on where it was.
    Raises RangeError for 2^28 powers, whose largest basis is not made here, and for too little
    memory; FormatError, FileError.

    Cost: n/2 log2 n scalar multiplications a basis of n points. Memory: 80 bytes a point of G1,
    144 of G2, of the largest basis; bases that do not fit are written and read once more, after
    they have been read as often as they are larger than the memory, 256 times at most.
    """
    place = require_path("prepare_ptau", "path", path)
    there = room("prepare_ptau", max_memory)
    file = read_ptau(source)
    if file.power == MOST_POWER:
        raise RangeError(
            f"{source} has 2^{file.power} powers: its largest basis would take more roots of unity "
            "than the field has, and is not made here.",
            "Take the public file that is prepared already, or truncate this one first: "
            "`zkpipe ptau truncate`.",
        )
    if (least := _least_room(file)) > LEAST_ROOM:
        check_room(f"Preparing {source}", least, there)
    progress = Progress(sum(point_count(basis, file.power) for basis in LAGRANGE), told)
    with unfinished_file(place, _identity(file), beside) as work:
        for part in _Parts(file, max(there, LEAST_ROOM)).in_order():
            if not work.is_whole(part.begin, part.size):
                work.file.seek(part.begin)
                part.write(work.file)
                work.finish(part.begin, part.size)
            progress.add(part.points)
        work.file.truncate(part.begin + part.size)
        file.file.file.check()


def _least_room(file: PtauFile) -> int:
    """The bytes for points without which its largest bases are not made."""
    return max(least_for(1 << _last_level(file, basis), point_words(basis)) for basis in LAGRANGE)


def _last_level(file: PtauFile, basis: int) -> int:
    return file.power + (basis == LAGRANGE_G1)


def _identity(file: PtauFile) -> str:
    """The hash of a whole file, in hexadecimal."""
    hash_ = hashlib.blake2b(digest_size=32)
    data = file.file.file
    for at in range(0, data.size, CHUNK_BYTES):
        hash_.update(data.read(at, min(CHUNK_BYTES, data.size - at)).data)
    return hash_.hexdigest()


@dataclass(frozen=True, slots=True)
class _Part:
    """Some bytes of the file: where, how they are written, and how many points count for them."""

    begin: int
    size: int
    write: Callable[[BinaryIO], None]
    points: int = 0


class _Parts:
    """All parts of a prepared file."""

    def __init__(self, file: PtauFile, there: int) -> None:
        self.file, self.there = file, there

    def in_order(self) -> Iterator[_Part]:
        """From the file's first byte to its last."""
        file = self.file
        header = header_bytes(file.power, file.ceremony_power)
        head = file_head(MAGIC, VERSION, 1 + len(COPIED) + len(LAGRANGE))
        at = 0
        head += section_head(HEADER, len(header)) + header
        yield _Part(at, len(head), partial(_write, head))
        at += len(head)
        for kind in COPIED:
            extent = file.file.extent(kind)
            head = section_head(kind, extent.size)
            yield _Part(at, len(head) + extent.size, partial(_copy, file, kind, head))
            at += len(head) + extent.size
        makes = {words: LagrangeBases(words, self.there) for words in (8, 16)}
        for basis in LAGRANGE:
            words, count = point_words(basis), point_count(basis, file.power)
            head = section_head(basis, 8 * words * count)
            for levels in _together(_last_level(file, basis)):
                points = sum(1 << level for level in levels)
                size = len(head) + 8 * words * points
                write = partial(_write_bases, file, basis, levels, makes[words], head)
                yield _Part(at, size, write, points)
                at, head = at + size, b""


def _together(last: int) -> Iterator[range]:
    """The levels 0 .. last, the small ones in one range and the others by themselves."""
    small = min(last, TOGETHER)
    yield range(small + 1)
    for level in range(small + 1, last + 1):
        yield range(level, level + 1)


def _write(data: bytes, out: BinaryIO) -> None:
    out.write(data)


def _copy(file: PtauFile, kind: int, head: bytes, out: BinaryIO) -> None:
    out.write(head)
    extent = file.file.extent(kind)
    for at in range(0, extent.size, CHUNK_BYTES):
        size = min(CHUNK_BYTES, extent.size - at)
        write_array(out, file.file.file.read(extent.begin + at, size))


def _write_bases(
    file: PtauFile, basis: int, levels: range, makes: LagrangeBases, head: bytes, out: BinaryIO
) -> None:
    out.write(head)
    for level in levels:
        makes.write(partial(_powers, file, LAGRANGE[basis]), 1 << level, out)


def _powers(file: PtauFile, section: int, begin: int, end: int) -> Words:
    """Points of a section of powers; behind its last, infinity."""
    there = min(end, point_count(section, file.power))
    points = file.points(section, begin, there)
    if there == end:
        return points
    return np.concatenate([points, np.zeros((end - there, point_words(section)), np.uint64)])
