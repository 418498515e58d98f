"""The folders of compiled kernels in the user's cache, and which of them are too old to keep.

Each is named by the digest of what its kernels are made of (sources), and may lie in several places
(ground.files.cache_folders): an image for containers may bring one that can only be read, and what
it lacks is kept in the next place. A change makes a new one, and the old one serves whoever goes
back. One that nothing has used for a month goes when the next new one is made, and so does the
longest unused while all take more than half a gigabyte; but none that was used within a day,
because a process of another version may be at work with it.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from zkpipe.ground.files.cache_folders import places, readable_folders, writable_folders

FOLDER = "kernels"
DAY = 86_400.0
UNUSED = 30 * DAY
MOST_BYTES = 500_000_000
_NAME = "[0-9a-f]{20}"


_opened: set[Path] = set()  # those that were looked at in this process


class Losses:
    """How many compiled kernels no place took, in this process."""

    count = 0


def kernel_cache() -> Path:
    """The folder of compiled kernels; it may be deleted at any time."""
    return next(writable_folders(FOLDER), None) or next(places()) / FOLDER


def readable(digest: str) -> Iterator[Path]:
    """The folders that are there for a digest, the best first.

    A folder's time of change says when it was last used, to a day.
    """
    for place in places():
        folder = place / FOLDER / digest
        if folder in _opened:
            yield folder
    for folder in readable_folders(f"{FOLDER}/{digest}"):
        if folder not in _opened:
            with suppress(OSError):  # it can only be read
                if time.time() - folder.stat().st_mtime > DAY:
                    os.utime(folder)
            _opened.add(folder)
            yield folder


def writable(digest: str) -> Iterator[Path]:
    """The folders for a digest that can be written to, each made when it is asked for."""
    for folder in writable_folders(f"{FOLDER}/{digest}"):
        with suppress(OSError):
            if not any(folder.iterdir()):  # new
                prune(folder.parent)
        yield folder


def prune(cache_folder: Path) -> None:
    """Delete the folders that nothing uses any more. What cannot be deleted stays."""
    import shutil  # here: it takes as long to import as a small sum

    now = time.time()
    folders = []
    for folder in cache_folder.iterdir():
        with suppress(OSError):  # another process deletes too
            if re.fullmatch(_NAME, folder.name) and not folder.is_symlink() and folder.is_dir():
                size = sum(path.stat().st_size for path in folder.rglob("*"))
                folders.append((folder.stat().st_mtime, size, folder))
    whole = sum(size for _, size, _ in folders)
    for used, size, folder in sorted(folders):
        age = now - used
        if age > UNUSED or (age > DAY and whole > MOST_BYTES):
            shutil.rmtree(folder, ignore_errors=True)
            whole -= size
