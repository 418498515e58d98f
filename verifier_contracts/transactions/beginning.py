"""Begin a transaction: its nonce, gas and fees, and whether they can be paid. Nothing is sent."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from zkpipe.verifier_contracts.errors import TransactionError
from zkpipe.verifier_contracts.rpc.refusals import Cause, Refusal
from zkpipe.verifier_contracts.transactions.begun import Begun
from zkpipe.verifier_contracts.transactions.terms import Terms, amount, fees_on
from zkpipe.verifier_contracts.transactions.transaction import Transaction

if TYPE_CHECKING:
    from zkpipe.verifier_contracts.transactions.signing import Signer

SPARE_GAS = 4  # the estimate and a quarter more
RANDOM_GAS = 1 << 14  # tells apart what two programs send; it is not used, so it costs nothing
LARGEST = 1 << 64  # of gas and nonces, EIP-2681
MOST_GAS = 1 << 24  # of a transaction, on chains that have EIP-7825


def begin(chain: Signer, transaction: Transaction, terms: Terms, estimate: int) -> Begun:
    """A transaction with nonce, gas, fees and, where it is signed here, its hash; nothing is sent.

    Raises TransactionError if it would cost more than the terms allow or than the account has, or
    if the nonce that they name is used.
    """
    account = chain.account
    block = chain.quantity("eth_blockNumber")  # first: whatever takes the nonce is mined later
    mined = chain.quantity("eth_getTransactionCount", account, "latest")
    nonce = _next_nonce(chain, account, mined) if terms.nonce is None else terms.nonce
    if nonce < mined:
        raise TransactionError(
            f"Nonce {nonce} of account {account} is used: its next one is {mined}.",
            "Give another nonce, or none.",
        )
    gas = terms.gas or gas_limit(estimate)
    if max(nonce, gas) >= LARGEST:
        raise TransactionError(
            f"No transaction has nonce {nonce} and {gas} gas.", "Give smaller numbers."
        )
    begun = Begun(
        chain_id=chain.chain_id,
        account=account,
        nonce=nonce,
        to=transaction.get("to"),
        data=transaction.get("data", "0x"),
        value=transaction.get("value", 0),
        gas=gas,
        fees=fees_on(chain, terms),
        block=block,
    )
    check_cost(chain, begun, terms)
    return chain.signed(begun)


def gas_limit(estimate: int) -> int:
    """The estimate with some to spare: less of it where it would exceed what EIP-7825 allows."""
    wanted, room = estimate + estimate // SPARE_GAS, MOST_GAS - RANDOM_GAS
    if estimate <= room:
        wanted = min(wanted, room)
    return wanted + secrets.randbelow(RANDOM_GAS)


def _next_nonce(chain: Signer, account: str, mined: int) -> int:
    """The first nonce that no transaction of the account has, pending ones included."""
    try:
        return max(mined, chain.quantity("eth_getTransactionCount", account, "pending"))
    except Refusal:  # some nodes know mined blocks only
        return mined


def check_cost(chain: Signer, begun: Begun, terms: Terms) -> None:
    """Raise TransactionError if it may cost more than the terms allow, or than the account has."""
    if terms.max_fee is not None and begun.cost > terms.max_fee:
        raise TransactionError(
            f"The transaction may cost {begun.terms()}, more than the {amount(terms.max_fee)} that "
            "the maximum fee allows.",
            "Allow more, pay less per gas, or wait until the chain is cheaper.",
        )
    try:
        balance = chain.quantity("eth_getBalance", begun.account, "latest")
    except Refusal:
        return  # the node will say so when it is sent
    if balance < begun.cost + begun.value:
        sent = f" and sends {amount(begun.value)}" if begun.value else ""
        raise TransactionError(
            f"Account {begun.account} has a balance of {amount(balance)}; the transaction may cost "
            f"{begun.terms()[8:]}{sent}.",
            Cause.BALANCE.value,
        )
