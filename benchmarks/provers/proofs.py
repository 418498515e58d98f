"""Whole proofs by every prover: same key, same witness, in turn, each checked by another tool.

Before the clock counts, every prover makes one proof, which is checked too: it compiles kernels,
fills caches and shows that the prover works here. A peer that fails, then or later, is left out
with what it said, and so is a peer that takes longer than it may; what was measured of the others
stays. A card is left out too. A proof that another tool refuses ends the run: times of wrong proofs
are worth nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from zkpipe.benchmarks.errors import MeasurementError
from zkpipe.benchmarks.processes import LIMIT
from zkpipe.benchmarks.provers.judges import Judge, Zkpipe, cross_check
from zkpipe.benchmarks.provers.provers import Place, Prover, Running
from zkpipe.benchmarks.records.ranges import CARD
from zkpipe.benchmarks.records.records import printable
from zkpipe.benchmarks.records.results import ProofTime, Skipped
from zkpipe.benchmarks.records.series import in_turn, median
from zkpipe.benchmarks.workloads.workloads import Workload

STOPPED = 2.0  # times the limit after which a peer's proof is stopped
START = 1.0  # seconds beside it, in which a process starts on a busy machine


class Patience:
    """How long one proof may take, and what to expect from the sizes before.

    limit  seconds; a prover that is expected to take longer is not asked for a size
    """

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._last: dict[tuple[object, ...], tuple[int, float]] = {}
        self._left_out: dict[tuple[object, ...], int] = {}

    @property
    def stop(self) -> float:
        """Seconds after which the proof of a peer is stopped.

        More than the limit: the first answer of a process that stays includes reading the key, and
        a later proof may fall in a busy minute. A first proof between the two is told with its
        time, from which larger sizes are reckoned.
        """
        return STOPPED * self._limit + START

    def reason_to_skip(self, prover: Prover, workload: Workload) -> str | None:
        """Why a prover is not asked; None if it is. Time is taken to grow with the size."""
        exponent = workload.size.exponent
        name = _identity(prover, workload)
        if name in self._left_out:
            return f"it was left out at 2^{self._left_out[name]}"
        before, seconds = self._last.get(name, (exponent, 0.0))
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

    def leave_out(self, prover: Prover, workload: Workload) -> None:
        """Ask a prover for no further size of the circuit."""
        self._left_out[_identity(prover, workload)] = workload.size.exponent


def _identity(prover: Prover, workload: Workload) -> tuple[object, ...]:
    return (workload.size.circuit, prover.name, prover.backend, prover.threads, prover.way)


def _name(prover: Prover) -> str:
    return f"{prover.name} {prover.backend}".strip()


def _is_ours(prover: Prover) -> bool:
    return prover.name == "zkpipe"


def _may_fail(prover: Prover) -> bool:
    return not _is_ours(prover) or prover.backend == CARD


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
    folder  for the proofs; proof.json and public.json in it are in the end of zkpipe on a processor

    Raises CrossCheckError if a proof does not hold, MeasurementError if zkpipe fails.
    """
    turns, skipped, found = [], [], []
    with ExitStack() as stack:
        for prover in provers:
            turn = _Turn(prover, workload, judge, patience, folder)
            stack.enter_context(turn.started)
            turn.first()
            turns.append(turn)
        runs = {number: turn.once for number, turn in enumerate(turns) if not turn.reason}
        for number, seconds in in_turn(rounds, runs).items():
            time = turns[number].time(seconds)
            found += [] if time is None else [time]
    size = f"{workload.size.circuit} 2^{workload.size.exponent}"
    for turn in turns:
        if turn.reason:
            what = f"{_name(turn.prover)}, {turn.prover.way}, {size}"
            skipped.append(Skipped(what, printable(turn.reason)))
    return found, skipped


@dataclass(slots=True)
class _Turn:
    """A prover among those that take turns.

    started    what is running for it; closed when it is left out, or at the end
    processor  seconds of processors that its counted proofs took
    reason     why it is left out; empty while it is not
    """

    prover: Prover
    workload: Workload
    judge: Judge
    patience: Patience
    folder: Path
    started: ExitStack = field(default_factory=ExitStack)
    running: Running | None = None
    processor: list[float] = field(default_factory=list)
    reason: str = ""

    def first(self) -> None:
        """Get ready, and make the proof that does not count."""
        self.reason = self.patience.reason_to_skip(self.prover, self.workload) or ""
        if self.reason:
            return
        try:
            self.running = self.started.enter_context(self.prover.ready(self.workload))
            seconds = self._prove()
        except MeasurementError as error:
            self._fail(error)
            return
        self.processor.clear()
        if not _is_ours(self.prover):
            self.patience.learn(self.prover, self.workload, seconds)
            self.reason = self.patience.reason_to_skip(self.prover, self.workload) or ""
        if self.reason:
            self.started.close()  # it would hold its key in memory

    def once(self) -> float | None:
        """The seconds of a proof that counts; None if the prover is left out from now on."""
        try:
            return self._prove()
        except MeasurementError as error:
            self._fail(error)
            return None

    def time(self, seconds: tuple[float, ...]) -> ProofTime | None:
        """What is told of its proofs; it ends. None if it fails even then."""
        assert self.running is not None  # noqa: S101 # it has proved
        try:
            peak = self.running.peak_bytes()
        except MeasurementError as error:
            self._fail(error)
            return None
        self.patience.learn(self.prover, self.workload, median(seconds))
        return ProofTime(
            circuit=self.workload.size.circuit,
            exponent=self.workload.size.exponent,
            way=self.prover.way,
            prover=self.prover.name,
            backend=self.prover.backend,
            threads=self.prover.threads,
            seconds=seconds,
            processor_seconds=tuple(self.processor) or None,
            peak_bytes=peak,
            checked_by=self._judge().name,
        )

    def _prove(self) -> float:
        """One proof, checked; the seconds that it took."""
        assert self.running is not None  # noqa: S101 # first() comes before
        stop = self.patience.stop
        limit = max(LIMIT, stop) if _is_ours(self.prover) else stop
        with self._place() as place:
            taken = self.running.prove(place, limit)
            cross_check(_name(self.prover), self._judge(), self.workload, place)
        if taken.processor_seconds is not None:
            self.processor.append(taken.processor_seconds)
        return taken.seconds

    @contextmanager
    def _place(self) -> Iterator[Place]:
        """Where nothing lies: nobody's proof is taken for another's.

        Of zkpipe's the last one stays. Whoever may fail may leave anything, so it is removed.
        """
        with ExitStack() as stack:
            folder = self.folder
            if _may_fail(self.prover):
                made = TemporaryDirectory(prefix="proof-", dir=folder)
                folder = Path(stack.enter_context(made))
            place = Place(folder / "proof.json", folder / "public.json")
            for path in (place.proof, place.public):
                path.unlink(missing_ok=True)
            yield place

    def _judge(self) -> Judge:
        return self.judge if _is_ours(self.prover) else Zkpipe()

    def _fail(self, error: MeasurementError) -> None:
        """Leave it out of this size, and a peer of larger ones too. Raises what zkpipe must not."""
        if not _may_fail(self.prover):
            raise error
        if not _is_ours(self.prover):
            self.patience.leave_out(self.prover, self.workload)
        self.reason = error.told
        self.started.close()
