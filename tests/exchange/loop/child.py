"""A loop to be killed. It is a server of such processes, so that each starts at once.

For each line on its standard input it forks a process that opens the home and serves until it is
killed. It writes that one's number, and how it ended. What a circuit compiles to, which is public,
is made once and inherited.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from tests.exchange.forks import fork_for_each_line
from tests.exchange.home.own import PASSWORD
from zkpipe.exchange.clients.circuits import Circuits
from zkpipe.exchange.clients.session import Session
from zkpipe.exchange.home import Home
from zkpipe.exchange.loop import Loop
from zkpipe.exchange.loop import loop as loop_module
from zkpipe.exchange.sender import advancing
from zkpipe.verifier_contracts import Chain


def compiled(folder: Path, circuit: bytes) -> dict[Any, Any]:
    """What Circuits makes of a circuit."""
    with Home.read(folder, PASSWORD) as home:
        circuits = Circuits(home)
        circuits.system(circuit)
        return circuits._made


def serve(url: str, folder: Path, made: dict[Any, Any]) -> None:
    """Rounds without end."""
    advancing.AGAIN = 0.0
    loop_module.SHORTEST_PAUSE = loop_module.LONGEST_PAUSE = 0.02
    with Home.open(folder, PASSWORD) as home:
        chain = Chain.connect(url, home.account)
        with Session(home, chain) as session:
            loop = Loop(session)
            loop._material._circuits._made.update(made)
            loop.run(lambda: False)


def main() -> None:
    url, folder, circuit = sys.argv[1], Path(sys.argv[2]), bytes.fromhex(sys.argv[3])
    made = compiled(folder, circuit)
    print("ready", flush=True)  # noqa: T201 # to the test
    fork_for_each_line(lambda _: serve(url, folder, made))


if __name__ == "__main__":
    main()
