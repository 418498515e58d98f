"""What happens on an exchange, and what somebody should look at.

    for event in events(view, begin, end): ...    # what was told, block by block
    for alert in alerts(view, me): ...            # what is so now

Both say ids, states and numbers of the chain. Alerts are made anew each time from the index, and,
for the account's own jobs, from the heartbeat of its loop.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from zkpipe.exchange.clients.facts import Row, id_in
from zkpipe.exchange.clients.uses.drafts import owner_of
from zkpipe.exchange.clients.view import View
from zkpipe.exchange.index import State
from zkpipe.exchange.loop.heartbeat import Heartbeat
from zkpipe.exchange.loop.stages import Reason
from zkpipe.exchange.states import GrantState, JobState
from zkpipe.exchange.struct_files import plain_json
from zkpipe.exchange.structs import NOBODY
from zkpipe.ground.files.strict_json import Json

TENTH = 10  # a grant or a budget of which less is left is nearly used up
QUARTER, NEAR = 4, 6 * 3_600  # a deadline is near in the last quarter of the time to deliver
SILENT = 60  # seconds without a heartbeat
LEFT_OUT = frozenset({"proof", "results", "spec", "scheme", "terms", "record", "policy", "added"})


class Concern(Enum):
    """What an alert is about."""

    GRANT_NEARLY_EXHAUSTED = "few uses of the grant are left"
    BUDGET_NEARLY_SPENT = "few bits of the lineage's budget are left"
    ISSUER_REVOKED = "the council has taken the issuer off its list"
    CREDENTIAL_REVOKED = "the issuer has revoked credentials"
    PROOF_REJECTED = "the board or the circuit took no proof of the job"
    JOB_NOT_SERVED = "the loop of this home does not serve the job"
    NOT_PROVED = "the job is not proved, and its time is nearly over"
    NOT_DELIVERED = "the answer is proved and not delivered, and its time is nearly over"
    OVERDUE = "the job's time is over: it can be expired"
    PROVER_SILENT = "jobs wait, and the loop of this home gives no sign of life"


@dataclass(frozen=True, slots=True)
class Alert:
    """Something to look at.

    subject  the id of the grant, lineage, job or issuer that it is about
    facts    numbers and states that say more
    """

    concern: Concern
    subject: str
    facts: dict[str, Json]

    def shown(self) -> dict[str, Json]:
        """As a line says it."""
        return {
            "alert": self.concern.name.lower(),
            "about": self.subject,
            "says": self.concern.value,
            **self.facts,
        }


def events(view: View, begin: int, end: int) -> Iterator[dict[str, Json]]:
    """What was told in the blocks from `begin` to `end`, in order.

    Ids, addresses and numbers are shown; structs, results and proofs are left out.
    """
    for event in view.index.told(begin, end):
        said = {k: plain_json(v) for k, v in event.said.items() if k not in LEFT_OUT}
        yield {
            "block": event.block,
            "time": event.time,
            "contract": event.contract,
            "event": event.name,
            **({"said": said} if said else {}),
        }


def alerts(view: View, account: str, folder: Path | None = None) -> list[Alert]:
    """What an account should look at, in its grants, lineages and jobs.

    folder  of its home, for the heartbeat of its loop
    """
    state, now = view.latest, view.now
    found = [
        *_of_grants(state, account),
        *_of_budgets(state, account),
        *_of_issuers(state),
        *_of_jobs(state, account, now),
    ]
    if folder is not None:
        found += _of_loop(state, account, folder)
    return found


def _of_grants(state: State, account: str) -> Iterator[Alert]:
    for row in state.rows("grants", state=GrantState.ACTIVE):
        left = row["max_uses"] - row["used"] - row["open"]
        is_ours = account in (row["grantee"], owner_of(state, id_in(row["lineage"])))
        if is_ours and left * TENTH <= row["max_uses"]:
            facts: dict[str, Json] = {"left": left, "maxUses": row["max_uses"]}
            yield Alert(Concern.GRANT_NEARLY_EXHAUSTED, row["grant_id"], facts)


def _of_budgets(state: State, account: str) -> Iterator[Alert]:
    for row in state.rows("budgets"):
        left = row["limit_bits"] - row["held"] - row["spent"]
        if left * TENTH <= row["limit_bits"] and owner_of(state, id_in(row["lineage"])) == account:
            facts: dict[str, Json] = {"left": left, "limitBits": row["limit_bits"]}
            yield Alert(Concern.BUDGET_NEARLY_SPENT, row["lineage"], facts)


def _of_issuers(state: State) -> Iterator[Alert]:
    for row in state.rows("issuers"):
        facts: dict[str, Json] = {"template": row["template"], "block": row["block"]}
        if row["account"] == NOBODY:
            yield Alert(Concern.ISSUER_REVOKED, row["issuer"], facts)
        elif row["revoked"] != "[]":
            yield Alert(Concern.CREDENTIAL_REVOKED, row["issuer"], facts)


def _of_jobs(state: State, account: str, now: int) -> Iterator[Alert]:
    for row, step in _at_work(state):
        if account not in (row["opener"], step["submitter"]):
            continue
        is_open = row["state"] == JobState.OPEN
        prove_by, deliver_by = int(row["prove_by"]), int(row["deliver_by"])
        end = prove_by if is_open else deliver_by
        facts: dict[str, Json] = {"until": end, "submitter": step["submitter"]}
        if now > end:
            yield Alert(Concern.OVERDUE, row["job"], facts)
        elif end - now <= min((deliver_by - prove_by) // QUARTER, NEAR):
            concern = Concern.NOT_PROVED if is_open else Concern.NOT_DELIVERED
            yield Alert(concern, row["job"], facts)


def _at_work(state: State) -> Iterator[tuple[Row, Row]]:
    """Jobs that are not over, each with its step."""
    for wanted in (JobState.OPEN, JobState.PROVED):
        for row in state.rows("jobs", state=wanted):
            for step in state.rows("steps", job=row["job"]):
                yield row, step


def _of_loop(state: State, account: str, folder: Path) -> Iterator[Alert]:
    beat = Heartbeat.load(folder)
    waiting = [row["job"] for row, step in _at_work(state) if step["submitter"] == account]
    age = None if beat is None else int(time.time()) - beat.time
    if waiting and (age is None or abs(age) > SILENT):  # a clock may have been ahead
        yield Alert(Concern.PROVER_SILENT, account, {"jobs": len(waiting), "seconds": age})
    for job in () if beat is None else beat.jobs:
        if "0x" + job.job.hex() in waiting and job.reason is not None:
            is_rejected = job.reason is Reason.FAILED
            concern = Concern.PROOF_REJECTED if is_rejected else Concern.JOB_NOT_SERVED
            facts: dict[str, Json] = {"reason": job.reason.name.lower(), "stage": job.stage.value}
            yield Alert(concern, "0x" + job.job.hex(), facts)
