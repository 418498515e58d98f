"""A file that two programs do not write over each other: each writes only what it knows.

A program reads the file, then writes it only while it is as that program last saw it. Between the
comparison and the write no other program that keeps to this rule can come, where the system lets
folders be locked.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zkpipe.ground.files.reading import FileError, read_file
from zkpipe.ground.files.writing import write_file
from zkpipe.ground.process.posix import BYTES, FOLDER, lock


class GuardedFile:
    """A file, whether it is there or not.

    path  where it is
    seen  its bytes when this program last read or wrote it; None if it was not there
    """

    def __init__(self, path: Path, limit: int) -> None:
        """Read it. Raises FileError if that fails, FormatError above `limit` bytes."""
        self.path, self._limit = path, limit
        self.seen = self.read()

    def read(self) -> bytes | None:
        """What it holds now; `seen` stays as it is. Raises FileError."""
        try:
            self.path.lstat()
        except FileNotFoundError:
            return None
        except OSError:
            pass  # the reader says why
        return read_file(self.path, self._limit)

    def write(self, data: bytes | None) -> None:
        """Write it, or remove it for None. Raises FileError if another program has changed it."""
        with self._alone():
            if self.read() != self.seen:
                raise FileError(
                    f"{self.path} was changed by another program meanwhile.",
                    "Wait until that program has ended, and look at the file.",
                )
            try:
                if data is None:
                    self.path.unlink(missing_ok=True)
                else:
                    write_file(self.path, data)
            finally:
                self.seen = self.read()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Lock the folder, where the system opens folders."""
        if not FOLDER:
            yield
            return
        try:
            handle = os.open(self.path.parent, os.O_RDONLY | FOLDER | BYTES)
        except OSError as error:
            raise FileError(
                f"{self.path} cannot be written: {error.strerror}.",
                "Check the folder that it is in.",
            ) from error
        try:
            lock(handle)
            yield
        finally:
            os.close(handle)
