"""The proofs of a batch in their places: a folder for each row, put there whole or not at all.

A group of rows is written below a folder of its own, flushed to the disk, and then each row's
folder is renamed to its place; the journal says so afterwards. So a row that the journal calls
proved has its files, whatever moment the process was killed at, and a row that has files and no
entry is proved again.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from zkpipe.ground.files.reading import FileError, file_failure, read_file
from zkpipe.ground.files.strict_json import json_bytes
from zkpipe.ground.process.posix import BYTES, FOLDER
from zkpipe.jobs.proving.outcome import Proved
from zkpipe.prover.formats.snarkjs_json import public_json

PROOF, PUBLIC, REPORT = "proof.json", "public.json", "report.json"
NEW = ".zkpipe-new"  # beside the rows' folders: what is not in its place yet
LARGEST = 1 << 26  # bytes of a result that is read again


@dataclass(frozen=True, slots=True)
class RowFiles:
    """The bytes of a row's proof.json and public.json."""

    proof: bytes
    public: bytes

    @staticmethod
    def of(proved: Proved) -> RowFiles:
        """As snarkjs writes them."""
        return RowFiles(json_bytes(dict(proved.proof)), json_bytes(public_json(proved.public)))

    @property
    def digest(self) -> bytes:
        """SHA-256 over both."""
        head = len(self.proof).to_bytes(8, "little")
        return hashlib.sha256(head + self.proof + self.public).digest()

    def named(self) -> Mapping[str, bytes]:
        """By the names of the files."""
        return {PROOF: self.proof, PUBLIC: self.public}


class Results(Protocol):
    """Where a batch's proofs go."""

    def put(self, group: Sequence[tuple[int, RowFiles]]) -> list[bytes]:
        """Put rows in their places, on the disk; what the journal keeps of each.

        Raises FileError.
        """
        ...

    def drop(self, rows: Sequence[int]) -> None:
        """Remove the proofs of rows that have none now, where there are any.

        Raises FileError.
        """
        ...

    def fault(self, row: int, result: bytes) -> str | None:
        """What is wrong with a row's proof, in words; None if it is as it was written."""
        ...

    def files(self, row: int, result: bytes) -> RowFiles:
        """A row's proof as it was written. Raises FileError if it is not there, or is another."""
        ...


class FolderResults:
    """Each row's files in a folder of its number.

    Raises FileError if the folder cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._new = folder / NEW
        try:
            folder.mkdir(exist_ok=True)
            shutil.rmtree(self._new, ignore_errors=True)  # of a run that was killed
        except OSError as error:
            raise file_failure("written", folder, error) from error

    def put(self, group: Sequence[tuple[int, RowFiles]]) -> list[bytes]:
        """See Results. The journal keeps the digest of both files."""
        try:
            self._new.mkdir(exist_ok=True)
            for row, files in group:
                self._write(row, files)
            for row, _ in group:
                self._place(row)
            _flush(self._folder)
            return [files.digest for _, files in group]
        except OSError as error:
            raise _failure(self._folder, error) from error

    def _write(self, row: int, files: RowFiles) -> None:
        place = self._new / str(row)
        with suppress(FileNotFoundError):  # of a group that failed in the middle
            shutil.rmtree(place)
        place.mkdir()
        for name, data in files.named().items():
            handle = os.open(place / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | BYTES, 0o666)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(handle)
        _flush(place)

    def _place(self, row: int) -> None:
        place, old = self._folder / str(row), self._new / f"{row}.old"
        if place.exists():
            _require_ours(place)
            if old.exists():  # of a group that failed in the middle
                shutil.rmtree(old)
            place.rename(old)  # a folder with something in it is not replaced by a rename
        try:
            (self._new / str(row)).rename(place)
        except OSError:
            if old.exists():  # the journal still tells of it
                old.rename(place)
            raise
        if old.exists():
            shutil.rmtree(old)

    def drop(self, rows: Sequence[int]) -> None:
        """See Results."""
        try:
            for row in rows:
                place = self._folder / str(row)
                if place.exists():
                    _require_ours(place)
                    self._new.mkdir(exist_ok=True)
                    old = self._new / f"{row}.old"
                    if old.exists():  # of a group that failed in the middle
                        shutil.rmtree(old)
                    place.rename(old)  # whole or not at all, as it came
                    shutil.rmtree(old)
            _flush(self._folder)
        except OSError as error:
            raise _failure(self._folder, error) from error

    def fault(self, row: int, result: bytes) -> str | None:
        """See Results."""
        try:
            self.files(row, result)
        except FileError as error:
            return error.problem
        return None

    def files(self, row: int, result: bytes) -> RowFiles:
        """See Results."""
        place = self._folder / str(row)
        files = RowFiles(*(read_file(place / name, LARGEST) for name in (PROOF, PUBLIC)))
        if files.digest != result:
            raise FileError(
                f"{place} is not as it was written.",
                "Run the batch again: the row is proved anew.",
            )
        return files

    def sweep(self) -> None:
        """Remove what is not in its place."""
        shutil.rmtree(self._new, ignore_errors=True)


def _failure(folder: Path, error: OSError) -> FileError:
    """The error for what cannot be written, by the name that the system gives if it gives one."""
    place = Path(error.filename) if isinstance(error.filename, str) else folder
    return file_failure("written", place, error)


def _require_ours(place: Path) -> None:
    """Raises FileError for a place that holds what no batch has put there."""
    strange = "it is not a folder"
    if place.is_dir() and not place.is_symlink():
        others = {path.name for path in place.iterdir()} - {PROOF, PUBLIC}
        strange = f"it holds {min(others)!a}" if others else ""
    if strange:
        raise FileError(
            f"{place} is where a row's proof goes, and {strange}. It is not replaced.",
            "Move it away, or give another `out`.",
        )


def _flush(folder: Path) -> None:
    """Have a folder's names on the disk, where folders can be opened."""
    if FOLDER:
        handle = os.open(folder, os.O_RDONLY | FOLDER | BYTES)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
