"""Circuits, and one of them."""

from __future__ import annotations

from typing import Any

from zkpipe.exchange.index.rows import Row
from zkpipe.exchange.page.views.look import Look, Proven, key_of, raw
from zkpipe.exchange.states import CircuitState, Kind
from zkpipe.prover import Provenance


def circuits(look: Look) -> dict[str, Any]:
    """All circuits, the active ones first."""
    rows = sorted(
        look.seen.rows("circuits"),
        key=lambda row: (row["state"] != CircuitState.ACTIVE, row["kind"], row["circuit"]),
    )
    part = look.part(rows)
    counts: dict[str, int] = {}
    for proof in look.seen.proofs:
        name = f"0x{proof.circuit.hex()}"
        counts[name] = counts.get(name, 0) + 1
    told = [{**_circuit(look, row), "proofs": counts.get(row["circuit"], 0)} for row in part.items]
    return {"part": part, "circuits": told}


def circuit(look: Look, circuit_id: str) -> dict[str, Any] | None:
    """One circuit: its record, where it is allowed, the proofs of it."""
    row = look.seen.row("circuits", circuit_id)
    if row is None:
        return None
    proofs = [one for one in look.seen.proofs if one.circuit == raw(circuit_id)]
    proven, checked = look.proven(proofs)
    allowed = look.seen.rows("allowed", circuit=circuit_id)
    shown: list[Proven] = proven[::-1]
    return {
        "circuit": _circuit(look, row),
        "checked": checked,
        "part": look.part(shown),
        "allowed": [{**one, "title": look.title(one["lineage"])} for one in allowed],
    }


def _circuit(look: Look, row: Row) -> dict[str, Any]:
    columns = int(row["columns"])
    return {
        **row,
        "id": row["circuit"],
        "state_key": key_of(CircuitState, row["state"]),
        "kind_key": key_of(Kind, row["kind"]),
        "columns": [number for number in range(64) if columns >> number & 1],
        "provenance": _provenance(row["provenance"]),
        "has_key": raw(row["key_digest"]) in look.checker.digests,
    }


def _provenance(number: int) -> str:
    """What the verifier says of its key, by the last word of the keys of its texts."""
    known = {int(one): one.name.lower() for one in Provenance}
    return "none" if number == 0 else known.get(number, "unknown")
