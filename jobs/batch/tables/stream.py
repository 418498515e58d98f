"""A file's bytes as a stream for readers of Python's and Arrow's, with bounded memory.

The file stays open with its table. Whoever replaces it by a rename does not disturb a batch, and
whoever writes into it makes the next read a FileError: see ground.files.opened.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from zkpipe.ground.files.opened import OpenFile

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

BUFFER = 1 << 18  # bytes that are read at a time


def stream(file: OpenFile) -> io.BufferedReader:
    """The bytes of a file from the beginning on. Reading raises FileError."""
    return io.BufferedReader(_Bytes(file), BUFFER)


class _Bytes(io.RawIOBase):
    """An open file under Python's interface for streams."""

    def __init__(self, file: OpenFile) -> None:
        self._file = file
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        out = memoryview(buffer).cast("B")
        size = max(0, min(len(out), self._file.size - self._at))
        out[:size] = self._file.read(self._at, size).data
        self._at += size
        return size

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._file.size}[whence]
        if base + offset < 0:  # as a broken file may make its reader ask
            raise ValueError("A place before the beginning of a file.")
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at
