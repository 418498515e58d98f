"""The parent's side of a worker: a child process that answers one request at a time.

A request goes as a line of JSON to the child's standard input, so no input is ever an argument, an
environment variable or a file. A child that takes too long or too much memory is killed; whoever
asked is told which it was. What it says on standard error goes where the parent's does.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zkpipe.ground.closing import Closing
from zkpipe.ground.errors import CardWarning, ZkpipeWarning
from zkpipe.ground.process.own_python import module_command, module_environment

LOOK = 0.2  # seconds between two looks at the child's memory
PIECE = 1 << 16  # bytes read at once
PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


class WorkerEnded(Exception):  # an event; whoever asked makes an error of it
    """The child ended before it answered: by itself, or by the system for want of memory."""


class TooLong(WorkerEnded):
    """It was killed: it took longer than it may."""


class TooMuchMemory(WorkerEnded):
    """It was killed: it took more memory than it may."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may take.

    seconds  from the first byte of the request on; None for as long as it takes
    memory   bytes of the whole child that are in memory; None for as many as there are
    """

    seconds: float | None = None
    memory: int | None = None


NONE = Limits()
MOST_LOADED = 8  # circuits with their keys that a child which proves keeps for later requests
LIFELINE = "ZKPIPE_LIFELINE"  # tells a child the descriptor by which it sees its parent's end


class Worker(Closing):
    """A child process that runs one of our modules with `child.serve`.

    environment  added to this process's own, or over it

    A context: the child ends with the block. `kill` may come from another thread.
    """

    def __init__(
        self, module: str, words: Sequence[str] = (), environment: Mapping[str, str] | None = None
    ) -> None:
        theirs, self._lifeline = os.pipe()  # closed with this process, however that ends
        try:
            self._process = subprocess.Popen(  # noqa: S603 # no shell; our own words
                [*module_command(module), *words],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={
                    **os.environ,
                    **module_environment(module),
                    **(environment or {}),
                    LIFELINE: str(theirs),
                },
                pass_fds=(theirs,),
                start_new_session=True,  # Ctrl-C is the parent's, who ends it in good order
            )
        except BaseException:
            os.close(self._lifeline)
            raise
        finally:
            os.close(theirs)
        assert self._process.stdin is not None  # noqa: S101 # it is a pipe
        assert self._process.stdout is not None  # noqa: S101 # the same
        self._stdin, self._stdout = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._stdin, False)  # a child that does not read has its limits too
        self._rest = b""

    @property
    def pid(self) -> int:
        """Of the child."""
        return self._process.pid

    def ask(self, request: Mapping[str, Any], limits: Limits = NONE) -> dict[str, Any]:
        """The answer to a request: see child.serve. Its warnings are reported here.

        Raises WorkerEnded, TooLong or TooMuchMemory; the child is then gone.
        """
        begun = time.monotonic()
        self._send(json.dumps(request).encode() + b"\n", begun, limits)
        answer: dict[str, Any] = json.loads(self._line(begun, limits))
        report_warnings(answer)
        return answer

    def _send(self, request: bytes, begun: float, limits: Limits) -> None:
        left = memoryview(request)
        with selectors.DefaultSelector() as selector, suppress(OSError):  # then no answer comes
            selector.register(self._stdin, selectors.EVENT_WRITE)
            while left:
                if selector.select(LOOK):
                    with suppress(BlockingIOError):
                        left = left[os.write(self._stdin, left[:PIECE]) :]
                elif self._has_ended():
                    return
                self._look(begun, limits)

    def _line(self, begun: float, limits: Limits) -> bytes:
        parts = [self._rest]
        with selectors.DefaultSelector() as selector:
            selector.register(self._stdout, selectors.EVENT_READ)
            while b"\n" not in parts[-1]:
                if not selector.select(LOOK):
                    if self._has_ended() and not selector.select(0):
                        self.kill()  # a process that it started holds the pipe
                        raise WorkerEnded
                    self._look(begun, limits)
                    continue
                piece = os.read(self._stdout, PIECE)
                if not piece:
                    self.kill()
                    raise WorkerEnded
                parts.append(piece)
        line, _, self._rest = b"".join(parts).partition(b"\n")
        return line

    def _look(self, begun: float, limits: Limits) -> None:
        if limits.seconds is not None and time.monotonic() - begun > limits.seconds:
            self.kill()
            raise TooLong
        if limits.memory is not None and self.memory() > limits.memory:
            self.kill()
            raise TooMuchMemory

    def memory(self) -> int:
        """Bytes of the child that are in memory; 0 where the system does not say."""
        try:
            return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * PAGE
        except (OSError, IndexError, ValueError):
            return 0

    def kill(self) -> None:
        """End the child, with whatever it started, also if it has ended itself."""
        if self._process.returncode is None:  # nobody has waited for it: the number is still its
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _has_ended(self) -> bool:
        """Whether the child has ended; it is not waited for, so that its group can be killed."""
        if self._process.returncode is not None:
            return True
        how = os.WEXITED | os.WNOHANG | os.WNOWAIT
        try:
            return os.waitid(os.P_PID, self._process.pid, how) is not None
        except ChildProcessError:  # another thread has waited for it
            return True

    def close(self) -> None:
        """End the child and let go of its pipes."""
        self.kill()
        with suppress(OSError):
            os.close(self._lifeline)
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()


def report_warnings(answer: dict[str, Any]) -> None:
    """Take the warnings out of an answer of `child.answered`, and report them here."""
    for told in answer.pop("warnings"):
        of = CardWarning if told.pop("class") == "CardWarning" else ZkpipeWarning
        of(**told).report()
