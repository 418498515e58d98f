"""A proxy between a program and a node, which may change, lose or delay what passes."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = dict[str, Any]


def error(code: int, message: str) -> Callable[[str, Answer], Answer]:
    """Answers a method with an error of JSON-RPC, after the node has seen the question."""
    return lambda method, answer: {
        "jsonrpc": "2.0",
        "id": answer["id"],
        "error": {"code": code, "message": message},
    }


class Between:
    """What happens at each method; a change of its rules counts from the next question on.

    before  called before the node is asked; if it returns an answer's result, the node is not
    after   called with the node's answer; what it returns is passed on, None closes the connection,
            a number is an HTTP status
    """

    def __init__(self, target: str) -> None:
        self.target = target
        self.before: dict[str, Callable[[list[Any]], Any]] = {}
        self.after: dict[str, Callable[[str, Answer], Any]] = {}
        self.asked: list[str] = []
        self.sent: list[str] = []  # hashes that the node gave for transactions
        self.url = ""

    def node(self, method: str, *parameters: Any) -> Any:
        """Ask the node itself."""
        question = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
        return self._ask(json.dumps(question).encode()).get("result")

    def _ask(self, body: bytes) -> Answer:
        request = urllib.request.Request(self.target, body, {"content-type": "application/json"})  # noqa: S310 # ours
        with urllib.request.urlopen(request) as reply:  # noqa: S310 # a node on this machine
            return json.load(reply)

    def answer(self, body: bytes) -> Any:
        question = json.loads(body)
        method = question["method"]
        self.asked.append(method)
        if method in self.before:
            given = self.before[method](question["params"])
            if given is not None:
                return given if isinstance(given, int) else {**given, "id": question["id"]}
        answer = self._ask(body)
        if method.startswith("eth_send") and "result" in answer:
            self.sent.append(answer["result"])
        return self.after[method](method, answer) if method in self.after else answer


@contextmanager
def between(target: str) -> Iterator[Between]:
    """Run a proxy before a node."""
    rules = Between(target)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # headers and body are written apart: 40 ms each otherwise

        def do_POST(self) -> None:
            answer = rules.answer(self.rfile.read(int(self.headers["content-length"])))
            if answer is None:
                self.close_connection = True
                return
            status, body = (answer, b"busy") if isinstance(answer, int) else (200, b"")
            body = body or json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign] # who was killed hangs up
    threading.Thread(target=server.serve_forever, daemon=True).start()
    rules.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield rules
    finally:
        server.shutdown()
        server.server_close()
