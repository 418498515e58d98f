"""A transaction that has been begun: all that is known of it before a node has seen it.

Its nonce is set here, so at most one transaction of the account can be mined in its place, however
often it is sent. From account and nonce follows the address of the contract that it creates; where
it is signed here, its hash is known too. Kept on disk before it is sent, it can be found again
after anything that may happen on the way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from zkpipe.verifier_contracts.transactions.terms import Fees, amount
from zkpipe.verifier_contracts.transactions.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Begun:
    """A transaction with its place in an account's sequence.

    account    checksummed
    to         None for one that creates a contract
    data       0x and hexadecimal
    gas        the most units; the same in all that are sent in this place
    block      number of the chain's last block when it was begun
    hashes     of all that were sent in this place (fees may differ), as far as they are known; at
               most one of them is ever mined
    """

    chain_id: int
    account: str
    nonce: int
    to: str | None
    data: str
    value: int
    gas: int
    fees: Fees
    block: int
    hashes: tuple[str, ...] = ()

    @property
    def address(self) -> str | None:
        """Of the contract that it creates: the last 20 bytes of keccak256(rlp(account, nonce))."""
        if self.to is not None:
            return None
        from web3.utils.address import get_create_address

        return str(get_create_address(self.account, self.nonce))  # type: ignore[arg-type] # its aliases

    @property
    def cost(self) -> int:
        """The most wei that it may cost, its value aside."""
        return self.gas * self.fees.most

    def sent_as(self, digest: str) -> Begun:
        """With one more hash that may be mined in this place."""
        if digest in self.hashes:
            return self
        return replace(self, hashes=(*self.hashes, digest))

    def to_sign(self) -> Transaction:
        """The fields that are signed."""
        fields: Transaction = {
            "chainId": self.chain_id,
            "nonce": self.nonce,
            "data": self.data,
            "value": self.value,
            "gas": self.gas,
            **self.fees.fields,
        }
        return fields if self.to is None else {**fields, "to": self.to}

    def to_send(self) -> dict[str, str]:
        """What a node that signs for the account is given: numbers in hexadecimal."""
        fields = {k: hex(v) if isinstance(v, int) else v for k, v in self.to_sign().items()}
        return {"from": self.account, **fields}

    def has_place_of(self, transaction: Mapping[str, Any]) -> bool:
        """Whether a transaction, as a node tells it, has this account and nonce."""
        sender, nonce = transaction.get("from"), transaction.get("nonce")
        return str(sender).lower() == self.account.lower() and nonce == hex(self.nonce)

    def has_receipt(self, receipt: Mapping[str, Any]) -> bool:
        """Whether a receipt, as a node tells it, has this sender and receiver, if it has any."""
        sender = str(receipt.get("from") or self.account)
        receiver = str(receipt.get("to") or "")
        return (sender.lower(), receiver.lower()) == (self.account.lower(), (self.to or "").lower())

    def is_made_by(self, transaction: Mapping[str, Any]) -> bool:
        """Whether a transaction in this place, as a node tells it, is one that was begun here.

        Two programs may take the same nonce for the same contract: the gas tells them apart, which
        has a random part.
        """
        if transaction.get("hash") in self.hashes:
            return True
        given = str(transaction.get("input", transaction.get("data")))
        return given.lower() == self.data.lower() and transaction.get("gas") == hex(self.gas)

    def terms(self) -> str:
        """What it may cost, for people."""
        up_to = "" if self.fees.priority is None else "up to "
        price = f"{self.gas:,} gas at {up_to}{amount(self.fees.most)}"
        return f"at most {amount(self.cost)} ({price})"

    def facts(self) -> list[str]:
        """All that one needs to find it, for people."""
        lines = [f"transaction {digest}" for digest in self.hashes]
        if not lines:
            lines.append("transaction: its hash is not known, the node signs it")
        lines.append(f"account {self.account}, nonce {self.nonce}, chain {self.chain_id}")
        if self.address is not None:
            lines.append(f"contract address {self.address}")
        return lines
