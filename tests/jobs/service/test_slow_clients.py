"""Clients that are slow, silent, many, or gone: the service goes on for the others."""

from __future__ import annotations

import os
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.jobs.service.serving import PATIENCE, Serving, serving

HEAD = b"POST /prove HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
MANY = int(os.environ.get("SERVICE_CONNECTIONS", "1000"))


@contextmanager
def wires(service: Serving, count: int, data: bytes) -> Iterator[list[socket.socket]]:
    """Connections on which something was sent, and nothing more is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < count + 200:
        pytest.skip("not as many descriptors here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, count + 200), hard))
    made: list[socket.socket] = []
    try:
        for _ in range(count):
            wire = socket.create_connection((service.host, service.port), timeout=20)
            with suppress(OSError):  # it made room for another
                wire.sendall(data)
            made.append(wire)
        yield made
    finally:
        for wire in made:
            wire.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize(
    "data",
    [b"", b"POST /pro", HEAD, HEAD + b"Content-Length: 50\r\n\r\n{", b"\x16\x03\x01"],
    ids=["nothing", "half a line", "half a head", "half a body", "half of TLS"],
)
def test_a_thousand_half_open_connections_do_not_keep_others_out(
    service: Serving, data: bytes
) -> None:
    with wires(service, MANY, data):
        job = service.submit("square", {"root": len(data) + 10**6})
        assert service.wait(job)["state"] == "done"
    assert service.ask("GET", "/health").status == 200


def test_a_head_that_comes_slowly_is_given_up(service: Serving) -> None:
    with socket.create_connection((service.host, service.port), timeout=30) as wire:
        begun = time.monotonic()
        with suppress(OSError):
            for byte in HEAD * 5:
                wire.sendall(bytes([byte]))
                time.sleep(0.2)
        assert time.monotonic() - begun < PATIENCE


def test_a_body_that_never_comes_is_given_up(all_keys: Path, tmp_path: Path) -> None:
    with serving(all_keys, tmp_path, "--max-body", "1000") as found:
        found.wait_until_ready()
        with socket.create_connection((found.host, found.port), timeout=60) as wire:
            begun = time.monotonic()
            wire.sendall(HEAD + b"Content-Length: 900\r\n\r\n{")
            got = wire.recv(4096)
            assert got.startswith(b"HTTP/1.1 408"), got
            assert time.monotonic() - begun < PATIENCE


def test_a_client_that_hangs_up_harms_nobody(service: Serving) -> None:
    body = b'{"circuit":"square","inputs":{"root":12345678}}'
    for part in (0, 10, len(body)):
        for _ in range(20):
            wire = socket.create_connection((service.host, service.port))
            wire.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body[:part])
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # RST
            wire.close()
    job = service.submit("square", {"root": 12345678})
    assert service.wait(job)["public"] == [str(12345678**2)]
    assert "Traceback" not in service.said()
    assert "fault" not in service.said()


def test_descriptors_and_memory_come_back(service: Serving) -> None:
    def open_files() -> int:
        return len(os.listdir(f"/proc/{service.process.pid}/fd"))  # noqa: PTH208 # a count

    service.wait(service.submit("square", {"root": 4242}))
    before = open_files()
    with wires(service, 200, b"GET /hea"):
        pass
    for number in range(50):
        service.post("square", {"root": 5000 + number})
    until = time.monotonic() + 20
    while open_files() > before + 5:
        assert time.monotonic() < until
        time.sleep(0.2)


def test_memory_does_not_grow_with_requests(service: Serving) -> None:
    def memory() -> int:
        pages = int(Path(f"/proc/{service.process.pid}/statm").read_text().split()[1])
        return pages * resource.getpagesize()

    def ask(count: int) -> None:
        for _ in range(count):
            assert service.ask("GET", "/jobs/" + "0" * 64).status == 404

    ask(500)
    before = memory()
    ask(2000)
    assert memory() - before < 6_000_000  # 3 kB each, where circles of objects were left
