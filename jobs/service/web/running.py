"""An application served by uvicorn, under our own signals, and what it logs in our own words."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

LAST_ANSWERS = 2  # seconds for these, at the end
IDLE = 5  # seconds that a connection is kept without a request


async def served(
    app: Any, protocol: Any, listening: socket.socket, ending: Callable[[], None]
) -> None:
    """Serve an application of ASGI on a socket until INT, TERM or HUP, in the main thread.

    protocol  of connections, as uvicorn takes it: see `connections`
    ending    is called at each signal. A second signal ends without the last answers
    """
    server = _Server(
        uvicorn.Config(
            app,
            http=protocol,
            loop="asyncio",
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=IDLE,
            timeout_graceful_shutdown=LAST_ANSWERS,
        )
    )

    def end() -> None:
        server.force_exit = server.should_exit
        server.should_exit = True
        ending()

    with _at_signals(end):
        await server.serve(sockets=[listening])


class _Server(uvicorn.Server):
    """uvicorn's server, which leaves signals to ours."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Nothing."""
        yield


@contextmanager
def _at_signals(end: Callable[[], None]) -> Iterator[None]:
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
