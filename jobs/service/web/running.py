"""uvicorn's server under our own signals, and what it logs in our own words."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager

import uvicorn


class Server(uvicorn.Server):
    """uvicorn's server, which leaves signals to ours."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Nothing."""
        yield


@contextmanager
def at_signals(end: Callable[[], None]) -> Iterator[None]:
    """Call something at a signal that ends a process, unless it is ignored; within a loop.

    Behind the block these signals do nothing: the process ends already.
    """
    loop = asyncio.get_running_loop()
    heard = []
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            loop.add_signal_handler(number, end)
            heard.append(number)
    try:
        yield
    finally:
        for number in heard:
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_IGN)


@contextmanager
def quiet_libraries(say: Callable[[str], None]) -> Iterator[None]:
    """What uvicorn and asyncio log is told by its class alone: it may quote what a client sent."""
    handler = _Handler(say)
    loggers = [logging.getLogger(name) for name in ("uvicorn.error", "uvicorn.access", "asyncio")]
    before = [(one, one.level, one.propagate) for one in loggers]
    for one in loggers:
        one.setLevel(logging.ERROR)
        one.propagate = False
        one.addHandler(handler)
    try:
        yield
    finally:
        for one, level, propagate in before:
            one.removeHandler(handler)
            one.setLevel(level)
            one.propagate = propagate


class _Handler(logging.Handler):
    def __init__(self, say: Callable[[str], None]) -> None:
        super().__init__()
        self._say = say

    def emit(self, record: logging.LogRecord) -> None:
        """Say what kind of fault it is."""
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else "a fault"
        self._say(f"{record.name}: {kind}")
