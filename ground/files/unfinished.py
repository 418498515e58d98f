"""Long work whose file is put in place at the end, and goes on where it was if it is interrupted.

Beside the file's place lie, while the work lasts and after it was interrupted,

    .NAME.unfinished    what is written so far
    .NAME.journal       first what the work is of, then a line for each block that is whole:
                        where it begins, its bytes, and their BLAKE2b

A block goes to the disk before its line does. When work begins again, a block counts as whole if
the journal says so and its bytes have this hash. Both files are taken up only if nobody else could
have written them (ownership), no other process is at them, and the journal is of the same work.
Otherwise the work begins anew. If these files are not ours to replace, it does so in files of other
names, which nobody would find again: they go if it is interrupted.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.ownership import objection
from zkpipe.ground.files.reading import file_failure, no_path
from zkpipe.ground.files.writing import (
    refuse_what_is_no_file,
    short_name,
    sync_directory,
    target,
)
from zkpipe.ground.process.chance import random_name
from zkpipe.ground.process.posix import BYTES, NO_LINK, try_to_lock

HEAD = "zkpipe unfinished 1 "
PIECE = 1 << 22  # bytes that are hashed at a time
MOST_JOURNAL = 1 << 20  # bytes
_LINE = re.compile(r"([0-9]{1,20}) ([0-9]{1,20}) ([0-9a-f]{64})\n", re.ASCII)
_FLAGS = os.O_RDWR | os.O_CREAT | NO_LINK | BYTES


class Unfinished:
    """A file that is being written, block after block, each at its place.

    file  open for reading and writing; write a block's bytes, then call `finish`
    """

    def __init__(self, file: BinaryIO, journal: BinaryIO, of: str) -> None:
        self.file, self._journal = file, journal
        self._whole = self._read(of)
        if not self._whole:
            for one in (file, journal):
                one.seek(0)
                one.truncate()
            self._say(f"{HEAD}{of}\n")

    def _read(self, of: str) -> dict[tuple[int, int], str]:
        self._journal.seek(0)
        data = self._journal.read(MOST_JOURNAL)
        end = data.rfind(b"\n") + 1  # behind it may be a part of a line, which the next would join
        self._journal.seek(end)
        self._journal.truncate()
        lines = data[:end].decode("ascii", "replace").splitlines(True)
        if not lines or lines[0] != f"{HEAD}{of}\n":
            return {}
        found = (_LINE.fullmatch(line) for line in lines[1:])
        return {(int(one[1]), int(one[2])): one[3] for one in found if one}

    def _say(self, line: str) -> None:
        self._journal.seek(0, os.SEEK_END)
        self._journal.write(line.encode("ascii"))
        self._journal.flush()
        os.fsync(self._journal.fileno())

    def is_whole(self, begin: int, size: int) -> bool:
        """Whether a block was finished earlier, and still is as it was. Its bytes are hashed."""
        due = self._whole.get((begin, size))
        return due is not None and self._hash(begin, size) == due

    def finish(self, begin: int, size: int) -> None:
        """A block is whole: it goes to the disk, and into the journal."""
        self.file.flush()
        os.fsync(self.file.fileno())
        self._say(f"{begin} {size} {self._hash(begin, size)}\n")

    def _hash(self, begin: int, size: int) -> str:
        hash_ = hashlib.blake2b(digest_size=32)
        self.file.seek(begin)
        while size and (piece := self.file.read(min(PIECE, size))):
            hash_.update(piece)
            size -= len(piece)
        return hash_.hexdigest()


@contextmanager
def unfinished_file(path: Path, of: str, beside: Path | None = None) -> Iterator[Unfinished]:
    """A file that takes the place of `path` when the block ends, and that stays where it does not.

    of      what the work is of, in hexadecimal: of another work, nothing is taken up
    beside  the path beside which the files lie until then, on the same file system; `path` itself
            if it is not given

    If the block raises FormatError, nothing stays: the input will not do. Raises FileError.
    """
    place, by = target(path), target(beside or path)
    with ExitStack() as stack:
        try:
            refuse_what_is_no_file(place)
            pair = _opened(by.parent, f".{short_name(by.name)}", stack)
            work = Unfinished(pair.file, pair.journal, of)
        except OSError as error:
            raise file_failure("written", path, error) from error
        except ValueError as error:
            raise no_path(path, error) from error
        try:
            with _errors_of(path):
                yield work
                work.file.flush()
                os.fsync(work.file.fileno())
                pair.names[0].replace(place)
                sync_directory(place.parent)
                pair.names[1].unlink()
        except BaseException as error:
            if isinstance(error, FormatError) or not pair.is_kept:
                pair.remove()
            raise


@contextmanager
def _errors_of(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise file_failure("written", path, error) from error


@dataclass(frozen=True, slots=True)
class _Pair:
    """The two files, open, and their names.

    is_kept  whether they stay when the work is interrupted
    """

    names: tuple[Path, Path]
    file: BinaryIO
    journal: BinaryIO
    is_kept: bool

    def remove(self) -> None:
        for name in self.names:
            with suppress(OSError):
                name.unlink()


def _opened(folder: Path, stem: str, stack: ExitStack) -> _Pair:
    """The two files, new or taken up, and locked."""
    names = _names(folder, stem)
    if files := _taken_up(names, stack):
        return _Pair(names, *files, is_kept=True)
    names = _names(folder, f"{stem}.{random_name()}")
    first, second = (_open(name, stack, os.O_EXCL) for name in names)
    return _Pair(names, first, second, is_kept=False)


def _taken_up(names: tuple[Path, Path], stack: ExitStack) -> tuple[BinaryIO, BinaryIO] | None:
    """The files at these names if they are ours alone, or new; None if they are not to be used.

    The journal comes first: who has locked it has both. Another that was at it may have ended
    meanwhile, and have put its file in place: then the names lead elsewhere, or nowhere.
    """
    with suppress(OSError):
        if objection(names[0].parent, on_the_way=True) or not all(map(_may_be_ours, names)):
            return None
        journal = _open(names[1], stack)
        if not (try_to_lock(journal.fileno()) and _is_ours(names[1], journal)):
            return None
        file = _open(names[0], stack)
        if _is_ours(names[0], file):
            return file, journal
    return None


def _names(folder: Path, stem: str) -> tuple[Path, Path]:
    return folder / f"{stem}.unfinished", folder / f"{stem}.journal"


def _may_be_ours(path: Path) -> bool:
    """Whether there is nothing yet, or a regular file."""
    return not os.path.lexists(path) or stat.S_ISREG(path.lstat().st_mode)


def _is_ours(path: Path, opened: BinaryIO) -> bool:
    """Whether it is the file that was opened, and nobody else could have put it there.

    A second name would be another file of the user's, which somebody linked to this one.
    """
    status = os.fstat(opened.fileno())
    is_same = os.path.samestat(path.lstat(), status)
    return is_same and status.st_nlink == 1 and objection(path) is None


def _open(path: Path, stack: ExitStack, exclusive: int = 0) -> BinaryIO:
    file = os.fdopen(os.open(path, _FLAGS | exclusive, 0o644), "r+b")
    stack.callback(_close, file)
    return file


def _close(file: BinaryIO) -> None:
    """Close a file; what had to go to the disk is there, and what a full disk refused is lost."""
    with suppress(OSError):
        file.close()
