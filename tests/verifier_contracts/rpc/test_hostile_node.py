"""A node that answers what no node would: every answer becomes an error of ours."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from zkpipe.ground.errors import ZkpipeError
from zkpipe.verifier_contracts import Chain

ADDRESS = "0x" + "11" * 20


class _Node(http.server.BaseHTTPRequestHandler):
    """Tells its chain as a node does, and answers all else with `answer`."""

    answer: Any = None

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        reply = {"jsonrpc": "2.0", "id": asked["id"], "result": "0x539"}
        body = json.dumps(reply if asked["method"] == "eth_chainId" else type(self).answer)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Node)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def _reply(result: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "result": result}


ANSWERS = [[1], None, 3, {}, _reply(None), _reply("zz"), _reply([]), {"error": 3}]


@pytest.mark.parametrize("answer", ANSWERS, ids=repr)
@pytest.mark.parametrize("question", ["call", "gas", "transact"])
def test_an_answer_of_no_known_form_is_an_error_of_ours(
    url: str, answer: Any, question: str
) -> None:
    _Node.answer = answer
    chain = Chain.connect(url)
    with pytest.raises(ZkpipeError):
        getattr(chain, question)({"to": ADDRESS, "data": "0x"})


@pytest.mark.parametrize("answer", ANSWERS, ids=repr)
def test_code_of_no_known_form_is_no_contract(url: str, answer: Any) -> None:
    _Node.answer = answer
    chain = Chain.connect(url)
    with pytest.raises(ZkpipeError):
        chain.at(ADDRESS, [])


@pytest.mark.parametrize("answer", [[1], None, _reply(None), _reply("zz")], ids=repr)
def test_what_tells_no_chain_is_no_node(url: str, answer: Any, monkeypatch: Any) -> None:
    def do_post(self: _Node) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    monkeypatch.setattr(_Node, "do_POST", do_post)
    with pytest.raises(ZkpipeError, match="not an Ethereum node"):
        Chain.connect(url)
