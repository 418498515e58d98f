"""A batch that is open: its own folder, locked, with its secret, its journal and its states.

The folder lies beside the proofs, not among them: the proofs are for others, and whoever had the
secret could try inputs against the journal's identities.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from zkpipe.ground.files.ownership import objection
from zkpipe.ground.files.reading import file_failure
from zkpipe.ground.process.posix import BYTES, fcntl
from zkpipe.jobs.batch.identity import BatchSecret, batch_secret
from zkpipe.jobs.batch.job_file import JobFile
from zkpipe.jobs.batch.journal import FILE, MARK, Entry, Journal, Kind
from zkpipe.jobs.batch.leftovers import sweep_parts
from zkpipe.jobs.batch.states import States
from zkpipe.jobs.errors import JobError

LOCK, SECRET, CANCEL = "lock", "secret", "cancel"
LOOKS, PAUSE = 10, 0.05  # for the lock: `status` holds it for a moment when it asks who does


@dataclass(frozen=True, slots=True)
class OpenBatch:
    """The parts of a batch's folder.

    states  as the journal had them when it was opened
    """

    folder: Path
    secret: BatchSecret
    journal: Journal
    states: States

    @property
    def is_to_be_cancelled(self) -> bool:
        """Whether `cancel` has been said since it was opened."""
        return (self.folder / CANCEL).exists()


@contextmanager
def open_batch(job: JobFile) -> Iterator[OpenBatch]:
    """The batch of a job's file, made if it is not there; no other process runs it meanwhile.

    Raises JobError if another one does, or the folder is not to be trusted; FileError;
    JournalError.
    """
    folder = job.batch_folder
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise file_failure("written", folder, error) from error
    _require_own(folder)
    with _locked(folder / LOCK, job):
        sweep_parts(folder / SECRET, folder / MARK)
        secret = batch_secret(folder / SECRET)
        with Journal(folder, secret) as journal:
            states = States(journal)
            try:
                yield OpenBatch(folder, secret, journal, states)
            finally:
                states.close()


@contextmanager
def seen_batch(job: JobFile) -> Iterator[States | None]:
    """The states of a batch as they are, whether it runs or not; None if it has not begun.

    Raises as open_batch does.
    """
    folder = job.batch_folder
    if not (folder / SECRET).exists() or not ((folder / FILE).exists() or (folder / MARK).exists()):
        yield None
        return
    _require_own(folder)
    with Journal(folder, batch_secret(folder / SECRET), for_reading=True) as journal:
        states = States(journal)
        try:
            yield states
        finally:
            states.close()


def is_running(job: JobFile) -> bool:
    """Whether a process runs this batch."""
    try:
        handle = os.open(job.batch_folder / LOCK, os.O_RDWR | BYTES)
    except OSError:
        return False
    try:
        return not _take(handle)
    finally:
        os.close(handle)


def begin(batch: OpenBatch, job: JobFile, circuit: str, key: str, *, resumed: bool) -> None:
    """Say in the journal that work begins, or goes on.

    circuit, key  their digests

    Raises JobError if the batch was begun with others, or was cancelled and is not resumed.
    """
    if batch.states.begun is None:
        if resumed:
            raise _not_begun(job)
        detail = json.dumps({"circuit": circuit, "key": key, "at": int(time.time())})
        batch.journal.add([Entry(Kind.BEGUN, detail=detail)])
        return
    require_same(job, batch.states, circuit, key)
    last = Kind.BEGUN if batch.states.last is None else batch.states.last.kind
    # a process that is killed before it sees the word leaves it; one that has finished, too
    is_cancelled = last is Kind.CANCELLED or (
        batch.is_to_be_cancelled and last is not Kind.FINISHED
    )
    if is_cancelled and not resumed:
        raise JobError(
            f"The batch {job.path} was cancelled.", f"`zkpipe batch resume {job.path}` goes on."
        )
    try:
        (batch.folder / CANCEL).unlink(missing_ok=True)
    except OSError as error:
        raise file_failure("written", batch.folder / CANCEL, error) from error
    batch.journal.add([Entry(Kind.RESUMED, detail=json.dumps({"at": int(time.time())}))])


def cancel(job: JobFile) -> bool:
    """Have a batch stop, and stay so until it is resumed; whether it was running.

    Raises JobError if it has not begun.
    """
    require_begun(job)
    if is_running(job):
        try:
            (job.batch_folder / CANCEL).touch(mode=0o600)
        except OSError as error:
            raise file_failure("written", job.batch_folder / CANCEL, error) from error
        return True
    with open_batch(job) as batch:
        if batch.states.begun is None:
            raise _not_begun(job)
        batch.journal.add([Entry(Kind.CANCELLED)])
    return False


def require_begun(job: JobFile) -> None:
    """Raises JobError if the batch has no folder yet."""
    if not (job.batch_folder / SECRET).exists():
        raise _not_begun(job)


def require_room_for(job: JobFile, states: States, rows: int) -> None:
    """Raises JobError if proofs would be removed because the table no longer has their rows.

    rows  of the table
    """
    if gone := states.proved_behind(rows):
        raise JobError(
            f"{job.inputs} has {rows:,} rows, and {job.out} has proofs of rows behind them, "
            f"{gone:,} of them, which would be removed.",
            "If it is another table, name another `out`. If rows were taken away on purpose, add "
            "--drop-rows.",
        )


def require_same(job: JobFile, states: States, circuit: str, key: str) -> None:
    """Raises JobError if the batch was begun with another circuit or key, by their digests."""
    if states.begun is None:
        return
    said = json.loads(states.begun.detail)
    for name, digest in (("circuit", circuit), ("key", key)):
        if said[name] != digest:
            raise JobError(
                f"{job.out} was begun with another {name}: its proofs and those to come would not "
                "belong together.",
                f"Name another `out`; or remove {job.out} and {job.batch_folder}, and begin anew.",
            )


def _not_begun(job: JobFile) -> JobError:
    return JobError(
        f"The batch {job.path} has not begun.", f"`zkpipe batch run {job.path}` begins."
    )


def _require_own(folder: Path) -> None:
    """Raises JobError for a folder that others can write to, or read."""
    try:
        why = objection(folder)
        if why is None and folder.stat().st_mode & 0o077:
            why = f"{folder} can be entered by others"
    except OSError as error:
        raise file_failure("read", folder, error) from error
    if why is not None:
        raise JobError(
            f"The batch's own folder is not to be trusted: {why}.",
            "Let nobody else write to it and the folders above (chmod go-w), nor enter it (chmod "
            "700); or name another `out`.",
        )


@contextmanager
def _locked(path: Path, job: JobFile) -> Iterator[None]:
    """Hold the batch's lock; the system lets go of it when a process ends, however it ends."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | BYTES, 0o600)
    except OSError as error:
        raise file_failure("written", path, error) from error
    try:
        if not _take_soon(handle):
            number = os.pread(handle, 20, 0).decode("ascii", "replace").strip()
            raise JobError(
                f"The batch {job.path} is being run by process {number}.",
                f"Wait for it, or stop it with `zkpipe batch cancel {job.path}`.",
            )
        try:
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        except OSError as error:
            raise file_failure("written", path, error) from error
        yield
    finally:
        os.close(handle)


def _take_soon(handle: int) -> bool:
    for _ in range(LOOKS):
        if _take(handle):
            return True
        time.sleep(PAUSE)
    return False


def _take(handle: int) -> bool:
    """Lock an open file unless another process has."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
