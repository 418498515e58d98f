"""A real node on this machine, for tests and trials: anvil, started and stopped.

    with Node.start() as node:
        chain = Chain.connect(node.url)

`python -m zkpipe.verifier_contracts` runs one in the foreground until it is interrupted. anvil is
looked for on PATH, then among npm's packages (`@foundry-rs/anvil-*` in the `node_modules` beside
our packages). As verifier_contracts.compilers.solc has it, only what others cannot change is run.
"""

from __future__ import annotations

import argparse
import http.client
import platform
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TextIO

from zkpipe.ground.files.ownership import program
from zkpipe.ground.kinds import require_whole
from zkpipe.verifier_contracts.compilers.solc import NODE_MODULES
from zkpipe.verifier_contracts.errors import NodeMissingError
from zkpipe.verifier_contracts.transactions.terms import LARGEST_CHAIN_ID

CHAIN_ID = 1337
PORT = 8545  # where a node listens if nothing else is said
START_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Node:
    """A running anvil with ten unlocked accounts of 10,000 ether; forgets all when it stops."""

    url: str
    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls, port: int | None = None, chain_id: int = CHAIN_ID) -> Node:
        """Start one and wait until it answers; on a free port if none is given. Takes 0.1 s.

        Raises NodeMissingError if anvil is not installed or does not come up.
        """
        if port is not None:
            port = require_whole("Node.start", "port", port, 1, (1 << 16) - 1)
        chain_id = require_whole("Node.start", "chain_id", chain_id, 1, LARGEST_CHAIN_ID)
        port = _free_port(port or 0)
        command = [str(find_anvil()), "--port", str(port), "--chain-id", str(chain_id)]
        process = subprocess.Popen(  # noqa: S603 # anvil, no shell
            [*command, "--hardfork", "prague", "--silent"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        node = cls(f"http://127.0.0.1:{port}", process)
        if not _comes_up(process, port):
            node.stop()
            raise NodeMissingError(
                f"anvil does not answer on port {port}.", "Run it by itself to see what it says."
            )
        return node

    def stop(self) -> None:
        """End the node; nothing happens if it has ended."""
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self) -> Node:
        """The node itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop it."""
        self.stop()


def find_anvil() -> Path:
    """The anvil executable of this machine. Raises NodeMissingError if there is none."""
    named = program("anvil")
    if named:
        return named
    system = {"Linux": "linux", "Darwin": "darwin"}.get(platform.system(), "")
    machine = {"x86_64": "amd64", "aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), "")
    binary = NODE_MODULES / "@foundry-rs" / f"anvil-{system}-{machine}" / "bin" / "anvil"
    if binary.is_file():
        return binary
    raise NodeMissingError(
        "No Ethereum node (anvil) is on this machine.",
        "Install Foundry, which has one; or use the embedded chain, which needs none.",
    )


def _free_port(port: int) -> int:
    """The port if no program listens on it; any free one for 0."""
    try:
        with socket.create_server(("127.0.0.1", port)) as server:
            return int(server.getsockname()[1])
    except OSError as error:
        raise NodeMissingError(
            f"A node cannot listen on port {port}: {error.strerror}.", "Give another port."
        ) from error


def _comes_up(process: subprocess.Popen[bytes], port: int) -> bool:
    """Wait for an answer to any request; False if the process ends or time runs out."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
        try:
            connection.request("GET", "/")
            connection.getresponse()
        except OSError:
            time.sleep(0.02)
        else:
            return process.poll() is None
        finally:
            connection.close()
    return False


def main() -> int:
    """Run a node in the foreground: `python -m zkpipe.verifier_contracts [PORT]`."""
    parser = argparse.ArgumentParser(
        prog="python -m zkpipe.verifier_contracts", description=__doc__
    )
    parser.add_argument("port", type=int, nargs="?", default=PORT)
    port = parser.parse_args().port
    if not 0 < port < 1 << 16:
        parser.error(f"{port} is not a port; they go from 1 to 65535")
    for number in (signal.SIGINT, signal.SIGTERM):  # SIGINT may have been ignored when we started
        signal.signal(number, lambda *_: sys.exit(0))  # which ends anvil too
    try:
        with Node.start(port) as node:
            _say(sys.stdout, f"{node.url} serves chain {CHAIN_ID}; interrupt to stop.")
            node.process.wait()
    except NodeMissingError as error:
        _say(sys.stderr, str(error))
        return error.exit_status
    return 0


def _say(stream: TextIO | None, text: str) -> None:
    """Write a line, unless the stream is closed or full: the node runs all the same."""
    if stream is not None:
        with suppress(OSError):
            stream.write(f"{text}\n")
            stream.flush()
