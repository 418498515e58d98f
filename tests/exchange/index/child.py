"""A process to be killed while it follows a chain; a server of such, as the sender's tests have."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from tests.exchange.forks import fork_for_each_line
from zkpipe.exchange.errors import IndexingError
from zkpipe.exchange.index.events import EventSource
from zkpipe.exchange.index.index import Index
from zkpipe.verifier_contracts import Chain
from zkpipe.verifier_contracts.errors import NodeMissingError, TransactionError
from zkpipe.verifier_contracts.shipped.exchange import exchange_contracts

DEPTH = 4


def work(url: str, path: str, addresses: dict[str, str]) -> None:
    chain = Chain.connect(url)
    code = exchange_contracts()
    sources = [EventSource(name, address, code[name].abi) for name, address in addresses.items()]
    with Index(Path(path), chain, sources, 0, DEPTH) as index:
        while True:
            try:
                index.follow()
            except (NodeMissingError, TransactionError, IndexingError) as error:
                print(error, file=sys.stderr, flush=True)  # noqa: T201 # for people
            index.rebuild()
            time.sleep(0.01)


def main() -> None:
    url, path, addresses = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
    exchange_contracts()
    Chain.connect(url)  # what is loaded when it is first used
    fork_for_each_line(lambda _: work(url, path, addresses))


if __name__ == "__main__":
    main()
