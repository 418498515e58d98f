"""Advance one attempt as far as it goes now: look, sign, send, send again, or empty its place.

Whatever happens on the way, only the bytes in the outbox are sent: at most one transaction is mined
for an attempt. Another attempt follows only when this one is final and did nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from eth_account.signers.local import LocalAccount

from zkpipe.exchange.sender.attempts import Attempt, AttemptState, Outcome, Task
from zkpipe.exchange.sender.looking import Head, is_final, mined_of, used_nonces
from zkpipe.exchange.sender.outbox import Outbox
from zkpipe.exchange.sender.rows import hash_of
from zkpipe.exchange.sender.signing import emptied, signed
from zkpipe.ground.errors import ZkpipeError
from zkpipe.verifier_contracts.abi import Abi
from zkpipe.verifier_contracts.chain import Chain
from zkpipe.verifier_contracts.errors import NoCodeError, RevertError, TransactionError
from zkpipe.verifier_contracts.rpc.refusals import Cause, Refusal
from zkpipe.verifier_contracts.transactions.terms import Terms

Effect = Callable[[int], bool]

WINDOW = 16  # nonces signed beyond the last final one, at most: what a fence must fill
AGAIN = 15.0  # seconds after which what no node knows is sent again


@dataclass(frozen=True, slots=True)
class Wish:
    """What a caller knows of a task and the outbox does not.

    effect  whether the contract has, after the block of a number, what the task is to bring about
    abi     of the contract
    """

    effect: Effect
    abi: Abi

    def is_there(self, block: int) -> bool | None:
        """Whether the effect is there after a block; None if a node says this and that.

        It is asked twice: a node may be wrong once. The effect is not there if the contract was not
        there yet.
        """
        answers = {self._answer(block), self._answer(block)}
        return answers.pop() if len(answers) == 1 else None

    def _answer(self, block: int) -> bool:
        try:
            return bool(self.effect(block))
        except NoCodeError:
            return False


class Advancer:
    """Signs, sends and watches the attempts of an outbox.

    errors  why attempts were refused before anything was signed, by key
    """

    def __init__(
        self, chain: Chain, account: LocalAccount, outbox: Outbox, depth: int, terms: Terms
    ) -> None:
        self.chain, self.account, self.outbox = chain, account, outbox
        self.depth, self.terms = depth, terms
        self.chain_id = chain.chain_id
        self.address = str(account.address)
        self.errors: dict[bytes, ZkpipeError] = {}
        self._given: dict[str, float] = {}  # when a node was last given, or had, a transaction

    def advance(self, attempt: Attempt, head: Head, wish: Wish | None) -> Attempt:
        """The attempt as it is after one look; every change is in the outbox.

        Raises Refusal, NodeMissingError: then it is as it was.
        """
        if attempt.state is AttemptState.PLANNED:
            return self._begun(attempt, head, wish)
        mined = mined_of(self.chain, attempt)
        if mined is None:
            if (
                attempt.state is AttemptState.MINED
            ):  # the chain was reorganised: the same bytes again
                self._given.clear()
                attempt = self._kept(attempt, state=AttemptState.SENT, mined=None, outcome=None)
            return self._sent(attempt, head)
        if attempt.state is not AttemptState.MINED or mined != attempt.mined:
            attempt = self._kept(
                attempt, state=AttemptState.MINED, mined=mined, outcome=mined.outcome
            )
        deep = is_final(self.chain, attempt, head, self.depth)
        if deep and mined_of(self.chain, attempt) == mined:  # a node may be wrong once
            attempt = self._kept(attempt, state=AttemptState.FINAL)
        return attempt

    def fill(self, nonce: int) -> Attempt:
        """Sign and send an empty transfer with a nonce that must not stay free.

        Raises TransactionError, Refusal, NodeMissingError.
        """
        task = Task(self.chain_id, self.address, "", nonce.to_bytes(8, "big"))
        planned = Attempt(task, 0, self.address, b"", AttemptState.PLANNED)
        attempt = signed(self, planned, nonce, ())
        self.outbox.add(attempt)
        return self._broadcast(attempt)

    def _kept(self, attempt: Attempt, **changes: Any) -> Attempt:
        """The attempt with changes, which are on the disk."""
        changed = replace(attempt, **changes)
        if changed != attempt:
            self.outbox.change(changed)
        return changed

    # Signing.

    def _begun(self, attempt: Attempt, head: Head, wish: Wish | None) -> Attempt:
        """Signed and sent, if it is time and the contract lacks the effect."""
        if attempt.deadline is not None and head.time > attempt.deadline:
            return self._closed(attempt, Outcome.EXPIRED, "The deadline has passed.")
        if wish is None or attempt.account != self.address:
            return attempt
        try:
            is_there = wish.is_there(head.final)
            if is_there:
                return self._closed(attempt, Outcome.FOUND)
            nonce = self._free_nonce(head)
            if is_there is None or nonce is None:
                return attempt
            if head.final < head.number and wish.is_there(head.number) is not False:
                return attempt  # it may be there soon
        except RevertError as error:
            return self._refused(attempt, error)
        except TransactionError as error:  # the node does not know the block, or is busy
            return self._kept(attempt, note=error.problem)
        try:
            attempt = signed(self, attempt, nonce, wish.abi)
        except TransactionError as error:
            is_late = used_nonces(self.chain, self.address) > nonce
            if is_late or error.fix == Cause.BUSY.value:
                return self._kept(attempt, note=error.problem)
            return self._refused(attempt, error)
        except RevertError as error:
            return self._refused(attempt, error)
        self.outbox.change(attempt)  # from here on these bytes may be anywhere
        return self._broadcast(attempt)

    def _free_nonce(self, head: Head) -> int | None:
        """The first nonce that nobody has used; None while it is too early to sign.

        It is too early while nonces that this outbox does not know, of a program or an outbox that
        was copied back, are not final: what they did may not be in the contract yet.
        """
        known = self.outbox.next_nonce(self.chain_id, self.address)
        mined = used_nonces(self.chain, self.address)
        waiting = 0
        with suppress(Refusal):  # some nodes know mined blocks only
            waiting = used_nonces(self.chain, self.address, "pending")
        nonce = max(mined, waiting, known)
        final = used_nonces(self.chain, self.address, head.final)
        if nonce >= final + WINDOW or (nonce > known and final < nonce):
            return None
        return nonce

    def _refused(self, attempt: Attempt, error: ZkpipeError) -> Attempt:
        self.errors[attempt.key] = error
        return self._closed(attempt, Outcome.REFUSED, error.problem)

    def _closed(self, attempt: Attempt, outcome: Outcome, note: str = "") -> Attempt:
        return self._kept(attempt, state=AttemptState.FINAL, outcome=outcome, note=note)

    # Sending.

    def _sent(self, attempt: Attempt, head: Head) -> Attempt:
        """Given to the node, unless it has it; the empty transfer after the deadline."""
        is_late = attempt.deadline is not None and head.time > attempt.deadline
        if is_late and not attempt.empty and attempt.account == self.address:
            attempt = self._kept(attempt, empty=emptied(self, attempt))
        digest = hash_of(attempt.empty or attempt.raw)
        now = time.monotonic()
        given = self._given.get(digest)
        if given is not None and now - given < AGAIN:
            return attempt
        if self.chain.ask("eth_getTransactionByHash", digest) is not None:
            self._given[digest] = now
            return attempt
        return self._broadcast(attempt)

    def _broadcast(self, attempt: Attempt) -> Attempt:
        """Given to the node. Its answer decides nothing: the chain is looked at again."""
        raw = attempt.empty or attempt.raw
        note = ""
        try:
            self.chain.ask("eth_sendRawTransaction", f"0x{raw.hex()}")
        except Refusal as refusal:
            if refusal.cause is Cause.BUSY:
                raise
            note = refusal.said
        self._given[hash_of(raw)] = time.monotonic()
        return self._kept(attempt, state=AttemptState.SENT, note=note)
