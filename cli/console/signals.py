"""Signals that tell a command to end: INT, TERM and HUP raise an exception, but not at any moment.

What a command has begun to write is removed on the way out. While files are put in their places or
removed, signals wait until that is done: `held` is around such steps. One that comes within a
second of the last is taken for the same, so that it does not interrupt the way out either. Once the
outputs are in place a signal comes too late, and the command answers as if there had been none. A
signal that was ignored when the process began, as `nohup` and shells have it for what runs in the
background, stays ignored.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

# HUP is not on every system.
ENDING = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)

SAME = 1.0  # seconds


class Ended(BaseException):
    """The process was told to end, by TERM or HUP. No Exception, so that nothing takes it."""

    ends_the_process = True  # for ground.process.interruption

    def __init__(self, number: int = signal.SIGTERM) -> None:
        self.number = number
        super().__init__(number)


class _Hold:
    depth = 0
    waiting: int | None = None
    ended_at = float("-inf")


def listen() -> None:
    """Let these signals end the command from now on, in the main thread."""
    for number in ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _on_signal)


def _on_signal(number: int, _frame: object) -> None:
    if time.monotonic() - _Hold.ended_at < SAME:
        return
    if _Hold.depth:
        _Hold.waiting = number
    else:
        _end(number)


def _end(number: int) -> NoReturn:
    _Hold.waiting, _Hold.ended_at = None, time.monotonic()
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    raise Ended(number)


def has_to_end() -> bool:
    """Whether a signal waits for the end of a `held` block."""
    return _Hold.waiting is not None


def too_late() -> None:
    """The work is done: a signal that waits, or comes within a second, does not undo it."""
    _Hold.waiting, _Hold.ended_at = None, time.monotonic()


@contextmanager
def ends_well(serves: bool) -> Iterator[None]:
    """A block that a signal ends without an exception, if it is of a command that serves.

    So a signal that comes while the command still starts is no failure either.
    """
    try:
        yield
    except (KeyboardInterrupt, Ended):
        if not serves:
            raise


def listen_no_more() -> None:
    """Ignore these signals from now on, while Python ends."""
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def held() -> Iterator[None]:
    """A block that no signal interrupts; one that came meanwhile raises Ended at its end."""
    _Hold.depth += 1
    try:
        yield
    finally:
        _Hold.depth -= 1
        if _Hold.depth == 0 and _Hold.waiting is not None:
            _end(_Hold.waiting)
