"""Who may ask what: tokens, hosts, pages, methods, names, sizes, what is no request at all."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.jobs.service.serving import Serving, serving

TOKEN = "a" * 20 + "B" * 20 + "0-_~"  # of these tests
JSON = {"Content-Type": "application/json"}
GOOD = json.dumps({"circuit": "square", "inputs": {"root": 3}}).encode()
PATHS = ("/prove", "/jobs/" + "0" * 64, "/metrics", "/nothing", "/")


@pytest.fixture(scope="module")
def guarded(all_keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A service with a token."""
    folder = tmp_path_factory.mktemp("guarded")
    (folder / "token").write_text(TOKEN + "\n")
    (folder / "token").chmod(0o600)
    words = ("--token-file", str(folder / "token"), "--max-body", "300000")
    with serving(all_keys, folder, *words, token=TOKEN) as found:
        found.wait_until_ready()
        yield found


def raw(service: Serving, data: bytes, seconds: float = 20) -> bytes:
    """What the service answers to bytes, until it closes or is silent."""
    with socket.create_connection((service.host, service.port), timeout=seconds) as wire:
        wire.sendall(data)
        got = b""
        try:
            while piece := wire.recv(65536):
                got += piece
        except TimeoutError:
            pass
    return got


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN}x",
        f"Basic {TOKEN}",
        TOKEN,
        "Bearer \xff\xfe",
    ],
)
def test_without_the_token_nothing_is_told(guarded: Serving, path: str, given: str | None) -> None:
    headers = {"Authorization": given} if given is not None else {}
    guarded.token = None
    try:
        for method in ("GET", "POST", "DELETE"):
            got = guarded.ask(method, path, headers=headers)
            got.refused(401)
            assert got.headers["www-authenticate"] == "Bearer"
    finally:
        guarded.token = TOKEN


def test_two_tokens_are_none(guarded: Serving) -> None:
    lines = f"Authorization: Bearer {TOKEN}\r\n" * 2
    text = f"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n{lines}Connection: close\r\n\r\n"
    assert raw(guarded, text.encode()).startswith(b"HTTP/1.1 401")


def test_health_without_the_token_says_that_it_works_and_no_more(guarded: Serving) -> None:
    guarded.token = None
    try:
        assert guarded.ask("GET", "/health").json == {"status": "ok"}
    finally:
        guarded.token = TOKEN
    assert "square" in guarded.ask("GET", "/health").json["circuits"]


def test_with_the_token_it_works(guarded: Serving) -> None:
    assert guarded.wait(guarded.submit("square", {"root": 3}))["public"] == ["9"]


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.1", "localhost.evil", "0", "[::2]"]
)
def test_a_name_that_was_led_here_is_refused(service: Serving, host: str) -> None:
    for path in ("/health", "/prove", "/metrics"):
        service.ask("GET", path, headers={"Host": host}).refused(403)


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:80", "127.0.0.1:1", "[::1]:5", "127.1.2.3"]
)
def test_this_machines_names_are_taken(service: Serving, host: str) -> None:
    assert service.ask("GET", "/health", headers={"Host": host}).status == 200


@pytest.mark.parametrize("host", ["", "a b", "localhost/x", "localhost:", "user@localhost", "\xff"])
def test_what_is_no_host_is_refused(service: Serving, host: str) -> None:
    assert service.ask("GET", "/health", headers={"Host": host}).status in (400, 403)


def test_no_host_and_two_are_refused(service: Serving) -> None:
    for hosts in ("", "Host: localhost\r\nHost: localhost\r\n"):
        for version in ("1.0", "1.1"):
            text = f"GET /health HTTP/{version}\r\n{hosts}Connection: close\r\n\r\n"
            assert raw(service, text.encode()).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:8470"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_what_a_page_could_send_is_refused(service: Serving, headers: dict[str, str]) -> None:
    service.ask("POST", "/prove", GOOD, {**JSON, **headers}).refused(403)
    service.ask("GET", "/health", headers=headers).refused(403)


