"""iden3's binary container: the frame of .r1cs, .wtns, .zkey and .ptau files.

    magic     4 bytes, the name of the format
    version   u32
    sections  u32, how many; then each: type u32, size u64, that many bytes

All numbers are little-endian. Sections come in any order; one of a type that the reader does not
know is skipped. Sizes are checked against the bytes that are there before anything is read or
allocated: a section that passes the end, a type that comes twice, bytes after the last section
are each a FormatError. A section is copied out of the file when it is asked for, and begins at an
address that suits every view of it, wherever it begins in the file.

Source: iden3/r1csfile, doc/r1cs_bin_format.md.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.containers import CONTAINERS, described
from zkpipe.ground.files.opened import OpenFile
from zkpipe.ground.files.reading import Bytes
from zkpipe.ground.files.writing import atomic_write
from zkpipe.ground.quick_dataclass import dataclass

MAX_SECTIONS = 256  # the formats have 2 to 15; bounds the walk through a hostile file
MAX_SMALL = 1 << 24  # bytes of a section that is read number by number: headers, contributions
_FRAME = struct.Struct("<4sII")
_SECTION = struct.Struct("<IQ")

FIX = "Make the file again with the tool it comes from."
_MAKERS = {
    b"r1cs": ": `zkpipe compile` makes one from a circuit",
    b"wtns": ": `zkpipe witness` makes one from a circuit and its inputs",
    b"zkey": ": `zkpipe setup` makes one from a circuit",
}
CURVE_FIX = "Compile the circuit for BN254: bn128 is circom's default, and snarkjs' name for it."


class Cursor:
    """Reads numbers from a section, one after another; every reading is checked for length.

    Offsets in errors are those in the section.
    """

    def __init__(self, data: Bytes, where: str) -> None:
        self._data = data
        self._where = where
        self._at = 0

    @property
    def remaining(self) -> int:
        """The bytes not read yet."""
        return len(self._data) - self._at

    def take(self, size: int) -> Bytes:
        """The next `size` bytes, a view. Raises FormatError if there are fewer."""
        if size > self.remaining:
            raise FormatError(
                f"{self._where} is too short: it ends {size - self.remaining} bytes early, in "
                f"what begins at offset {self._at}.",
                FIX,
            )
        taken = self._data[self._at : self._at + size]
        self._at += size
        return taken

    def rest(self) -> bytes:
        """The bytes not read yet."""
        return self.take(self.remaining).tobytes()

    def integer(self, size: int) -> int:
        """The next `size` bytes as an unsigned integer. Raises FormatError if there are fewer."""
        return int.from_bytes(self.take(size).tobytes(), "little")

    def prime(self, modulus: int, of: str) -> None:
        """The next bytes: 32 as u32, then a prime in 32 bytes; it must be this one.

        Raises FormatError if it is not; `of` says what the field is for.
        """
        where = f"{self._where}, offset {self._at}"
        width = self.integer(4)
        if width != 32:
            raise FormatError(f"{where}: {of} have {width} bytes, not 32.", CURVE_FIX)
        if self.integer(32) != modulus:
            raise FormatError(f"{where}: {of} are of another prime field.", CURVE_FIX)

    def end(self) -> None:
        """Raises FormatError if bytes remain."""
        if self.remaining:
            raise FormatError(
                f"{self._where} has {self.remaining} bytes too many, at offset {self._at}.", FIX
            )


@dataclass(frozen=True, slots=True)
class Extent:
    """Where the bytes of a section lie in its file."""

    begin: int
    size: int


@dataclass(frozen=True, slots=True, eq=False)
class BinFile:
    """A file in iden3's container, and where its sections lie in it, by type."""

    file: OpenFile
    extents: Mapping[int, Extent]

    @property
    def path(self) -> Path:
        """The file's path, for errors."""
        return self.file.path

    def __contains__(self, kind: int) -> bool:
        return kind in self.extents

    def where(self, kind: int) -> str:
        """How errors name a section."""
        return f"{self.path}: section {kind}"

    def extent(self, kind: int) -> Extent:
        """Where a section lies. Raises FormatError if there is none of this type."""
        if kind not in self.extents:
            raise FormatError(f"{self.path} has no section {kind}.", FIX)
        return self.extents[kind]

    def section(self, kind: int) -> Bytes:
        """A copy of a section. Raises FormatError if there is none of this type."""
        extent = self.extent(kind)
        return self.file.read(extent.begin, extent.size)

    def cursor(self, kind: int) -> Cursor:
        """A reader of a copy of a section from its beginning, for the small ones.

        Raises FormatError if there is none of this type, or it is larger than any small one is.
        """
        size = self.extent(kind).size
        if size > MAX_SMALL:
            raise FormatError(
                f"{self.where(kind)} has {size} bytes; such a section has at most {MAX_SMALL}.",
                FIX,
            )
        return Cursor(self.section(kind), self.where(kind))

    def rows(self, kind: int, count: int, row_size: int, of: str) -> Extent:
        """Where a section lies that holds `count` rows of `row_size` bytes and nothing else.

        Raises FormatError if its size is another; `of` says in plural what the rows are.
        """
        extent = self.extent(kind)
        if extent.size != count * row_size:
            raise FormatError(
                f"{self.where(kind)} has {extent.size} bytes, but {count} {of} of {row_size} bytes "
                f"make {count * row_size}.",
                FIX,
            )
        return extent


