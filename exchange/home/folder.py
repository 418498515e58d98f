"""A folder and files that are the user's own: nobody else reads, writes or has placed them.

The folder has mode 0700 and its files 0600. Links are not followed. Files are written whole or not
at all; what a killed process left half-written is a hidden file with the ending .part, which the
next writer removes.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from zkpipe.exchange.errors import DamagedError, HomeError
from zkpipe.ground.files.ownership import objection, read_trusted
from zkpipe.ground.files.reading import file_failure
from zkpipe.ground.process.posix import BYTES, FOLDER, NO_LINK, has_owners, user_number

PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600
PIECE = 1 << 16  # bytes that are overwritten at once
PART = ".part"


def check_folder(path: Path) -> None:
    """Raises HomeError unless a path is a folder of the user's own that only the user can enter.

    Raises FileError if it is not there.
    """
    try:
        status = path.lstat()
        why = objection(path) if has_owners() else "this system does not say who can write to it"
    except OSError as error:
        raise file_failure("read", path, error) from error
    if stat.S_ISLNK(status.st_mode):
        raise HomeError(f"{path} is a link, not a folder.", "Give the folder that it leads to.")
    if not stat.S_ISDIR(status.st_mode):
        raise HomeError(f"{path} is not a folder.", "Give the folder of a home.")
    if has_owners() and status.st_uid != user_number():
        why = f"{path} belongs to user {status.st_uid}"
    elif stat.S_IMODE(status.st_mode) & 0o077:
        why = f"{path} can be entered by others"
    if why is not None:
        raise HomeError(
            f"{path} cannot keep secrets: {why}.",
            "Give a folder that only you can enter (chmod 700), in folders that only you, or root, "
            "can write to.",
        )


def make_folder(path: Path) -> None:
    """Make a folder that only its owner can enter; one that is there stays. Raises FileError."""
    try:
        with suppress(FileExistsError):
            path.mkdir(mode=PRIVATE_FOLDER)
    except OSError as error:
        raise file_failure("written", path, error) from error


def read_own(path: Path, limit: int) -> bytes:
    """The bytes of a file of the user's own, of at most `limit`.

    Raises DamagedError if it is not there, or larger; HomeError for a link, and for a file that
    others own, or can read or write; FileError if the system refuses.
    """
    try:
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode) or not stat.S_ISREG(status.st_mode):
            raise HomeError(f"{path} is no regular file.", "Put the file itself there.")
        if status.st_uid != user_number() or stat.S_IMODE(status.st_mode) & 0o077:
            raise HomeError(
                f"{path} is not the user's alone.",
                "Make yourself its owner, and let nobody else read it (chmod 600).",
            )
        if status.st_size > limit:
            raise DamagedError(
                f"{path} is damaged: it is larger than such a file can be.",
                "Restore the home from a backup.",
            )
        return read_trusted(path)
    except FileNotFoundError as error:
        raise DamagedError(f"{path} is missing.", "Restore the home from a backup.") from error
    except OSError as error:
        raise file_failure("read", path, error) from error


def sync_folder(path: Path) -> None:
    """Flush to the disk which files a folder holds."""
    handle = os.open(path, os.O_RDONLY | FOLDER | BYTES)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def place_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put many new files in a folder, each whole or not at all, with one flush of the system.

    A flush for each file takes some 10 ms. A process that is killed leaves some of the files.

    Raises FileError.
    """
    hidden = {
        folder / name: folder / f".{name[:200]}.{secrets.token_hex(8)}{PART}" for name in files
    }
    try:
        for path, part in hidden.items():
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | BYTES, PRIVATE_FILE)
            with os.fdopen(handle, "wb") as file:
                file.write(files[path.name])
        os.sync()  # before a file gets its name: after a loss of power it is whole
        for path, part in hidden.items():
            part.rename(path)
        sync_folder(folder)
    except OSError as error:
        raise file_failure("written", folder, error) from error
    finally:
        for part in hidden.values():
            with suppress(OSError):
                part.unlink(missing_ok=True)


def erase_file(path: Path) -> None:
    """Remove a file for good: it loses its name, is overwritten, and removed.

    A process that is killed meanwhile leaves a hidden part, which `sweep` erases. On disks that
    write elsewhere than before (SSDs, copy on write, journals of data) the old bytes may stay.

    Raises FileError. A file that is not there is none to erase.
    """
    hidden = path.with_name(f".erased.{secrets.token_hex(8)}{PART}")
    try:
        try:
            path.rename(hidden)
        except FileNotFoundError:
            return
        sync_folder(path.parent)
        _overwrite(hidden)
        hidden.unlink()
        sync_folder(path.parent)
    except OSError as error:
        raise file_failure("written", path, error) from error


def _overwrite(path: Path) -> None:
    handle = os.open(path, os.O_WRONLY | NO_LINK | BYTES)
    with os.fdopen(handle, "wb") as file:
        left = os.fstat(handle).st_size
        while left > 0:
            left -= file.write(secrets.token_bytes(min(left, PIECE)))
        file.flush()
        os.fsync(handle)


def parts(path: Path) -> Iterator[Path]:
    """What killed processes left half-written or half-erased in a folder."""
    for entry in sorted(path.iterdir()):
        if entry.name.startswith(".") and entry.name.endswith(PART):
            yield entry


def sweep(path: Path) -> None:
    """Erase such files. Only who holds the writer's lock may: another's are at work else."""
    try:
        for entry in parts(path):
            if not entry.is_symlink() and entry.is_file():
                _overwrite(entry)
            entry.unlink()
    except OSError as error:
        raise file_failure("written", path, error) from error
