"""Follows the chain in a thread of its own, so that no page waits for a node that is away.

The same thread asks the node about proofs whose verifying key is not here: the registry's `verify`
by a call, which changes nothing. Nothing else is ever asked of the node, and nothing is sent.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from zkpipe.exchange.evidence import AcceptedProof, Verdict
from zkpipe.exchange.index import Index
from zkpipe.exchange.page.checking import Check, Judge, Statement, statement
from zkpipe.exchange.page.snapshot import Snapshot
from zkpipe.exchange.states import CircuitState
from zkpipe.verifier_contracts import Contract
from zkpipe.verifier_contracts.abi import Abi
from zkpipe.verifier_contracts.errors import NodeMissingError, RevertError, TransactionError

REFUSALS = ("ProofRejected", "VerifierFailed")  # of the registry
REST = 1.0  # seconds between two looks at the chain, at least
IDLE = 15.0  # seconds between two looks while no page is asked for
PATIENCE = 1.5  # seconds that a page waits for the look that it caused
STALE = 60.0  # seconds after which the chain is asked again about a proof
MOST = 100  # proofs that are asked about in one look


@dataclass(frozen=True, slots=True)
class Following:
    """How it goes.

    answered  when the node last answered, seconds since 1970; 0 if it never did
    problem   what is the matter now: "node" does not answer, it is "slow" to, the "index" cannot
              be read or what the node tells cannot be; or nothing
    """

    answered: float
    problem: str


class Follower:
    """Follows with an index that it opens itself, and asks a registry.

    open_index  makes an Index, in the thread that calls it
    circuits    CircuitRegistry
    digests     of the keys that are here: about other proofs the registry is asked
    """

    def __init__(
        self,
        open_index: Callable[[], Index],
        circuits: Contract,
        digests: Collection[bytes],
    ) -> None:
        self._open_index, self._circuits, self._digests = open_index, circuits, digests
        self._changed = threading.Condition()
        self._asked = self._done = 0  # looks
        self._last = -math.inf  # when the last one ended, of the monotonic clock
        self._is_stopping = False
        self._state = Following(0.0, "")
        self._answers: dict[Statement, Check] = {}
        self._seen: Snapshot | None = None
        self._thread = threading.Thread(target=self._run, name="zkpipe-follow", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, seconds: float = 2.0) -> None:
        """End. A node that does not answer is not waited for longer than that."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify_all()
        self._thread.join(seconds)

    @property
    def state(self) -> Following:
        """How it goes."""
        return self._state

    @property
    def answers(self) -> Mapping[Statement, Check]:
        """What the chain said of proofs whose key is not here."""
        return dict(self._answers)

    def look(self, seconds: float | None = None) -> Following:
        """Have it look at the chain, if it did not a moment ago, and wait so long for the end.

        Without a number of seconds it is PATIENCE.
        """
        patience = PATIENCE if seconds is None else seconds
        with self._changed:
            if time.monotonic() - self._last >= REST:
                self._asked += 1
                mine = self._asked
                self._changed.notify_all()
                done = self._changed.wait_for(
                    lambda: self._done >= mine or self._is_stopping, patience
                )
                if not done and not self._state.problem:
                    return replace(self._state, problem="slow")
            return self._state

    def _run(self) -> None:
        index: Index | None = None
        while not self._is_stopping:
            asked = self._asked
            try:
                index = index or self._open_index()
                index.follow()
                self._state = Following(time.time(), "")
                self._question(index, is_watched=asked > self._done)
            except (NodeMissingError, TransactionError):
                self._state = Following(self._state.answered, "node")
            except Exception:  # noqa: BLE001 # told on the page, which goes on with what is known
                self._state = Following(self._state.answered, "index")
            with self._changed:
                self._done, self._last = asked, time.monotonic()
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._is_stopping, REST)
                self._changed.wait_for(lambda: self._is_stopping or self._asked > self._done, IDLE)
        if index is not None:
            index.close()

    def _question(self, index: Index, is_watched: bool) -> None:
        """Ask about proofs: those of which nothing is known, and old answers if someone looks."""
        self._seen = seen = Snapshot.of(index, self._seen)
        limit = time.time() - STALE if is_watched else 0.0
        without = [one for one in seen.proofs if one.record.key_digest not in self._digests]
        known = self._answers
        at = {
            statement(one): known[statement(one)].at for one in without if statement(one) in known
        }
        waiting = [one for one in without if at.get(statement(one), -1.0) < limit]
        waiting.sort(key=lambda one: at.get(statement(one), 0.0))
        for proof in waiting[:MOST]:
            if self._is_stopping:
                return
            self._answers = {**self._answers, statement(proof): self._verified(seen, proof)}

    def _verified(self, seen: Snapshot, proof: AcceptedProof) -> Check:
        """By the registry; by the registered verifier if the circuit is retired."""
        row = seen.row("circuits", f"0x{proof.circuit.hex()}")
        is_retired = row is not None and row["state"] == CircuitState.RETIRED
        begin = time.monotonic()
        try:
            if is_retired:
                verdict = self._by_verifier(proof)
            else:
                arguments = (proof.circuit, list(proof.words), list(proof.publics))
                self._circuits.call("verify", *arguments)
                verdict = Verdict.HOLDS
        except RevertError as error:
            verdict = Verdict.FAILS if error.name in REFUSALS else Verdict.NO_KEY
        judge = Judge.VERIFIER if is_retired else Judge.REGISTRY
        return Check(
            verdict,
            Judge.NOBODY if verdict == Verdict.NO_KEY else judge,
            time.time(),
            time.monotonic() - begin,
        )

    def _by_verifier(self, proof: AcceptedProof) -> Verdict:
        verifier = Contract(
            self._circuits.chain, proof.record.verifier, verifier_abi(len(proof.publics))
        )
        a0, a1, x1, x0, y1, y0, c0, c1 = proof.words
        words = [[a0, a1], [[x1, x0], [y1, y0]], [c0, c1]]
        answer = verifier.call("verifyProof", *words, list(proof.publics))
        return Verdict.HOLDS if answer else Verdict.FAILS


def verifier_abi(count: int) -> Abi:
    """Of a generated verifier for so many public values."""
    kinds = ("uint256[2]", "uint256[2][2]", "uint256[2]", f"uint256[{count}]")
    inputs = [{"name": name, "type": kind} for name, kind in zip("abcp", kinds, strict=True)]
    return [
        {
            "type": "function",
            "name": "verifyProof",
            "stateMutability": "view",
            "inputs": inputs,
            "outputs": [{"name": "", "type": "bool"}],
        }
    ]
