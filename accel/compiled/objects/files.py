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
from zkpipe.ground.files.ownership import open_trusted, read_trusted
from zkpipe.ground.process.posix import lock

TRIES = 3
_CODE = r"[0-9a-f]{64}\.so"
_PART = r"\.([0-9a-f]{64}\.so|index\.json)\.[0-9a-f]{16}\.part"
CHUNK = 1 << 17  # bytes: read into memory that is at hand, unlike the whole


class Found(NamedTuple):
    """An index, and the file of the code that it is of, which had its digest."""

    contents: Index
    path: Path

    def code(self) -> bytes:
        """The code. Raises OSError if it is not what it was."""
        code = read_trusted(self.path, self.contents.size + 1)
        if hashlib.sha256(code).hexdigest() != self.contents.digest:
            raise OSError(0, "it has changed", str(self.path))
        return code


def find(key: str) -> Found | None:
    """The files of this key that can be used; of several places, those with most kernels."""
    for _ in range(TRIES):
        is_gone = False
        indices = sorted(_indices(key), key=lambda found: -len(found[1].kernels))
        for folder, index in indices:  # those of one size stay in the order of places
            path = folder / f"{index.digest}.so"
            try:
                if _is_whole(path, index):
                    return Found(index, path)
            except OSError as error:
                is_gone = is_gone or isinstance(error, FileNotFoundError)
        if not is_gone:  # or another process has put others, since the index was read
            return None
    return None


def _is_whole(path: Path, index: Index) -> bool:
    """Whether a file is what the index says. Raises OSError for one that is not to be believed."""
    with open_trusted(path, buffering=0) as file:
        if os.fstat(file.fileno()).st_size != index.size:
            return False
        digest, chunk = hashlib.sha256(), memoryview(bytearray(CHUNK))
        while count := file.readinto(chunk):  # type: ignore[attr-defined] # it is a FileIO
            digest.update(chunk[:count])
        return digest.hexdigest() == index.digest


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
            is_old = re.fullmatch(_CODE, path.name) and path.stem != digest
            if is_old or re.fullmatch(_PART, path.name):
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
