"""What was found out about the sources, remembered by their sizes and times.

To read and digest five hundred files takes as long as a small proof computes; to ask the system for
their sizes and times takes a tenth of that. A stamp is the digest of the size, the times and the
number of every source file, and of what else the answer depends on. Whatever is written to a file,
or put in its place, gives it another time of change (`ctime`), which no program sets. A file that
changed just before it was looked at might change again within the same tick of the clock, so
nothing is remembered then.

Source: "racy git", Documentation/technical/racy-git of git.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from zkpipe.accel.compiled.kernel_folders import readable, writable
from zkpipe.accel.compiled.toolchain import LAYERS, ROOT
from zkpipe.ground.files.ownership import read_trusted

FOLDER = hashlib.sha256(b"zkpipe: what is known of sources, 1").hexdigest()[:20]
NAME = "stamps.json"
MOST = 64  # that are kept
MOST_BYTES = 1_000_000
SETTLED = 2.0  # seconds: some file systems have no finer times


class Look:
    """The sources as they were at one moment, for all that is asked of them then."""

    def __init__(self) -> None:
        lines, self.newest = _files()
        self.digest = _digest("\0".join(lines))
        self._known: dict[Path, dict[str, str]] = {}

    def stamp(self, question: str) -> str:
        """What an answer to the question is kept under."""
        return _digest(f"{self.digest} {question}")[:40]

    def known(self, folder: Path) -> dict[str, str]:
        """What was known in a folder when it was first asked for."""
        if folder not in self._known:
            self._known[folder] = _read(folder)
        return self._known[folder]


def remembered(question: str, find_out: Callable[[], str], look: Look | None = None) -> str:
    """The answer to a question about the sources, found out now if it is not known.

    question  with all that the answer depends on besides the sources
    find_out  reads them
    look      at the sources a moment ago; None for now. A look takes 2 ms
    """
    look = look or Look()
    stamp = look.stamp(question)
    for folder in readable(FOLDER):
        found = look.known(folder).get(stamp)
        if found is not None:
            return found
    from zkpipe.accel.compiled.sources import forget  # here: it is seldom asked for

    forget()  # or it might be found out from what they were
    before = Look()
    answer = find_out()
    if before.newest / 1e9 < time.time() - SETTLED and Look().digest == before.digest:
        _keep(before.stamp(question), answer)
    return answer


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _files() -> tuple[list[str], int]:
    """A line for every source, in order: its path, number, size, and times; the last change."""
    lines: list[str] = []
    newest = 0
    for layer in ("", *LAYERS):
        todo = [(ROOT / layer).resolve().as_posix()]
        while todo:
            folder = todo.pop()
            for entry in _entries(folder):
                name = entry.name
                if name.endswith(".py"):
                    try:
                        state = entry.stat()
                    except OSError:  # it is gone, or a link to nothing, as editors leave
                        continue
                    changed = state.st_ctime_ns
                    newest = max(newest, changed)
                    numbers = f"{state.st_ino} {state.st_size} {state.st_mtime_ns} {changed}"
                    lines.append(f"{numbers} {folder}/{name}")
                elif layer and name != "__pycache__" and entry.is_dir(follow_symlinks=False):
                    todo.append(f"{folder}/{name}")
    return sorted(lines), newest


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _read(folder: Path) -> dict[str, str]:
    """What is known there: at any time it may be deleted, or damaged."""
    try:
        data = read_trusted(folder / NAME, MOST_BYTES)
        if data.count(b"[") + data.count(b"{") > 1:  # Python's reader recurses, without end
            return {}
        read = json.loads(data)
        return {stamp: answer for stamp, answer in read.items() if isinstance(answer, str)}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _keep(stamp: str, answer: str) -> None:
    from zkpipe.ground.files.reading import FileError
    from zkpipe.ground.files.writing import place_file

    for folder in writable(FOLDER):
        with suppress(FileError):
            known = list(_read(folder).items())[1 - MOST :]
            place_file(folder / NAME, json.dumps({**dict(known), stamp: answer}).encode())
            return
