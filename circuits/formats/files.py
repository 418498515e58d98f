"""Files as this project reads and writes them.

Writing is atomic: the bytes go to a new file in the same folder, which is flushed to the disk and
then renamed over the old one; a reader sees the old file or the new one, never a part. Whatever
goes wrong on the way leaves the old file as it was and nothing beside it. Large files are read
piece by piece: circuits.formats.opened.

Only regular files are read: a pipe or a device would block or never end. A Stream stands for one
that somebody means to be read. Sparse files are refused: they may claim terabytes and take nothing
on the disk.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.errors import FormatError, ZkpipeError
from zkpipe.accel.posix import AT_ONCE, BYTES, FOLDER, read_at

Bytes = NDArray[np.uint8]
MOST_LINKS = 40  # one after another; as Linux follows
SMALL = 1 << 20  # bytes below which holes do not matter
MOST_EXTENTS = 4096  # that are looked at for holes


class Stream(Protocol):
    """Bytes that can be read once and are kept by whoever read them; its str is its name."""

    def up_to(self, size: int) -> bytes:
        """The first bytes: `size`, or as many as there are. Raises FileError."""
        ...


Source: TypeAlias = Path | Stream


class FileError(ZkpipeError):
    """A file that cannot be opened, read or written; the operating system says why."""


def file_failure(verb: str, path: Path, error: OSError) -> FileError:
    """The error for a file that cannot be read or written, with the system's reason."""
    reason = error.strerror or type(error).__name__
    return FileError(
        f"{path} cannot be {verb}: {reason}.",
        "Check the path, its permissions and the space on the disk.",
    )


def _no_path(path: Path, error: ValueError) -> FileError:
    """The error for a path with a zero byte, or with a letter that has no bytes."""
    return FileError(f"{str(path)!a} is no path: {error}.", "Give another path.")


@contextmanager
def atomic_write(path: Path, *, secret: bool = False) -> Iterator[BinaryIO]:
    """A binary file that takes the place of `path` when the block ends, and not before.

    A secret file (a witness) can be read by its owner only; any other gets the usual mode. If the
    block raises, `path` stays as it was and no other file is left.

    A symbolic link is followed: the file that it names is replaced, the link stays. What lies under
    /dev or /proc is refused.

    Raises FileError if the folder or the disk refuses.
    """
    named, path = path, target(path)
    directory = path.parent
    temporary = directory / f".{path.name[:200]}.{secrets.token_hex(8)}.part"
    try:
        if path.is_dir():
            raise IsADirectoryError(0, "it is a folder")
        if path.exists() and not path.is_file():  # a rename would put a file in a device's place
            raise OSError(0, "it is not a regular file")
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | BYTES
        handle = os.open(temporary, flags, 0o600 if secret else 0o666)
    except OSError as error:
        raise file_failure("written", named, error) from error
    except ValueError as error:
        raise _no_path(named, error) from error
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync_directory(directory)
    except OSError as error:
        raise file_failure("written", named, error) from error
    finally:
        with suppress(OSError):  # gone already when it was renamed
            temporary.unlink()


def target(path: Path) -> Path:
    """The file that writing to a path replaces: where its folders and its symbolic links lead.

    Raises FileError for a place that is no file's: a rename would put a file in a device's place.
    """
    try:
        here = _in_its_folder(path)
        for _ in range(MOST_LINKS):
            if here.parts[1:2] in (("dev",), ("proc",), ("sys",)):
                raise FileError(f"{path} is no place for a file.", "Give the name of a file.")
            if not here.is_symlink():
                return here
            here = _in_its_folder(here.parent / here.readlink())
    except (OSError, RuntimeError, ValueError) as error:  # a deleted folder, folders in a circle
        raise FileError(
            f"{path} cannot be written: {getattr(error, 'strerror', None) or error}.",
            "Check that its folder is there, and give the name of a file.",
        ) from error
    raise FileError(f"{path} leads nowhere: links in a circle.", "Give the name of a file.")


def _in_its_folder(path: Path) -> Path:
    """The path with its folder resolved; the last part stays as it is, a link or not."""
    if path.name in ("", ".."):
        return path.resolve()
    return path.parent.resolve() / path.name


def _sync_directory(directory: Path) -> None:
    if not FOLDER:  # a system that opens no folders
        return
    handle = os.open(directory, os.O_RDONLY | FOLDER | BYTES)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_file(path: Path, data: bytes, *, secret: bool = False) -> None:
    """Write a whole file atomically. Raises FileError."""
    with atomic_write(path, secret=secret) as file:
        file.write(data)


@contextmanager
def open_regular(path: Path) -> Iterator[tuple[int, int]]:
    """Descriptor and size of a regular file; does not block on a pipe."""
    try:
        handle = os.open(path, os.O_RDONLY | AT_ONCE | BYTES)
    except OSError as error:
        raise file_failure("read", path, error) from error
    except ValueError as error:
        raise _no_path(path, error) from error
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
        return path.up_to(limit)
    with open_regular(path) as (handle, _):
        head = bytearray(limit)
        return bytes(head[: read_at(handle, head, 0)])


def read_file(path: Source, limit: int) -> bytes:
    """The bytes of a file of at most `limit` bytes.

    Raises FileError if it cannot be read, FormatError if it is larger or mostly holes; then nothing
    is read, or of a stream one byte more than the limit.
    """
    if not isinstance(path, Path):
        data = path.up_to(limit + 1)
        if len(data) > limit:
            raise _too_large(path, len(data), limit)
        return data
    with open_regular(path) as (handle, size):
        if size <= limit:
            refuse_holes(path, handle, size)
            with os.fdopen(handle, "rb", closefd=False) as file:
                data = file.read(limit + 1)  # it may have grown since
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
