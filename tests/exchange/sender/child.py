"""A process to be killed: it sends tasks until it ends.

It is a server of such processes, so that each starts at once: for a line "COUNT" on its standard
input it forks one that sends the tasks 0 to COUNT - 1, and writes its number; when that one has
ended it writes how.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from eth_account import Account

from tests.exchange.forks import fork_for_each_line
from tests.exchange.nodes import Party
from tests.exchange.sender.conftest import Counter, subject
from zkpipe.exchange.sender.sender import Sender
from zkpipe.verifier_contracts import Chain, Contract
from zkpipe.verifier_contracts.errors import NodeMissingError, TransactionError

DEPTH = 3
ABI = [
    {
        "type": "function",
        "name": name,
        "inputs": [{"name": "s", "type": "bytes32"}, {"name": "i", "type": "uint256"}],
        "outputs": outputs,
        "stateMutability": "view",
    }
    for name, outputs in (("act", []), ("count", [{"name": "", "type": "uint256"}]))
]


def work(url: str, folder: str, key: str, address: str, count: int) -> None:
    chain = Chain.connect(url)
    counter = Counter(Contract(chain, address, ABI))
    with Sender(Party(Account.from_key(key), Path(folder)), chain, DEPTH) as sender:
        while True:
            for i in range(count):
                sender.plan(**counter.wish(subject(1), i))
            try:
                sender.step()
            except (NodeMissingError, TransactionError) as error:
                print(error, file=sys.stderr, flush=True)  # noqa: T201 # for people
            if not sender.pending():
                return
            time.sleep(0.01)


def main() -> None:
    where = sys.argv[1:5]
    Account.create()  # what is loaded when it is first used
    fork_for_each_line(lambda line: work(*where, int(line)))  # type: ignore[arg-type] # four texts


if __name__ == "__main__":
    main()
