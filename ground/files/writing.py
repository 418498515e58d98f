"""Files are written whole or not at all.

The bytes go to a new file in the same folder, which is flushed to the disk and then renamed over
the old one; a reader sees the old file or the new one, never a part. Whatever goes wrong on the way
leaves the old file as it was and nothing beside it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from zkpipe.ground.files.reading import FileError, file_failure, no_path
from zkpipe.ground.process.chance import random_name
from zkpipe.ground.process.posix import BYTES, FOLDER

MOST_LINKS = 40  # one after another; as Linux follows
MOST_NAME = 200  # bytes, of the 255 that a file system takes
STAGE = ".zkpipe-stage-"  # the beginning of the names that `stage_name` gives


@contextmanager
def atomic_write(path: Path, *, secret: bool = False) -> Iterator[BinaryIO]:
    """A binary file that takes the place of `path` when the block ends, and not before.

    A secret file (a witness) can be read by its owner only; any other gets the usual mode. If the
    block raises, `path` stays as it was and no other file is left.

    A symbolic link is followed: the file that it names is replaced, the link stays. What lies under
    /dev or /proc is refused.

    Raises FileError if the folder or the disk refuses.
    """
    with _placed(target(path), path, 0o600 if secret else 0o666) as file:
        yield file


@contextmanager
def _placed(path: Path, named: Path, mode: int) -> Iterator[BinaryIO]:
    """A binary file that takes the place of `path`, or of a link there; errors say `named`."""
    directory = path.parent
    temporary = directory / f".{short_name(path.name)}.{random_name()}.part"
    try:
        refuse_what_is_no_file(path)
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | BYTES
        handle = os.open(temporary, flags, mode)
    except OSError as error:
        raise file_failure("written", named, error) from error
    except ValueError as error:
        raise no_path(named, error) from error
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        sync_directory(directory)
    except OSError as error:
        raise file_failure("written", named, error) from error
    finally:
        with suppress(OSError):  # gone already when it was renamed
            temporary.unlink()


def refuse_what_is_no_file(path: Path) -> None:
    """Raise OSError if something lies at a path that a rename must not replace."""
    if path.is_dir():
        raise IsADirectoryError(0, "it is a folder")
    if path.exists() and not path.is_file():  # a rename would put a file in a device's place
        raise OSError(0, "it is not a regular file")


def short_name(name: str) -> str:
    """The first letters of a file's name, of MOST_NAME bytes at most: more has room behind them."""
    while len(name.encode("utf-8", "surrogatepass")) > MOST_NAME:
        name = name[:-1]
    return name


def target(path: Path) -> Path:
    """The file that writing to a path replaces: where its folders and its symbolic links lead.

    Raises FileError for a place that is no file's: a rename would put a file in a device's place.
    """
    try:
        here = _in_its_folder(path)
        for _ in range(MOST_LINKS):
            if here.parts[1:2] in (("dev",), ("proc",), ("sys",)):
                raise FileError(f"{path} is not a place for a file.", "Give the name of a file.")
            if not here.is_symlink():
                return here
            here = _in_its_folder(here.parent / here.readlink())
    except (OSError, RuntimeError, ValueError) as error:  # a deleted folder, folders in a circle
        raise FileError(
            f"{path} cannot be written: {getattr(error, 'strerror', None) or error}.",
            "Check that its folder is there, and give the name of a file.",
        ) from error
    raise FileError(f"{path} leads nowhere: its links form a circle.", "Give the name of a file.")


def _in_its_folder(path: Path) -> Path:
    """The path with its folder resolved; the last part stays as it is, a link or not."""
    if path.name in ("", ".."):
        return path.resolve()
    return path.parent.resolve() / path.name


def stage_name() -> str:
    """A name for a folder in whose folders outputs wait until all are whole and take their places.

    Bytes of a file there go to the disk. Its name need not: it is another one soon.
    """
    return STAGE + random_name()


def sync_directory(directory: Path) -> None:
    """See to it that what was renamed in a folder is on the disk; a stage's is passed by."""
    if not FOLDER or directory.parent.name.startswith(STAGE):  # or a system that opens no folders
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
def placed_file(path: Path) -> Iterator[BinaryIO]:
    """As `atomic_write`, of a file for its owner alone: a link at its path is replaced itself."""
    with _placed(path, path, 0o600) as file:
        yield file


def place_file(path: Path, data: bytes) -> None:
    """Put a file of a cache in place, whole, for its owner alone: a link there is replaced itself.

    Raises FileError.
    """
    with placed_file(path) as file:
        file.write(data)
