"""Grants, jobs and evidence: UsageGrants, JobBoard and EvidenceLedger."""

from __future__ import annotations

from typing import Any

from zkpipe.exchange.ids import head_after, results_hash
from zkpipe.exchange.index.events import Event
from zkpipe.exchange.index.folds.names import snake
from zkpipe.exchange.index.rows import Rows
from zkpipe.exchange.states import GrantState, JobState, Level
from zkpipe.exchange.structs import NOBODY, ZERO, Terms
from zkpipe.exchange.words import keccak_of

SCHEME = "(address,bytes32[],bytes32[],bytes32,bytes32)"


def board_set(rows: Rows, event: Event) -> None:
    """The council lists a board, or takes it off the list."""
    said = event.said
    before = rows.find("boards", said["board"])
    was_on = said["on"] or (before is not None and before["was_on"])
    row = {"listed_board": said["board"], "is_on": said["on"], "was_on": was_on}
    rows.put("boards", event.block, row)


def requested(rows: Rows, event: Event) -> None:
    """A grantee asks for a grant."""
    row = {"grant_id": event.said["grant"], "state": GrantState.APPLIED, "used": 0, "open": 0}
    row |= {"next_ticket": 1, "leak_bits": 0, **snake(event.said["terms"])}
    rows.put("grants", event.block, row)


def approved(rows: Rows, event: Event) -> None:
    """The approvers have signed; the bits of a use are the circuit's."""
    grant = rows.get("grants", event.said["grant"])
    bits = rows.get("circuits", grant["circuit"])["leak_bits"]
    values = {"state": GrantState.ACTIVE, "leak_bits": bits}
    rows.change("grants", event.block, event.said["grant"], **values)


def withdrawn(rows: Rows, event: Event) -> None:
    """A grant is revoked."""
    rows.change("grants", event.block, event.said["grant"], state=GrantState.REVOKED)


def closed(rows: Rows, event: Event) -> None:
    """A grant is over."""
    rows.change("grants", event.block, event.said["grant"], state=GrantState.CLOSED)


def ticket_taken(rows: Rows, event: Event) -> None:
    """A board takes a use."""
    grant = rows.get("grants", event.said["grant"])
    values = {"open": grant["open"] + 1, "next_ticket": event.said["ticket"] + 1}
    rows.change("grants", event.block, event.said["grant"], **values)


def ticket_used(rows: Rows, event: Event) -> None:
    """A proof uses a ticket; the last one exhausts the grant."""
    grant = rows.get("grants", event.said["grant"])
    values: dict[str, Any] = {"open": grant["open"] - 1, "used": grant["used"] + 1}
    if values["used"] == grant["max_uses"]:
        values["state"] = GrantState.EXHAUSTED
    rows.change("grants", event.block, event.said["grant"], **values)


def ticket_dropped(rows: Rows, event: Event) -> None:
    """A ticket goes back unused."""
    grant = rows.get("grants", event.said["grant"])
    rows.change("grants", event.block, event.said["grant"], open=grant["open"] - 1)


def job_opened(rows: Rows, event: Event) -> None:
    """A job, and its steps; its kind is that of the first step's circuit."""
    said, block = event.said, event.block
    job, spec = said["job"], dict(said["spec"])
    steps = spec.pop("steps")
    kind = rows.get("circuits", steps[0]["terms"]["circuit"])["kind"]
    scheme = said["scheme"]
    word = ZERO if scheme["lender"] == NOBODY else keccak_of([SCHEME], tuple(scheme.values()))
    row = {"job": job, "board": event.address, "state": JobState.OPEN, "kind": kind}
    row |= {"opened": block, **snake(spec), "scheme": word, "band": 0}
    rows.put("jobs", block, row)
    for i, (step, ticket) in enumerate(zip(steps, said["tickets"], strict=True)):
        terms = Terms(**snake(step["terms"]))
        grant = terms.grant(event.exchange.chain_id, event.exchange.addresses["UsageGrants"])
        row = {"job": job, "step": i, "grant_id": grant, "ticket": ticket}
        row |= {"lineage": terms.lineage, "circuit": terms.circuit, "root": step["root"]}
        row |= {"submitter": step["submitter"], "is_proved": 0, "is_delivered": 0}
        rows.put("steps", block, row | {"results": [], "result_hash": ZERO, "w0": 0, "w1": 0})


def step_proved(rows: Rows, event: Event) -> None:
    """A step is proved; the last one makes the job Proved."""
    said, block = event.said, event.block
    values = {"is_proved": 1, "root": said["root"], "ticket": said["ticket"]}
    values |= {"results": said["results"], "result_hash": results_hash(said["results"])}
    rows.change("steps", block, said["job"], said["i"], **values)
    if all(step["is_proved"] for step in rows.all("steps", job=said["job"])):
        rows.change("jobs", block, said["job"], state=JobState.PROVED)


def step_delivered(rows: Rows, event: Event) -> None:
    """A step's answer can be opened."""
    said, block = event.said, event.block
    values = {"is_delivered": 1, "w0": said["w0"], "w1": said["w1"]}
    rows.change("steps", block, said["job"], said["i"], **values)
    if all(step["is_delivered"] for step in rows.all("steps", job=said["job"])):
        rows.change("jobs", block, said["job"], state=JobState.DELIVERED)


def job_closed(rows: Rows, event: Event) -> None:
    """A job is done."""
    values = {"state": JobState.CLOSED, "band": event.said["band"]}
    rows.change("jobs", event.block, event.said["job"], **values)


def job_ended(rows: Rows, event: Event) -> None:
    """A job ended early."""
    rows.change("jobs", event.block, event.said["job"], state=event.said["state"])


def _chained(rows: Rows, event: Event, stage: int | None) -> None:
    """An asset's chain is longer by an entry."""
    asset = event.said["asset"]
    head = rows.find("heads", asset) or {"asset": asset, "hash": f"0x{ZERO.hex()}", "stage": 0}
    before = bytes.fromhex(head["hash"][2:])
    row = {**head, "hash": head_after(before, event.said["entry"]), "sequence": event.said["seq"]}
    rows.put("heads", event.block, row if stage is None else row | {"stage": stage})


def appended(rows: Rows, event: Event) -> None:
    """An entry by the owner, a delegate, or anyone else, whose is not chained."""
    said = event.said
    row = {name: said[name] for name in ("entry", "asset", "stage", "level", "digest", "signers")}
    row |= {"sequence": said["seq"], "author": said["by"], "parents": said["parents"]}
    rows.put("entries", event.block, row | {"is_confirmed": 0})
    if said["seq"]:
        _chained(rows, event, said["stage"])


def recorded(rows: Rows, event: Event) -> None:
    """An entry by a board, of a proof."""
    said = event.said
    row = {name: said[name] for name in ("entry", "asset", "digest", "parents")}
    row |= {"sequence": said["seq"], "author": said["board"], "level": Level.PROVED, "stage": 0}
    rows.put("entries", event.block, row | {"signers": ZERO, "is_confirmed": 0})
    _chained(rows, event, None)


def opened(rows: Rows, event: Event) -> None:
    """What an entry commits to is shown."""
    rows.change("entries", event.block, event.said["entry"], level=Level.OPENED)


def confirmed(rows: Rows, event: Event) -> None:
    """Those who shall confirm an entry have signed."""
    rows.change("entries", event.block, event.said["entry"], is_confirmed=1)
