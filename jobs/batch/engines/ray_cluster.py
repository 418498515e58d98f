"""The connection to a Ray cluster: one that is there, or one of this machine's own for a batch.

Ray's defaults are made for machines that nobody else can reach. Of a cluster that is started here:

- its ports listen on all interfaces, and whoever reaches them could run code: a token that is drawn
  here and known to its processes alone is asked for (Ray 2.60 and later);
- its logs, sockets and spilled objects would lie under /tmp/ray, in folders that Ray opens to all
  users: they lie in a folder of mode 0700, which is removed at the end;
- no dashboard is started, and no usage statistics are sent.

In this process Ray prints on standard output when a worker dies, and takes SIGTERM for itself:
neither is left so. A signal that comes while Ray starts is raised when it has, a second one at
once.
"""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import signal
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

from zkpipe.ground.errors import MissingError
from zkpipe.ground.process.once import once
from zkpipe.jobs.errors import JobError

# Ray's way to leave lines out of what it prints. They are read when it is imported.
_PRINTS_NOTHING: dict[str, str | None] = {
    "RAY_DEDUP_LOGS": "1",
    "RAY_DEDUP_LOGS_ALLOW_REGEX": "",
    "RAY_DEDUP_LOGS_SKIP_REGEX": ".*",
}
_TOKENS = (2, 60)  # the version of Ray that asks for a token of itself, unless told otherwise
_STORE = 128 << 20  # bytes of the object store beside the key: what is in flight
_SHORT = 16  # letters of a folder in which the names of Ray's sockets have at most 107
_ANSWER = 10.0  # seconds for a connection to a cluster
_ENDING = ("SIGINT", "SIGTERM", "SIGHUP")


def ray_module() -> Any:
    """Ray. Raises MissingError."""
    try:
        with _environment(_PRINTS_NOTHING):
            import ray
    except ImportError as error:
        raise MissingError(
            "Ray, which a batch on a cluster needs, is not installed.",
            "Install it: `pip install 'zkpipe[ray]'`.",
        ) from error
    return ray


class Cluster:
    """A connection, and what was started for it.

    address     of a cluster; None for one of this machine's own
    processors  that one of our own has
    store       bytes of the largest object

    A connection that this process has already is used, and stays. Raises JobError.
    """

    def __init__(self, address: str | None, processors: int, store: int) -> None:
        self._ray = ray_module()
        self._folder: Path | None = None
        self._is_ours = not self._ray.is_initialized()
        if not self._is_ours:
            return
        settings: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
        variables: dict[str, str | None] = {"RAY_USAGE_STATS_ENABLED": "0"}
        if address is None:
            _require_tokens(self._ray.__version__)
            address = "local"
            variables |= {"RAY_AUTH_MODE": None, "RAY_AUTH_TOKEN": _token()}
            variables["RAY_worker_niceness"] = "0"  # by default what else runs here goes before
            self._folder = _private_folder()
            settings |= {
                "num_cpus": processors,
                "include_dashboard": False,
                "object_store_memory": store + _STORE,
                "_temp_dir": str(self._folder / "ray"),  # Ray makes it 0777
            }
        else:
            _require_answer(address)
        try:
            with _environment(variables), _signals_after():
                self._ray.init(address=address, **settings)
        except BaseException as error:
            self.close()
            if isinstance(error, Exception):
                raise _no_cluster(address, error) from error
            raise

    def resources(self) -> dict[str, float]:
        """What the cluster has: "CPU", "GPU" and others."""
        found: dict[str, float] = self._ray.cluster_resources()
        return found

    def close(self) -> None:
        """End what was started here."""
        if self._is_ours:
            with _signals_after():
                self._ray.shutdown()
            self._is_ours = False
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


def card_share(cards: float, workers: int) -> float:
    """How much of a GPU each worker gets: one, or an even part that lets all workers have it.

    Ray counts in ten-thousandths.
    """
    if cards < 1:
        return 0.0
    if workers <= cards:
        return 1.0
    return int(10_000 / -(-workers // int(cards))) / 10_000


@once
def _token() -> str:
    """One for all clusters of this process: Ray reads it once."""
    return secrets.token_hex(32)


def _require_tokens(version: str) -> None:
    if tuple(map(int, version.split(".")[:2])) < _TOKENS:
        raise MissingError(
            f"Ray {version} starts clusters that let everybody in who reaches this machine.",
            "Install Ray 2.60 or later, give the address of a cluster, or use the engine of local "
            "processes.",
        )


def _require_answer(address: str) -> None:
    """Raises JobError if nobody listens at HOST:PORT or ray://HOST:PORT. Ray tries for minutes."""
    if address == "auto":
        address = os.environ.get("RAY_ADDRESS", address)
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdecimal():
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), _ANSWER).close()
    except (OSError, OverflowError) as error:
        raise _no_cluster(address, error) from error


def _private_folder() -> Path:
    place = tempfile.gettempdir()
    if len(place) > _SHORT:
        place = "/tmp"  # noqa: S108 # the folder itself is made new, for its owner alone
    return Path(tempfile.mkdtemp(prefix="zkpipe-", dir=place))


def _no_cluster(address: str, error: Exception) -> JobError:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    if address == "local":
        return JobError(
            "Ray could not be started on this machine.",
            "Look at what Ray says, or use the engine of local processes.",
            [type(error).__name__, *lines[:3]],
        )
    return JobError(
        f"No Ray cluster can be reached at {address}.",
        "Start one with `ray start --head`, or give the address of one that runs the same "
        "versions of Python and Ray. If it asks for a token, set RAY_AUTH_TOKEN_PATH.",
        [type(error).__name__, *lines[:3]],
    )


@contextmanager
def _environment(variables: dict[str, str | None]) -> Iterator[None]:
    """Environment variables within the block, None for one that is not set there.

    What is started there inherits them.
    """
    before = {name: os.environ.get(name) for name in variables}
    _set(variables)
    try:
        yield
    finally:
        _set(before)


def _set(variables: dict[str, str | None]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


@contextmanager
def _signals_after() -> Iterator[None]:
    """Let a signal that ends the process wait for the end of the block; its handlers are kept.

    Ray sets a handler of its own, and swallows exceptions of handlers while it waits. A second
    signal, of somebody who has waited, goes to its handler nevertheless.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    numbers = [getattr(signal, name) for name in _ENDING if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}

    def on_signal(number: int, frame: FrameType | None) -> None:
        came.append(number)
        handler = before[number]
        if len(came) > 1 and callable(handler):
            came.clear()
            handler(number, frame)

    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, on_signal)
    try:
        yield
    except SystemExit:  # Ray's own handler of SIGTERM
        came.append(signal.SIGTERM)
        raise
    finally:
        for number, handler in before.items():
            with suppress(TypeError):  # None: a handler that Python did not set
                signal.signal(number, handler)
        if came:
            signal.raise_signal(came[0])
