"""Processes of measurements: whole commands, and workers that answer one request after another.

Each has an environment of its own (back end, threads) and is started through benchmarks.launch, so
that the peak memory told is its own. What a process says on standard error is kept for the case
that it fails. A process that is no longer wanted, or takes longer than it may, is ended with all
that it started and that stayed in its group.
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from zkpipe.benchmarks.errors import ExitError, MeasurementError
from zkpipe.ground.files.strict_json import read_json
from zkpipe.ground.process.own_python import module_command, module_environment

LAUNCH = Path(__file__).with_name("launch.py")
LIMIT = 3600.0  # seconds after which a command is given up, if nobody says another number
SHOWN = 5  # lines of what a failed process said
LAST = 1 << 16  # bytes at the end of what it said, in which they are looked for
PAUSE = 0.05  # seconds at most between two looks at whether a process has ended


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process took from start to end.

    processor_seconds  of all its threads, and of the children that it waited for
    """

    seconds: float
    processor_seconds: float
    peak_bytes: int


class Worker:
    """A process that reads requests as lines of JSON and answers each with one.

    Use as a context: it is ended with the block. Raises MeasurementError when it does not answer.
    """

    def __init__(self, words: Sequence[str | Path], environment: Mapping[str, str]) -> None:
        self._folder = TemporaryDirectory(prefix="zkpipe-worker-")
        self._words = words
        folder = Path(self._folder.name)
        self._process = _start(words, environment, folder, subprocess.PIPE, subprocess.PIPE)

    def ask(self, request: Mapping[str, object], limit: float | None = None) -> dict[str, Any]:
        """The answer to a request; the worker is ended if it takes longer than `limit` seconds."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None  # noqa: S101, PT018 # both are pipes
        with _killed_after(self._process, limit) as late:
            with suppress(BrokenPipeError):  # then there is no answer either
                stdin.write(json.dumps(request) + "\n")
                stdin.flush()
            line = stdout.readline()
        if limit is not None and late.is_set():
            raise _stopped(self._words, limit)
        if not line:
            raise _failure(self._words, Path(self._folder.name))
        return _answer(self._words, line)

    def finish(self, limit: float = LIMIT) -> Usage:
        """Let the process end and tell what it took; it is ended after `limit` seconds."""
        if self._process.stdin is not None:
            with suppress(BrokenPipeError):
                self._process.stdin.close()
        has_ended = _has_ended(self._process, limit)
        _end(self._process)
        if not has_ended:
            raise _stopped(self._words, limit)
        return _usage(self._words, Path(self._folder.name), self._process.returncode)

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        _end(self._process)
        self._folder.cleanup()


def whole_command(
    words: Sequence[str | Path],
    environment: Mapping[str, str],
    out: Path | None = None,
    *,
    limit: float = LIMIT,
    name: str | None = None,
) -> Usage:
    """Run a command to its end.

    out    a file for what it writes on standard output
    limit  seconds after which it is ended
    name   of the program for people, if it cannot be started; else that of its file

    Raises MeasurementError if it cannot be started, is ended by a signal or takes too long,
    ExitError if it fails.
    """
    with TemporaryDirectory(prefix="zkpipe-command-") as made:
        folder = Path(made)
        with (out or Path(os.devnull)).open("w") as stdout:
            process = _start(words, environment, folder, subprocess.DEVNULL, stdout)
        try:
            has_ended = _has_ended(process, limit)
        finally:
            _end(process)
        if not has_ended:
            raise _stopped(words, limit)
        return _usage(words, folder, process.returncode, name)


def _start(
    words: Sequence[str | Path],
    environment: Mapping[str, str],
    folder: Path,
    stdin: int,
    stdout: int | IO[str],
) -> subprocess.Popen[str]:
    launch: list[str | Path] = [sys.executable, "-I", "-S", LAUNCH, folder / "usage.json"]
    with (folder / "stderr").open("w") as stderr:
        return subprocess.Popen(  # noqa: S603 # no shell; our own words and the user's program
            [*launch, *words],
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            text=True,
            env={**os.environ, **environment},
            start_new_session=True,  # so that it can be ended with all that it started
        )


def _has_ended(process: subprocess.Popen[str], limit: float) -> bool:
    """Whether it ends within so many seconds. Its number stays its own until `_end`."""
    deadline, pause = time.monotonic() + limit, PAUSE / 64
    while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        pause = min(2 * pause, PAUSE)
        time.sleep(min(pause, left))
    return True


def _end(process: subprocess.Popen[str]) -> None:
    """End it with its group, which a process that ended by itself may have left behind.

    What is left behind would take processors from whatever is measured next.
    """
    if process.returncode is None:  # nobody has waited: no other process has this number yet
        _kill(process)
        process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(BrokenPipeError):
                stream.close()


@contextmanager
def _killed_after(process: subprocess.Popen[str], limit: float | None) -> Iterator[threading.Event]:
    """Kill it if the block takes longer than `limit` seconds; the event is set then."""
    late = threading.Event()

    def stop() -> None:
        late.set()
        _kill(process)

    timer = threading.Timer(threading.TIMEOUT_MAX if limit is None else limit, stop)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()


def _kill(process: subprocess.Popen[str]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _usage(
    words: Sequence[str | Path], folder: Path, status: int, name: str | None = None
) -> Usage:
    facts = _facts(folder)
    if status or facts.pop("status", None) != 0:
        raise _failure(words, folder, name)
    return Usage(**facts)


def _facts(folder: Path) -> dict[str, Any]:
    """What launch.py wrote; empty if it did not come to it."""
    if not (folder / "usage.json").exists():
        return {}
    value = read_json(folder / "usage.json", floats=True)
    assert isinstance(value, dict)  # noqa: S101 # launch.py wrote it
    return dict(value)


def _stopped(words: Sequence[str | Path], limit: float) -> MeasurementError:
    return MeasurementError(
        f"{_shown(words)} was stopped after {limit:g} seconds.",
        "Ask for smaller sizes, or give it more time.",
    )


def _failure(
    words: Sequence[str | Path], folder: Path, name: str | None = None
) -> MeasurementError:
    facts = _facts(folder)
    if "not_started" in facts:
        return MeasurementError(
            f"{name or Path(words[0]).name} cannot be started: {facts['not_started']}.",
            "See whether the file is a program for this machine, and whether what it needs is "
            "here, such as the interpreter of a script.",
        )
    status = facts.get("status")
    said = _last_words(folder)
    if not said:  # a full disk has no place for the reason either
        return _error(
            status,
            f"{_shown(words)} {_ending(status)}, and left no reason.",
            "See whether the disk with TMPDIR is full, and the memory, or measure without it.",
        )
    return _error(
        status,
        f"{_shown(words)} {_ending(status)}.",
        "Run it by hand to see why, or measure without it.",
        said,
    )


def _error(
    status: int | None, problem: str, fix: str, evidence: Sequence[str] = ()
) -> MeasurementError:
    kind = ExitError if status is not None and status > 0 else MeasurementError
    return kind(problem, fix, evidence)


def _last_words(folder: Path) -> list[str]:
    with (folder / "stderr").open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - LAST))
        said = file.read(LAST).decode(errors="replace").strip().splitlines()
    return [line[:200] for line in said[-SHOWN:]]


def _ending(status: int | None) -> str:
    """How a process ended, by the status that launch.py wrote."""
    if not status:  # not even launch.py ended well, or a worker ended before its work
        return "failed"
    if status > 0:
        return f"failed with exit status {status}"
    with suppress(ValueError):
        return f"was ended by the signal {signal.Signals(-status).name}"
    return f"was ended by the signal {-status}"


def _answer(words: Sequence[str | Path], line: str) -> dict[str, Any]:
    with suppress(ValueError):
        value = json.loads(line)
        if isinstance(value, dict):
            return value
    raise MeasurementError(
        f"{_shown(words)} answered with something else than it was asked for.",
        "Run it by hand to see why, or measure without it.",
        [line.strip()[:200]],
    )


def _shown(words: Sequence[str | Path]) -> str:
    """The command by its names, without the folders."""
    return shlex.join(Path(word).name or str(word) for word in map(str, words))


def requests() -> Iterator[dict[str, Any]]:
    """In a worker: its requests, until nobody asks any more."""
    for line in sys.stdin:
        yield json.loads(line)


@contextmanager
def module_worker(module: str, environment: Mapping[str, str], *words: object) -> Iterator[Worker]:
    """A worker that is one of our modules, run by this Python."""
    command = [*module_command(module), *map(str, words)]
    with Worker(command, {**module_environment(module), **environment}) as worker:
        yield worker


def answer(facts: Mapping[str, object]) -> None:
    """In a worker: the answer to the request that was read last."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()
