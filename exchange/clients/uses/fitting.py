"""Whether a grant or a job would be taken and can be served: what the client looks at first.

The contracts look at most of it when a grant is approved, which may be days later, and at some of
it never before a proof is sent. A client says it at once, and says why.

    check_terms  of a grant that is to be requested
    check_spec   of a job that is to be opened
"""

from __future__ import annotations

from zkpipe.exchange.answers import point_of
from zkpipe.exchange.clients.facts import id_in, row_of
from zkpipe.exchange.clients.uses.drafts import DAY, SHORTEST, owner_of, record_in
from zkpipe.exchange.clients.view import View
from zkpipe.exchange.errors import ExchangeError, TermsError
from zkpipe.exchange.index import State
from zkpipe.exchange.states import CircuitState, GrantState, Kind, LineageState
from zkpipe.exchange.structs import JobSpec, Record, Terms

PROVER = "zkpipe/prover"
LONG_PROVE, LONG_DELIVER = 7 * DAY, 30 * DAY
DEVELOPMENT = (
    "The circuit has a development key: whoever made it can forge proofs under it. Use it for "
    "tests and demonstrations only."
)


def check_terms(view: View, terms: Terms) -> list[str]:
    """What to know before a grant is requested; a sentence each.

    Raises TermsError if it could never be approved or used, UnknownSubjectError.
    """
    state = view.latest
    row = row_of(state, "lineages", "lineage", terms.lineage)
    record = record_in(state, terms.circuit)
    now = view.now
    _refuse(
        row["state"] != LineageState.PUBLISHED,
        "The lineage is frozen or destroyed: it answers nothing.",
        "Choose another lineage.",
    )
    _refuse(
        terms.version > row["head"],
        f"The lineage has no version {terms.version} yet; its newest is {row['head']}.",
        "Name a version that is published, or 0 for the newest at any time.",
    )
    _check_circuit(state, terms, record)
    _refuse(
        id_in(row["schema_hash"]) != record.schema_hash,
        "The circuit reads tables of another schema than the lineage's.",
        "Choose a circuit that was made for the lineage's schema.",
    )
    _refuse(
        bool(row["floor"]) and not record.floor_safe,
        f"The lineage answers of {row['floor']} units or more only, and the circuit keeps no "
        "floor.",
        "Ask for a circuit that keeps the floor, such as stats.",
    )
    allowed = state.row("allowed", terms.lineage, terms.circuit)
    _refuse(
        allowed is None or not allowed["is_on"],
        "The owner does not allow the circuit on the lineage.",
        "Ask the owner: zkpipe catalogue allow LINEAGE CIRCUIT.",
    )
    _refuse(
        not view.call("UsageGrants", "isBoard", terms.board),
        f"The council lists no board at {terms.board}.",
        "Leave out board, for the exchange's own.",
    )
    _refuse(
        terms.max_uses == 0, "The grant is of no use: maxUses is 0.", "Ask for one use or more."
    )
    _refuse(
        terms.expiry <= now,
        f"The grant expired at {terms.expiry}: the chain's time is {now}.",
        "Name a later expiry, in seconds since 1970.",
    )
    _check_budget(state, terms, record)
    return [DEVELOPMENT] if record.development else []


def _check_circuit(state: State, terms: Terms, record: Record) -> None:
    row = row_of(state, "circuits", "circuit", terms.circuit)
    _refuse(
        row["state"] != CircuitState.ACTIVE,
        "The council has not approved the circuit, or has retired it.",
        "Choose a circuit that is active: zkpipe catalogue search.",
    )
    _refuse(
        record.kind not in (Kind.STATS, Kind.QUERY) or terms.param != 0,
        f"A circuit of kind {record.kind} answers no job of this exchange's board.",
        "Choose one of kind 4 (stats) or 5 (query), and leave out param.",
    )


def _check_budget(state: State, terms: Terms, record: Record) -> None:
    budget = row_of(state, "budgets", "lineage", terms.lineage)
    left = budget["limit_bits"] - budget["held"] - budget["spent"]
    need = terms.max_uses * record.leak_bits
    _refuse(
        need > left,
        f"{terms.max_uses} uses of {record.leak_bits} bits are {need} bits, and the lineage's "
        f"budget has {left} left.",
        f"Ask for {left // record.leak_bits} uses at the most."
        if left >= record.leak_bits > 0
        else "Ask the owner of another lineage, or wait until other grants are closed.",
    )


def check_spec(view: View, spec: JobSpec) -> list[str]:
    """What to know before a job is opened; a sentence each.

    Raises TermsError if it could not be opened or proved, UnknownSubjectError.
    """
    _refuse(
        len(spec.steps) != 1,
        f"The job has {len(spec.steps)} steps.",
        "Give one: a job of this exchange's board has one answer.",
    )
    state, now = view.latest, view.now
    terms, root = spec.steps[0].terms, spec.steps[0].root
    record = record_in(state, terms.circuit)
    _check_circuit(state, terms, record)
    _check_grant(view, state, spec)
    _check_segment(view, state, terms, root)
    _check_words(view, spec, record)
    _check_submitter(view, spec)
    template = int(row_of(state, "lineages", "lineage", terms.lineage)["template"])
    _refuse(
        template != 0 and not view.call("CredentialRegistry", "valid", template, spec.opener),
        "The lineage answers holders of a credential only, and yours is not valid now.",
        f"Enrol with a credential of template {template}.",
    )
    warnings = _check_deadlines(spec, now)
    _check_price(view, spec)
    return [*warnings, *([DEVELOPMENT] if record.development else [])]


