"""`zkpipe audit serve` in a process of its own: it listens on this machine, until a signal."""

from __future__ import annotations

import http.client
import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.cli.workshop import as_on_a_terminal, invoke
from tests.exchange.evidence.witnessed import keys
from tests.exchange.page.storied import Storied
from zkpipe.exchange.home import Home
from zkpipe.prover import VerifyingKey

ZKPIPE = Path(sys.executable).with_name("zkpipe")
AT = re.compile(r"Serving the exchange at http://127\.0\.0\.1:(\d+)")


@pytest.fixture
def folder(world: Storied, tmp_path: Path) -> Path:
    world.manifest.save(tmp_path / "manifest.json")
    for number, key in enumerate(keys()):
        VerifyingKey.save(key, tmp_path / f"vkey{number}.json")
    return tmp_path


def words(world: Storied, folder: Path, *more: str) -> list[str]:
    given = ["--manifest", str(folder / "manifest.json"), "--rpc", world.chain.url]
    return [str(ZKPIPE), "audit", "serve", *given, *more]


def with_keys(folder: Path) -> list[str]:
    return [word for path in sorted(folder.glob("vkey*")) for word in ("--key", str(path))]


@contextmanager
def served(command: list[str]) -> Iterator[tuple[subprocess.Popen[str], int]]:
    process = subprocess.Popen(  # noqa: S603 # ours
        command,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=as_on_a_terminal,
    )
    try:
        said = ""
        assert process.stderr is not None
        while (found := AT.search(said)) is None:
            line = process.stderr.readline()
            assert line, f"it ended: {said}"
            said += line
        yield process, int(found[1])
    finally:
        process.kill()
        process.wait()


def ask(port: int, method: str = "GET", path: str = "/") -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    with closing(connection):
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.read()


def test_it_serves_this_machine_until_a_signal(world: Storied, folder: Path) -> None:
    index = folder / "kept.sqlite"
    command = words(world, folder, *with_keys(folder), "--port", "0", "--index", str(index))
    with served(command) as (process, port):
        status, body = ask(port)
        assert status == 200
        assert b"8 of 8 proofs hold." in body
        assert ask(port, "POST")[0] == 405
        assert ask(port, "HEAD") == (200, b"")
        assert index.exists()
        with socket.socket() as other:
            other.settimeout(2)
            assert other.connect_ex(("127.0.0.2", port)) != 0
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=30)
        assert process.returncode == 0
        assert f"http://127.0.0.1:{port}" in out


def test_check_verifies_every_proof_and_ends(world: Storied, folder: Path) -> None:
    """Some with a key, the others by the chain."""
    command = words(world, folder, *with_keys(folder)[:2], "--check", "--json")
    ran = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 # ours
    assert ran.returncode == 0, ran.stderr
    facts = json.loads(ran.stdout)
    assert facts["proofs"] == facts["hold"] == 8
    assert facts["fail"] == facts["not_verified"] == 0


def test_a_home_is_enough(world: Storied, folder: Path) -> None:
    home = folder / "home"
    with Home.create(home, "correct horse battery") as made:
        made.documents.put("manifest", "exchange", world.manifest.to_bytes())
    command = [str(ZKPIPE), "audit", "serve", "--home", str(home), "--rpc", world.chain.url]
    ran = subprocess.run([*command, "--check"], capture_output=True, text=True, check=False)  # noqa: S603 # ours
    assert ran.returncode == 0, ran.stderr
    assert (home / "index.sqlite").exists()


def test_what_is_missing_is_said(world: Storied, folder: Path) -> None:
    result = invoke("audit", "serve", "--rpc", world.chain.url)
    assert result.exit_code == 2
    assert "--home" in result.stderr
    given = ["--manifest", str(folder / "manifest.json"), "--rpc"]
    result = invoke("audit", "serve", *given, "http://127.0.0.1:1")
    assert result.exit_code == 3
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = invoke("audit", "serve", *given, world.chain.url, "--port", port)
        assert result.exit_code == 2
        assert "cannot be listened on" in result.stderr
