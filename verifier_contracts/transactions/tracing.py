"""Find the mined transaction that has an account's nonce, where its hash is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zkpipe.verifier_contracts.rpc.refusals import Cause, Refusal
from zkpipe.verifier_contracts.transactions.begun import Begun

if TYPE_CHECKING:
    from zkpipe.verifier_contracts.rpc.asking import Asker

WALK = 128  # blocks to look through where a node does not keep older states


def transaction_in_place_of(chain: Asker, begun: Begun) -> dict[str, Any] | None:
    """The mined transaction with the account and nonce of one that was begun; None if not found.

    The block is found by bisection over the account's nonce; where the node has forgotten older
    states, by looking through the first `WALK` blocks.
    """
    low, high = begun.block, chain.quantity("eth_blockNumber")

    def is_used(block: int) -> bool:
        return chain.quantity("eth_getTransactionCount", begun.account, hex(block)) > begun.nonce

    try:
        if is_used(min(low, high)):  # the chain was reorganised: it may lie before
            low, high = -1, min(low, high)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if is_used(middle) else (middle, high)
        blocks = range(high, high + 1)
    except Refusal as refusal:
        if refusal.cause is Cause.BUSY:
            raise
        blocks = range(begun.block + 1, min(high, begun.block + WALK) + 1)
    for number in blocks:
        block = chain.ask("eth_getBlockByNumber", hex(number), True)
        for found in (block or {}).get("transactions", ()):
            if isinstance(found, dict) and begun.has_place_of(found):
                return found
    return None
