"""What a worker on a Ray cluster does: an actor of this class is one. It does not import ray.

Private values come in and go out as JSON within a `Sealed`, which shows nothing of them. Nothing is
raised: Ray writes what an actor raises, and what it prints, into files on the node. So faults are
answers, prints go nowhere, and what ends a process ends this one without a word: Ray logs even what
`sys.exit` was given.
"""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn, Protocol

from zkpipe.jobs.batch.engines.ray_key import Bytes, is_key, placed
from zkpipe.jobs.errors import JobError
from zkpipe.jobs.workers.child import Handler, answered
from zkpipe.version import __version__


class Session(Protocol):
    """What a worker does: zkpipe.cli.jobs.proving_worker has one."""

    def answer(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer to a request."""
        ...


class Sealed:
    """Bytes that are not shown, whoever shows arguments and results."""

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __repr__(self) -> str:
        return "<sealed>"


class RayActor:
    """A worker.

    session  makes what answers requests
    base     the fixed part of every request
    threads  it may use
    """

    def __init__(
        self, session: Callable[[], Session], base: Mapping[str, Any], threads: int
    ) -> None:
        _be_silent()
        os.environ["ZKPIPE_THREADS"] = str(threads)
        self._make = session
        self._session: Session | None = None
        self._base = dict(base)

    def hello(self) -> dict[str, Any]:
        """Which process this is."""
        return {"version": __version__, "host": platform.node(), "pid": os.getpid()}

    def load(self, digest: str, data: Bytes | None = None, sha256: str = "") -> Sealed:
        """Load the circuit and the key with this digest, by its path or from these bytes.

        The answer is Session's to {"load": true}, or {"absent": true} if there are no bytes and no
        such key at the path.
        """

        def loaded(request: Mapping[str, Any]) -> Mapping[str, Any]:
            _require_circuit(request["circuit"])
            if data is not None:
                self._base["key"] = str(placed(data, sha256))
            elif not is_key(Path(request["key"]), digest):
                return {"absent": True}
            return self._answer({**self._base, "load": True})

        return _sealed(loaded, self._base)

    def prove(self, rows: Sealed) -> Sealed:
        """Session's answer to rows of flat inputs, and the "seconds" that it took."""
        begun = time.monotonic()

        def proved(request: Mapping[str, Any]) -> Mapping[str, Any]:
            answer = self._answer({**request, "rows": json.loads(rows.data)})
            return {**answer, "seconds": time.monotonic() - begun}

        return _sealed(proved, self._base)

    def _answer(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        self._session = self._session or self._make()
        return self._session.answer(request)


def _sealed(handler: Handler, request: Mapping[str, Any]) -> Sealed:
    try:
        return Sealed(json.dumps(answered(handler, request)).encode())
    except BaseException:  # noqa: BLE001 - what ends a process, and must not tell Ray why
        _end()


def _end() -> NoReturn:
    os._exit(1)


def _be_silent() -> None:
    """Let what is printed go nowhere: circuits may print private values."""
    null = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(null, stream)
    os.close(null)


def _require_circuit(circuit: Mapping[str, Any]) -> None:
    path = Path(circuit["path"])
    if not path.exists():
        raise JobError(
            f"The circuit's file {path} is not on the node {platform.node()} of the cluster.",
            "Have the circuit's folder on all nodes under the same path: on a shared file system, "
            "in the nodes' image, or with `ray job submit --working-dir`.",
        )
