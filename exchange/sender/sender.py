"""Send transactions, never one twice.

    with Sender(home, chain, depth) as sender:
        sender.send(board, "deliver", [spec, 0, results, w0, w1], subject=job, effect=is_delivered)

A task is named by its contract, function, subject and number. However often it is asked for, after
whatever went wrong, at most one transaction does it:

- nonce and signed bytes are on the disk before a node sees them, and later only these are sent;
- the contract is read first: `effect` says whether it has, after a block, what the task brings
  about;
- another attempt is signed only when the one before is final and did nothing, and the contract at
  that block still lacks the effect.

Final is what lies `depth` blocks deep. What is not final is sent again after a reorganisation, with
the same bytes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from zkpipe.exchange.deployment.chain_identity import genesis_of
from zkpipe.exchange.sender.advancing import Advancer, Effect, Wish
from zkpipe.exchange.sender.attempts import Attempt, AttemptState, Outcome, Task
from zkpipe.exchange.sender.ends import failure_of, not_final, receipt_of
from zkpipe.exchange.sender.fence import Fence
from zkpipe.exchange.sender.home import Home
from zkpipe.exchange.sender.looking import Head, head_of
from zkpipe.exchange.sender.outbox import Outbox
from zkpipe.ground.closing import Closing
from zkpipe.ground.kinds import require, require_whole, wrong_kind
from zkpipe.verifier_contracts import Chain, Contract, Receipt, Terms
from zkpipe.verifier_contracts.errors import NodeMissingError, TransactionError
from zkpipe.verifier_contracts.rpc.refusals import Cause, Refusal

T = TypeVar("T")

DEPTH = 12  # blocks above one that is final
SECONDS = 900.0  # to wait for a transaction to be final
BEARABLE = 30.0  # seconds that a node may fail to answer while `send` waits
FIRST_PAUSE, LONGEST_PAUSE, GROWTH = 0.05, 3.0, 1.5  # seconds between looks at the chain
LARGEST = (1 << 63) - 1  # of numbers in the outbox
TAKEN_AT_MOST = 10  # nonces that other programs may take from one call of `send`


class Sender(Closing):
    """Sends for one account on one chain; one at a time has its outbox. See the module.

    depth  blocks above one that is final; 0 on an embedded chain
    terms  gas and fees of what is signed from now on

    Raises OutboxError if another program sends with it, or it is of another chain.
    """

    def __init__(
        self, home: Home, chain: Chain, depth: int = DEPTH, terms: Terms | None = None
    ) -> None:
        self.depth = require_whole("Sender", "depth", depth, most=LARGEST)
        self._chain = chain.signing_as(home.account)
        self._outbox = Outbox(home.place)
        try:
            terms = terms or Terms()
            self._advancer = Advancer(self._chain, home.account, self._outbox, self.depth, terms)
            self._chain_id = self._advancer.chain_id
            self._outbox.pin(self._chain_id, genesis_of(self._chain))
            self._fence = Fence(self._advancer, home)
        except BaseException:
            self._outbox.close()
            raise
        self._wishes: dict[bytes, Wish] = {}

    def close(self) -> None:
        """Let another program use the outbox."""
        self._outbox.close()

    # For a loop.

    def plan(
        self,
        contract: Contract,
        function: str,
        args: Sequence[Any],
        *,
        subject: bytes,
        i: int = 0,
        effect: Effect,
        deadline: int | None = None,
        gas: int | None = None,
    ) -> Attempt:
        """Keep that this is to be sent; the latest attempt at it. The node is not asked.

        args      of the function. Once an attempt is signed, other arguments do not change it
        subject   what it is about; with contract, function and i it names the task
        effect    whether the contract has it already, after the block of a number
        deadline  seconds since 1970. What is not mined by then is sent no more: an empty transfer
                  takes its nonce
        gas       the most units; without it the node's estimate

        After a restart, ask for it again: what is only planned waits for its `effect`. What needs
        another task to be done first is refused until that is done.

        Raises ArgumentError if the arguments do not fit the function, KindError.
        """
        fix = "Give what Chain.at or Manifest.contract gives."
        contract = require("Sender.plan", "contract", contract, Contract, fix)
        subject = require("Sender.plan", "subject", subject, bytes, "Give an id, as bytes.")
        if not callable(effect):
            raise wrong_kind("Sender.plan", "effect", effect, "a function", "Give a function.")
        i = require_whole("Sender.plan", "i", i, most=LARGEST)
        if deadline is not None:
            deadline = require_whole("Sender.plan", "deadline", deadline, most=LARGEST)
        if gas is not None:
            gas = require_whole("Sender.plan", "gas", gas, 1, LARGEST)
        data = bytes.fromhex(contract.calldata(function, *args)[2:])
        task = Task(self._chain_id, contract.address, function, subject, i)
        self._wishes[task.id] = Wish(effect, contract.abi)
        last = self._outbox.last(task)
        account = self._advancer.address
        planned = Attempt(task, 0, account, data, AttemptState.PLANNED, gas=gas, deadline=deadline)
        if last is None:
            self._outbox.add(planned)
            return planned
        if last.begun is None and last.outcome is not Outcome.FOUND:  # nothing was ever signed
            planned = replace(planned, number=last.number)
            self._outbox.change(planned)
            return planned
        if last.may_be_followed:
            planned = replace(planned, number=last.number + 1)
            self._outbox.add(planned)
            return planned
        return last

    def last(self, contract: Contract, function: str, subject: bytes, i: int = 0) -> Attempt | None:
        """The latest attempt at a task, as the outbox has it; None if it was never asked for."""
        return self._outbox.last(Task(self._chain_id, contract.address, function, subject, i))

    def step(self) -> list[Attempt]:
        """Advance everything that can be advanced; the attempts that changed, as they are now.

        Raises NodeMissingError or TransactionError if the node fails; all is kept, go on later.
        """
        head = self._ask(head_of, self._chain, self.depth)
        attempts = self.pending()
        signed = [one for one in attempts if one.state is not AttemptState.PLANNED]
        changed = self._advanced(signed, head)
        if not self._ask(self._fence.holds, head):
            planned = [one for one in attempts if one.state is AttemptState.PLANNED]
            changed += self._advanced(planned, head)
        return changed

    def pending(self) -> list[Attempt]:
        """What is not final: signed attempts by their nonce, then those that are planned."""
        return self._outbox.open(self._chain_id)

    def result(self, attempt: Attempt) -> Receipt | None:
        """The receipt of a final attempt that succeeded; None if the effect was there without it.

        Raises RevertError if the contract refused it, DeadlineError if its time passed,
        TransactionError if another transaction took its nonce.
        """
        if attempt.outcome is Outcome.SUCCEEDED:
            return self._ask(receipt_of, self._chain, attempt)
        wish = self._wishes.get(attempt.task.id)
        head = self._ask(head_of, self._chain, self.depth)
        if attempt.outcome is Outcome.FOUND or (wish and wish.is_there(head.final)):
            return None
        refused = self._advancer.errors.get(attempt.key)
        raise refused or failure_of(self._chain, attempt, wish.abi if wish else ())

    # For a caller who waits.

    def send(
        self,
        contract: Contract,
        function: str,
        args: Sequence[Any],
        *,
        subject: bytes,
        i: int = 0,
        effect: Effect,
        deadline: int | None = None,
        gas: int | None = None,
        timeout: float = SECONDS,
    ) -> Receipt | None:
        """Send it unless it was sent or is not needed, and wait until it is final.

        The arguments are those of `plan`; timeout is in seconds. The receipt is None if the
        contract had the effect without a transaction of this outbox.

        Raises what `result` raises, NotFinalError if the time is over (ask again to go on), and
        NodeMissingError.
        """
        until = time.monotonic() + timeout
        for _ in range(TAKEN_AT_MOST):
            attempt = self.plan(
                contract,
                function,
                args,
                subject=subject,
                i=i,
                effect=effect,
                deadline=deadline,
                gas=gas,
            )
            attempt = self._final(attempt, until)
            if attempt.outcome is not Outcome.TAKEN:
                break
        return self.result(attempt)

    def _final(self, attempt: Attempt, until: float) -> Attempt:
        """The attempt once it is final."""
        pause, failing = FIRST_PAUSE, None
        while not attempt.is_final:
            try:
                self.step()
                failing = None
            except (NodeMissingError, TransactionError) as error:
                now = time.monotonic()
                failing = failing or now
                is_bearable = isinstance(error, NodeMissingError) or error.fix == Cause.BUSY.value
                if not is_bearable or now - failing > BEARABLE or now > until:
                    raise
            attempt = self._outbox.attempt(attempt.key) or attempt
            if not attempt.is_final:
                left = until - time.monotonic()
                if left <= 0:
                    raise not_final(attempt)
                time.sleep(min(pause, left))
                pause = min(pause * GROWTH, LONGEST_PAUSE)
        return attempt

    def _advanced(self, attempts: Sequence[Attempt], head: Head) -> list[Attempt]:
        """Those that changed in one look; none that a node was too busy to tell of."""
        changed = []
        for attempt in attempts:
            wish = self._wishes.get(attempt.task.id)
            try:
                now = self._advancer.advance(attempt, head, wish)
            except Refusal as refusal:
                if refusal.cause is not Cause.BUSY:
                    raise self._chain.as_error(refusal) from refusal
            else:
                changed += [now] if now != attempt else []
        return changed

    def _ask(self, question: Callable[..., T], *arguments: Any) -> T:
        try:
            return question(*arguments)
        except Refusal as refusal:
            raise self._chain.as_error(refusal) from refusal
