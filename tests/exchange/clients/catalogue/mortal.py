"""A process to be killed: it publishes, as often as it is asked to.

It is a server of such processes, so that each starts at once: for a line "LINEAGE FILE" on its
standard input it forks one that publishes the description in the file, and writes its number. What
that one proves it writes, a line each; when it has ended its server writes how.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.exchange.home.own import PASSWORD
from zkpipe.exchange.clients.catalogue import proving, publishing
from zkpipe.exchange.clients.catalogue.descriptions import Description
from zkpipe.exchange.clients.catalogue.publishing import Publisher
from zkpipe.exchange.clients.circuits import Circuits
from zkpipe.exchange.clients.holdings import Holdings
from zkpipe.exchange.clients.session import Session
from zkpipe.exchange.home import Home
from zkpipe.exchange.structs import Segment
from zkpipe.verifier_contracts import Chain


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def work(url: str, folder: str, lineage: str, file: str) -> None:
    publishing.MOST, proving.GROUP = 1, 1
    keep = proving.SegmentProofs._keep

    def told(self: proving.SegmentProofs, segment: Segment) -> None:
        keep(self, segment)
        say(f"proven {segment.root.hex()}")

    proving.SegmentProofs._keep = told  # type: ignore[method-assign] # of this process alone
    with Home.open(folder, PASSWORD) as home:
        chain = Chain.connect(url, home.account)
        with Session(home, chain) as session:
            say("begun")
            made = Description.from_bytes(Path(file).read_bytes(), file)
            publisher = Publisher(session, Circuits(home), Holdings(home))
            publisher.publish(bytes.fromhex(lineage), [made])


def main() -> None:
    where = sys.argv[1:3]
    for line in sys.stdin:
        number = os.fork()
        if number == 0:
            status = 1
            try:
                work(*where, *line.split())
                status = 0
            finally:
                os._exit(status)
        say(f"process {number}")
        say(f"ended {os.waitpid(number, 0)[1]}")


if __name__ == "__main__":
    main()
