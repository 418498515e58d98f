"""The child's side of a worker: requests as lines of JSON on standard input, one answer to each.

Standard output is the way of the answers alone: what else a process prints there, an author's
module or a library, goes to standard error. A child whose parent is gone ends by itself, whatever
it computes.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from zkpipe.ground.errors import ZkpipeError, ZkpipeWarning
from zkpipe.ground.process.interruption import ends_the_process
from zkpipe.ground.process.posix import fcntl
from zkpipe.jobs.proving.outcome import Cause, Failed
from zkpipe.jobs.workers.worker import LIFELINE

Handler = Callable[[Mapping[str, Any]], Mapping[str, Any]]

LOOK = 1.0  # seconds between two looks for the parent


def serve(handler: Handler) -> None:
    """Answer requests until there are no more.

    See `answered` for what an answer is.
    """
    _end_with_the_lifeline()
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    for line in sys.stdin:
        answer = answered(handler, json.loads(line))
        try:
            answers.write(json.dumps(answer) + "\n")
            answers.flush()
        except BrokenPipeError:  # the parent is gone
            os._exit(1)


def answered(handler: Handler, request: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to a request, for another process: `workers.worker` reads it there.

    It is {"answer": what the handler gives} or {"failed": as Failed gives it}, and beside it the
    "warnings" of ours that were told meanwhile. Only what ends a process is raised.
    """
    with _listening() as told:
        answer = _answer(handler, request)
    return {**answer, "warnings": told}


def _answer(handler: Handler, request: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return {"answer": dict(handler(request))}
    except ZkpipeError as error:
        return {"failed": Failed.of(error, Cause.MACHINE).as_json()}
    except MemoryError:
        return {"failed": Failed.for_want_of_memory().as_json()}
    except BaseException as error:  # an author's module raises what it likes
        if ends_the_process(error) or isinstance(error, SystemExit | GeneratorExit):
            raise
        return {"failed": _fault(error).as_json()}


def _fault(error: BaseException) -> Failed:
    """A fault by its class alone: the message may quote a private value."""
    return Failed(
        Cause.WORKER,
        type(error).__name__,
        f"The worker failed with {type(error).__name__}, which is a fault of zkpipe.",
        "Please report it.",
    )


@contextmanager
def _listening() -> Iterator[list[dict[str, Any]]]:
    """The warnings of ours within the block, as JSON; others go where they go."""
    told: list[dict[str, Any]] = []
    shown = warnings.showwarning

    def take(message: Warning | str, *rest: Any, **named: Any) -> None:
        if isinstance(message, ZkpipeWarning):
            facts = ("kind", "problem", "fix", "evidence")
            told.append({"class": type(message).__name__} | {f: getattr(message, f) for f in facts})
        else:
            shown(message, *rest, **named)

    with warnings.catch_warnings():
        warnings.simplefilter("always", ZkpipeWarning)
        warnings.showwarning = take
        yield told


def _end_with_the_lifeline() -> None:
    """Have the system end this process with its parent, also while an extension holds the GIL.

    The parent alone has the other end of a pipe that nobody writes to. When it is closed, Linux
    sends SIGIO to whoever asked for it (O_ASYNC, fcntl(2)), which ends a process by default.
    """
    handle = os.environ.pop(LIFELINE, "")
    if not handle.isdecimal() or fcntl is None or not hasattr(fcntl, "F_SETOWN"):
        return
    with suppress(OSError):
        signal.signal(signal.SIGIO, signal.SIG_DFL)
        fcntl.fcntl(int(handle), fcntl.F_SETOWN, os.getpid())
        flags = fcntl.fcntl(int(handle), fcntl.F_GETFL)
        fcntl.fcntl(int(handle), fcntl.F_SETFL, flags | os.O_ASYNC)
        if select.select([int(handle)], [], [], 0)[0]:  # its end came before
            os._exit(1)


def _end_with(parent: int) -> None:
    """End this process when its parent has; where there is no lifeline, or it was too late."""
    while os.getppid() == parent:
        time.sleep(LOOK)
    os._exit(1)