@pytest.mark.parametrize(
    "kind",
    [
        None,
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/json",
        "application/jsonx",
    ],
)
def test_what_a_form_could_send_is_refused(service: Serving, kind: str | None) -> None:
    headers = {} if kind is None else {"Content-Type": kind}
    service.ask("POST", "/prove", GOOD, headers).refused(415)
    service.ask("POST", "/prove", GOOD, {**JSON, "Content-Encoding": "gzip"}).refused(415)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/prove"),
        ("PUT", "/prove"),
        ("DELETE", "/prove"),
        ("OPTIONS", "/prove"),
        ("POST", "/health"),
        ("POST", "/metrics"),
        ("PUT", "/jobs/" + "0" * 64),
        ("TRACE", "/health"),
        ("BREW", "/health"),
    ],
)
def test_other_methods_are_refused(service: Serving, method: str, path: str) -> None:
    got = service.ask(method, path)
    got.refused(405)
    assert got.headers["allow"]


@pytest.mark.parametrize(
    "path",
    ["/", "/prove/", "//prove", "/jobs", "/jobs/", "/jobs/a/b", "/jobs/..%2f..%2fsecret"]
    + ["/jobs/" + x for x in ("x", "0" * 63, "0" * 65, "F" * 64, "%00" * 64, "a" * 5000)],
)
def test_there_is_nothing_at_other_paths(service: Serving, path: str) -> None:
    service.ask("GET", path).refused(404)


@pytest.mark.parametrize(
    "name",
    [
        "../square",
        "..",
        ".",
        "",
        "/etc/passwd",
        "square.py",
        "square\0",
        "s\u0071uare ",
        "ｓquare",
        "a" * 5000,
        "square\n",
        "steps",
        "square/../square",
        "%2e%2e",
        "{{7*7}}",
        "$(id)",
    ],
)
def test_a_name_that_is_no_circuits_is_refused(service: Serving, name: str) -> None:
    service.post(name, {"root": 3}).refused(404)
    said = service.said()
    assert name not in said or len(name) < 10
    text = "".join(f"%{byte:02x}" for byte in name.encode())
    kind = {"Content-Type": "application/octet-stream"}
    service.ask("POST", f"/prove?circuit={text}", b"wtns", kind).refused(404)
    assert "aaaaaaaa" not in service.ask("GET", "/metrics").body.decode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"3",
        b'"square"',
        b"{}",
        b'{"circuit":"square"}',
        b'{"inputs":{"root":3}}',
        b'{"circuit":"square","inputs":[3]}',
        b'{"circuit":3,"inputs":{}}',
        b'{"circuit":["square"],"inputs":{}}',
        b'{"circuit":"square","inputs":{"root":3},"more":1}',
        b'{"circuit":"square","circuit":"square","inputs":{"root":3}}',
        b'{"circuit":"square","inputs":{"root":NaN}}',
        b'{"circuit":"square","inputs":{"root":1e99999999999999999999}}',
        b'{"circuit":"square","inputs":{"root":1e-99999999999999999999}}',
        b'{"circuit":"square","inputs":{"root":' + b"9" * 5000 + b"}}",
        b'{"circuit":"square","inputs":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"circuit":"square","inputs":' + b'{"a":' * 40 + b"1" + b"}" * 40 + b"}",
        b'\xef\xbb\xbf{"circuit":"square","inputs":{"root":3}}',
        b'{"circuit":"square","inputs":{"root":"\xff"}}',
        b'{"circuit":"square","inputs":{"root":"\\ud800"}}',
        b"wtns\x02\0\0\0",
        b"\0" * 1000,
    ],
)
def test_what_is_no_request_is_refused_and_the_next_is_served(
    service: Serving, body: bytes
) -> None:
    got = service.ask("POST", "/prove", body, JSON)
    got.refused(400)
    assert b"999999" not in got.body
    assert service.post("square", {"root": 3}).status == 202


