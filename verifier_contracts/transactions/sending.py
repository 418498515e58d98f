"""Send a transaction that was begun and wait until it is mined, whatever happens on the way.

A node may take a transaction and lose its answer, refuse to tell the receipt for a while (HTTP 429,
"transaction indexing is in progress"), say that it has it already, or be one of several that know
different blocks. So no single answer decides. The loop asks for the receipt, then whether the nonce
has been used, and sends the transaction, or sends it again, only while the nonce is free.
"""

from __future__ import annotations

import secrets
import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from zkpipe.ground.errors import ZkpipeError
from zkpipe.verifier_contracts.errors import NodeMissingError, NonceTakenError, TransactionError
from zkpipe.verifier_contracts.rpc.refusals import Cause, Refusal
from zkpipe.verifier_contracts.transactions.beginning import begin, check_cost
from zkpipe.verifier_contracts.transactions.begun import Begun
from zkpipe.verifier_contracts.transactions.receipts import Outcome, outcome_told
from zkpipe.verifier_contracts.transactions.terms import Terms, base_fee, fees_instead
from zkpipe.verifier_contracts.transactions.tracing import transaction_in_place_of
from zkpipe.verifier_contracts.transactions.transaction import Transaction

if TYPE_CHECKING:
    from zkpipe.verifier_contracts.transactions.signing import Signer

FIRST_PAUSE, LONGEST_PAUSE, GROWTH = 0.05, 3.0, 1.5  # seconds between looks at the chain
BEARABLE = 30.0  # seconds that a node may fail to answer while a transaction is waited for
LAG = 10.0  # seconds that nodes behind one URL may be apart
AGAIN = 15.0  # seconds after which a transaction that no node knows is sent again
ATTEMPTS = 10  # at a nonce, when other programs send for the same account
JITTER = 200  # milliseconds between them, at most, times the attempt

# Refusals after which nothing was sent, if the chain says so too.
REFUSED = frozenset(Cause) - {
    Cause.KNOWN,
    Cause.NONCE_USED,
    Cause.REPLACEMENT,
    Cause.BUSY,
    Cause.OTHER,
}


class Keeper(Protocol):
    """Where a begun transaction is kept; every change is kept before it is acted on."""

    fix: str  # what to do after an error, when it may have been sent

    def keep(self, begun: Begun) -> None:
        """Keep it, so that it outlives the process."""

    def fail(self, begun: Begun, digest: str) -> None:
        """Keep that it was mined and failed."""

    def withdraw(self) -> None:
        """Forget it: nothing was sent, and nothing will be."""


class InMemory:
    """Keeps nothing: the error that ends the waiting carries the transaction."""

    fix = "It may be mined yet: `chain.finish(error.begun)` waits for it and sends nothing twice."

    def keep(self, begun: Begun) -> None:
        """Nothing to do."""

    def fail(self, begun: Begun, digest: str) -> None:
        """Nothing to do."""

    def withdraw(self) -> None:
        """Nothing to do."""


def send(
    chain: Signer,
    transaction: Transaction,
    terms: Terms,
    estimate: int,
    keeper: Keeper | None = None,
) -> Outcome:
    """Begin a transaction and `settle` it; with the next nonce if another program took this one.

    estimate  units of gas, used if the terms name none
    """
    for attempt in range(1, ATTEMPTS + 1):
        begun = begin(chain, transaction, terms, estimate)
        try:
            return settle(chain, begun, terms, keeper, fresh=True)
        except NonceTakenError:
            if terms.nonce is not None or attempt == ATTEMPTS:
                raise
        time.sleep(secrets.randbelow(JITTER * attempt) / 1000)
    raise AssertionError("the last attempt returns or raises")


def settle(
    chain: Signer, begun: Begun, terms: Terms, keeper: Keeper | None = None, *, fresh: bool
) -> Outcome:
    """Send the transaction unless it was mined or is pending, and wait for it.

    fresh   it has just been begun: no node has seen it

    An error that leaves open whether it is mined names it, and carries it as `error.begun`,
    whatever the error is: KeyboardInterrupt too.

    Raises NonceTakenError if another transaction has its nonce: this one is never mined.
    TransactionError if the node refuses it or it is not mined in time, NodeMissingError if the node
    does not answer any more, AccountError if the account that signs here is another.
    """
    watch = _Watch(chain, begun, terms, keeper or InMemory(), fresh)
    try:
        return watch.outcome()
    except BaseException as error:
        if not watch.is_settled:
            name(error, watch.begun, watch.keeper.fix)
        raise


