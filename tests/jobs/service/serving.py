"""A service in a process of its own, and clients that speak with it over sockets."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.cli.workshop import as_on_a_terminal
from zkpipe.accel.bn254 import R

ZKPIPE = Path(sys.executable).with_name("zkpipe")
CIRCUITS = Path(__file__).parent / "circuits"
SERVED = ("square", "cube", "product", "small-sum")
STARTED = re.compile(r"Serving (.*) at http://(.*):(\d+)(?:\"}|$)", re.MULTILINE)
PATIENCE = 120.0  # seconds for what takes one on a machine with much else to do


@dataclass
class Answer:
    """Of the service."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def refused(self, status: int) -> str:
        """The problem of a refusal, which must have a fix and be of this status."""
        assert self.status == status, (self.status, self.body)
        told = self.json
        assert set(told) == {"problem", "fix"}
        for text in told.values():
            assert text.endswith((".", "?", "}", "hex 32")), text
            assert "Traceback" not in text
        return str(told["problem"])


@dataclass
class Serving:
    """A service: its process, its log, where it listens."""

    keys: Path
    options: tuple[str, ...]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    token: str | None = None
    process: subprocess.Popen[bytes] = field(init=False)
    host: str = "127.0.0.1"
    port: int = 0

    def start(self, **more: Any) -> Serving:
        """Start it; returns when it listens."""
        more.setdefault("preexec_fn", as_on_a_terminal)
        words = [str(ZKPIPE), "serve", "--keys", str(self.keys), "--port", str(self.port)]
        begun = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 # ours
                [*words, *self.options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, "ZKPIPE_THREADS": "1", **self.environment},
                start_new_session=True,
                **more,
            )
        until = time.monotonic() + PATIENCE
        while (found := STARTED.search(self.said()[begun:])) is None:
            if self.process.poll() is not None or time.monotonic() > until:
                self.kill()
                raise AssertionError(f"it does not start:\n{self.said()[begun:]}")
            time.sleep(0.02)
        self.host, self.port = found[2].strip("[]"), int(found[3])
        return self

    def said(self) -> str:
        """Its log, of all its lives."""
        return self.log.read_text() if self.log.exists() else ""

    def kill(self) -> None:
        """As kill -9 does."""
        self.process.kill()
        self.process.wait()

    def end(self) -> int:
        """Tell it to end; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)

    def children(self) -> list[int]:
        """Its child processes."""
        path = Path(f"/proc/{self.process.pid}/task")
        found = []
        for task in path.iterdir():
            with suppress(OSError):
                found += map(int, (task / "children").read_text().split())
        return found

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = PATIENCE,
    ) -> Answer:
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=timeout)
        bearer = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            connection.request(method, path, body, {**bearer, **(headers or {})})
            got = connection.getresponse()
            return Answer(got.status, dict(got.getheaders()), got.read())
        finally:
            connection.close()

    def post(self, circuit: str, inputs: Mapping[str, Any]) -> Answer:
        """Send inputs."""
        body = json.dumps({"circuit": circuit, "inputs": inputs}).encode()
        return self.ask("POST", "/prove", body, {"Content-Type": "application/json"})

    def submit(self, circuit: str, inputs: Mapping[str, Any]) -> str:
        """Send inputs, again where there is no room; the job's number."""
        until = time.monotonic() + 10 * PATIENCE
        while (got := self.post(circuit, inputs)).status == 429:
            assert time.monotonic() < until
            time.sleep(min(0.2, int(got.headers["retry-after"])))
        assert got.status == 202, got
        return str(got.json["job"])

    def get(self, job: str) -> Any:
        """What is told of a job."""
        got = self.ask("GET", f"/jobs/{job}")
        assert got.status == 200, got
        return got.json

    def wait(self, job: str, seconds: float = PATIENCE) -> Any:
        """What is told of a job when it is done or has failed."""
        until = time.monotonic() + seconds
        while (told := self.get(job))["state"] in ("queued", "running"):
            assert time.monotonic() < until, told
            time.sleep(0.02)
        return told

    def proved(self, job: str) -> Any:
        """What is told of a job, which must be proved."""
        told = self.wait(job)
        assert told["state"] == "done", (told, self.said())
        return told

    def wait_until_ready(self) -> None:
        """Until every circuit was examined."""
        until = time.monotonic() + PATIENCE
        while any(
            c["state"] != "served" for c in self.ask("GET", "/health").json["circuits"].values()
        ):
            assert time.monotonic() < until
            time.sleep(0.05)


@contextmanager
def serving(
    keys: Path, folder: Path, *options: str, token: str | None = None, **environment: str
) -> Iterator[Serving]:
    """A service of keys, whose state and log lie in a folder; it is killed at the end."""
    folder.mkdir(exist_ok=True)
    if "--volatile" not in options and "--state" not in options:
        options = (*options, "--state", str(folder / "state"))
    service = Serving(keys, options, folder / "log", environment, token)
    service.start()
    try:
        yield service
    finally:
        service.kill()


def state_of(service: Serving, circuit: str, state: str) -> Any:
    """What /health tells of a circuit, when it is in this state."""
    until = time.monotonic() + PATIENCE
    while True:
        told = service.ask("GET", "/health").json["circuits"].get(circuit, {})
        if told.get("state") == state:
            return told
        assert time.monotonic() < until, (told, service.said())
        time.sleep(0.05)


class Oracle:
    """arkworks, on a key that the command exported: whether a proof holds."""

    def __init__(self, keys: Path) -> None:
        self._keys = keys
        self._made: dict[str, Any] = {}

    def accepts(self, circuit: str, proof: Any, public: Any) -> bool:
        groth16py = pytest.importorskip("groth16py")
        if circuit not in self._made:
            key = groth16py.VerifyingKey.from_snarkjs((self._keys / f"{circuit}.json").read_text())
            self._made[circuit] = groth16py.Verifier(key)
        return bool(self._made[circuit].verify_snarkjs(json.dumps(proof), json.dumps(public)))

    def check(self, told: Any, circuit: str, inputs: Mapping[str, Any]) -> None:
        """A job that is done: its proof holds, and is of these inputs and this circuit."""
        assert told["state"] == "done", told
        assert told["circuit"] == circuit
        assert told["public"] == list(map(str, expected(circuit, inputs)))
        assert self.accepts(circuit, told["proof"], told["public"])


def expected(circuit: str, inputs: Mapping[str, Any]) -> list[int]:
    """The public values of a circuit for inputs, by Python's integers."""
    if circuit == "square":
        return [inputs["root"] ** 2 % R]
    if circuit == "cube":
        return [inputs["root"] ** 3 % R]
    if circuit == "product":
        a, b = inputs["factors"]
        return [a * b * inputs["by"] % R, inputs["by"]]
    return [inputs["left"] + inputs["right"]]


def some_inputs(circuit: str, number: int) -> dict[str, Any]:
    """Inputs that no other number gives."""
    if circuit in ("square", "cube"):
        return {"root": 10**20 + number}
    if circuit == "product":
        return {"factors": [number + 2, 10**15 + number], "by": number + 7}
    return {"left": number, "right": number + 1 + number % 5}
