"""Whole proofs by every prover: same key, same witness, in turn, each checked by another tool.

Before the clock counts, every prover makes one proof, which is checked too: it compiles kernels,
fills caches and shows that the prover works here. A peer that fails then is left out, with what it
said, and so is a card, and a peer that takes longer than it may. A proof that another tool refuses
ends the run: times of wrong proofs are worth nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from zkpipe.benchmarks.errors import MeasurementError
from zkpipe.benchmarks.provers.judges import Judge, Zkpipe, cross_check
from zkpipe.benchmarks.provers.provers import Place, Prover, Running
from zkpipe.benchmarks.records.ranges import CARD
from zkpipe.benchmarks.records.records import printable
from zkpipe.benchmarks.records.results import ProofTime, Skipped
from zkpipe.benchmarks.records.series import in_turn, median
from zkpipe.benchmarks.workloads.workloads import Workload


class Patience:
    """How long one proof may take, and what to expect from the sizes before.

    limit  seconds; a prover that is expected to take longer is not asked for a size
    """

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._last: dict[tuple[object, ...], tuple[int, float]] = {}

    def reason_to_skip(self, prover: Prover, workload: Workload) -> str | None:
        """Why a prover is not asked; None if it is. Time is taken to grow with the size."""
        exponent = workload.size.exponent
        before, seconds = self._last.get(_identity(prover, workload), (exponent, 0.0))
        expected = seconds * 2.0 ** (exponent - before)
        if expected <= self._limit:
            return None
        return (
            f"a proof would take some {expected:.0f} s, as it took {seconds:.1f} s at 2^{before}; "
            f"the limit is {self._limit:.0f} s"
        )

    def learn(self, prover: Prover, workload: Workload, seconds: float) -> None:
        """Remember what a proof took."""
        self._last[_identity(prover, workload)] = workload.size.exponent, seconds


def _identity(prover: Prover, workload: Workload) -> tuple[object, ...]:
    return (workload.size.circuit, prover.name, prover.backend, prover.threads, prover.way)


def _name(prover: Prover) -> str:
    return f"{prover.name} {prover.backend}".strip()


def prove_workload(
    workload: Workload,
    provers: Sequence[Prover],
    judge: Judge,
    rounds: int,
    patience: Patience,
    folder: Path,
) -> tuple[list[ProofTime], list[Skipped]]:
    """The times of all provers, and who was left out and why.

    judge   for proofs of zkpipe; it checks all others
    folder  for the proofs

    Raises CrossCheckError if a proof does not hold, MeasurementError if zkpipe fails.
    """
    skipped: list[Skipped] = []
    with ExitStack() as stack:
        running: dict[Prover, Running] = {}
        for prover in provers:
            reason = patience.reason_to_skip(prover, workload)
            if reason is None:
                try:
                    ready = stack.enter_context(prover.ready(workload))
                    first = _once(prover, ready, judge, workload, folder)
                    if prover.name != "zkpipe":
                        patience.learn(prover, workload, first)
                        reason = patience.reason_to_skip(prover, workload)
                    if reason is None:
                        running[prover] = ready
                except MeasurementError as error:
                    if prover.name == "zkpipe" and prover.backend != CARD:
                        raise
                    reason = error.told
            if reason is not None:
                size = f"{workload.size.circuit} 2^{workload.size.exponent}"
                skipped.append(Skipped(f"{_name(prover)}, {prover.way}, {size}", printable(reason)))

        def run(prover: Prover) -> Callable[[], float]:
            return lambda: _once(prover, running[prover], judge, workload, folder)

        times = in_turn(rounds, {prover: run(prover) for prover in running})
        found = []
        for prover, seconds in times.items():
            patience.learn(prover, workload, median(seconds))
            found.append(
                ProofTime(
                    circuit=workload.size.circuit,
                    exponent=workload.size.exponent,
                    way=prover.way,
                    prover=prover.name,
                    backend=prover.backend,
                    threads=prover.threads,
                    seconds=seconds,
                    peak_bytes=running[prover].peak_bytes(),
                    checked_by=_judge_of(prover, judge).name,
                )
            )
    return found, skipped


def _judge_of(prover: Prover, judge: Judge) -> Judge:
    return judge if prover.name == "zkpipe" else Zkpipe()


def _once(
    prover: Prover, running: Running, judge: Judge, workload: Workload, folder: Path
) -> float:
    """One proof, checked; the seconds that it took."""
    place = Place(folder / "proof.json", folder / "public.json")
    for path in (place.proof, place.public):
        path.unlink(missing_ok=True)  # that nobody's proof is taken for another's
    seconds = running.prove(place)
    cross_check(_name(prover), _judge_of(prover, judge), workload, place)
    return seconds
