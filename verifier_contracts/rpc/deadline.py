"""An HTTP session whose calls end in time, whatever the other side does.

requests and urllib3 bound the time of each read from a socket, never of all together: who sends a
byte now and then, of the status, the headers or the body, keeps the caller for ever. Here a call is
watched from connecting to its last byte; when its time is up its connection is shut down, and the
read that waits ends with an error.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

from requests import Session
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class Watch:
    """The time of one call; `is_over` once it is up."""

    def __init__(self) -> None:
        self.is_over = False
        self._lock = threading.Lock()
        self._line: int | None = None  # a descriptor of our own: theirs is wrapped by TLS, closed

    def hold(self, connected: socket.socket) -> None:
        """Watch this connection instead of the one before. Raises TimeoutError if time is up."""
        with self._lock:
            self._drop()
            self._line = os.dup(connected.fileno())
        if self.is_over:
            self.end()
            raise TimeoutError

    def end(self) -> None:
        """The time is up: shut the connection down, both ways."""
        self.is_over = True
        with self._lock:
            if self._line is not None:
                line, self._line = self._line, None
                with suppress(OSError), socket.socket(fileno=line) as ours:
                    ours.shutdown(socket.SHUT_RDWR)

    def release(self) -> None:
        """The call is over: the connection may serve another."""
        with self._lock:
            self._drop()

    def _drop(self) -> None:
        if self._line is not None:
            os.close(self._line)
            self._line = None


_WATCH: ContextVar[Watch | None] = ContextVar("_WATCH", default=None)


@contextmanager
def deadline(seconds: float) -> Iterator[Watch]:
    """Watch what a session of `watched_session` does in the block."""
    watch = Watch()
    timer = threading.Timer(seconds, watch.end)
    timer.daemon = True
    token = _WATCH.set(watch)
    timer.start()
    try:
        yield watch
    finally:
        timer.cancel()
        _WATCH.reset(token)
        watch.release()


def watched_session() -> Session:
    """A session of requests whose connections `deadline` can end."""
    session = Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Adapter())
    return session


class _Watched(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        connected = super()._new_conn()
        _hold(connected)
        return connected

    def request(self, *arguments: Any, **options: Any) -> None:
        if self.sock is not None:  # it served another call before
            _hold(self.sock)
        super().request(*arguments, **options)


def _hold(connected: socket.socket) -> None:
    watch = _WATCH.get()
    if watch is not None:
        watch.hold(connected)


class _WatchedSecure(_Watched, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Watched


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _WatchedSecure


_POOLS = {"http": _Pool, "https": _SecurePool}


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **options)
        if not proxy.lower().startswith("socks"):  # whose connections are of classes of their own
            manager.pool_classes_by_scheme = _POOLS
        return manager
