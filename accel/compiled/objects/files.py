"""The files of a shared object: where they lie, whether they are believed, and how they are put.

Machine code is executed with the user's rights, so a file is taken only as an image's kernels are:
owned by the user, root or the owner of our code, and written to by nobody else, as are the folders
on the way (kernel_folders.readable, ground.files.ownership); no link. It must be what the index
says, by its SHA-256, before it is mapped: on a file cut short the system's loader ends the process.

    <cache>/kernels/<key>/index.json
    <cache>/kernels/<key>/<sha256 of it>.so

The code is named by its digest and never written in place. So whoever reads an index finds the code
that belongs to it, or none; and a process that has mapped a file that was removed keeps it.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from zkpipe.accel.compiled.kernel_folders import readable, writable
from zkpipe.accel.compiled.objects.index import MOST_BYTES, NAME, BadIndex, Index, decode, encode
from zkpipe.ground.files.ownership import read_trusted
from zkpipe.ground.process.posix import lock

TRIES = 3
_CODE = re.compile(r"[0-9a-f]{64}\.so")
_PART = re.compile(rf"\.({_CODE.pattern}|{re.escape(NAME)})\.[0-9a-f]{{16}}\.part")


class Found(NamedTuple):
    """An index, and the code that it is of, which has its digest."""

    contents: Index
    path: Path
    code: bytes


def find(key: str) -> Found | None:
    """The files of this key that can be used; of several places, those with most kernels."""
    for _ in range(TRIES):
        is_gone = False
        indices = sorted(_indices(key), key=lambda found: -len(found[1].kernels))
        for folder, index in indices:  # those of one size stay in the order of places
            path = folder / f"{index.digest}.so"
            try:
                code = read_trusted(path, index.size + 1)
            except OSError as error:
                is_gone = is_gone or isinstance(error, FileNotFoundError)
                continue
            if len(code) == index.size and hashlib.sha256(code).hexdigest() == index.digest:
                return Found(index, path, code)
        if not is_gone:  # or another process has put others, since the index was read
            return None
    return None


def _indices(key: str) -> Iterator[tuple[Path, Index]]:
    for folder in readable(key):
        with suppress(OSError, BadIndex):
            index = decode(read_trusted(folder / NAME, MOST_BYTES))
            if index.key == key:
                yield folder, index


def place(index: Index, code: bytes) -> bool:
    """Put both in the first place that takes them, and remove what they replace; whether one did.

    The code first: an index in place always has its code. The caller is `alone`: so what lies there
    unfinished is of a process that was killed, and goes too.
    """
    from zkpipe.ground.files.reading import FileError  # here: most processes place nothing
    from zkpipe.ground.files.writing import place_file

    for folder in writable(index.key):
        with suppress(FileError):
            place_file(folder / f"{index.digest}.so", code)
            place_file(folder / NAME, encode(index))
            _remove_others(folder, index.digest)
            return True
    return False


def _remove_others(folder: Path, digest: str) -> None:
    with suppress(OSError):
        for path in folder.iterdir():
            is_old = _CODE.fullmatch(path.name) and path.stem != digest
            if is_old or _PART.fullmatch(path.name):
                path.unlink()


@contextmanager
def alone(key: str) -> Iterator[None]:
    """Wait while another process puts files of this key."""
    with ExitStack() as stack:
        for folder in writable(key):
            with suppress(OSError):
                flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)
                handle = os.open(folder / "lock", flags, 0o600)
                lock(stack.enter_context(os.fdopen(handle, "ab")).fileno())
                break
        yield
