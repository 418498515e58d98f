"""Parties of a case: each does its own steps, here or in a process of its own.

    with ProcessParty("owner", folder, rpc) as owner:
        owner.do("publish", table="visits")

Between parties goes what they would write to each other: ids, addresses, files of public JSON. A
party's home stays in its folder. Steps are methods of a Role whose names are in `steps`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Protocol

from zkpipe.exchange.errors import CaseError, RefusedError
from zkpipe.ground.closing import Closing
from zkpipe.ground.errors import ZkpipeError
from zkpipe.ground.files.strict_json import Json

Facts = dict[str, Any]
SECONDS = 300.0  # for a process to end by itself
CHILD = "zkpipe.exchange.cases.child"


class Party(Protocol):
    """Somebody who does steps."""

    def do(self, step: str, **arguments: Json) -> Facts:
        """Do a step; what others may know of it. Raises RefusedError."""

    def close(self) -> None:
        """End it."""


class LocalParty:
    """A party in this process."""

    def __init__(self, role: Any) -> None:
        self._role = role

    def do(self, step: str, **arguments: Json) -> Facts:
        """Do a step. Raises RefusedError."""
        return done(self._role, step, arguments)

    def close(self) -> None:
        """Close what the role has open."""
        self._role.close()


class ProcessParty(Closing):
    """A party in a process of its own, which ends with it.

    name    of the role
    folder  the party's own; its home is in there
    rpc     of a node
    """

    def __init__(self, name: str, folder: Path, rpc: str) -> None:
        self.name = name
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        command = [sys.executable, "-m", CHILD, name, str(folder), rpc]
        self._process = subprocess.Popen(  # noqa: S603 # this Python, our own module
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        )

    def do(self, step: str, **arguments: Json) -> Facts:
        """Do a step, and wait for it. Raises RefusedError; CaseError if the process ended."""
        said = json.dumps({"step": step, "arguments": arguments})
        try:
            _write(self._process.stdin, said)
            line = self._process.stdout.readline() if self._process.stdout else b""
        except BrokenPipeError:
            line = b""
        if not line:
            raise CaseError(
                f"The process of the {self.name} ended while it was asked to {step}.",
                "Its last words are on standard error.",
            )
        answer: Facts = json.loads(line)
        if "refused" in answer:
            raise RefusedError(**answer["refused"])
        return answer

    def close(self) -> None:
        """End the process, unless it ended by itself."""
        if self._process.stdin:
            with suppress(BrokenPipeError):  # what it was asked last, and did not read
                self._process.stdin.close()
        try:
            self._process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()


def serve(role: Any, asked: IO[bytes], answers: IO[bytes]) -> None:
    """Do the steps that are asked for, a line of JSON each, until there are no more."""
    for line in asked:
        wish = json.loads(line)
        try:
            answer = done(role, wish["step"], wish["arguments"])
        except RefusedError as error:
            answer = {"refused": {"problem": error.problem, "fix": error.fix, "name": error.name}}
        _write(answers, json.dumps(answer))


def done(role: Any, step: str, arguments: dict[str, Json]) -> Facts:
    """A step of a role. Raises RefusedError for what a contract or a client refuses."""
    if step not in role.steps:
        raise CaseError(f"A {type(role).__name__} has no step {step}.", "See its steps.")
    function: Callable[..., Facts] = getattr(role, step)
    try:
        return function(**arguments)
    except ZkpipeError as error:
        name = getattr(error, "name", None) or type(error).__name__
        raise RefusedError(error.problem, error.fix, str(name)) from error


def _write(stream: IO[bytes] | None, text: str) -> None:
    assert stream is not None  # noqa: S101 # both are pipes
    stream.write(text.encode() + b"\n")
    stream.flush()
