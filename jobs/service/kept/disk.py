"""Jobs in files of the service's own folder, so that they survive kill -9 at any moment.

A file is there whole or not at all (ground.files.writing), and on the disk before anybody is told.
Each carries HMAC-SHA256 of its kind, its job's number and its content: a byte that has changed, or
a file in another's place, is noticed. A job moves in two steps, of which only the first counts: its
result is written, then its inputs are unlinked. Who starts after a kill between them unlinks.
"""

from __future__ import annotations

import hmac
import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from zkpipe.ground.files.reading import FileError, file_failure
from zkpipe.ground.files.writing import place_file
from zkpipe.ground.process.posix import AT_ONCE, BYTES, FOLDER, NO_LINK
from zkpipe.jobs.errors import DamagedError
from zkpipe.jobs.service.job import NUMBER, Form, Request, Result
from zkpipe.jobs.service.kept.folder import StateFolder
from zkpipe.jobs.service.kept.store import NO_MEMORY, WORKER_ENDED, Waiting

SEAL = 32  # bytes at the end of each file
MOST_TRIES = 16  # letters that are read


class DiskStore:
    """The jobs of a folder. Raises what StateFolder raises."""

    def __init__(self, path: Path) -> None:
        self._folder = StateFolder(path)
        self.secret = self._folder.secret
        self._queued, self._tries, self._results = (
            self._folder.path / part for part in ("queued", "tries", "results")
        )
        self._lock = threading.Lock()
        self._last = 0
        self._left_over: set[Path] = set()  # could not be unlinked yet
        try:
            self._count = sum(1 for _ in _numbers(self._results))
        except OSError as error:
            self.close()
            raise file_failure("read", path, error) from error

    def accept(self, number: str, request: Request) -> None:
        """Keep a request, on the disk when this returns. Raises FileError."""
        head = {"circuit": request.circuit, "form": request.form.value, "at": self._now()}
        path = self._queued / _checked(number)
        with self._lock:
            self._left_over.discard(path)
        try:
            self._write(path, "queued", json.dumps(head).encode() + b"\n" + request.data)
        except BaseException:
            self._unlink(path)  # it may be there, if the disk failed late
            raise

    def request(self, number: str) -> Request:
        """One that waits. Raises FileError, DamagedError."""
        head, data = self._queued_parts(number)
        return Request(head["circuit"], Form(head["form"]), data)

    def tried(self, number: str, letter: str) -> None:
        """Remember a try that failed, as far as that is possible."""
        path = self._tries / _checked(number)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | NO_LINK | BYTES
        with suppress(OSError):
            handle = os.open(path, flags, 0o600)
            try:
                os.write(handle, letter.encode())
            finally:
                os.close(handle)

    def finish(self, number: str, result: Result) -> None:
        """Keep a result, then let go of the inputs. Raises FileError."""
        self._write(self._results / _checked(number), "results", result.as_json())
        with self._lock:
            self._count += 1
        self._unlink(self._queued / number)
        self._unlink(self._tries / number)

    def result(self, number: str) -> Result | None:
        """What was kept; None if there is none. Raises FileError, DamagedError."""
        content = self._read(self._results / _checked(number), "results")
        return None if content is None else Result.from_json(content)

    def forget(self, number: str) -> bool:
        """Remove the inputs and the result for good; whether there were any. Raises FileError."""
        found = False
        for folder in (self._queued, self._tries, self._results):
            path = folder / _checked(number)
            try:
                path.unlink()
                _sync(folder)
            except FileNotFoundError:
                continue
            except OSError as error:
                with self._lock:
                    self._left_over.add(path)
                raise file_failure("removed", path, error) from error
            found = found or folder != self._tries
            if folder == self._results:
                with self._lock:
                    self._count -= 1
        return found

    def waiting(self) -> list[Waiting]:
        """What was accepted before this start and is not finished, in order.

        What was half written is removed; a file that is damaged becomes a failed job.
        """
        for folder in (self._queued, self._tries, self._results):
            for path in folder.glob(".*"):
                self._unlink(path)
        found: list[tuple[int, Waiting]] = []
        for number in list(_numbers(self._queued)):
            if self._is_finished(number):
                self._unlink(self._queued / number)
                continue
            try:
                head, data = self._queued_parts(number)
            except (DamagedError, FileError) as error:
                is_damaged = isinstance(error, DamagedError)  # the other names files
                problem = error.problem if is_damaged else "The inputs cannot be read."
                told = Result("unknown", problem=problem, fix="Send the request again.")
                with suppress(FileError):
                    self.finish(number, told)
                continue
            waiting = Waiting(number, head["circuit"], len(data), self._tried(number))
            found.append((head["at"], waiting))
        for number in list(_numbers(self._tries)):
            if not (self._queued / number).exists():
                self._unlink(self._tries / number)
        return [waiting for _, waiting in sorted(found, key=lambda pair: pair[0])]

    def sweep(self, oldest: float) -> None:
        """Remove results from before this time, and what could not be removed before."""
        with self._lock:  # held: what is in the set stays nobody's while it is removed
            for path in list(self._left_over):
                with suppress(OSError):
                    path.unlink(missing_ok=True)
                    self._left_over.discard(path)
        for number in list(_numbers(self._results)):
            path = self._results / number
            with suppress(OSError):
                if path.stat().st_mtime < oldest:
                    path.unlink()
                    with self._lock:
                        self._count -= 1

    def results(self) -> int:
        """How many are kept, about."""
        return self._count

    def close(self) -> None:
        """Let another service use the folder."""
        self._folder.close()

    def _is_finished(self, number: str) -> bool:
        """Whether there is a result; one that is damaged is made anew, as the inputs are there."""
        try:
            return self.result(number) is not None
        except FileError:
            return True
        except DamagedError:
            self._unlink(self._results / number)
            return False

    def _now(self) -> int:
        """A time that is later than all before it, whatever the clock does."""
        with self._lock:
            self._last = max(self._last + 1, time.time_ns())
            return self._last

    def _queued_parts(self, number: str) -> tuple[dict[str, Any], bytes]:
        content = self._read(self._queued / _checked(number), "queued")
        if content is None:
            raise DamagedError("The inputs of this job are gone.", "Send the request again.")
        head, _, data = content.partition(b"\n")
        return json.loads(head), data

    def _tried(self, number: str) -> str:
        with suppress(OSError):
            text = (self._tries / number).read_bytes()[:MOST_TRIES].decode("latin-1")
            return "".join(letter for letter in text if letter in (WORKER_ENDED, NO_MEMORY))
        return ""

    def _write(self, path: Path, kind: str, content: bytes) -> None:
        place_file(path, content + self._seal(kind, path.name, content))

    def _read(self, path: Path, kind: str) -> bytes | None:
        try:
            data = _bytes_of(path)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise file_failure("read", path, error) from error
        content, seal = data[:-SEAL], data[-SEAL:]
        if not hmac.compare_digest(seal, self._seal(kind, path.name, content)):
            raise DamagedError(
                "What was stored of this job is damaged.", "DELETE the job and send it again."
            )
        return content

    def _seal(self, kind: str, number: str, content: bytes) -> bytes:
        digest = hmac.new(self.secret, f"zkpipe {kind} 1 {number} ".encode(), "sha256")
        digest.update(content)
        return digest.digest()

    def _unlink(self, path: Path) -> None:
        """Remove a file; what cannot be removed now is removed by a later sweep."""
        try:
            path.unlink(missing_ok=True)
        except OSError:
            with self._lock:
                self._left_over.add(path)
        else:
            with self._lock:
                self._left_over.discard(path)


def _checked(number: str) -> str:
    """The number, which becomes the name of a file."""
    if NUMBER.fullmatch(number) is None:
        raise ValueError
    return number


def _numbers(folder: Path) -> Iterator[str]:
    """Of the jobs that have a file in a folder."""
    return (path.name for path in folder.iterdir() if NUMBER.fullmatch(path.name))


def _bytes_of(path: Path) -> bytes:
    handle = os.open(path, os.O_RDONLY | NO_LINK | AT_ONCE | BYTES)
    with os.fdopen(handle, "rb") as file:
        return file.read()


def _sync(folder: Path) -> None:
    """Have the disk know what was removed."""
    if FOLDER:
        handle = os.open(folder, os.O_RDONLY | FOLDER | BYTES)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