@pytest.mark.parametrize("query", ["", "?circuit=square&circuit=cube", "?name=square", "?circuit"])
def test_a_witness_without_one_circuit_is_refused(service: Serving, query: str) -> None:
    kind = {"Content-Type": "application/octet-stream"}
    got = service.ask("POST", f"/prove{query}", b"wtns", kind)
    assert got.status in (400, 404)
    service.ask("POST", "/prove?circuit=square", GOOD, JSON).refused(400)
    service.ask("POST", "/prove?circuit=square", b"", kind).refused(400)


def test_a_body_that_is_too_large_is_refused(service: Serving, guarded: Serving) -> None:
    large = b'{"circuit":"square","inputs":{"root":"' + b"1" * 400_000 + b'"}}'
    for found in (service, guarded):
        got = found.ask("POST", "/prove", large, JSON)
        assert "of the largest circuit" in got.refused(413)
    kind = {"Content-Type": "application/octet-stream"}
    got = service.ask("POST", "/prove?circuit=square", b"w" * 10_000, kind)
    assert "a witness of square" in got.refused(413)


def test_a_refusal_blames_max_body_only_for_its_own_limit(keys: Path, tmp_path: Path) -> None:
    with serving(keys, tmp_path / "service", "--max-body", "10K") as found:
        got = found.ask("POST", "/prove", b" " * 10_001, JSON)
        assert "more than 10000 bytes, as many as --max-body allows" in got.refused(413)
        assert "raise --max-body" in got.json["fix"]


def test_a_chunked_body_beyond_the_limit_is_refused(service: Serving) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(40):
            yield b" " * 10_000

    body: Any = chunks()
    service.ask("POST", "/prove", body, JSON).refused(413)
    head = "POST /prove HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    got = raw(service, f"{head}Transfer-Encoding: chunked\r\n\r\nnonsense\r\n".encode())
    assert got == b""  # it may be in the middle of an answer: there is no other clear end


def test_a_chunked_body_is_taken(service: Serving) -> None:
    body: Any = iter([GOOD[:10], GOOD[10:]])
    assert service.ask("POST", "/prove", body, JSON).status == 202


def test_a_length_that_lies_is_refused(service: Serving) -> None:
    for length in ("-1", "1e3", "99999999999999999999999", "0x10", "5, 6"):
        head = "POST /prove HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        got = raw(service, f"{head}Content-Length: {length}\r\n\r\n".encode())
        assert got.startswith((b"HTTP/1.1 400", b"HTTP/1.1 413")), got
    head += "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert b"HTTP/1.1 2" not in raw(service, head.encode() + b"0\r\n\r\nGET /", 12)


def test_what_is_no_http_is_refused_and_closed(service: Serving) -> None:
    for data in (
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 100,  # TLS
        b"\0" * 200,
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nA: " + b"x" * 100_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"A: b\r\n" * 20_000 + b"\r\n",
    ):
        got = raw(service, data)
        assert got.startswith(b"HTTP/1.1 4") or got == b"", got[:100]
        assert b"Traceback" not in got
    assert service.ask("GET", "/health").status == 200


def test_requests_in_a_row_on_one_connection_are_answered_in_order(service: Serving) -> None:
    head = "GET {} HTTP/1.1\r\nHost: localhost\r\n{}\r\n"
    text = head.format("/health", "") + head.format("/nothing", "")
    text += head.format("/health", "Connection: close\r\n")
    got = raw(service, text.encode())
    assert [line for line in got.split(b"\r\n") if b"HTTP/1.1" in line.replace(b"}\nH", b"\nH")]
    assert got.count(b"HTTP/1.1 200 OK") == 2
    assert got.count(b"HTTP/1.1 404") == 1


def test_an_upgrade_is_not_taken(service: Serving) -> None:
    text = "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade, close\r\n"
    text += "Upgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    got = raw(service, f"{text}Sec-WebSocket-Version: 13\r\n\r\n".encode())
    assert b" 101 " not in got


def test_the_log_has_nothing_of_all_this(service: Serving, guarded: Serving) -> None:
    for found in (service, guarded):
        said = found.said()
        assert "Traceback" not in said
        assert "fault" not in said
        assert TOKEN not in said
        assert "evil" not in said
