"""Whether an account's signature of a decision counts, as a signer asks before he gives it.

    quorum = may_sign(manifest, decision, account)      # by the manifest and the decision alone
    standing = standing_of(view, decision, account)     # by the chain

The chain also tells of the thing that is decided what no id is a digest of: an entry's stage, a
circuit's state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zkpipe.exchange.clients.decisions.decision import COUNCIL, OF_ENTRY, OF_GRANT, Decision
from zkpipe.exchange.clients.decisions.quorum import Quorum, is_councils
from zkpipe.exchange.clients.evidence import LEDGER
from zkpipe.exchange.clients.facts import provenance_word, record_of, row_of
from zkpipe.exchange.clients.uses.approvers import Approvers, approvers_of
from zkpipe.exchange.clients.view import View
from zkpipe.exchange.deployment import Manifest
from zkpipe.exchange.errors import EvidenceError, ExchangeWarning, SignatureError
from zkpipe.exchange.ids import list_digest
from zkpipe.exchange.states import CircuitState, GrantState, Kind, Stage
from zkpipe.exchange.structs import Record, Terms

Told = Mapping[str, str | int | bool]


@dataclass(frozen=True, slots=True)
class Standing:
    """Who may sign a decision, and what the chain tells of the thing that it is about."""

    quorum: Quorum
    told: Told


def may_sign(manifest: Manifest, decision: Decision, account: str) -> Quorum:
    """Who may sign a decision, without the chain.

    Raises SignatureError if the decision is of a grant or an entry and names others. The council
    may have been replaced since the manifest was written, so a stranger to it gets a warning.
    """
    quorum = Quorum.by_manifest(manifest, decision)
    if account in quorum.signers:
        return quorum
    if not is_councils(decision):
        raise _stranger(account, quorum, "The action names")
    ExchangeWarning(
        "not-in-council",
        f"{account} is not in the council that the home's manifest names: "
        f"{', '.join(quorum.signers)}.",
        "The signature counts only if the account came into the council since. With --rpc the "
        "chain is asked.",
    ).report()
    return quorum


def standing_of(view: View, decision: Decision, account: str) -> Standing:
    """Who may sign a decision, by the chain, and what it tells.

    Raises SignatureError if the account may not sign, or no signature of the decision counts any
    more; TermsError, EvidenceError if it names others than its grant or entry has;
    UnknownSubjectError.
    """
    if view.now > decision.deadline:
        raise SignatureError(
            "The time of the action is over: no signature of it counts.",
            "Have the action written again with --action.",
        )
    if decision.place == OF_GRANT:
        told = _of_grant(view, decision)
    elif decision.place == OF_ENTRY:
        told = _of_entry(view, decision)
    else:
        told = _of_council(view, decision)
    quorum = Quorum.of(view, decision)
    if account not in quorum.signers:
        raise _stranger(account, quorum, "The council is" if is_councils(decision) else "These may")
    return Standing(quorum, told)


def _stranger(account: str, quorum: Quorum, they: str) -> SignatureError:
    return SignatureError(
        f"{account} may not sign the action: its signature would not count. {they} "
        f"{', '.join(quorum.signers)}.",
        "Give the home of one of them.",
    )


def _of_council(view: View, decision: Decision) -> Told:
    if int(view.call(COUNCIL, "nonce")) > decision.nonce:
        raise SignatureError(
            f"The council has used nonce {decision.nonce}: no signature of the action counts.",
            "Have the action written again with --action.",
        )
    (first, *_) = decision.arguments
    if not isinstance(first, Record):
        return {}
    row = row_of(view.latest, "circuits", "circuit", first.circuit)
    return {"circuit": _kind(first), "state": CircuitState(row["state"]).name.lower()}


def _of_grant(view: View, decision: Decision) -> Told:
    terms, members, need = decision.arguments
    assert isinstance(terms, Terms)  # noqa: S101 # a Decision has it
    state, grant = view.latest, decision.action(view.manifest).what
    approvers_of(state, terms.lineage, Approvers(members, need))
    is_at = GrantState(row_of(state, "grants", "grant", grant)["state"])
    if is_at is not GrantState.APPLIED:
        raise SignatureError(
            f"The grant is {is_at.name.lower()}: no signature of its approval counts.",
            "`zkpipe grant list` shows grants.",
        )
    record = record_of(row_of(state, "circuits", "circuit", terms.circuit))
    bits = f"{terms.max_uses} uses of {record.leak_bits} bits each"
    return {"circuit": _kind(record), "tells": bits}


def _of_entry(view: View, decision: Decision) -> Told:
    entry = decision.action(view.manifest).what
    row = row_of(view.latest, "entries", "entry", entry)
    if row["signers"] != "0x" + list_digest(decision.arguments[1], decision.arguments[2]).hex():
        raise EvidenceError(
            f"The entry names others to confirm it than the action does: {LEDGER} would refuse it.",
            "Have the action written again: `zkpipe ledger confirm ENTRY --action FILE`.",
        )
    if row["is_confirmed"]:
        raise SignatureError(
            "The entry is confirmed: no further signature counts.",
            "`zkpipe ledger show` shows entries.",
        )
    return {"stage": Stage(row["stage"]).name.lower(), "level": row["level"]}


def _kind(record: Record) -> str:
    own = ", under a development key" if record.development else ""
    if record.provenance and not record.development:
        own = f", under a key whose verifier says: {provenance_word(record.provenance)}"
    return f"{Kind(record.kind).name.lower()}, by {record.developer}{own}"
