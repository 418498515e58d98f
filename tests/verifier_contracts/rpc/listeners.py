"""Servers where a node should be: what they send is what a test says, byte for byte."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

NOBODY = "0x" + "11" * 20
Handler = Callable[[socket.socket, dict[str, Any]], None]


def received(connection: socket.socket) -> tuple[bytes, dict[str, Any]]:
    """The headers and the JSON of one request. Raises OSError if the client hangs up before."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += some(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
    while len(body) < length:
        body += some(connection)
    return head, json.loads(body)


def some(connection: socket.socket) -> bytes:
    """What has come. A closed connection gives no bytes at once, again and again, for ever."""
    came = connection.recv(1 << 16)
    if not came:
        raise ConnectionResetError
    return came


@contextmanager
def serving(handler: Handler, heads: list[bytes] | None = None) -> Iterator[str]:
    """A server that hands each request to the handler and then hangs up; its URL."""

    def answer(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            head, question = received(connection)
            if heads is not None:
                heads.append(head)
            handler(connection, question)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                threading.Thread(target=answer, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)


def sends(body: bytes, status: str = "200 OK", *headers: str) -> Handler:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    whole = "\r\n".join([*lines, "", ""]).encode() + body
    return lambda connection, _: connection.sendall(whole)


def results(**given: Any) -> Handler:
    """Answers each method with its result, and the others as an honest node of chain 1337."""
    honest = {
        "eth_chainId": "0x539",
        "eth_accounts": [NOBODY],
        "eth_blockNumber": "0x1",
        "eth_estimateGas": "0x5208",
        "eth_getBalance": "0xffffffffffffffff",
        "eth_getTransactionCount": "0x0",
        "eth_getBlockByNumber": {"number": "0x1", "baseFeePerGas": "0x1"},
        "eth_maxPriorityFeePerGas": "0x1",
    }

    def handle(connection: socket.socket, question: dict[str, Any]) -> None:
        method = question["method"]
        answer = given[method] if method in given else {"result": honest.get(method)}
        body = (
            answer
            if isinstance(answer, bytes)
            else json.dumps({"jsonrpc": "2.0", "id": question["id"], **answer}).encode()
        )
        sends(body)(connection, question)

    return handle