def _check_grant(view: View, state: State, spec: JobSpec) -> None:
    manifest, terms = view.manifest, spec.steps[0].terms
    grant = terms.grant(manifest.chain_id, manifest.addresses["UsageGrants"])
    row = row_of(state, "grants", "grant", grant)
    _refuse(
        terms.grantee != spec.opener or terms.board != manifest.addresses["JobBoard"],
        "The grant is another account's, or another board's.",
        "Open the job from the home that asked for the grant.",
    )
    _refuse(
        row["state"] == GrantState.APPLIED,
        "The grant is not approved yet.",
        "Wait for its approvers: they run `zkpipe grant approve`.",
    )
    words = {
        GrantState.EXHAUSTED: "is used up",
        GrantState.REVOKED: "is revoked",
        GrantState.CLOSED: "is closed",
    }
    _refuse(
        row["state"] != GrantState.ACTIVE,
        f"The grant {words.get(row['state'], 'is not active')}.",
        "Ask for another: zkpipe grant request.",
    )
    left = row["max_uses"] - row["used"] - row["open"]
    _refuse(
        left <= 0,
        f"All {row['max_uses']} uses of the grant are used or taken by open jobs.",
        "Wait for the open jobs to end, or ask for another grant.",
    )
    _refuse(
        terms.expiry < spec.prove_by,
        f"The grant expires at {terms.expiry}, before the job must be proved.",
        "Name an earlier proveBy, or ask for another grant.",
    )


def _check_segment(view: View, state: State, terms: Terms, root: bytes) -> None:
    row = row_of(state, "segments", "segment", root)
    _refuse(
        id_in(row["lineage"]) != terms.lineage,
        "The segment is of another lineage than the grant.",
        "Name one of the lineage's: zkpipe catalogue show LINEAGE.",
    )
    _refuse(
        bool(row["withdrawn"]) or (terms.version != 0 and row["added"] > terms.version),
        "The segment is withdrawn, or newer than the version that the grant names.",
        "Name one of that version's: zkpipe catalogue show LINEAGE.",
    )
    lineage = row_of(state, "lineages", "lineage", terms.lineage)
    _refuse(
        lineage["state"] != LineageState.PUBLISHED,
        "The lineage is frozen or destroyed: it answers nothing.",
        "Close the grant: zkpipe grant close.",
    )


def _check_words(view: View, spec: JobSpec, record: Record) -> None:
    _refuse(
        record.kind == Kind.STATS and spec.ask != 0,
        "The circuit takes no question, and the job asks one.",
        "Leave out ask.",
    )
    for name, key in (("openerKey", spec.opener_key), ("auditorKey", spec.auditor_key)):
        try:
            point_of(key)
        except ExchangeError as error:
            raise TermsError(
                f"{name} of the job is the key of nobody: no point of the curve has it.",
                "Leave it out: the client takes the home's, and the council's auditor's.",
            ) from error
    current = int(view.call("CircuitRegistry", "auditorKey"))
    _refuse(
        spec.auditor_key != current,
        "auditorKey of the job is not that of the auditor's epoch now.",
        "Leave it out: the client takes the current one.",
    )
    _refuse(
        spec.until != 0 or spec.accept_by != 0,
        "The job has until or acceptBy, which belong to joint scores.",
        "Leave them out.",
    )


def _check_submitter(view: View, spec: JobSpec) -> None:
    step = spec.steps[0]
    owner = owner_of(view.latest, step.terms.lineage)
    may = step.submitter == owner or view.call(
        "IdentityRegistry",
        "validDelegate",
        owner,
        PROVER.encode("ascii").ljust(32, b"\0"),
        step.submitter,
    )
    _refuse(
        not may,
        f"{step.submitter} is neither the lineage's owner nor the owner's prover.",
        "Leave out submitter, for the owner.",
    )


def _check_deadlines(spec: JobSpec, now: int) -> list[str]:
    prove, deliver = spec.prove_by - now, spec.deliver_by - spec.prove_by
    _refuse(
        prove < SHORTEST or deliver < SHORTEST,
        f"The job leaves {prove} seconds to prove and {deliver} more to deliver.",
        f"Leave {SHORTEST} or more for each; proveBy and deliverBy are seconds since 1970.",
    )
    warnings = []
    if deliver < DAY:
        warnings.append(
            "Delivery has less than a day: a validator could hold the answer back, and it would "
            "be counted and not paid."
        )
    if prove > LONG_PROVE:
        warnings.append(
            "Proving has more than a week: if the grant is revoked meanwhile, the points come back "
            "only then."
        )
    if prove + deliver > LONG_DELIVER:
        warnings.append(
            "Delivery has more than a month: if the answer is proved and not delivered, the points "
            "come back only then."
        )
    return warnings


def _check_price(view: View, spec: JobSpec) -> None:
    price = spec.steps[0].terms.price
    if price == 0:
        return
    board = view.manifest.addresses["JobBoard"]
    balance = view.call("Settlement", "balance", spec.opener)
    _refuse(
        balance < price,
        f"The job costs {price} points, and the account has {balance}.",
        "Ask the council to issue points: zkpipe settle issue.",
    )
    allowance = view.call("Settlement", "allowance", spec.opener, board)
    _refuse(
        allowance < price,
        f"The job costs {price} points, and the account lets the board lock {allowance}.",
        f"Allow it first: zkpipe settle allow {price}.",
    )


def _refuse(is_wrong: bool, problem: str, fix: str) -> None:
    """Raise TermsError if it is so."""
    if is_wrong:
        raise TermsError(problem, fix)
