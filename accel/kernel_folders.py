"""The folders of compiled kernels in the user's cache, and which of them are too old to keep.

Each is named by the digest of what its kernels are made of (accel.sources). A change makes a new
one, and the old one serves whoever goes back. One that nothing has used for a month goes when the
next new one is made, and so does the longest unused while all take more than half a gigabyte; but
none that was used within a day, because a process of another version may be at work with it.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

from accel.cache_folders import own_folder, places

FOLDER = "kernels"
DAY = 86_400.0
UNUSED = 30 * DAY
MOST_BYTES = 500_000_000
_NAME = re.compile("[0-9a-f]{20}")


def kernel_cache() -> Path:
    """The folder of compiled kernels; it may be deleted at any time."""
    return own_folder(FOLDER) or next(places()) / FOLDER


def open_folder(digest: str) -> Path | None:
    """The folder for a digest, made if it is not there; None if no place for it is safe.

    A folder's time of change says when it was last used, to a day.
    """
    return _open(tuple(places()), digest)


@cache
def _open(_where: tuple[Path, ...], digest: str) -> Path | None:
    folder = own_folder(f"{FOLDER}/{digest}")
    if folder is None:
        return None
    with suppress(OSError):  # it can only be read
        if time.time() - folder.stat().st_mtime > DAY:
            os.utime(folder)
        elif not any(folder.iterdir()):  # new
            prune(folder.parent)
    return folder


def prune(cache_folder: Path) -> None:
    """Delete the folders that nothing uses any more. What cannot be deleted stays."""
    now = time.time()
    folders = []
    for folder in cache_folder.iterdir():
        with suppress(OSError):  # another process deletes too
            if _NAME.fullmatch(folder.name) and not folder.is_symlink() and folder.is_dir():
                size = sum(path.stat().st_size for path in folder.rglob("*"))
                folders.append((folder.stat().st_mtime, size, folder))
    whole = sum(size for _, size, _ in folders)
    for used, size, folder in sorted(folders):
        age = now - used
        if age > UNUSED or (age > DAY and whole > MOST_BYTES):
            shutil.rmtree(folder, ignore_errors=True)
            whole -= size
