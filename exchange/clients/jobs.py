"""Jobs, from their opener's side: opened, and ended when nobody answered.

    jobs = Jobs(session)
    opened = jobs.open(spec_for(session, grant, root))
    jobs.expire(opened.id)

The answer is proved and delivered by the submitter's loop (exchange.loop), and read by
exchange.clients.uses.results.
"""

from __future__ import annotations

from dataclasses import dataclass

from zkpipe.exchange.clients.facts import id_in, row_of, spec_of
from zkpipe.exchange.clients.session import Session
from zkpipe.exchange.clients.uses.fitting import check_spec
from zkpipe.exchange.errors import TermsError
from zkpipe.exchange.home import Entry
from zkpipe.exchange.states import JobState
from zkpipe.exchange.structs import JobSpec, Scheme

BOARD = "JobBoard"


@dataclass(frozen=True, slots=True)
class Opened:
    """A job that was opened.

    ticket    the number of the grant's use
    warnings  a sentence each
    """

    id: bytes
    spec: JobSpec
    ticket: int
    warnings: tuple[str, ...]


class Jobs:
    """What a home does about jobs. Each call waits until it is final.

    Every method raises what Session.send raises.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def id_of(self, spec: JobSpec) -> bytes:
        """The job's id, on this exchange's board."""
        manifest = self._session.manifest
        return spec.job(manifest.chain_id, manifest.addresses[BOARD])

    def open(self, spec: JobSpec) -> Opened:
        """Open a job; its price is locked.

        Raises TermsError if it could not be opened or proved, UnknownSubjectError.
        """
        if spec.opener != self._session.me:
            raise TermsError(
                f"The job's opener is {spec.opener}; only that account can open it.",
                "Leave out opener, for the account of this home.",
            )
        job = self.id_of(spec)
        last = self._session.sender.last(self._session.contract(BOARD), "open", job)
        is_signed = last is not None and last.begun is not None  # by a run that was ended
        warnings = [] if is_signed else check_spec(self._session, spec)
        self._session.send(
            BOARD,
            "open",
            [spec.as_tuple, Scheme().as_tuple],
            subject=job,
            effect=lambda block: self._state(job, block) != 0,
            deadline=spec.prove_by,
        )
        grant = id_in(row_of(self._session.latest, "steps", "job", job, 0)["grant_id"])
        self._session.home.log.write(Entry(event="job opened", job=job, grant=grant))
        ticket = int(self._session.call(BOARD, "jobs", job)[2])
        return Opened(job, spec, ticket, tuple(warnings))

    def expire(self, job: bytes) -> JobState:
        """End a job that was not proved, or not delivered, in time: the price goes back.

        Anyone may. Returns the state that it ended in.

        Raises TermsError if its time is not over, or it was answered; UnknownSubjectError.
        """
        state = self._session.latest
        row = row_of(state, "jobs", "job", job)
        spec, now = spec_of(state, row), self._session.now
        if row["state"] == JobState.CLOSED:
            raise TermsError("The job was answered.", "Read the answer: zkpipe job result.")
        end = spec.deliver_by if row["state"] == JobState.PROVED else spec.prove_by
        if row["state"] in (JobState.OPEN, JobState.PROVED) and now <= end:
            raise TermsError(
                f"The job's time is not over: it has until {end}, and the chain's time is {now}.",
                "Expire it after that.",
            )
        self._session.send(
            BOARD,
            "expire",
            [spec.as_tuple],
            subject=job,
            effect=lambda block: self._state(job, block) in (JobState.VOID, JobState.FAILED),
        )
        ended = JobState(self._state(job))
        self._session.home.log.write(
            Entry(event="job expired", job=job, state=ended.name.capitalize())
        )
        return ended

    def _state(self, job: bytes, block: int | str = "latest") -> int:
        return int(self._session.call(BOARD, "jobs", job, block=block)[0])
