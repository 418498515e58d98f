"""Whether the proofs on a page hold, found out while it is made.

A proof is verified here if the key of its circuit is; else the chain's registry is asked about it
(following). A page has a bounded time for that. What it did not get to is told as it was found
before, with the time of then.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from zkpipe.exchange.evidence import AcceptedProof, Verdict, by_digest, judged
from zkpipe.prover import VerifyingKey

BATCH = 64  # proofs that are verified together
BUDGET = 0.5  # seconds of a page for proofs

Statement = tuple[bytes, tuple[int, ...], tuple[int, ...]]
Answers = Callable[[], "Mapping[Statement, Check]"]


class Judge(StrEnum):
    """Who verified a proof."""

    KEY = "key"  # this program, with a key whose digest is the registered one
    REGISTRY = "registry"  # the chain's CircuitRegistry, asked by a call
    VERIFIER = "verifier"  # the registered verifier itself: the registry asks no retired one
    NOBODY = "nobody"  # neither a key nor an answer of the node


@dataclass(frozen=True, slots=True)
class Check:
    """What was found of a proof.

    at       seconds since 1970
    seconds  that it took; of a batch, its share
    """

    verdict: Verdict
    judge: Judge
    at: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Round:
    """The checks of a page's proofs, in their order.

    fresh    how many were verified for this page
    seconds  that they took
    """

    checks: tuple[Check, ...]
    fresh: int
    seconds: float

    def count(self, verdict: Verdict) -> int:
        """How many proofs have a verdict."""
        return sum(check.verdict == verdict for check in self.checks)


def statement(proof: AcceptedProof) -> Statement:
    """What a verdict is about: the circuit, the proof and the public values."""
    return proof.circuit, proof.words, proof.publics


class Checker:
    """Verifies with keys; where there is none, it tells what the chain said.

    answers  what the chain said of proofs
    budget   seconds for the proofs of a page
    """

    def __init__(
        self, keys: Sequence[VerifyingKey], answers: Answers, budget: float = BUDGET
    ) -> None:
        self._keys = by_digest(keys)
        self._answers, self._budget = answers, budget
        self._known: dict[Statement, Check] = {}

    @property
    def digests(self) -> frozenset[bytes]:
        """Of the keys that are here."""
        return frozenset(self._keys)

    def check(self, proofs: Sequence[AcceptedProof]) -> Round:
        """Verify some proofs now, those first that were verified the longest ago, or never.

        Cost: a millisecond a proof, up to the budget and one batch more.
        """
        here = [proof for proof in proofs if proof.record.key_digest in self._keys]
        here.sort(key=self._when)
        begin = time.monotonic()
        fresh = 0
        for i in range(0, len(here), BATCH):
            if time.monotonic() - begin >= self._budget:
                break
            batch = here[i : i + BATCH]
            self._verify(batch)
            fresh += len(batch)
        seconds = time.monotonic() - begin
        nothing = Check(Verdict.NO_KEY, Judge.NOBODY, 0.0, 0.0)
        found = {**self._answers(), **self._known}
        checks = tuple(found.get(statement(proof), nothing) for proof in proofs)
        return Round(checks, fresh, seconds)

    def _when(self, proof: AcceptedProof) -> float:
        known = self._known.get(statement(proof))
        return 0.0 if known is None else known.at

    def _verify(self, batch: Sequence[AcceptedProof]) -> None:
        begin = time.monotonic()
        verdicts = judged(batch, self._keys)
        share = (time.monotonic() - begin) / len(batch)
        for proof, verdict in zip(batch, verdicts, strict=True):
            self._known[statement(proof)] = Check(verdict, Judge.KEY, time.time(), share)
