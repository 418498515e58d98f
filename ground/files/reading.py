"""Files are read whole, or their first bytes. Large ones are read in pieces: ground.files.opened.

Only regular files are read: a pipe or a device would block or never end. A Stream stands for one
that somebody means to be read. Sparse files are refused: they may claim terabytes and take nothing
on the disk.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from zkpipe.ground.errors import FormatError, ZkpipeError
from zkpipe.ground.kinds import describe, require_path
from zkpipe.ground.process.posix import AT_ONCE, BYTES, read_at

Bytes = NDArray[np.uint8]
SMALL = 1 << 20  # bytes below which holes do not matter
MOST_EXTENTS = 4096  # that are looked at for holes
_NO_PATH = (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP)
_NO_RIGHT = (errno.EACCES, errno.EPERM)
_NO_WRITING = (errno.EROFS,)
_NO_ROOM = tuple(getattr(errno, name, -1) for name in ("ENOSPC", "EDQUOT"))
_STREAM = "Give an object whose up_to(size) gives the first bytes."


class Stream(Protocol):
    """Bytes that can be read once and are kept by whoever read them; its str is its name."""

    def up_to(self, size: int) -> bytes:
        """The first bytes: `size`, or as many as there are. Raises FileError."""
        ...


Source: TypeAlias = Path | Stream


def as_source(call: str, path: object) -> Source:
    """What a call was given as a file: a Stream as it is, else a path. Raises KindError."""
    take = getattr(type(path), "up_to", None)  # of its class: an object may answer to any name
    return cast(Stream, path) if callable(take) else require_path(call, "path", path)


def _up_to(stream: Stream, size: int) -> bytes:
    """The first bytes of a stream. Raises FileError, also for one that gives something else."""
    try:
        data = stream.up_to(size)
    except OSError as error:
        raise FileError(f"The stream cannot be read: {error.strerror}.", _STREAM) from error
    if not isinstance(data, bytes):
        raise FileError(f"The stream gives {describe(data)} instead of bytes.", _STREAM)
    return data


class FileError(ZkpipeError):
    """A file that cannot be opened, read or written; the operating system says why."""


def file_failure(verb: str, path: Path, error: OSError) -> FileError:
    """The error for a file that cannot be read or written, with the system's reason."""
    reason = error.strerror or type(error).__name__
    return FileError(f"{path} cannot be {verb}: {reason}.", _fix(error.errno, verb))


def _fix(number: int | None, verb: str) -> str:
    """What to do about what a system says."""
    if number in _NO_PATH:
        return "Check the path." if verb == "read" else "Check the path: its folder must be there."
    if number in _NO_RIGHT:
        return "Check the permissions of the file and of its folder."
    if number in _NO_WRITING:
        return "Mount its file system so that it can be written to, or choose another place."
    if number in _NO_ROOM:
        return "Free some space on the disk, or choose another."
    return "Check the path, its permissions and the space on the disk."


def no_path(path: Path, error: ValueError) -> FileError:
    """The error for a path with a zero byte, or with a letter that has no bytes."""
    return FileError(f"{str(path)!a} is not a path: {error}.", "Give another path.")


@contextmanager
def open_regular(path: Path) -> Iterator[tuple[int, int]]:
    """Descriptor and size of a regular file; does not block on a pipe."""
    try:
        handle = os.open(path, os.O_RDONLY | AT_ONCE | BYTES)
    except OSError as error:
        raise file_failure("read", path, error) from error
    except ValueError as error:
        raise no_path(path, error) from error
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise FileError(f"{path} is not a regular file.", "Give the path of a file.")
        yield handle, status.st_size
    except OSError as error:
        raise file_failure("read", path, error) from error
    finally:
        os.close(handle)


def read_head(path: Source, limit: int) -> bytes:
    """The first bytes of a file, `limit` or as many as there are. Raises FileError."""
    if not isinstance(path, Path):
        return _up_to(path, limit)
    with open_regular(path) as (handle, _):
        head = bytearray(limit)
        return bytes(head[: read_at(handle, head, 0)])


def read_file(path: Source, limit: int) -> bytes:
    """The bytes of a file of at most `limit` bytes.

    Raises FileError if it cannot be read, FormatError if it is larger or mostly holes; then nothing
    is read, or of a stream one byte more than the limit.
    """
    if not isinstance(path, Path):
        data = _up_to(path, limit + 1)
        if len(data) > limit:
            raise _too_large(path, len(data), limit)
        return data
    with open_regular(path) as (handle, size):
        if size <= limit:
            refuse_holes(path, handle, size)
            with os.fdopen(handle, "rb", closefd=False) as file:
                data = file.read(size + 1)  # not limit + 1, which allocates as much
                if len(data) > size:  # it has grown since
                    data += file.read(limit + 1 - len(data))
            size = len(data)
    if size > limit:
        raise _too_large(path, size, limit)
    return data


def _too_large(path: Source, size: int, limit: int) -> FormatError:
    return FormatError(
        f"{path} has {size} bytes or more; such a file has at most {limit}.",
        "Give the file that is meant here.",
    )


def refuse_holes(path: Path, handle: int, size: int) -> None:
    """Raises FormatError for a file of which less than half was ever written."""
    blocks = getattr(os.fstat(handle), "st_blocks", None)
    if size < SMALL or blocks is None or 1024 * blocks >= size or not hasattr(os, "SEEK_DATA"):
        return
    # The blocks of a compressed file, or of one not yet on the disk, say less than its holes.
    written = _written(handle, size)
    if 2 * written < size:
        raise FormatError(
            f"{path} is a sparse file: it claims {size} bytes, and most were never written.",
            "Make the file again.",
        )


def _written(handle: int, size: int) -> int:
    """The bytes that are no holes, of the first extents."""
    written = at = 0
    for _ in range(MOST_EXTENTS):
        try:
            begin = os.lseek(handle, at, os.SEEK_DATA)
            at = os.lseek(handle, begin, os.SEEK_HOLE)
        except OSError:  # no more data
            break
        written += at - begin
        if at >= size:
            break
    os.lseek(handle, 0, os.SEEK_SET)
    return written
