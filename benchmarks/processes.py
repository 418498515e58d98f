"""Processes of measurements: whole commands, and workers that answer one request after another.

Each has an environment of its own (back end, threads) and is started through benchmarks.launch, so
that the peak memory told is its own. What a process says on standard error is kept for the case
that it fails. A process that is no longer wanted is ended with all that it started.
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from zkpipe.benchmarks.errors import MeasurementError
from zkpipe.ground.files.strict_json import read_json
from zkpipe.ground.process.own_python import module_command, module_environment

LAUNCH = Path(__file__).with_name("launch.py")
LIMIT = 3600.0  # seconds after which a whole command is given up
SHOWN = 5  # lines of what a failed process said


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process took from start to end."""

    seconds: float
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

    def ask(self, request: Mapping[str, object]) -> dict[str, Any]:
        """The answer to a request."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None  # noqa: S101, PT018 # both are pipes
        with suppress(BrokenPipeError):  # then there is no answer either
            stdin.write(json.dumps(request) + "\n")
            stdin.flush()
        line = stdout.readline()
        if not line:
            raise _failure(self._words, Path(self._folder.name))
        answer: dict[str, Any] = json.loads(line)
        return answer

    def finish(self) -> Usage:
        """Let the process end and tell what it took."""
        self._process.communicate()
        return _usage(self._words, Path(self._folder.name), self._process.returncode)

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        _end(self._process)
        self._folder.cleanup()


def whole_command(
    words: Sequence[str | Path], environment: Mapping[str, str], out: Path | None = None
) -> Usage:
    """Run a command to its end.

    out  a file for what it writes on standard output

    Raises MeasurementError if it cannot be started, fails, or takes more than an hour.
    """
    with TemporaryDirectory(prefix="zkpipe-command-") as name:
        folder = Path(name)
        with (out or Path(os.devnull)).open("w") as stdout:
            process = _start(words, environment, folder, subprocess.DEVNULL, stdout)
        try:
            process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            raise MeasurementError(
                f"{_shown(words)} was given up after {LIMIT:.0f} seconds.", "Ask for smaller sizes."
            ) from None
        finally:
            _end(process)
        return _usage(words, folder, process.returncode)


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


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(BrokenPipeError):
                stream.close()


def _usage(words: Sequence[str | Path], folder: Path, status: int) -> Usage:
    if status or not (folder / "usage.json").exists():
        raise _failure(words, folder)
    value = read_json(folder / "usage.json", floats=True)
    assert isinstance(value, dict)  # noqa: S101 # launch.py wrote it
    return Usage(**value)  # type: ignore[arg-type] # the same


def _failure(words: Sequence[str | Path], folder: Path) -> MeasurementError:
    said = (folder / "stderr").read_text(errors="replace").strip().splitlines()
    if not said:  # a full disk has no place for the reason either
        return MeasurementError(
            f"{_shown(words)} failed, and left no reason.",
            "See whether the disk with TMPDIR is full, and the memory, or measure without it.",
        )
    return MeasurementError(
        f"{_shown(words)} failed.",
        "Run it by hand to see why, or measure without it.",
        [line[:200] for line in said[-SHOWN:]],
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
