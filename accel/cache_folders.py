"""Folders of ours in the user's cache. Their files are executed: only the user may write there.

The first place is `zkpipe` in the user's cache folder (XDG_CACHE_HOME, or ~/.cache). Where others
could write to it or to a folder above, or it cannot be made, a folder of the user's own in the
system's folder for temporary files takes its place. New folders have mode 0700, whatever the umask.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import platformdirs

from accel.ownership import objection


def own_folder(name: str) -> Path | None:
    """The folder of this name, made if it is not there; None if no place serves.

    One that can only be read is given too: what is kept in it can be used.
    """
    for place in places():
        folder = place / name
        if _refusal(folder) is None:
            return folder
    return None


def places() -> Iterator[Path]:
    """The folders that may hold ours, the best first."""
    with suppress(RuntimeError):  # neither HOME nor an entry for the user
        yield Path(platformdirs.user_cache_dir("zkpipe", appauthor=False))
    yield Path(os.environ.get("TMPDIR") or "/tmp") / f"zkpipe-{os.geteuid()}"  # noqa: S108 # checked


def refusal(name: str) -> str | None:
    """Why the folder of this name is not in the user's cache, a sentence; None if it is there."""
    for place in places():
        why = _refusal(place / name)
        if why is None:
            return None
        return f"{place / name} is not used: {why}."
    return None


def _refusal(folder: Path) -> str | None:
    try:
        _make(folder)
        return objection(folder)
    except OSError as error:
        return error.strerror or type(error).__name__


def _make(folder: Path) -> None:
    """Make a folder and those above it; in contrast to Path.mkdir, the mode is that of each."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
