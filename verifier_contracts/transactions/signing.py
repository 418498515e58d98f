"""Who signs what a chain is sent: an account here, or one that the node has unlocked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from zkpipe.verifier_contracts.errors import AccountError, WrongChainError
from zkpipe.verifier_contracts.rpc.asking import Asker, of_kind
from zkpipe.verifier_contracts.transactions.checks import check_begun, checked_address
from zkpipe.verifier_contracts.transactions.terms import LARGEST_CHAIN_ID

if TYPE_CHECKING:  # web3 takes a second to import
    from eth_account.signers.local import LocalAccount

    from zkpipe.verifier_contracts.transactions.begun import Begun

HASH = re.compile("0x[0-9a-f]{64}")


class Signer(Asker):
    """A chain that is asked, and an account to sign with.

    _account  one that signs here, or the address of one that the node has unlocked; None for the
              node's first
    """

    _account: LocalAccount | str | None
    _meant: int | None  # the chain to sign for

    @property
    def chain_id(self) -> int:
        """The number of the chain, EIP-155. Raises WrongChainError if it is not the one meant."""
        if self._tester is not None:
            return int(self.web3.eth.chain_id)
        with self._as_errors():
            served = self.quantity("eth_chainId")
        if not 0 < served <= LARGEST_CHAIN_ID:
            raise self._no_node("the number of its chain is none")
        if self._meant not in (None, served):
            raise WrongChainError(
                f"{self.place} serves chain {served}; chain {self._meant} is meant.",
                f"Give the URL of a node of chain {self._meant}.",
            )
        return served

    def code(self, address: str) -> bytes:
        """The code that lies at an address; empty if there is none."""
        address = checked_address(address)
        if self._tester is not None:
            return bytes(self.web3.eth.get_code(address))  # type: ignore[arg-type] # checksummed
        with self._as_errors(), self._node():
            return bytes.fromhex(of_kind(str, self.ask("eth_getCode", address, "latest"))[2:])

    @property
    def account(self) -> str:
        """The address that signs transactions. Raises AccountError if there is none."""
        if isinstance(self._account, str):
            return self._account
        if self._account is not None:
            return str(self._account.address)
        from web3.exceptions import Web3Exception

        accounts: Sequence[str] = ()
        with self._node(), suppress(Web3Exception):  # many nodes do not know the method
            accounts = self.web3.eth.accounts
        if not accounts:
            raise AccountError(
                f"{self.place} has no unlocked account to sign with.",
                "Give an account of your own: `--keystore FILE`, or account= in Python.",
            )
        return str(accounts[0])

    def signed(self, begun: Begun) -> Begun:
        """With the hash that it has when it is signed here; as it is if the node signs.

        Raises AccountError if the account is not the one that signs here.
        """
        check_begun("Chain.signed", begun)
        account = self._account
        own = account if account is None or isinstance(account, str) else str(account.address)
        if own not in (None, begun.account):
            raise AccountError(
                f"The transaction was begun for account {begun.account}, not {own}.",
                f"Give account {begun.account} to sign with.",
            )
        if account is None or isinstance(account, str):
            return begun
        return begun.sent_as(account.sign_transaction(begun.to_sign()).hash.to_0x_hex())

    def send(self, begun: Begun) -> str:
        """Give it to the node, signed here or there; its hash. Raises Refusal."""
        check_begun("Chain.send", begun)
        account = self._account
        if account is None or isinstance(account, str):
            digest = self.ask("eth_sendTransaction", begun.to_send())
            with self._node():
                if not HASH.fullmatch(of_kind(str, digest)):
                    raise ValueError("no hash")
            return str(digest)
        signed = account.sign_transaction(begun.to_sign())
        self.ask("eth_sendRawTransaction", signed.raw_transaction.to_0x_hex())
        return str(signed.hash.to_0x_hex())
