"""What became of a transaction that was begun, as a node's receipt tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zkpipe.verifier_contracts.errors import TransactionError
from zkpipe.verifier_contracts.transactions.begun import Begun
from zkpipe.verifier_contracts.transactions.transaction import Receipt

if TYPE_CHECKING:
    from zkpipe.verifier_contracts.transactions.signing import Signer


@dataclass(frozen=True, slots=True)
class Outcome:
    """A transaction that was mined: what was begun, the receipt, and whether it succeeded."""

    begun: Begun
    receipt: Receipt
    succeeded: bool


def outcome_told(
    chain: Signer, begun: Begun, receipt: Mapping[str, Any], digest: str
) -> Outcome | None:
    """The outcome that a receipt tells; None while it leaves it open.

    receipt  as the node tells it, of one that was mined
    digest   the hash of the transaction that it was asked for

    Raises TransactionError if it is the receipt of another transaction, or does not say whether
    this one succeeded, NodeMissingError if a number in it is none.
    """
    used = chain.number(receipt.get("gasUsed"))
    address, named = begun.address, receipt.get("contractAddress")
    if not begun.has_receipt(receipt):
        raise TransactionError(
            f"Transaction {digest} is not the one that was begun: {chain.place} tells another "
            "sender or receiver.",
            "Ask another node of the same chain; or take the hash out of what was kept.",
        )
    if address and isinstance(named, str) and named.lower() != address.lower():
        raise TransactionError(
            f"{chain.place} names {named[:42]} as the contract that transaction {digest} made; "
            f"from its account and nonce follows {address}.",
            "Ask another node of the same chain.",
        )
    if receipt.get("status") is not None:
        succeeded = chain.number(receipt["status"]) == 1
    elif address is None:
        raise TransactionError(
            f"Transaction {digest} was mined; {chain.place} does not say whether it succeeded.",
            "Look at what it should have changed before you send it again.",
        )
    else:  # chains before Byzantium, and broken nodes: the contract is there or not
        succeeded = bool(chain.code(address))
        if not succeeded and used < begun.gas:
            return None
    block = chain.number(receipt["blockNumber"])
    logs = tuple(receipt.get("logs") or ())
    made = address if succeeded else None
    return Outcome(begun, Receipt(digest, block, used, made, logs), succeeded)
