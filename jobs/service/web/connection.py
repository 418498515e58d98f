"""Connections that end: whatever a client does or leaves undone, it holds one for a bounded time.

uvicorn's own limits are of requests: a connection on which nothing was ever asked stays as long as
its client likes, and with `limit_concurrency` a thousand of these make it refuse everybody. Here a
request's head has to come within seconds, however slowly; a request ends within its time; and where
there are too many connections, the oldest without a whole request makes room: a body that does not
come must not keep others out either.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any, ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 10.0  # from the beginning, or from the last answer, to a whole head
MOST = 512  # connections


class Connection(H11Protocol):
    """uvicorn's protocol with deadlines."""

    request_seconds: ClassVar[float] = 300.0
    most: ClassVar[int] = MOST
    partial: ClassVar[dict[Connection, None]]  # without a whole request, the oldest first

    _deadline: asyncio.TimerHandle | None = None
    _seen: object = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as above
        """Begin to wait for a request, and make room for it."""
        super().connection_made(transport)
        if len(self.connections) > self.most:
            oldest = next(iter(self.partial), self)
            oldest.transport.abort()
            self.partial.pop(oldest, None)
            if oldest is self:
                return
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of the timer."""
        self._set_deadline(None)
        self.partial.pop(self, None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take data, and see whether they began a request."""
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """Wait for the next request, which may be there already."""
        self._wait()
        super().on_response_complete()
        self._look()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, unless an answer has begun: then only an end is clear."""
        if self.conn.our_state is not h11.IDLE or self._in_a_request():
            self.transport.abort()
            return
        value = {"problem": "The request is not HTTP.", "fix": "Send HTTP/1.1, without TLS."}
        body = json.dumps(value).encode() + b"\n"
        head = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        ]
        for event in (
            h11.Response(status_code=400, headers=head, reason=b"Bad Request"),
            h11.Data(data=body),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _in_a_request(self) -> bool:
        cycle: Any = self.cycle
        return cycle is not None and not cycle.response_complete

    def _look(self) -> None:
        """Give a request that has begun its time; one that is whole keeps its connection."""
        if not self._in_a_request():
            return
        if self.cycle is not self._seen:
            self._seen = self.cycle
            self._set_deadline(self.request_seconds)
        if self.conn.their_state is not h11.SEND_BODY:
            self.partial.pop(self, None)

    def _wait(self) -> None:
        if not self.transport.is_closing():
            self.partial[self] = None
            self._set_deadline(HEAD_SECONDS)

    def _set_deadline(self, seconds: float | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = None
        if seconds is not None:
            self._deadline = self.loop.call_later(seconds, self.transport.abort)


def connections(most: int, request_seconds: float) -> type[Connection]:
    """The class of the connections of one service."""
    bounds = {"most": most, "request_seconds": request_seconds, "partial": {}}
    return type("Connection", (Connection,), bounds)