def read_binfile(path: Path, magic: bytes, version: int) -> BinFile:
    """Open a file and find its sections.

    Raises FileError if it cannot be read, FormatError if it is not of this format and version or
    its sections do not fill it exactly.
    """
    file = OpenFile(path)
    name = magic.decode("ascii")
    head = file.read(0, min(file.size, _FRAME.size)).tobytes()
    if head[:4] != magic[: len(head)]:
        found = described(head)
        raise FormatError(
            f"{path} is {f'{found}, ' if found else ''}not {CONTAINERS[magic]}.",
            f"Give a .{name} file here{_MAKERS.get(magic, '')}.",
        )
    if len(head) < _FRAME.size:
        raise FormatError(f"{path} is too short for a .{name} file: {file.size} bytes.", FIX)
    _, found_version, count = _FRAME.unpack(head)
    if found_version != version:
        raise FormatError(
            f"{path} is a .{name} file of version {found_version}; version {version} is read.",
            f"Write it as version {version}.",
        )
    if count > MAX_SECTIONS:
        raise FormatError(f"{path} claims {count} sections; at most {MAX_SECTIONS} fit.", FIX)
    return BinFile(file, _extents(file, count))


def _extents(file: OpenFile, count: int) -> dict[int, Extent]:
    path, extents, at = file.path, dict[int, Extent](), _FRAME.size
    for index in range(count):
        if file.size - at < _SECTION.size:
            raise FormatError(
                f"{path} is cut short: it ends in section {index + 1} of {count}, which begins at "
                f"offset {at}.",
                FIX,
            )
        kind, size = _SECTION.unpack(file.read(at, _SECTION.size).tobytes())
        at += _SECTION.size
        if size > file.size - at:
            raise FormatError(
                f"{path}: section {kind}, whose bytes begin at offset {at}, claims {size} bytes; "
                f"{file.size - at} are left.",
                FIX,
            )
        if kind in extents:
            raise FormatError(f"{path} has section {kind} twice, again at offset {at}.", FIX)
        extents[kind] = Extent(at, size)
        at += size
    if at < file.size:
        raise FormatError(
            f"{path} has {file.size - at} bytes after its last section, at offset {at}.", FIX
        )
    return extents


class BinFileWriter:
    """Writes sections one after another; sizes are filled in as each ends."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    @contextmanager
    def section(self, kind: int) -> Iterator[BinaryIO]:
        """The file, for the bytes of a section of this type."""
        head = self._file.tell()
        self._file.write(_SECTION.pack(kind, 0))
        begin = self._file.tell()
        yield self._file
        end = self._file.tell()
        self._file.seek(head)
        self._file.write(_SECTION.pack(kind, end - begin))
        self._file.seek(end)

    def array(self, kind: int, values: NDArray[Any]) -> None:
        """Write a section that is the bytes of an array."""
        with self.section(kind) as file:
            write_array(file, values)


def write_array(file: BinaryIO, values: NDArray[Any]) -> None:
    """Write an array's elements in C order, little-endian, without a copy if they lie so."""
    file.write(array_bytes(values))


def array_bytes(values: NDArray[Any]) -> memoryview:
    """An array's elements in C order, as bytes; no copy if they lie so."""
    return np.ascontiguousarray(values).reshape(-1).view(np.uint8).data


def file_head(magic: bytes, version: int, section_count: int) -> bytes:
    """What a file begins with."""
    return _FRAME.pack(magic, version, section_count)


def section_head(kind: int, size: int) -> bytes:
    """What stands before the bytes of a section."""
    return _SECTION.pack(kind, size)


@contextmanager
def write_binfile(
    path: Path, magic: bytes, version: int, section_count: int, *, secret: bool = False
) -> Iterator[BinFileWriter]:
    """Write a file of `section_count` sections atomically. Raises FileError."""
    with atomic_write(path, secret=secret) as file:
        file.write(file_head(magic, version, section_count))
        yield BinFileWriter(file)
