"""Folders of ours in the user's cache. Their files are executed: only the user may write there.

The first place is `zkpipe` in the user's cache folder (XDG_CACHE_HOME, or ~/.cache). Where others
could write to it or to a folder above, or it cannot be written to, a folder of the user's own among
the temporary files takes its place: in TMPDIR, /tmp, or /var/tmp. What lies in any of them is read,
if nobody else can have written it. New folders have mode 0700, whatever the umask.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from zkpipe.ground.files.ownership import objection
from zkpipe.ground.files.user_folders import user_folder
from zkpipe.ground.process.posix import user_number

TEMPORARY = ("/tmp", "/var/tmp")  # noqa: S108 # each is looked at before it is used


def own_folder(name: str) -> Path | None:
    """The first folder of this name that can be written to, made if it is not there; or None."""
    return next(writable_folders(name), None)


def writable_folders(name: str) -> Iterator[Path]:
    """The folders of this name that can be written to, each made when it is asked for."""
    return (place / name for place in places() if _refusal(place / name) is None)


def readable_folders(name: str) -> Iterator[Path]:
    """The folders of this name that are there, the best first; what lies in them can be used."""
    for place in places():
        folder = place / name
        with suppress(OSError):
            if folder.is_dir() and objection(folder) is None:
                yield folder


def places() -> Iterator[Path]:
    """The folders that may hold ours, the best first."""
    cache = user_folder("cache")
    if cache is not None:
        yield cache
    for folder in dict.fromkeys((os.environ.get("TMPDIR", ""), *TEMPORARY)):
        if Path(folder).is_absolute():
            yield Path(folder) / f"zkpipe-{user_number()}"


def refusal(name: str) -> str | None:
    """Why the folder of this name is not in the user's cache, a sentence; None if it is there."""
    for place in places():
        why = _refusal(place / name)
        return None if why is None else f"{place / name} {why}."
    return None


def _refusal(folder: Path) -> str | None:
    try:
        why = make_folder(folder)
    except OSError as error:
        why = error.strerror or type(error).__name__
    if why is None and not folder.is_dir():
        why = "it is not a folder"
    if why is not None:
        return f"is not used: {why}"
    return None if os.access(folder, os.W_OK | os.X_OK) else "can only be read"


def make_folder(folder: Path, *, on_the_way: bool = False) -> str | None:
    """Make a folder and those above it, all with our mode; why it is not to be trusted, or None.

    What is there is judged before anything is made in it: a link that others made might lead
    anywhere.
    """
    with suppress(FileNotFoundError):
        return objection(folder, on_the_way=on_the_way)
    why = make_folder(folder.parent, on_the_way=True)
    if why is not None:
        return why
    folder.mkdir(mode=0o700, exist_ok=True)
    return objection(folder, on_the_way=on_the_way)
