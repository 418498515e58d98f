"""The folders of this user's state and configuration, and small files in them that are believed.

They are `zkpipe` in XDG_STATE_HOME (or ~/.local/state) and in XDG_CONFIG_HOME (or ~/.config), or
what the system has in their place. What lies there says what the user has verified and whom they
trust: it is read only where nobody else could have written it, or have put it there, see
`ownership`. There is no second place: in one that all can write to, such as /tmp, others could be
first.
"""

from __future__ import annotations

from pathlib import Path

from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.cache_folders import make_folder
from zkpipe.ground.files.ownership import objection, read_trusted
from zkpipe.ground.files.reading import FileError, file_failure
from zkpipe.ground.files.user_folders import user_folder
from zkpipe.ground.files.writing import place_file
from zkpipe.ground.process.posix import user_number

_OWN = "Give the file and its folders to yourself, and let nobody else write to them."


def state_folder() -> Path | None:
    """Where what this user found out is kept; None if the system names no such place."""
    return user_folder("state")


def configuration_folder() -> Path | None:
    """Where this user says what they want; None if the system names no such place."""
    return user_folder("config")


def read_own(path: Path, limit: int) -> bytes | None:
    """The bytes of a file that only this user, or whom they trust, can have written; None if none.

    A link is followed if it, and all on the way to what it names, is theirs too.

    Raises FileError if another user could have written it, or that cannot be ruled out, or if it
    cannot be read; FormatError if it has more than `limit` bytes.
    """
    try:
        path.lstat()
        why = objection(path)
        data = b"" if why else read_trusted(path.resolve(), limit + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise file_failure("read", path, error) from error
    if why is not None:
        raise FileError(f"{path} is not believed: {why}.", _OWN)
    if len(data) > limit:
        raise FormatError(f"{path} has more than {limit} bytes.", "Remove it.")
    return data


def write_own(path: Path, data: bytes) -> None:
    """Write a file of mode 0600 into a folder of mode 0700, which is made if it is not there.

    Raises FileError if the folder is one to which others could write, or the disk refuses.
    """
    folder = path.parent
    try:
        why = make_folder(folder)
        if why is None and folder.stat().st_uid == user_number():
            folder.chmod(0o700)
    except OSError as error:
        raise file_failure("written", path, error) from error
    if why is not None:
        raise FileError(f"Nothing is kept in {folder}: {why}.", _OWN)
    place_file(path, data)


def remove_own(path: Path) -> None:
    """Remove a file, if it is there. Raises FileError."""
    try:
        path.unlink(missing_ok=True)
    except NotADirectoryError:
        return
    except OSError as error:
        raise file_failure("removed", path, error) from error
