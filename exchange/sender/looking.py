"""What the chain says of an attempt: whether its nonce is used, by what, and how deep.

One answer decides nothing: a node may be behind, or wrong once. A transaction counts as mined if
its receipt, the block of that number and the list of transactions in that block agree. It counts
as final if, in addition, a block `depth` above is there and the account's nonce is used at the
last final block.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from zkpipe.exchange.sender.attempts import Attempt, Mined, Outcome
from zkpipe.exchange.sender.rows import hash_of
from zkpipe.verifier_contracts.errors import TransactionError
from zkpipe.verifier_contracts.rpc.asking import Asker
from zkpipe.verifier_contracts.transactions.begun import Begun
from zkpipe.verifier_contracts.transactions.receipts import outcome_told
from zkpipe.verifier_contracts.transactions.signing import Signer
from zkpipe.verifier_contracts.transactions.tracing import transaction_in_place_of


@dataclass(frozen=True, slots=True)
class Head:
    """The last block, and the last one that no reorganisation is expected to change.

    time   of the last block, seconds since 1970
    final  a block's number; 0 on a chain that is not so long yet
    """

    number: int
    time: int
    final: int


def head_of(chain: Asker, depth: int) -> Head:
    """Where the chain is. Raises Refusal, NodeMissingError."""
    block = chain.ask("eth_getBlockByNumber", "latest", False) or {}
    number = chain.number(block.get("number"))
    return Head(number, chain.number(block.get("timestamp")), max(0, number - depth))


def used_nonces(chain: Asker, account: str, block: int | str = "latest") -> int:
    """How many nonces of the account are used at a block. Raises Refusal, NodeMissingError."""
    at = hex(block) if isinstance(block, int) else block
    return chain.quantity("eth_getTransactionCount", account, at)


def mined_of(chain: Signer, attempt: Attempt) -> Mined | None:
    """Where the nonce of a signed attempt was used; None if it was not, or answers disagree.

    Raises Refusal, NodeMissingError.
    """
    begun = attempt.begun
    if begun is None:
        return None
    for raw in filter(None, (attempt.empty, attempt.raw)):
        digest = hash_of(raw)
        receipt = chain.ask("eth_getTransactionReceipt", digest)
        if isinstance(receipt, dict) and receipt.get("blockNumber") is not None:
            return _told(chain, attempt, receipt, digest)
    if used_nonces(chain, begun.account) <= begun.nonce:
        return None
    found = transaction_in_place_of(chain, begun)
    if found is None or found.get("hash") in _ours(attempt):
        return None  # the receipt will tell
    return _in_its_block(chain, begun, found, str(found.get("hash")), Outcome.TAKEN)


def _ours(attempt: Attempt) -> list[str]:
    return [hash_of(raw) for raw in (attempt.raw, attempt.empty) if raw]


def _told(chain: Signer, attempt: Attempt, receipt: dict[str, Any], digest: str) -> Mined | None:
    """What a receipt of one of our two transactions says, if the block agrees."""
    begun = attempt.begun
    if begun is None or receipt.get("transactionHash") != digest:
        return None
    is_empty = bool(attempt.empty) and digest == hash_of(attempt.empty)
    if is_empty:
        outcome = Outcome.CANCELLED
    else:
        try:
            told = outcome_told(chain, begun, receipt, digest)
        except TransactionError:
            return None  # a receipt of another transaction, or half of one
        if told is None:
            return None
        outcome = Outcome.SUCCEEDED if told.succeeded else Outcome.REVERTED
    return _in_its_block(chain, begun, receipt, digest, outcome)


def _in_its_block(
    chain: Asker, begun: Begun, told: dict[str, Any], digest: str, outcome: Outcome
) -> Mined | None:
    """A place that a node told, if the block of that number lists the transaction."""
    number = told.get("blockNumber")
    if number is None:
        return None
    block = chain.ask("eth_getBlockByNumber", number, False)
    if not isinstance(block, dict) or block.get("hash") != told.get("blockHash"):
        return None
    if digest not in (block.get("transactions") or ()):
        return None
    return Mined(chain.number(number), str(block["hash"]), digest, outcome)


def is_final(chain: Asker, attempt: Attempt, head: Head, depth: int) -> bool:
    """Whether a mined attempt, found again just now, is so deep that it stays.

    Raises Refusal, NodeMissingError.
    """
    mined, begun = attempt.mined, attempt.begun
    if mined is None or begun is None or mined.block > head.number - depth:
        return False
    above = chain.ask("eth_getBlockByNumber", hex(mined.block + depth), False)
    if not isinstance(above, dict):
        return False
    return used_nonces(chain, begun.account, head.final) > begun.nonce
