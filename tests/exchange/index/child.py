"""A process to be killed while it follows a chain; a server of such, as the sender's tests have."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from zkpipe.exchange.errors import IndexingError
from zkpipe.exchange.index.events import Source
from zkpipe.exchange.index.index import Index
from zkpipe.verifier_contracts import Chain
from zkpipe.verifier_contracts.errors import NodeMissingError, TransactionError
from zkpipe.verifier_contracts.shipped.exchange import exchange_contracts

DEPTH = 4


def work(url: str, path: str, addresses: dict[str, str]) -> None:
    chain = Chain.connect(url)
    code = exchange_contracts()
    sources = [Source(name, address, code[name].abi) for name, address in addresses.items()]
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
    for _ in sys.stdin:
        number = os.fork()
        if number == 0:
            try:
                work(url, path, addresses)
            finally:
                os._exit(1)
        print(number, flush=True)  # noqa: T201 # to the test
        print(os.waitpid(number, 0)[1], flush=True)  # noqa: T201 # to the test


if __name__ == "__main__":
    main()
