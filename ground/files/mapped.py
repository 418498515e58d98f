"""A file of the user's own that is mapped: nothing is copied, and processes share its pages.

A map of a file that somebody cuts short kills the process that touches it (SIGBUS), and its bytes
may change under checks that were made before. So only a file is mapped that nobody but the user can
change: with mode 0600 and no other name, in a folder that only they can write to. Programs of ours
put such a file in place by a rename, and never write into it. Its pages are all asked for at once,
so a disk that fails is an error here and not a signal later.

Measured on 428 MB in the page cache: the map takes 10 ms of processor time, a copy 220 ms. The
page cache of Linux holds large files in large pages, and maps them so: sums that gather points from
all over it took no longer than in memory of our own.
"""

from __future__ import annotations

import errno
import mmap
import os
import stat
import sys
import weakref
from contextlib import suppress
from pathlib import Path

import numpy as np

from zkpipe.ground.files.reading import Bytes, file_failure
from zkpipe.ground.process.posix import AT_ONCE, BYTES, NO_LINK, has_owners, read_at, user_number
from zkpipe.ground.quick_dataclass import dataclass

OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
OTHERS = stat.S_IRWXG | stat.S_IRWXO
POPULATE_READ = 22  # of Linux 5.14 and later: an error of the disk is one of this call


@dataclass(frozen=True, slots=True)
class FileIdentity:
    """What tells a file from another, and from itself after a change, without reading it.

    changed  nanoseconds; no call can set this time as it likes
    owner    the user's number
    """

    device: int
    inode: int
    size: int
    changed: int
    owner: int

    @classmethod
    def of(cls, status: os.stat_result) -> FileIdentity:
        """As the system says."""
        return cls(status.st_dev, status.st_ino, status.st_size, status.st_ctime_ns, status.st_uid)


class OwnFile:
    """A file that is open, and that only this user can have written; closed with its last use."""

    def __init__(self, path: Path, handle: int, size: int) -> None:
        self.path, self.size, self._handle = path, size, handle
        weakref.finalize(self, os.close, handle)

    def head(self, size: int) -> bytes:
        """The first bytes: `size`, or as many as there are. Raises FileError."""
        out = bytearray(size)
        try:
            return bytes(out[: read_at(self._handle, out, 0)])
        except OSError as error:
            raise file_failure("read", self.path, error) from error

    def map(self) -> Bytes:
        """All its bytes. What is written to them is this process's alone.

        Raises FileError if it was made shorter, or cannot be read or mapped.
        """
        try:
            if os.fstat(self._handle).st_size < self.size:
                raise OSError(errno.EIO, "it was made shorter")
            mapped = mmap.mmap(self._handle, self.size, access=mmap.ACCESS_COPY)
            if hasattr(mmap, "MADV_HUGEPAGE"):
                with suppress(OSError):  # a kernel without huge pages
                    mapped.madvise(mmap.MADV_HUGEPAGE)
            if sys.platform == "linux":
                _populate(mapped)
        except (OSError, ValueError) as error:  # ValueError: of mmap, for a file that is too short
            failure = error if isinstance(error, OSError) else OSError(errno.EIO, str(error))
            raise file_failure("read", self.path, failure) from error
        return np.frombuffer(mapped, np.uint8)

    def touch(self) -> None:
        """Set its time of change to now, if that can be done."""
        with suppress(OSError):
            os.utime(self._handle)

    @property
    def used(self) -> float:
        """Its time of change, in seconds."""
        return os.fstat(self._handle).st_mtime

    def remove(self) -> None:
        """Remove it, if its path still leads to it; what is mapped stays."""
        with suppress(OSError):
            if os.path.samestat(self.path.lstat(), os.fstat(self._handle)):
                self.path.unlink()


def _populate(mapped: mmap.mmap) -> None:
    try:
        mapped.madvise(POPULATE_READ)
    except OSError as error:
        if error.errno != errno.EINVAL:  # of an older kernel
            raise


def open_own(path: Path) -> OwnFile | None:
    """The file at a path; None if there is none, or others could have written it or to its folder.

    The folders above are not looked at (ownership.objection does).
    """
    if not has_owners():
        return None
    try:
        folder = path.parent.lstat()
        handle = os.open(path, os.O_RDONLY | NO_LINK | AT_ONCE | BYTES)
    except OSError:
        return None
    status = os.fstat(handle)
    is_own = (
        folder.st_uid == status.st_uid == user_number()
        and not folder.st_mode & OTHERS_WRITE
        and stat.S_ISREG(status.st_mode)
        and not status.st_mode & OTHERS
        and status.st_nlink == 1
    )
    if not is_own:
        os.close(handle)
        return None
    return OwnFile(path, handle, status.st_size)
