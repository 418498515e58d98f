"""One process writes to a home, and nothing changes while a backup is read.

    lock   held by the writer as long as it has the home open; holds its number
    gate   held by the writer during each change, and by a backup while it reads
    turn   held by whoever waits at the gate, so that who changes much lets a backup in

They are locks of the system (flock), which end with the process that holds them, however it ends.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from zkpipe.exchange.errors import HomeError, HomeInUseError
from zkpipe.ground.files.reading import file_failure
from zkpipe.ground.process.posix import BYTES, NO_LINK, fcntl

PATIENCE = 30.0  # seconds that a change of another process may take; each takes milliseconds
PAUSE = 0.01  # seconds from one look to the next
CLOSED = -1
_FLAGS = os.O_RDWR | os.O_CREAT | NO_LINK | BYTES


class WriterLock:
    """The right to write to a home, until it is closed or the process ends.

    Raises HomeInUseError, which names the process that has it; FileError.
    """

    def __init__(self, home: Path) -> None:
        path = home / "lock"
        try:
            self._handle = os.open(path, _FLAGS, 0o600)
        except OSError as error:
            raise file_failure("written", path, error) from error
        try:
            if not _take(self._handle, shared=False):
                raise _in_use(home, self._handle)
            os.ftruncate(self._handle, 0)
            os.pwrite(self._handle, f"{os.getpid()}\n".encode("ascii"), 0)
        except OSError as error:
            os.close(self._handle)
            raise file_failure("written", path, error) from error
        except BaseException:
            os.close(self._handle)
            raise

    def close(self) -> None:
        """Let another process write. Closed again, it does nothing: the number may be reused."""
        handle, self._handle = self._handle, CLOSED
        if handle != CLOSED:
            with suppress(OSError):
                os.close(handle)


def _in_use(home: Path, handle: int) -> HomeInUseError:
    process = _holder(handle)
    who = "Another process" if process is None else f"Process {process}{_name(process)}"
    return HomeInUseError(
        f"{who} writes to {home}, and one process at a time may.",
        "Wait until it ends, or stop it, and try again.",
        process,
    )


def _holder(handle: int) -> int | None:
    """The process that the lock names, if it lives: one that was killed leaves its number."""
    with suppress(OSError, ValueError):
        process = int(os.pread(handle, 20, 0))
        os.kill(process, 0)
        return process
    return None


def _name(process: int) -> str:
    """What the system calls a process, in brackets; nothing where it does not say."""
    with suppress(OSError, ValueError):
        name = Path(f"/proc/{process}/comm").read_text(encoding="utf-8").strip()
        if name.isprintable() and name:
            return f" ({name})"
    return ""


def _take(handle: int, *, shared: bool) -> bool:
    """Lock an open file, unless another process has."""
    if fcntl is None:
        return True
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class Gate:
    """What keeps changes and backups apart, in one process and between processes."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._one = threading.RLock()
        self._depth = 0

    @contextmanager
    def changing(self) -> Iterator[None]:
        """A change of one or several files, which a backup sees done or not begun.

        Within itself it can be asked for again. Raises HomeInUseError if it has to wait for too
        long; FileError.
        """
        with self._held(shared=False):
            yield

    @contextmanager
    def still(self) -> Iterator[None]:
        """Nothing changes meanwhile. Raises HomeInUseError if it has to wait for too long."""
        with self._held(shared=True):
            yield

    @contextmanager
    def _held(self, *, shared: bool) -> Iterator[None]:
        with self._one:
            if self._depth:
                yield
                return
            with ExitStack() as stack:
                if not (shared and _is_read_only(self._home)):  # else nothing can change there
                    gate = stack.enter_context(_opened(self._home / "gate"))
                    with _opened(self._home / "turn") as turn:
                        self._wait(turn, shared=False)
                        self._wait(gate, shared=shared)
                self._depth += 1
                try:
                    yield
                finally:
                    self._depth -= 1

    def _wait(self, handle: int, *, shared: bool) -> None:
        end = time.monotonic() + PATIENCE
        while not _take(handle, shared=shared):
            if time.monotonic() > end:
                raise HomeInUseError(
                    f"Another process has been changing {self._home} for {PATIENCE:.0f} seconds.",
                    "See whether it is stopped, and try again.",
                )
            time.sleep(PAUSE)


def _is_read_only(path: Path) -> bool:
    """Whether a folder lies on a file system that is mounted to be read only."""
    with suppress(OSError, AttributeError):  # not all systems tell
        return bool(os.statvfs(path).f_flag & os.ST_RDONLY)
    return False


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """A file to lock, made if it is not there; what it holds does not matter."""
    try:
        handle = os.open(path, _FLAGS, 0o600)
    except OSError as error:
        raise file_failure("written", path, error) from error
    try:
        yield handle
    finally:
        os.close(handle)


class Access:
    """What a process may do with a home that it has open: read, and write if it has the lock.

    path  the folder of the home
    lock  the writer's; None for who only reads
    """

    def __init__(self, path: Path, lock: WriterLock | None) -> None:
        self.path = path
        self._lock = lock
        self._gate = Gate(path)
        self._process = os.getpid()
        self._is_open = True

    @property
    def writes(self) -> bool:
        """Whether it may write."""
        return self._lock is not None

    def check(self) -> None:
        """Raises HomeError if the home was closed."""
        if not self._is_open:
            raise HomeError(f"{self.path} was closed.", "Open the home again.")

    @contextmanager
    def changing(self) -> Iterator[None]:
        """A change of files: see Gate. Raises HomeError if this process may not write."""
        self.check()
        if self._lock is None:
            raise HomeError(
                f"{self.path} was opened to read, and nothing can be written to it.",
                "Open it with Home.open.",
            )
        if os.getpid() != self._process:  # the lock was inherited, and is the parent's
            raise HomeError(
                f"{self.path} was opened by another process, of which this one is a copy.",
                "Write to a home in the process that opened it.",
            )
        with self._gate.changing():
            yield

    @contextmanager
    def still(self) -> Iterator[None]:
        """Nothing changes meanwhile: see Gate."""
        self.check()
        with self._gate.still():
            yield

    def close(self) -> None:
        """End the access; of a writer, let another process write."""
        self._is_open = False
        if self._lock is not None and os.getpid() == self._process:
            self._lock.close()
