"""Sign a transaction once: a call, or the empty transfer that takes a nonce.

What is signed goes to the outbox before a node sees it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from eth_account.signers.local import LocalAccount

from zkpipe.exchange.sender.attempts import Attempt, AttemptState
from zkpipe.verifier_contracts.abi import Abi
from zkpipe.verifier_contracts.chain import EMBEDDED_GAS, Chain
from zkpipe.verifier_contracts.transactions.beginning import begin
from zkpipe.verifier_contracts.transactions.begun import Begun
from zkpipe.verifier_contracts.transactions.terms import Terms, fees_instead
from zkpipe.verifier_contracts.transactions.transaction import Transaction

TRANSFER_GAS = 21_000  # of a transfer without data


class Signing(Protocol):
    """Who signs here."""

    chain: Chain
    account: LocalAccount
    terms: Terms


def signed(who: Signing, attempt: Attempt, nonce: int, abi: Abi) -> Attempt:
    """A planned attempt with a nonce and its signed bytes; nothing is sent.

    abi  of the contract, to name the error if the call would revert

    Raises RevertError if it would revert now, TransactionError, Refusal, NodeMissingError.
    """
    chain = who.chain
    transaction: Transaction = {"to": attempt.task.contract, "data": f"0x{attempt.data.hex()}"}
    gas = attempt.gas or who.terms.gas
    estimate = 0
    if not attempt.task.function:
        gas = TRANSFER_GAS
    elif gas is None and chain.is_embedded:
        chain.call({"from": chain.account, "gas": EMBEDDED_GAS, **transaction}, abi)  # may revert
        gas = EMBEDDED_GAS
    elif gas is None:
        estimate = chain.gas(transaction, abi)
    begun = begin(chain, transaction, replace(who.terms, gas=gas, nonce=nonce), estimate)
    raw = _bytes(who, begun)
    return replace(attempt, state=AttemptState.SIGNED, begun=begun, raw=raw, note="")


def emptied(who: Signing, attempt: Attempt) -> bytes:
    """The signed bytes of the empty transfer that is to take a nonce; nothing is sent.

    It pays an eighth more per unit of gas, so that nodes let it take the place of the call.

    Raises TransactionError, Refusal, NodeMissingError.
    """
    begun = attempt.begun
    if begun is None:
        return b""
    fees = fees_instead(who.chain, Terms(), begun.fees)
    empty = replace(begun, to=begun.account, data="0x", gas=TRANSFER_GAS, fees=fees, hashes=())
    return _bytes(who, empty)


def _bytes(who: Signing, begun: Begun) -> bytes:
    return bytes(who.account.sign_transaction(begun.to_sign()).raw_transaction)
