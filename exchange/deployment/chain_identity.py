"""What a chain is asked: its first block, since ids are used more than once, and used nonces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from zkpipe.exchange.errors import DeploymentError
from zkpipe.verifier_contracts import Chain
from zkpipe.verifier_contracts.rpc.refusals import Refusal

HASH = re.compile("0x[0-9a-f]{64}")


def genesis_of(chain: Chain) -> str:
    """The hash of a chain's first block, 0x and hexadecimal.

    Raises DeploymentError if the node does not tell it, NodeMissingError if none answers.
    """
    if chain.is_embedded:
        return str(chain.web3.eth.get_block(0)["hash"].to_0x_hex())
    with _refusals(chain):
        block = chain.ask("eth_getBlockByNumber", "0x0", False)
    digest = block.get("hash") if isinstance(block, dict) else None
    if not isinstance(digest, str) or not HASH.fullmatch(digest):
        raise DeploymentError(
            f"{chain.place} does not tell the first block of its chain.",
            "Ask another node of the same chain.",
        )
    return digest


def used_nonces(chain: Chain, account: str) -> int:
    """How many transactions of an account of a node's chain were mined.

    Raises TransactionError if the node refuses, NodeMissingError if none answers.
    """
    with _refusals(chain):
        return chain.quantity("eth_getTransactionCount", account, "latest")


@contextmanager
def _refusals(chain: Chain) -> Iterator[None]:
    try:
        yield
    except Refusal as refusal:
        raise chain.as_error(refusal) from refusal