def name(error: BaseException, begun: Begun, *more: str) -> None:
    """Let an error, of whatever kind, name a transaction."""
    error.begun = begun  # type: ignore[attr-defined] # for programs, on any exception
    lines = [*begun.facts(), *more]
    if isinstance(error, ZkpipeError):
        error.evidence = (*error.evidence, *lines)
    else:
        for line in lines:
            error.add_note(line)


class _Watch:
    """One run of waiting for one transaction."""

    def __init__(
        self, chain: Signer, begun: Begun, terms: Terms, keeper: Keeper, fresh: bool
    ) -> None:
        self.chain, self.begun, self.terms, self.keeper = chain, begun, terms, keeper
        self.is_settled = fresh  # whether nothing of it is, or will be, on its way
        self._began_here = self._unseen = fresh  # unseen: no node can know it
        self._is_priced = fresh  # whether the fees are those that this run wants
        self._deadline = time.monotonic() + terms.timeout
        self._sent: float | None = None  # when a node was last found to have it
        self._failing: float | None = None  # since when the node has not answered
        self._used: float | None = None  # since when the nonce has been seen to be used

    def outcome(self) -> Outcome:
        """What became of it, once that is known."""
        pause = FIRST_PAUSE
        while True:
            try:
                found = None if self._unseen else self._mined()
                if found is not None:
                    if not found.succeeded:
                        self.keeper.fail(found.begun, found.receipt.transaction_hash)
                    self.is_settled = True
                    return found
                self._send_if_needed()
                self._failing = None
            except Refusal as refusal:
                if refusal.cause is not Cause.BUSY:
                    raise self.chain.as_error(refusal) from refusal
                self._bear(self.chain.as_error(refusal))
            except NodeMissingError as error:
                self._bear(error)
            left = self._deadline - time.monotonic()
            if left <= 0:
                raise self._not_mined()
            time.sleep(min(pause, left))
            pause = min(pause * GROWTH, LONGEST_PAUSE)

    def _bear(self, error: Exception) -> None:
        """Go on after an answer that did not come, for a while."""
        now = time.monotonic()
        self._failing = self._failing or now
        if now - self._failing > BEARABLE or now > self._deadline:
            raise error

    def _not_mined(self) -> TransactionError:
        begun = self.begun
        mined = begun.nonce
        with suppress(Refusal, NodeMissingError):
            mined = self._count()
        if mined < begun.nonce:
            fix = (
                f"It waits for transactions of the account with nonces from {mined} on: send them."
            )
        else:
            fix = "Wait longer, or pay more per gas to replace it: `--timeout`, `--gas-price`."
        which = begun.hashes[-1] if begun.hashes else f"with nonce {begun.nonce}"
        return TransactionError(
            f"Transaction {which} was not mined in {self.terms.timeout:g} seconds.", fix
        )

    # What the chain knows.

    def _count(self) -> int:
        return self.chain.quantity("eth_getTransactionCount", self.begun.account, "latest")

    def _mined(self) -> Outcome | None:
        """What became of it; None if it is not mined, as far as the node knows."""
        begun = self.begun
        for digest in reversed(begun.hashes):
            receipt = self.chain.ask("eth_getTransactionReceipt", digest)
            if isinstance(receipt, dict) and receipt.get("blockNumber") is not None:
                return outcome_told(self.chain, begun, receipt, digest)
        if self._count() <= begun.nonce:
            return None
        self._used = self._used or time.monotonic()
        found = transaction_in_place_of(self.chain, begun)
        if found is None:
            if time.monotonic() - self._used > LAG:
                raise self._untraceable()
            return None
        digest = str(found.get("hash"))
        if not begun.is_made_by(found):
            raise self._taken(digest)
        if digest not in begun.hashes:
            self._add(digest)
        return None  # the receipt will tell

    def _taken(self, digest: str | None) -> NonceTakenError:
        begun = self.begun
        self.is_settled = True
        if self._began_here:
            self.keeper.withdraw()
        return NonceTakenError(
            f"Another transaction{f', {digest},' if digest else ''} has nonce {begun.nonce} of "
            f"account {begun.account} on chain {begun.chain_id}. This one will not be mined, and "
            "costs nothing.",
            "Begin it again, with another nonce.",
        )

    def _untraceable(self) -> TransactionError:
        begun = self.begun
        there = begun.address is not None and self.chain.code(begun.address)
        return TransactionError(
            f"Nonce {begun.nonce} of account {begun.account} is used"
            + (f" and a contract lies at {begun.address}" if there else "")
            + f", but {self.chain.place} does not tell the transaction.",
            "Ask again later, or another node of the same chain that keeps older blocks.",
        )

    # Sending.

    def _send_if_needed(self) -> None:
        if self._used is not None:
            return  # it has been mined, or never will be
        now = time.monotonic()
        if self._sent is not None and now - self._sent < AGAIN:
            return
        wanted = self._wanted()
        is_new = wanted != self.begun
        if not is_new and not self._unseen and self._is_known():
            self._sent = now
            return
        pending = self.begun.fees
        self._keep(wanted)
        certain, self._unseen = self._unseen, False
        try:
            digest = self.chain.send(wanted)
        except Refusal as refusal:
            if is_new and refusal.cause not in (Cause.BUSY, Cause.KNOWN):
                self._keep(replace(self.begun, fees=pending))  # the next run compares with these
            self._refused(refusal, certain, is_new and not certain)
        else:
            self._sent = time.monotonic()
            self._add(digest)

    def _wanted(self) -> Begun:
        """What is to be sent: with other fees if they are wished, or the old ones are too low now.

        Whatever the fees, the nonce stays: one of them at most is mined.
        """
        if self._is_priced:
            return self.begun
        begun, terms, chain = self.begun, self.terms, self.chain
        if terms.nonce not in (None, begun.nonce) or terms.gas not in (None, begun.gas):
            raise TransactionError(
                f"The transaction was begun with nonce {begun.nonce} and {begun.gas} gas.",
                "Leave nonce and gas out: they stay as they are.",
            )
        wished = terms.gas_price not in (None, begun.fees.most)
        wished |= terms.priority_fee not in (None, begun.fees.priority)
        if wished or (base_fee(chain) or 0) > begun.fees.most:
            begun = replace(begun, fees=fees_instead(chain, terms, begun.fees))
        check_cost(chain, begun, terms)
        begun = chain.signed(begun)
        self._is_priced = True
        return begun

    def _keep(self, begun: Begun) -> None:
        """Keep it before a node sees it."""
        try:
            self.keeper.keep(begun)
        except Exception:
            raise  # not kept, hence not sent: what was true before still is
        except BaseException:  # interrupted: it may have been kept
            self.begun, self.is_settled = begun, False
            raise
        self.begun, self.is_settled = begun, False

    def _add(self, digest: str) -> None:
        """Keep a hash that only a node could tell."""
        if digest not in self.begun.hashes:
            self.begun = self.begun.sent_as(digest)
            self.keeper.keep(self.begun)

    def _is_known(self) -> bool:
        """Whether the node knows one of the transactions, pending or mined."""
        ask = self.chain.ask
        return any(ask("eth_getTransactionByHash", h) is not None for h in self.begun.hashes)

    def _refused(self, refusal: Refusal, certain: bool, replaces: bool) -> None:
        """Judge a refusal to take it: return if it may be mined all the same.

        certain   this was the first attempt: no node can have had it before
        replaces  another with the same nonce was sent before
        """
        cause = refusal.cause
        if cause is Cause.BUSY:
            raise refusal
        if cause in (Cause.KNOWN, Cause.NONCE_USED) or (not replaces and self._is_known()):
            self._sent = time.monotonic()
            return
        if cause is Cause.REPLACEMENT and not replaces:
            if certain:
                raise self._taken(None)
            self._sent = time.monotonic()  # what is pending may be ours: see which is mined
            return
        if self._count() > self.begun.nonce:  # something was mined: see what
            self._sent = time.monotonic()
            return
        if certain and cause in REFUSED:
            self.is_settled = True
            self.keeper.withdraw()
        raise self.chain.as_error(refusal) from refusal
