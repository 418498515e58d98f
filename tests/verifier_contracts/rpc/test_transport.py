"""What listens where a node should: within bounds of size, time and form, or no node.

The servers speak with raw sockets: what is sent is what the test says, byte for byte.
"""

from __future__ import annotations

import base64
import gzip
import json
import socket
import threading
import time
from typing import Any

import pytest

from tests.verifier_contracts.rpc.listeners import (
    NOBODY,
    Handler,
    received,
    results,
    sends,
    serving,
)
from zkpipe.ground.files.strict_json import MAX_DEPTH
from zkpipe.verifier_contracts import Chain
from zkpipe.verifier_contracts.errors import NodeMissingError, RevertError, TransactionError
from zkpipe.verifier_contracts.rpc import transport
from zkpipe.verifier_contracts.rpc.refusals import Refusal
from zkpipe.verifier_contracts.transactions import sending

CALL = {"to": NOBODY, "data": "0x"}


@pytest.fixture
def hurried(monkeypatch):
    """A call's time is short, so that the tests of endless answers are too."""
    monkeypatch.setattr(transport, "SECONDS", 0.7)
    monkeypatch.setattr(transport, "PAUSES", (0.0, 0.0))


def dripped(before: bytes, piece: bytes) -> Handler:
    """Sends something, and then a piece again and again, for longer than anybody waits."""

    def handle(connection: socket.socket, _: Any) -> None:
        connection.sendall(before)
        for _ in range(400):  # 20 s at least: no error ends one who sends nothing
            time.sleep(0.05)
            connection.sendall(piece)

    return handle


OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    "handler",
    [
        dripped(b"", b""),
        dripped(b"", b"H"),
        dripped(b"HTTP/1.1 ", b"2"),
        dripped(OK + b"X: ", b"x"),
        dripped(OK, b"X: x\r\n"),
        dripped(OK + b"Content-Length: 100000\r\n\r\n", b" "),
        dripped(OK + b"\r\n", b" "),
        dripped(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
        dripped(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        dripped(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=[
        "silence",
        "start",
        "status",
        "header",
        "headers",
        "body",
        "open",
        "chunk",
        "chunks",
        "1xx",
    ],
)
def test_an_answer_without_end_is_none(hurried, handler):
    """Each piece comes in time; the whole never does."""
    with serving(handler) as url, pytest.raises(NodeMissingError):
        Chain.connect(url)


def test_a_second_call_on_one_connection_is_watched_too(hurried):
    def twice(connection: socket.socket, question: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", "id": 0, "result": "0x539"}).encode()
        connection.sendall(OK + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        received(connection)
        dripped(OK + b"X: ", b"x")(connection, question)

    with serving(twice) as url:
        chain = Chain.connect(url)
        with pytest.raises(NodeMissingError, match="no whole answer in"):
            chain.call(CALL)


def test_connections_serve_many_calls():
    """The watch lets go of them."""
    ports = set()

    def many(connection: socket.socket, question: dict[str, Any]) -> None:
        while True:
            ports.add(connection.getpeername()[1])
            body = json.dumps({"jsonrpc": "2.0", "id": 0, "result": "0x539"}).encode()
            connection.sendall(OK + b"Content-Length: %d\r\n\r\n" % len(body) + body)
            received(connection)

    with serving(many) as url:
        chain = Chain.connect(url)
        assert [chain.chain_id for _ in range(5)] == [1337] * 5
    assert len(ports) == 1


@pytest.mark.parametrize("head", [b"Content-Length: 1099511627776\r\n\r\n", b"\r\n"])
@pytest.mark.parametrize("piece", [b" ", b"[", b'"x'], ids=repr)
def test_a_body_without_end_is_not_taken(head, piece):
    taken = 0

    def flood(connection: socket.socket, _: Any) -> None:
        nonlocal taken
        connection.sendall(OK + head)
        block = piece * (1 << 19)
        while True:
            connection.sendall(block)
            taken += len(block)

    with serving(flood) as url, pytest.raises(NodeMissingError, match="more than"):
        Chain.connect(url)
    assert taken < 8 * transport.LARGEST  # the rest lies in the sockets


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, gzip", "GZIP"])
def test_a_compressed_body_is_not_unpacked(encoding):
    body = gzip.compress(b" " * (1 << 26))
    handler = sends(body, "200 OK", f"Content-Encoding: {encoding}")
    with serving(handler) as url, pytest.raises(NodeMissingError, match="compresses"):
        Chain.connect(url)


@pytest.mark.parametrize("status", ["300 x", "301 x", "302 x", "303 x", "307 x", "308 x"])
def test_where_it_redirects_to_is_not_asked(status):
    with serving(results()) as elsewhere:
        handler = sends(b"", status, f"Location: {elsewhere}/")
        with serving(handler) as url, pytest.raises(NodeMissingError, match="redirects"):
            Chain.connect(url)


DEEP = MAX_DEPTH + 1


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b'{"jsonrpc":"2.0","id":0,"result":' + b"[" * DEEP + b"]" * DEEP + b"}",
        b'{"jsonrpc":"2.0","id":0,"result":"0x539","more":'
        + b"[" * 100_000
        + b"]" * 100_000
        + b"}",
        b'{"jsonrpc":"2.0","id":0,"result":"0x1","result":"0x539"}',
        b'{"jsonrpc":"2.0","id":0,"result":NaN}',
        b'{"jsonrpc":"2.0","id":0,"result":' + b"9" * 6000 + b"}",
        b'{"jsonrpc":"2.0","id":0,"result":1337}',
        b'{"jsonrpc":"2.0","id":0,"result":"0x' + b"f" * 6000 + b'"}',
        b'{"jsonrpc":"2.0","id":0,"result":"0x' + b"f" * 64 + b'"}',
        b'{"jsonrpc":"2.0","id":0,"result":"-0x1"}',
        b'{"jsonrpc":"2.0","id":0,"result":"0x0"}',
        b'{"jsonrpc":"2.0","id":0,"result":"0x"}',
        b'{"jsonrpc":"2.0","id":0,"result":"0x539\\n"}',
        b'{"jsonrpc":"2.0","id":0,"result":"1337"}',
        b'{"jsonrpc":"2.0","id":0,"result":true}',
        b'{"jsonrpc":"2.0","id":0,"result":["0x539"]}',
        b'{"jsonrpc":"2.0","id":0,"result":"\xff"}',
        b'{"jsonrpc":"2.0","id":0,"result":"0x539","error":{"code":1,"message":"x"}}',
        b'{"jsonrpc":"2.0","id":0,"error":{"code":1,"message":{"a":1}}}',
        b'{"jsonrpc":"2.0","id":0,"error":{"code":"1","message":"x"}}',
        b'{"jsonrpc":"2.0","id":0,"error":{"code":1,"message":"\\ud800"}}',
        b'{"jsonrpc":"2.0","id":0,"error":"boom\\u001b[31m"}',
        b'{"jsonrpc":"1.0","id":0,"result":"0x539"}',
        b'{"result":"0x539"}',
        b'{"jsonrpc":"2.0","id":0}',
        b'[{"jsonrpc":"2.0","id":0,"result":"0x539"}]',
        b"\xef\xbb\xbf{}",
        b"",
        b"null",
        b'"x"',
        b"<html></html>",
    ],
    ids=lambda body: repr(body[:70]),
)
def test_a_body_that_is_no_answer_comes_from_no_node(body):
    with serving(sends(body)) as url, pytest.raises(NodeMissingError, match="not an Ethereum node"):
        Chain.connect(url)


@pytest.mark.parametrize(
    ("method", "result"),
    [
        ("eth_call", "0x1"),
        ("eth_call", ""),
        ("eth_call", "0xzz"),
        ("eth_call", None),
        ("eth_call", {"0x": 1}),
        ("eth_getCode", ""),
        ("eth_getCode", None),
        ("eth_getCode", ["0x"]),
        ("eth_accounts", ["0x12"]),
        ("eth_accounts", {"a": 1}),
        ("eth_accounts", [[NOBODY]]),
        ("eth_estimateGas", "0x" + "f" * 65),
        ("eth_estimateGas", 21000.5),
        ("eth_sendTransaction", "0x12"),
        ("eth_sendTransaction", None),
    ],
)
def test_a_result_of_another_form_than_its_method_has_comes_from_no_node(
    method, result, monkeypatch
):
    monkeypatch.setattr(sending, "BEARABLE", 0.1)
    ask = {
        "eth_call": lambda chain: chain.call(CALL),
        "eth_getCode": lambda chain: chain.code(NOBODY),
        "eth_accounts": lambda chain: chain.account,
        "eth_estimateGas": lambda chain: chain.gas(CALL),
        "eth_sendTransaction": lambda chain: chain.transact(CALL, gas=21000),
    }
    with serving(results(**{method: {"result": result}})) as url:
        chain = Chain.connect(url)
        with pytest.raises(NodeMissingError, match=f"answer to {method}"):
            ask[method](chain)


def test_a_busy_node_is_asked_again_about_what_changes_nothing(hurried):
    asked: list[str] = []

    def busy(connection: socket.socket, question: dict[str, Any]) -> None:
        asked.append(question["method"])
        if asked.count(question["method"]) < 3:
            sends(b"slow down", "429 Too Many Requests")(connection, question)
        else:
            results(eth_sendTransaction={"result": "0x" + "ab" * 32})(connection, question)

    with serving(busy) as url:
        chain = Chain.connect(url)
        assert asked.count("eth_chainId") == 3
        with pytest.raises(NodeMissingError, match="HTTP status 429"):
            chain.ask("eth_sendTransaction", CALL)
    assert asked.count("eth_sendTransaction") == 1


def test_no_secret_of_the_url_stands_in_an_error():
    for handler in (sends(b"", "401 No"), sends(b"[]"), sends(b"", "302 x", "Location: /secret")):
        with serving(handler) as url:
            host = url.removeprefix("http://")
            with pytest.raises(NodeMissingError) as caught:
                Chain.connect(f"http://secret:secret@{host}/v3/secret?key=secret#secret")
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize("method", ["eth_getBalance", "eth_call"])
def test_no_secret_of_the_url_stands_in_what_a_node_says(method):
    said = "no such key: 0123456789abcdef for me, self%20:word"
    refusal = {"error": {"code": -32000, "message": said}}
    with serving(results(eth_call=refusal, eth_getBalance=refusal)) as url:
        place = url.replace("http://", "http://self%2520:word@")
        for secret in ("/v3/0123456789abcdef", "/?key=0123456789abcdef"):
            chain = Chain.connect(place + secret)
            with pytest.raises(Refusal) as caught:
                chain.ask(method, CALL)
            assert caught.value.said == "no such key: *** for me, ***:***"


@pytest.mark.parametrize("status", ["400 Bad Request", "401 Unauthorized", "500 Oh"])
def test_an_error_of_json_rpc_is_heard_whatever_the_status_of_http(status):
    def refuse(connection: socket.socket, question: dict[str, Any]) -> None:
        told = {"jsonrpc": "2.0", "id": 0, "error": {"code": -32000, "message": "nonce too low"}}
        sends(json.dumps(told).encode(), status)(connection, question)

    with serving(refuse) as url, pytest.raises(TransactionError, match="refuses: nonce too low"):
        Chain.connect(url)
    for body in (
        b"",
        b"<html>",
        b"[]",
        b'{"jsonrpc":"2.0","id":0,"result":"0x1"}',
        b'{"error":{}}',
    ):
        with serving(sends(body, status)) as url, pytest.raises(NodeMissingError, match=status[:3]):
            Chain.connect(url)


def test_what_is_wrong_with_tls_or_a_proxy_has_an_advice_of_its_own(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            with server.accept()[0] as connection:
                connection.sendall(OK + b"\r\n")
                connection.recv(1 << 16)

        threading.Thread(target=answer, daemon=True).start()
        with pytest.raises(NodeMissingError) as caught:
            Chain.connect(f"https://127.0.0.1:{server.getsockname()[1]}")
    assert "certificate" in caught.value.fix
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", "http://me:secret@127.0.0.1:1")
    with pytest.raises(NodeMissingError) as caught:
        Chain.connect("http://node.invalid/")
    assert "proxy" in caught.value.fix
    assert "secret" not in str(caught.value)


def test_credentials_of_the_url_are_sent():
    heads: list[bytes] = []
    with serving(results(), heads) as url:
        Chain.connect(url.replace("http://", "http://me:word@") + "/path?key=1")
    assert b"POST /path?key=1 " in heads[0]
    assert b"Authorization: Basic " + base64.b64encode(b"me:word") in heads[0]
    assert b"Accept-Encoding: identity" in heads[0]


def test_a_proxy_of_the_environment_is_used_and_watched(hurried, monkeypatch):
    heads: list[bytes] = []
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with serving(results(), heads) as proxy:
        monkeypatch.setenv("http_proxy", proxy)
        assert Chain.connect("http://node.invalid/").chain_id == 1337
    assert b"POST http://node.invalid/ " in heads[0]
    with serving(dripped(OK, b"X: x\r\n")) as proxy:
        monkeypatch.setenv("http_proxy", proxy)
        with pytest.raises(NodeMissingError):
            Chain.connect("http://node.invalid/")


# What a node says of a contract that failed.

SELECTOR = "0x08c379a0"
WORD = "00" * 31


@pytest.mark.parametrize(
    "data",
    [
        None,
        7,
        ["x"],
        {},
        {"data": 7},
        {"data": {"data": "0x"}},
        "",
        "0x",
        "0x1",
        "zz",
        "Reverted",
        SELECTOR + "ff" * 20,
        SELECTOR + WORD + "20" + "00" * 28 + "ffffffff",
        SELECTOR + "ff" * 64,
        SELECTOR + WORD + "20" + WORD + "02" + "ff" * 32,
        "0x4e487b71" + "ff" * 32,
        "0x4e487b71",
        "0x556f1830" + "00" * 40,
        "0x" + "ab" * 1000,
    ],
    ids=lambda data: str(data)[:40],
)
@pytest.mark.parametrize("ask", [Chain.call, Chain.gas], ids=["call", "gas"])
def test_a_revert_with_whatever_bytes_is_a_revert(data, ask):
    error = {"error": {"code": 3, "message": "execution reverted", "data": data}}
    with serving(results(eth_call=error, eth_estimateGas=error)) as url:
        chain = Chain.connect(url)
        with pytest.raises(RevertError) as caught:
            ask(chain, CALL)
    assert len(str(caught.value)) < 1000


def test_the_words_of_a_node_that_refuses_are_bounded_and_no_answer():
    error = {"error": {"code": -32000, "message": "x" * 3_000_000}}
    with serving(results(eth_call=error)) as url:
        chain = Chain.connect(url)
        with pytest.raises(TransactionError) as caught:
            chain.call(CALL)
    assert len(str(caught.value)) < 1000
    assert caught.value.exit_status == 2


def test_no_url_that_a_contract_names_is_asked(chain, contracts, monkeypatch):
    """EIP-3668: web3 would ask the URLs of an OffchainLookup, in the name of whoever calls."""
    asked = []
    monkeypatch.setattr("web3.eth.eth.handle_offchain_lookup", lambda *a, **_: asked.append(a))
    contract = chain.deploy(contracts, "Lookup")
    with pytest.raises(RevertError, match=r"OffchainLookup\(.*https://elsewhere"):
        contract.call("look", "https://elsewhere.invalid/{sender}/{data}")
    assert not asked
    assert chain.web3.provider.global_ccip_read_enabled is False
