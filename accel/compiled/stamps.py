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
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from zkpipe.accel.compiled.kernel_folders import readable, writable
from zkpipe.accel.compiled.toolchain import LAYERS, ROOT
from zkpipe.ground.files.ownership import read_trusted

FOLDER = hashlib.sha256(b"zkpipe: what is known of sources, 1").hexdigest()[:20]
NAME = "stamps.json"
MOST = 64  # that are kept
MOST_BYTES = 1_000_000
SETTLED = 2.0  # seconds: some file systems have no finer times


def remembered(question: str, find_out: Callable[[], str]) -> str:
    """The answer to a question about the sources, found out now if it is not known.

    question  with all that the answer depends on besides the sources
    find_out  reads them
    """
    before = _files()
    stamp = _stamp(question, before)
    for folder in readable(FOLDER):
        found = _read(folder).get(stamp)
        if found is not None:
            return found
    from zkpipe.accel.compiled.sources import forget  # here: it is seldom asked for

    forget()  # or it might be found out from what they were
    answer = find_out()
    newest = max((changed for *_, changed in before), default=0)
    if newest / 1e9 < time.time() - SETTLED and _files() == before:
        _keep(stamp, answer)
    return answer


def _files() -> list[tuple[Any, ...]]:
    """Every source: its path, number, size, time of writing and time of change, in order."""
    found: list[tuple[Any, ...]] = []
    for layer in ("", *LAYERS):
        todo = [((ROOT / layer).resolve().as_posix(), layer)]
        while todo:
            folder, name = todo.pop()
            for entry in _entries(folder):
                if entry.name.endswith(".py"):
                    try:
                        state = entry.stat()
                    except OSError:  # it is gone, or a link to nothing, as editors leave
                        continue
                    times = state.st_mtime_ns, state.st_ctime_ns
                    path = f"{folder}/{entry.name}"
                    found.append((path, state.st_ino, state.st_size, *times))
                elif layer and entry.is_dir(follow_symlinks=False):
                    todo.append((f"{folder}/{entry.name}", name))
    return sorted(found)


def _entries(folder: str) -> Iterator[os.DirEntry[str]]:
    with suppress(OSError), os.scandir(folder) as entries:
        yield from entries


def _stamp(question: str, files: list[tuple[Any, ...]]) -> str:
    return hashlib.sha256(repr((question, files)).encode()).hexdigest()[:40]


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
