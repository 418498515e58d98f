"""Which chain it is: its id, and the hash of its first block, since ids are used more than once."""

from __future__ import annotations

import re

from zkpipe.exchange.errors import DeploymentError
from zkpipe.verifier_contracts import Chain
from zkpipe.verifier_contracts.rpc.refusals import Refusal

HASH = re.compile("0x[0-9a-f]{64}")


def genesis_of(chain: Chain) -> str:
    """The hash of a chain's first block, 0x and hexadecimal.

    Raises DeploymentError if the node does not tell it, NodeMissingError if none answers.
    """
    if is_embedded(chain):
        return str(chain.web3.eth.get_block(0)["hash"].to_0x_hex())
    try:
        block = chain.ask("eth_getBlockByNumber", "0x0", False)
    except Refusal as refusal:
        raise chain.as_error(refusal) from refusal
    digest = block.get("hash") if isinstance(block, dict) else None
    if not isinstance(digest, str) or not HASH.fullmatch(digest):
        raise DeploymentError(
            f"{chain.place} does not tell the first block of its chain.",
            "Ask another node of the same chain.",
        )
    return digest


def is_embedded(chain: Chain) -> bool:
    """Whether the chain is one in this process."""
    return chain._tester is not None
