"""Data sets, and one of them."""

from __future__ import annotations

from typing import Any

from zkpipe.exchange.index.rows import Row
from zkpipe.exchange.page.snapshot import asset_of
from zkpipe.exchange.page.views.ledger import entries_of
from zkpipe.exchange.page.views.look import UNKNOWN, Look, key_of, raw
from zkpipe.exchange.page.views.uses import grants_of, jobs_of
from zkpipe.exchange.states import CircuitState, Kind, LineageState


def datasets(look: Look) -> dict[str, Any]:
    """The catalogue."""
    part = look.part(look.seen.rows("lineages"))
    return {"part": part, "datasets": [_dataset(look, row) for row in part.items]}


def dataset(look: Look, lineage: str) -> dict[str, Any] | None:
    """One data set: versions, segments, circuits, grants, jobs, evidence."""
    row = look.seen.row("lineages", lineage)
    if row is None:
        return None
    proofs = [p for p in look.seen.proofs if p.version and p.lineage == raw(lineage)]
    proven, checked = look.proven(proofs)
    by_root = {f"0x{one.proof.root.hex()}": one for one in proven}
    segments = [
        {**segment, "proven": by_root.get(segment["root"])}
        for segment in look.seen.rows("segments", lineage=lineage)
    ]
    segments.sort(key=lambda one: (one["withdrawn"] > 0, one["added"], one["root"]))
    return {
        "dataset": _dataset(look, row),
        "versions": look.seen.rows("versions", lineage=lineage)[::-1],
        "part": look.part(segments),
        "checked": checked,
        "allowed": _allowed(look, lineage),
        "more_grants": (grants := look.newest(_grants(look, lineage))),
        "grants": grants_of(look, grants.items),
        "more_jobs": (jobs := look.newest(_jobs(look, lineage))),
        "jobs": jobs_of(look, jobs.items),
        "entries": entries_of(look, asset_of(lineage))[-10:],
        "attributes": look.attributes(asset_of(lineage)),
    }


def _dataset(look: Look, row: Row) -> dict[str, Any]:
    lineage = row["lineage"]
    current = [one for one in look.seen.rows("segments", lineage=lineage) if not one["withdrawn"]]
    budget = look.seen.row("budgets", lineage) or {"held": 0, "spent": 0}
    limit, held, spent = row["limit_bits"], budget["held"], budget["spent"]
    return {
        **row,
        "asset": asset_of(lineage),
        "title": look.title(lineage),
        "owner": look.owner(lineage),
        "state_key": key_of(LineageState, row["state"]),
        "segments": len(current),
        "rows": sum(one["rows"] for one in current),
        "units": sum(one["units"] for one in current),
        "budget": {"limit": limit, "held": held, "spent": spent, "left": limit - held - spent},
    }


def _allowed(look: Look, lineage: str) -> list[dict[str, Any]]:
    found = []
    for row in look.seen.rows("allowed", lineage=lineage):
        circuit = look.seen.row("circuits", row["circuit"])
        kind = UNKNOWN if circuit is None else key_of(Kind, circuit["kind"])
        state = UNKNOWN if circuit is None else key_of(CircuitState, circuit["state"])
        bits = 0 if circuit is None else circuit["leak_bits"]
        found.append({**row, "kind_key": kind, "state_key": state, "leak_bits": bits})
    return found


def _grants(look: Look, lineage: str) -> list[Row]:
    return sorted(look.seen.rows("grants", lineage=lineage), key=lambda row: int(row["block"]))


def _jobs(look: Look, lineage: str) -> list[Row]:
    ids = {step["job"] for step in look.seen.rows("steps", lineage=lineage)}
    rows = [row for row in look.seen.rows("jobs") if row["job"] in ids]
    return sorted(rows, key=lambda row: int(row["opened"]))
