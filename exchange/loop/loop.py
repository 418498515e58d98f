"""The provider's loop: one round after another, each from what the chain and the vault say.

    with Home.open(folder, password) as home, Session(home, chain) as session:
        loop = Loop(session)
        loop.run(is_over)

A round reads the chain, takes each job of this account a step further, and lets the sender send.
Nothing else is remembered, so a process that is killed at any moment goes on where it was:

- nothing is proved before the job is final, nor delivered before its proof is; that the proof is,
  the events must tell and the board itself, since what opens an answer cannot be taken back;
- a job's secret is on the disk before the first proof, and erased when the job's end is final;
- what is sent goes through the outbox, which signs one transaction for a task.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import chain as joined

from zkpipe.circuits import InputError, UnsatisfiedError
from zkpipe.exchange.clients.circuits import Circuits
from zkpipe.exchange.clients.session import Session
from zkpipe.exchange.clients.uses.steps import BOARD, Use, use_of
from zkpipe.exchange.errors import AnswerError, DamagedError, IndexingError, UnknownSubjectError
from zkpipe.exchange.home import Entry
from zkpipe.exchange.home.vault import JOB
from zkpipe.exchange.ids import results_hash
from zkpipe.exchange.index import State
from zkpipe.exchange.loop.checking import Limits, reason_to_refuse
from zkpipe.exchange.loop.heartbeat import FILE, Pulse
from zkpipe.exchange.loop.material import Material
from zkpipe.exchange.loop.proving import Proven, opening, proven
from zkpipe.exchange.loop.sending import Sending
from zkpipe.exchange.loop.stages import Reason, Stage, Status
from zkpipe.exchange.loop.tries import FILE as TRIES
from zkpipe.exchange.loop.tries import Tries
from zkpipe.exchange.sender import Attempt, Outcome
from zkpipe.exchange.states import JobState
from zkpipe.ground.errors import ZkpipeError
from zkpipe.ground.files.reading import FileError
from zkpipe.prover.errors import WitnessError
from zkpipe.verifier_contracts.errors import ContractError, NodeMissingError, TransactionError

REST = (0.0, 5.0, 30.0)  # seconds before each try
OPEN = (JobState.OPEN, JobState.PROVED)
ENDED = (JobState.CLOSED, JobState.VOID, JobState.FAILED)
SHORTEST_PAUSE, LONGEST_PAUSE, GROWTH = 0.25, 5.0, 1.5  # seconds between rounds
GLANCE = 0.1  # seconds between looks whether to end
UNSTEADY = 20  # rounds in a row in which a node may tell what cannot be


class Loop:
    """Serves the jobs of a session's account. See the module.

    limits    how near a deadline may be
    circuits  of the session's home, if some are compiled already
    ended     the jobs that ended for good since it began, each with its last state
    """

    def __init__(
        self, session: Session, limits: Limits | None = None, circuits: Circuits | None = None
    ) -> None:
        self._session = session
        self._limits = limits or Limits()
        self._material = Material(session.home, circuits)
        self._board = session.contract(BOARD)
        self.ended: dict[bytes, JobState] = {}
        self._tries = Tries(session.home.place(TRIES))
        self._rests: dict[bytes, float] = {}  # until when a job that failed is left alone
        self._sending = Sending(session.sender, self._board)
        self._told: dict[bytes, Status] = {}
        self._pulse = Pulse(session.home.place(FILE))

    def step(self) -> list[Status]:
        """One round: each job of this account that is not over, or that ended in this round.

        Raises NodeMissingError, ContractError or IndexingError if the node fails: nothing is lost.
        HomeError or FileError if the home does.
        """
        session = self._session
        state, final = session.latest, session.index.final
        jobs = self._jobs(state, final)
        self._tries.keep(jobs)
        statuses = [
            status for job in jobs if (status := self._advanced(job, state, final)) is not None
        ]
        for attempt in session.sender.step():
            self._count(attempt)
        self._tell(statuses)
        self._pulse.beat(state.block, statuses)
        return statuses

    def retry(self) -> None:
        """Try jobs again that failed too often, in this process or another. Raises FileError."""
        self._tries.clear()
        self._rests.clear()

    def run(self, is_over: Callable[[], bool], *, once: bool = False) -> list[Status]:
        """Rounds until it is over; what became of the jobs in the last one.

        is_over  asked several times a second, also between the jobs' rounds
        once     end when a round changed nothing: all was done that can be done without waiting

        A node that fails is asked again, ever more slowly. Raises HomeError, FileError;
        IndexingError if the node keeps telling what cannot be.
        """
        statuses: list[Status] = []
        pause, faults = SHORTEST_PAUSE, 0
        while not is_over():
            before = self._marks(statuses)
            try:
                statuses, faults = self.step(), 0
            except (NodeMissingError, ContractError, IndexingError) as error:
                faults += 1
                if once or (isinstance(error, IndexingError) and faults > UNSTEADY):
                    raise
                if faults == 1:
                    self._session.home.log.write(Entry(event="node failed", error=type(error)))
            is_changed = self._marks(statuses) != before
            if once and not is_changed:
                break
            pause = SHORTEST_PAUSE if is_changed else min(pause * GROWTH, LONGEST_PAUSE)
            _wait(0.0 if is_changed and not faults else pause, is_over)
        return statuses

    def _marks(self, statuses: list[Status]) -> tuple[object, ...]:
        """What changes if a round did something."""
        sent = [(one.key, one.state) for one in self._session.sender.pending()]
        return (tuple(statuses), tuple(sent), self._tries.marks)

    # One job.

    def _jobs(self, state: State, final: State) -> list[bytes]:
        """The jobs that are not over, and those whose secret is still there."""
        me, found = self._session.me, dict[str, None]()
        for rows in (state, final):
            for row in joined.from_iterable(rows.rows("jobs", state=one) for one in OPEN):
                steps = rows.rows("steps", job=row["job"])
                if any(step["submitter"] == me for step in steps):
                    found[row["job"]] = None
        for name in self._session.home.vault.names(JOB):
            if len(name) == 64:
                found[f"0x{name}"] = None
        return [bytes.fromhex(job[2:]) for job in found]

    def _advanced(self, job: bytes, state: State, final: State) -> Status | None:
        """A job after one more step; None for one that a reorganisation took away."""
        manifest = self._session.manifest
        try:
            use = use_of(manifest, final, job)
        except UnknownSubjectError:
            is_there = state.row("jobs", job) is not None
            return Status(job, Stage.SEEN) if is_there else None
        if use.state in ENDED:
            return self._ended(use, final.block)
        try:
            newest = use_of(manifest, state, job)
        except UnknownSubjectError:  # deeper than is expected
            return Status(job, Stage.SEEN)
        if use.state is JobState.OPEN:
            return self._submitted(use, newest, state)
        return self._delivered(use, newest, final.block)

    def _ended(self, use: Use, final: int) -> Status:
        """A job that ended by the events: its secret is erased, and what is erased is gone.

        Without its secret an answer that was proved can never be opened, nor paid. So the board is
        asked itself; and as long as an opening could still be sent by this machine's clock, and
        none was signed here, a node's word that the job is over is not enough.
        """
        job = use.job
        if self._board.call("jobs", job, block=final)[0] not in ENDED:
            return Status(job, Stage.DELIVERED)
        self.ended[job] = use.state
        is_proved, is_opened = (self._sending.is_signed(one, use) for one in ("submit", "deliver"))
        if is_proved and not is_opened and time.time() <= use.spec.deliver_by:
            return Status(job, Stage.DEAD, Reason.NOT_DELIVERED)
        self._session.home.vault.erase(JOB, job.hex())
        return Status(job, Stage.ERASED)

    def _submitted(self, use: Use, newest: Use, state: State) -> Status:
        """A job that is open: checked, proved, and its proof planned."""
        job = use.job
        if newest.state is JobState.VOID:
            return Status(job, Stage.REFUSED, Reason.TOO_LATE)
        if newest.state is not JobState.OPEN or self._sending.is_on_its_way("submit", use):
            return Status(job, Stage.SUBMITTED)
        session, me = self._session, self._session.me
        reason = reason_to_refuse(session, state, use, me, self._material, self._limits)
        if reason is not None:
            return Status(job, Stage.REFUSED, reason)
        if self._tries.are_over(job):
            return Status(job, Stage.DEAD, Reason.FAILED)
        if self._sending.is_planned("submit", use):
            return Status(job, Stage.PROVED)
        if self._rests_now(job):
            return Status(job, Stage.CHECKED)
        try:
            secret = self._secret(job)
        except DamagedError:
            return Status(job, Stage.REFUSED, Reason.SECRET_DAMAGED)
        self._tries.begin(job)
        try:
            made = self._proven(use, secret)
        except (InputError, UnsatisfiedError, AnswerError) as error:
            self._tries.fail(job)
            self._failed(job, type(error))
            return Status(job, Stage.CHECKED)
        except (WitnessError, FileError, DamagedError) as error:  # the key's points, or its file
            self._tries.succeed(job)
            self._material.hold(use.terms.circuit, error)
            return Status(job, Stage.REFUSED, Reason.CIRCUIT_DAMAGED)
        self._tries.succeed(job)
        self._plan_proof(use, made)
        return Status(job, Stage.PROVED)

    def _proven(self, use: Use, secret: bytes) -> Proven:
        tools = self._material.tools(use.terms.circuit)
        commitment = self._material.segment(use.step.root)
        assert tools is not None  # noqa: S101 # reason_to_refuse has seen both
        assert commitment is not None  # noqa: S101
        return proven(use, tools, commitment, secret)

    def _plan_proof(self, use: Use, made: Proven) -> None:
        arguments = [use.spec.as_tuple, use.number, use.step.root, made.words, made.results]
        job = use.job
        self._sending.plan(
            "submit",
            use,
            arguments,
            lambda block: self._board.call("resultHash", job, block=block) != bytes(32),
            use.spec.prove_by,
        )

    def _delivered(self, use: Use, newest: Use, final: int) -> Status:
        """A job whose proof is final: what opens its answer is planned."""
        job = use.job
        if newest.state is JobState.FAILED:
            return Status(job, Stage.DEAD, Reason.NOT_DELIVERED)
        if newest.state is not JobState.PROVED or self._sending.is_on_its_way("deliver", use):
            return Status(job, Stage.DELIVERED)
        if self._tries.are_over(job):
            return Status(job, Stage.DEAD, Reason.FAILED)
        if self._sending.is_planned("deliver", use) or self._rests_now(job):
            return Status(job, Stage.DELIVERING)
        if self._board.call("resultHash", job, block=final) != results_hash(use.results):
            return Status(job, Stage.SUBMITTED)  # the events were told wrongly, or planted
        vault = self._session.home.vault
        try:
            wraps = opening(use, vault.get(JOB, job.hex())) if vault.has(JOB, job.hex()) else None
        except DamagedError:
            return Status(job, Stage.REFUSED, Reason.SECRET_DAMAGED)
        if wraps is None:
            return Status(job, Stage.DEAD, Reason.SECRET_LOST)
        if self._session.now > use.spec.deliver_by:
            return Status(job, Stage.DEAD, Reason.NOT_DELIVERED)
        self._sending.plan(
            "deliver",
            use,
            [use.spec.as_tuple, use.number, use.results, *wraps],
            lambda block: self._board.call("jobs", job, block=block)[0] == JobState.CLOSED,
            use.spec.deliver_by,
        )
        return Status(job, Stage.DELIVERING)

    def _secret(self, job: bytes) -> bytes:
        """The job's secret: on the disk before anything is sealed with it."""
        vault, name = self._session.home.vault, job.hex()
        return vault.get(JOB, name) if vault.has(JOB, name) else vault.new(JOB, name)

    # What came of it.

    def _count(self, attempt: Attempt) -> None:
        """Remember what an attempt came to."""
        job = attempt.task.subject
        if attempt.task.contract != self._board.address or len(job) != 32:
            return
        if attempt.is_final and attempt.outcome is Outcome.REVERTED:
            self._tries.fail(job)
        elif attempt.is_final and attempt.outcome is Outcome.REFUSED:
            self._tries.refuse(job)
        else:
            return
        self._failed(job, TransactionError)

    def _rests_now(self, job: bytes) -> bool:
        return time.monotonic() < self._rests.get(job, 0.0)

    def _failed(self, job: bytes, kind: type[ZkpipeError]) -> None:
        """Leave a job alone for a while, after a try that was counted."""
        count = self._tries.failed(job)
        self._rests[job] = time.monotonic() + REST[min(count, len(REST) - 1)]
        entry = Entry(event="job failed", job=job, attempt=count, error=kind)
        self._session.home.log.write(entry)

    def _tell(self, statuses: list[Status]) -> None:
        """Write to the log what changed."""
        for status in statuses:
            if self._told.get(status.job) != status:
                self._told[status.job] = status
                entry = Entry(event=status.event, job=status.job, state=status.stage.value)
                self._session.home.log.write(entry)
            if status.stage is Stage.ERASED:
                del self._told[status.job]


def _wait(seconds: float, is_over: Callable[[], bool]) -> None:
    """Wait, but not when it is over."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0 and not is_over():
        time.sleep(min(GLANCE, left))
