"""Grants and jobs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from zkpipe.exchange.index.rows import Row
from zkpipe.exchange.page.snapshot import Happening
from zkpipe.exchange.page.views.look import UNKNOWN, Look, key_of, raw
from zkpipe.exchange.states import CircuitState, GrantState, JobState, Kind

MOST = 100  # events of a history, the last ones
HAPPENINGS = (
    *("Requested", "Approved", "Withdrawn", "Closed"),
    *("TicketTaken", "TicketUsed", "TicketDropped"),
    *("JobOpened", "StepProved", "StepDelivered", "JobClosed", "JobEnded"),
)


def grants(look: Look) -> dict[str, Any]:
    """All grants, those that can be used first."""
    rows = sorted(
        look.seen.rows("grants"), key=lambda row: (row["state"] != GrantState.ACTIVE, -row["block"])
    )
    part = look.part(rows)
    return {"part": part, "grants": grants_of(look, part.items)}


def grants_of(look: Look, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """What is told of some grants."""
    return [_grant(look, row) for row in rows]


def _grant(look: Look, row: Row) -> dict[str, Any]:
    is_live = row["state"] == GrantState.ACTIVE
    is_over = int(row["expiry"]) < look.seen.time
    left = max(0, row["max_uses"] - row["used"] - row["open"]) if is_live and not is_over else 0
    circuit = look.seen.row("circuits", row["circuit"])
    return {
        **row,
        "id": row["grant_id"],
        "state_key": key_of(GrantState, row["state"]),
        "is_expired": is_over and row["state"] in (GrantState.APPLIED, GrantState.ACTIVE),
        "left": left,
        "title": look.title(row["lineage"]),
        "kind_key": UNKNOWN if circuit is None else key_of(Kind, circuit["kind"]),
        "circuit_state": None if circuit is None else key_of(CircuitState, circuit["state"]),
    }


def grant(look: Look, grant_id: str) -> dict[str, Any] | None:
    """One grant: its terms, its uses, what happened to it."""
    row = look.seen.row("grants", grant_id)
    if row is None:
        return None
    ids = {step["job"] for step in look.seen.rows("steps", grant_id=grant_id)}
    part = look.part([job for job in look.seen.rows("jobs") if job["job"] in ids])
    return {
        "grant": _grant(look, row),
        "part": part,
        "jobs": jobs_of(look, part.items),
        "history": _history(look, "grant", raw(grant_id)),
    }


def jobs(look: Look) -> dict[str, Any]:
    """All jobs, the newest first."""
    part = look.part(sorted(look.seen.rows("jobs"), key=lambda row: -row["opened"]))
    return {"part": part, "jobs": jobs_of(look, part.items)}


def jobs_of(look: Look, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """What is told of some jobs; their proofs are verified now."""
    wanted = {row["job"] for row in rows}
    proofs = [p for p in look.seen.proofs if not p.version and f"0x{p.job.hex()}" in wanted]
    proven, _ = look.proven(proofs)
    by_job: dict[str, list[Any]] = {}
    for one in proven:
        by_job.setdefault(f"0x{one.proof.job.hex()}", []).append(one)
    return [_job(look, row, by_job.get(row["job"], [])) for row in rows]


def _job(look: Look, row: Row, proven: list[Any]) -> dict[str, Any]:
    by_step = {one.proof.number: one for one in proven}
    steps = []
    for step in look.seen.rows("steps", job=row["job"]):
        results = [int(word) for word in json.loads(step["results"])]
        more = {"results": results, "proven": by_step.get(step["step"])}
        steps.append({**step, **more, "title": look.title(step["lineage"])})
    state, now = row["state"], look.seen.time
    return {
        **row,
        "id": row["job"],
        "state_key": key_of(JobState, state),
        "kind_key": key_of(Kind, row["kind"]),
        "opened_at": look.when(row["opened"]),
        "is_unproved": state == JobState.OPEN and now > int(row["prove_by"]),
        "is_undelivered": state == JobState.PROVED and now > int(row["deliver_by"]),
        "steps": steps,
    }


def job(look: Look, job_id: str) -> dict[str, Any] | None:
    """One job: its steps and deadlines, its sealed results, its proofs, what happened."""
    row = look.seen.row("jobs", job_id)
    if row is None:
        return None
    (told,) = jobs_of(look, [row])
    escrow = look.seen.row("escrows", row["board"], job_id)
    return {
        "job": told,
        "escrow": escrow,
        "history": _history(look, "job", raw(job_id)),
    }


def _history(look: Look, name: str, value: bytes) -> list[dict[str, Any]]:
    """The events that speak of something, in the chain's order."""
    happened = look.seen.happened(lambda event: event.said.get(name) == value)
    return [_happening(look, one) for one in happened[-MOST:]]


def _happening(look: Look, one: Happening) -> dict[str, Any]:
    log, event = one
    return {
        "key": f"event.{event.name if event.name in HAPPENINGS else 'other'}",
        "block": event.block,
        "time": event.time,
        "transaction": f"0x{log.transaction.hex()}",
        "is_final": look.is_final(event.block),
    }
