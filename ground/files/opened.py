"""A file that stays open, whose bytes are copied out as they are needed.

Nothing is mapped, as files of our own are (ground.files.mapped). A map of a file that somebody cuts
short kills the process that touches it (SIGBUS), and its bytes change under checks that were made
before; what has been copied does neither. Each copy is followed by a look at the file's size and
time, so all copies are of the file that was opened, or else there is an error. A file that is
replaced by a rename, as this project writes files, stays readable as it was.
"""

from __future__ import annotations

import hashlib
import os
import weakref
from pathlib import Path

import numpy as np

from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.mapped import FileIdentity
from zkpipe.ground.files.ownership import objection_to_open
from zkpipe.ground.files.reading import Bytes, FileError, file_failure, open_regular, refuse_holes
from zkpipe.ground.process.memory import aligned_empty
from zkpipe.ground.process.posix import memory_size, read_at
from zkpipe.ground.process.threads import in_threads

PIECE = 1 << 22  # bytes that a thread copies at a time

_Signature = tuple[int, int, int, int]


class OpenFile:
    """A regular file that is open for reading; closed with the last reference.

    Raises FileError if it cannot be read, FormatError if it is empty or mostly holes.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with open_regular(path) as (handle, size):
            if size == 0:
                raise FormatError(f"{path} is empty.", "Make the file again.")
            refuse_holes(path, handle, size)
            self._handle = os.dup(handle)
        weakref.finalize(self, os.close, self._handle)
        self.size = size
        self._signature = self._look()
        self._untouched = os.fstat(self._handle).st_ctime_ns

    def read(self, begin: int, size: int) -> Bytes:
        """A copy of `size` bytes from `begin` on, at the beginning of a cache line.

        Raises FileError if the file was changed since it was opened, cannot be read, or is larger
        than this machine's memory. Threads share a large copy.
        """
        if size > (memory := memory_size()):
            raise FileError(
                f"{self.path} has {size} bytes in one piece; this machine has {memory} bytes of "
                "memory.",
                "Use a machine with more memory.",
            )
        out = aligned_empty(-(-size // 8), 1).reshape(-1).view(np.uint8)[:size]

        def copy(low: int) -> None:
            high = min(low + PIECE, size)
            while low < high:
                got = read_at(self._handle, out[low:high].data, begin + low)
                if got == 0:
                    raise self._changed()
                low += got

        try:
            in_threads(copy, range(0, size, PIECE))
        except OSError as error:
            raise file_failure("read", self.path, error) from error
        self.check()
        return out

    def check(self) -> None:
        """Raises FileError if the file is not what it was when it was opened."""
        if self._look() != self._signature:
            raise self._changed()

    def sha256(self) -> str:
        """SHA-256 of the whole file, in hexadecimal. Raises as `read` does. Cost: 1 ns a byte."""
        hash_ = hashlib.sha256()
        for at in range(0, self.size, PIECE):
            hash_.update(self.read(at, min(PIECE, self.size - at)).data)
        return hash_.hexdigest()

    def identity(self) -> FileIdentity:
        """What the file is, by the time of its last change, too."""
        return FileIdentity.of(os.fstat(self._handle))

    def check_untouched(self) -> None:
        """As `check`, and by the time of change too, which no call can set as it likes.

        Another name, a link or another mode counts as a change as well. For what is verified.
        """
        self.check()
        if os.fstat(self._handle).st_ctime_ns != self._untouched:
            raise self._changed()

    def exposed(self) -> str | None:
        """Who but this user could change its bytes, in words; None if nobody.

        A program that has mapped a file writes to it without a change of the file's times, so that
        `check_untouched` does not see it.
        """
        return objection_to_open(self._handle, self.path)

    def _look(self) -> _Signature:
        status = os.fstat(self._handle)
        return status.st_size, status.st_mtime_ns, status.st_ino, status.st_dev

    def _changed(self) -> FileError:
        return FileError(
            f"{self.path} was changed while it was in use.",
            "Load it again, and replace such a file by a rename, never by writing into it.",
        )
