"""Whether a job is to be served: all that would make its proof useless, or the owner regret it.

The contracts look at most of this again when the proof comes. A job that they would refuse is not
proved at all. What they cannot know is looked at here alone: whose rows the segment has, which
circuit was compiled from a source that the owner has read, whether a key is a point.
"""

from __future__ import annotations

from dataclasses import dataclass

from zkpipe.exchange.answers import point_of
from zkpipe.exchange.circuits import Template
from zkpipe.exchange.clients.uses.drafts import owner_of, record_in
from zkpipe.exchange.clients.uses.fitting import PROVER
from zkpipe.exchange.clients.uses.steps import Use
from zkpipe.exchange.clients.view import View
from zkpipe.exchange.errors import DamagedError, ExchangeError
from zkpipe.exchange.index import State
from zkpipe.exchange.loop.material import Material
from zkpipe.exchange.loop.stages import Reason
from zkpipe.exchange.states import CircuitState, GrantState, Kind, LineageState
from zkpipe.exchange.structs import Record


@dataclass(frozen=True, slots=True)
class Limits:
    """How near a deadline may be for a job to be begun, in seconds.

    prove    that proving and sending may take
    deliver  that finality and sending the opening may take, after that
    """

    prove: int = 60
    deliver: int = 240


def reason_to_refuse(
    view: View, state: State, use: Use, me: str, material: Material, limits: Limits
) -> Reason | None:
    """Why a job that is open is not to be proved; None if it is.

    state  after the last block: what is not final yet counts against a job

    Raises what View.call raises.
    """
    return (
        _of_time(view, use, limits)
        or _of_rights(view, state, use, me)
        or _of_keys(use)
        or _of_material(state, use, material)
    )


def _of_time(view: View, use: Use, limits: Limits) -> Reason | None:
    now = view.now
    if now + limits.prove > use.spec.prove_by:
        return Reason.TOO_LATE
    if now + limits.prove + limits.deliver > use.spec.deliver_by:
        return Reason.DELIVERY_TOO_NEAR
    return None


def _of_rights(view: View, state: State, use: Use, me: str) -> Reason | None:
    terms = use.terms
    grant = state.row("grants", use.grant)
    if grant is None or grant["state"] != GrantState.ACTIVE:
        return Reason.GRANT_ENDED
    lineage = state.row("lineages", terms.lineage)
    segment = state.row("segments", use.step.root)
    if (
        lineage is None
        or segment is None
        or lineage["state"] != LineageState.PUBLISHED
        or segment["lineage"] != lineage["lineage"]
        or segment["withdrawn"]
        or (terms.version != 0 and segment["added"] > terms.version)
    ):
        return Reason.SEGMENT_CLOSED
    owner = owner_of(state, terms.lineage)
    kind = PROVER.encode("ascii").ljust(32, b"\0")
    is_ours = use.step.submitter == me and (
        owner == me or view.call("IdentityRegistry", "validDelegate", owner, kind, me)
    )
    return None if is_ours else Reason.NOT_OURS


def _of_keys(use: Use) -> Reason | None:
    for key in (use.spec.opener_key, use.spec.auditor_key):
        try:
            point_of(key)
        except ExchangeError:
            return Reason.KEYS_OFF_CURVE
    return None


def _of_material(state: State, use: Use, material: Material) -> Reason | None:
    circuit = state.row("circuits", use.terms.circuit)
    if circuit is None or circuit["state"] != CircuitState.ACTIVE:
        return Reason.CIRCUIT_ENDED
    try:
        tools = material.tools(use.terms.circuit)
    except DamagedError:
        return Reason.CIRCUIT_DAMAGED
    if tools is None:
        return Reason.CIRCUIT_UNKNOWN
    record = record_in(state, use.terms.circuit)
    if record.r1cs_hash.hex() != tools.system.digest or not _is_of(record, tools.template):
        return Reason.CIRCUIT_DIFFERS
    is_stats = record.kind == Kind.STATS
    if (is_stats and use.spec.ask != 0) or (not is_stats and use.floor != 0):
        return Reason.WRONG_QUESTION
    try:
        commitment = material.segment(use.step.root)
    except DamagedError:
        return Reason.SEGMENT_DAMAGED
    if commitment is None:
        return Reason.SEGMENT_UNKNOWN
    table = commitment.table
    if (
        table.schema.hash != record.schema_hash
        or table.segment_class != tools.template.segment_class
    ):
        return Reason.CIRCUIT_DIFFERS
    return None


def _is_of(record: Record, template: Template) -> bool:
    """Whether what the council approved says of the circuit what the circuit itself says."""
    own = template.record
    return all(
        getattr(record, name) == getattr(own, name)
        for name in ("kind", "columns", "leak_bits", "results", "words", "floor_safe")
    )
