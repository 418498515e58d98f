"""JobBoard: jobs with one answer, from `open` to an end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.exchange.contracts.test_credentials import ISSUER, SET_ISSUER
from tests.exchange.contracts.world import (
    AUDITOR,
    DAY,
    FAR,
    OPENING,
    PROOF,
    PROVER,
    RESULTS,
    SCHEMA,
    Happening,
    R,
    World,
)
from zkpipe.circuits.gadgets import poseidon
from zkpipe.exchange.ids import chained_entry, results_hash, step_digest, template_id
from zkpipe.exchange.states import JobState, Kind
from zkpipe.exchange.structs import JobSpec, Presentation, Scheme, Step

NONE = bytes(32)
EMPTY = Scheme()


def opened(world: World, **other: object) -> JobSpec:
    return world.opened(world.spec(world.granted(), **other))


def refused_open(world: World, spec: JobSpec, scheme: Scheme = EMPTY, sender: str = ""):
    return world.refused(sender or world.grantee, world.board, "open", spec, scheme)


def refused_submit(world: World, spec: JobSpec, sender: str = "", **other: object):
    arguments = world.submission(spec, **other)
    return world.refused(sender or world.prover, world.board, "submit", *arguments)


def deliver(world: World, spec: JobSpec, sender: str = "") -> list[Happening]:
    arguments = (spec, 0, RESULTS, *OPENING)
    return world.send(sender or world.stranger, world.board, "deliver", *arguments)


def refused_deliver(world: World, spec: JobSpec, *other: object) -> tuple[object, ...]:
    arguments = other or (0, RESULTS, *OPENING)
    return world.refused(world.stranger, world.board, "deliver", spec, *arguments)


def expire(world: World, spec: JobSpec) -> list[Happening]:
    return world.send(world.stranger, world.board, "expire", spec)


def points(world: World) -> tuple[int, int, int]:
    """Of the grantee, in the job's escrow for the whole board, and of the payee."""
    balances = [world.settlement("balance", who) for who in (world.grantee, world.payee)]
    return balances[0], 1000 - sum(balances), balances[1]


# ---- the whole way


def test_a_job_is_opened_proved_delivered_and_paid(world: World) -> None:
    terms = world.granted()
    spec = world.spec(terms)
    job = world.job(spec)
    assert world.board("jobId", spec) == job
    taken, locked, happened = world.send(world.grantee, world.board, "open", spec, EMPTY)
    assert [taken.name, locked.name, happened.name] == ["TicketTaken", "Locked", "JobOpened"]
    assert happened.arguments["job"] == job
    assert happened.arguments["tickets"] == (1,)
    assert world.board("jobs", job) == {"state": JobState.OPEN, "kind": 4, "ticket": 1}
    assert points(world) == (900, 100, 0)
    assert world.grant(terms)["open"] == 1

    world.accept(world.circuits_by_kind[4], world.step_words(spec))
    arguments = world.submission(spec)
    spent, used, recorded, proved = world.send(world.prover, world.board, "submit", *arguments)
    assert [spent.name, used.name] == ["BitsSpent", "TicketUsed"]
    assert proved.name == "StepProved"
    assert proved.arguments == {
        "job": job,
        "lineage": world.lineage,
        "i": 0,
        "ticket": 1,
        "root": world.root,
        "results": RESULTS,
        "proof": PROOF,
    }
    digest = step_digest(job, 0, world.root, RESULTS)
    asset = "0x" + world.lineage[12:].hex()
    place = (world.id, world.ledger.address, asset, 1, digest, world.board.address)
    assert recorded.arguments["digest"] == digest
    assert recorded.arguments["entry"] == chained_entry(*place)
    assert recorded.arguments["parents"] == ()
    assert world.board("resultHash", job) == results_hash(RESULTS)
    assert world.state(spec) == JobState.PROVED
    assert (world.grant(terms)["open"], world.grant(terms)["used"]) == (0, 1)
    assert points(world) == (900, 100, 0)

    paid, delivered, closed = deliver(world, spec)
    assert paid.name == "Paid"
    assert delivered.name == "StepDelivered"
    assert delivered.arguments == {"job": job, "i": 0, "w0": OPENING[0], "w1": OPENING[1]}
    assert (closed.name, closed.arguments) == ("JobClosed", {"job": job, "band": 0})
    assert world.state(spec) == JobState.CLOSED
    assert points(world) == (900, 0, 100)
    assert world.settlement("earned", world.board.address, world.payee) == 100


def test_two_uses_and_a_refused_third(world: World) -> None:
    terms = world.granted()
    for number in (1, 2):
        spec = world.opened(world.spec(terms, nonce=number))
        third = world.spec(terms, nonce=3)
        world.proved(spec, ticket=number)
        deliver(world, spec)
    assert refused_open(world, third) == ("GrantExhausted", 2)
    found = world.catalogue("lineage", world.lineage)
    assert (found["held"], found["spent"]) == (0, 20)


def test_a_developer_s_function_is_asked_alike(world: World) -> None:
    world.lineage = world.registered(world.policy(floor=0), 4)
    circuit = world.circuits_by_kind[5]
    world.send(world.owner, world.catalogue, "allow", world.lineage, circuit.id, True)
    segment = world.segment(2)
    words = world.segment_words(world.lineage, segment, world.policy(floor=0))
    world.accept(world.circuits_by_kind[1], words)
    arguments = (world.lineage, [segment.as_tuple], [], NONE)
    world.send(world.owner, world.catalogue, "publish", *arguments)
    world.root = segment.root
    terms = world.granted(circuit=circuit.id)
    spec = world.opened(world.spec(terms))
    world.accept(circuit, world.step_words(spec, floor=0))
    world.send(world.prover, world.board, "submit", *world.submission(spec))
    deliver(world, spec)


# ---- open


def test_the_order_of_what_is_wrong_with_an_opening(world: World) -> None:
    """Each is wrong in all later ways, too."""
    score = world.listed(Kind.SCORE, floor_safe=True)
    terms = world.terms(circuit=score.id, price=1001, expiry=world.now + 2 * DAY)
    past = world.now - 9
    spec = world.spec(terms, prove_by=past, deliver_by=past, ask=R, auditor_key=1, opener_key=R)
    spec = replace(spec, steps=(), until=1)
    assert refused_open(world, spec, sender=world.stranger) == ("NotAllowed", world.stranger)
    assert refused_open(world, spec) == ("SchemeMismatch", 0)
    step = Step(terms=terms, submitter=world.stranger, root=world.root)
    assert refused_open(world, replace(spec, steps=(step,))) == ("WrongKind", 6)
    terms = replace(terms, circuit=world.circuits_by_kind[4].id)
    spec = replace(spec, steps=(replace(step, terms=terms),))
    assert refused_open(world, spec) == ("SchemeMismatch", 0)
    spec = replace(spec, until=0)
    assert refused_open(world, spec) == ("NotInField", R)
    spec = replace(spec, ask=0)
    assert refused_open(world, spec) == ("NotInField", R)
    spec = replace(spec, opener_key=0)
    assert refused_open(world, spec) == ("TooLate", past)
    later = world.now + 3 * DAY
    spec = replace(spec, prove_by=later, deliver_by=later)
    assert refused_open(world, spec) == ("TooEarly", later)
    spec = replace(spec, deliver_by=later + 1)
    assert refused_open(world, spec) == ("AuditorKeyStale", AUDITOR)
    spec = replace(spec, auditor_key=AUDITOR)
    assert refused_open(world, spec) == ("NotAllowed", world.stranger)
    spec = replace(spec, steps=(replace(step, terms=terms, submitter=world.prover),))
    assert refused_open(world, spec) == ("WrongState", 0)
    world.send(world.grantee, world.grants, "request", terms)
    assert refused_open(world, spec) == ("WrongState", 31)
    world.approve(terms)
    assert refused_open(world, spec) == ("GrantExpired", terms.expiry)
    spec = replace(spec, prove_by=terms.expiry)
    assert refused_open(world, spec) == ("InsufficientPoints", 1000, 1001)
    world.decide(world.settlement, "issue", ["address", "uint128"], world.grantee, 1)
    assert refused_open(world, spec) == ("InsufficientPoints", 1000, 1001)  # the allowance
    world.send(world.grantee, world.settlement, "allow", world.board.address, 1001)
    world.opened(spec)
    assert refused_open(world, spec) == ("WrongState", 41)


@pytest.mark.parametrize("kind", [0, 1, 2, 3, 6, 7, 8])
def test_only_queries_are_opened_here(world: World, kind: int) -> None:
    circuit = b"\x01" * 32 if kind == 0 else world.listed(kind).id
    assert refused_open(world, world.spec(world.terms(circuit=circuit))) == ("WrongKind", kind)


@pytest.mark.parametrize(
    "scheme",
    [
        Scheme(lender="0x" + "44" * 20),
        Scheme(lineages=(NONE,)),
        Scheme(circuits=(NONE,)),
        Scheme(band=b"\x01" * 32),
        Scheme(doc=b"\x01" * 32),
    ],
    ids=["lender", "lineages", "circuits", "band", "doc"],
)
def test_a_query_has_no_scheme(world: World, scheme: Scheme) -> None:
    spec = world.spec(world.granted())
    assert refused_open(world, spec, scheme) == ("SchemeMismatch", 0)


def test_a_query_has_one_step_with_a_root_of_its_grantee(world: World) -> None:
    terms = world.granted()
    spec = world.spec(terms)
    step = spec.steps[0]
    for other in (
        {"steps": (step, step)},
        {"steps": (replace(step, root=NONE),)},
        {"steps": (replace(step, terms=replace(terms, grantee=world.buyer)),)},
        {"until": 1},
        {"accept_by": 1},
    ):
        error = refused_open(world, replace(spec, **other))
        assert error == ("SchemeMismatch", 0)


def test_a_job_is_the_opener_s_to_open(world: World) -> None:
    spec = world.spec(world.granted())
    assert refused_open(world, spec, sender=world.buyer) == ("NotAllowed", world.buyer)
    theirs = replace(spec, opener=world.buyer)
    assert refused_open(world, theirs, sender=world.buyer) == ("SchemeMismatch", 0)


def test_a_grant_of_another_board_is_not_taken_here(world: World) -> None:
    boards = ["address", "bool"]
    world.decide(world.grants, "setBoard", boards, world.other_board, True)
    terms = world.granted(board=world.other_board)
    error = refused_open(world, world.spec(terms))
    assert error == ("NotAllowed", world.board.address)


def test_a_board_off_the_list_opens_nothing_and_ends_what_it_began(world: World) -> None:
    terms = world.granted()
    one, two = (world.opened(world.spec(terms, nonce=n)) for n in (1, 2))
    world.decide(world.grants, "setBoard", ["address", "bool"], world.board.address, False)
    again = world.spec(terms, nonce=3)
    assert refused_open(world, again) == ("NotAllowed", world.board.address)
    world.proved(one)
    deliver(world, one)
    world.wait(two.prove_by + 1)
    expire(world, two)
    assert points(world) == (900, 0, 100)


def test_deadlines_of_an_opening(world: World) -> None:
    terms = world.granted()
    at = world.now + 100
    spec = world.spec(terms, prove_by=at, deliver_by=at + 1)
    world.wait(at)
    assert refused_open(world, spec) == ("TooLate", at)
    assert world.now == at
    spec = world.spec(terms, prove_by=at + 2, deliver_by=at + 3)
    world.opened(spec)
    assert world.now == at + 1


def test_the_last_words_below_r_are_taken(world: World) -> None:
    world.opened(world.spec(world.granted(), ask=R - 1, opener_key=R - 1))


def test_the_owner_and_the_owner_s_provers_submit(world: World) -> None:
    terms = world.granted()
    for submitter in (world.owner, world.prover):
        world.opened(world.spec(terms, submitter=submitter))
    for submitter in (world.grantee, world.stranger, world.payee):
        spec = world.spec(terms, submitter=submitter)
        assert refused_open(world, spec) == ("NotAllowed", submitter)
    asset = "0x" + world.lineage[12:].hex()
    world.send(world.owner, world.identities, "addDelegate", asset, PROVER, world.holder, DAY)
    spec = world.spec(terms, submitter=world.holder)  # the asset's delegate is not the owner's
    assert refused_open(world, spec) == ("NotAllowed", world.holder)


def test_the_auditor_s_key_is_the_epoch_s(world: World) -> None:
    spec = world.spec(world.granted())
    world.decide(world.circuits, "setAuditorKey", ["uint256"], 5)
    assert refused_open(world, spec) == ("AuditorKeyStale", 5)
    world.opened(replace(spec, auditor_key=5))


def test_who_asks_holds_the_lineage_s_credential(world: World) -> None:
    """Enrolled, the grantee opens; after a revocation no more, from the next block on."""
    circuit = world.listed(Kind.PRESENT)
    define = ["bytes32", "bytes32", "uint256"]
    world.decide(world.credentials, "defineTemplate", define, NONE, circuit.id, 8)
    template = template_id(world.id, world.credentials.address, NONE, circuit.id, 8)
    issuer = (template, ISSUER, world.issuer, True)
    world.decide(world.credentials, "setIssuer", SET_ISSUER, *issuer)
    root = ("setRevocation", template, ISSUER)
    world.send(world.issuer, world.credentials, *root, 601, [])
    world.lineage = world.registered(world.policy(template=template), 4)
    allowed = (world.lineage, world.circuits_by_kind[4].id, True)
    world.send(world.owner, world.catalogue, "allow", *allowed)
    terms = world.granted()
    missing = ("CredentialNotCurrent", template, world.grantee)
    assert refused_open(world, world.spec(terms)) == missing
    world.send(world.stranger, circuit.verifier, "setMode", 1)
    presentation = Presentation(
        template=template,
        issuer=ISSUER,
        root=601,
        nullifier=1,
        valid_to=world.now + 30 * DAY,
        deadline=FAR,
        proof=PROOF,
    )
    world.send(world.grantee, world.credentials, "enrol", presentation)
    world.opened(world.spec(terms))
    world.send(world.issuer, world.credentials, *root, 602, [7])
    assert refused_open(world, world.spec(terms, nonce=2)) == missing


# ---- submit


PLACES = [
    {"chain_id": 1},
    {"contract": "0x" + "12" * 20},
    {"circuit": b"\x23" * 32},
    {"action": "publish"},
    {"job": b"\x34" * 32},
    {"grant": b"\x45" * 32},
    {"number": 2},
    {"submitter": "0x" + "56" * 20},
    {"payee": "0x" + "67" * 20},
    {"deadline": 5},
]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: next(iter(place)))
def test_a_step_s_proof_is_for_its_place(world: World, place: dict[str, object]) -> None:
    spec = opened(world)
    circuit = world.circuits_by_kind[4]
    world.accept(circuit, world.step_words(spec, **place))
    assert refused_submit(world, spec) == ("ProofRejected", circuit.id)


@pytest.mark.parametrize("k", range(9))
def test_every_word_of_a_step_is_the_contract_s(world: World, k: int) -> None:
    """results | ctx root ask floor recipient auditor"""
    spec = opened(world)
    circuit = world.circuits_by_kind[4]
    words = world.step_words(spec)
    words[k] += 1
    world.accept(circuit, words)
    assert refused_submit(world, spec) == ("ProofRejected", circuit.id)
    world.proved(spec)


def test_another_number_of_results_is_rejected(world: World) -> None:
    spec = opened(world)
    circuit = world.circuits_by_kind[4]
    world.send(world.stranger, circuit.verifier, "setMode", 1)
    for results in (RESULTS[:2], (*RESULTS, 0), ()):
        error = refused_submit(world, spec, results=results)
        assert error == ("ProofRejected", circuit.id)


def test_the_order_of_what_is_wrong_with_a_submission(world: World) -> None:
    """Each is wrong in all later ways, too."""
    terms = world.granted()
    spec = world.spec(terms, nonce=9)
    other = {"i": 1, "root": b"\x09" * 32}
    assert refused_submit(world, spec, world.stranger, **other) == ("Unknown", world.job(spec))
    world.opened(spec)
    assert refused_submit(world, spec, world.stranger, **other) == ("SchemeMismatch", 1)
    del other["i"]
    mark = world.chain.snapshot()
    world.proved(spec)
    world.wait(spec.prove_by + 1)
    for sender in (world.stranger, world.owner, world.grantee):
        assert refused_submit(world, spec, sender, **other) == ("NotAllowed", sender)
    revoke = ("revokeDelegate", world.owner, PROVER, world.prover)
    inner = world.chain.snapshot()
    world.send(world.owner, world.identities, *revoke)
    assert refused_submit(world, spec, **other) == ("NotAllowed", world.prover)
    world.chain.restore(inner)
    assert refused_submit(world, spec, **other) == ("AlreadyProved", 0)
    deliver(world, spec)
    assert refused_submit(world, spec, **other) == ("AlreadyProved", 0)
    world.chain.restore(mark)
    mark = world.chain.snapshot()
    world.wait(spec.prove_by + 1)
    inner = world.chain.snapshot()
    expire(world, spec)
    assert refused_submit(world, spec, **other) == ("WrongState", 46)
    world.chain.restore(inner)
    assert refused_submit(world, spec, **other) == ("TooLate", spec.prove_by)
    world.chain.restore(mark)
    world.send(world.owner, world.grants, "revoke", terms, [], 0)
    inner = world.chain.snapshot()
    world.send(world.owner, world.catalogue, "setState", world.lineage, 22)
    assert refused_submit(world, spec, **other) == ("SchemeMismatch", 0)
    assert refused_submit(world, spec) == ("WrongState", 22)
    world.chain.restore(inner)
    inner = world.chain.snapshot()
    arguments = (world.lineage, [], [world.root], NONE)
    world.decide(world.circuits, "retire", ["bytes32"], terms.circuit)
    innermost = world.chain.snapshot()
    world.send(world.owner, world.catalogue, "publish", *arguments)
    assert refused_submit(world, spec) == ("SegmentWithdrawn", world.root)
    world.chain.restore(innermost)
    assert refused_submit(world, spec) == ("WrongState", 13)
    world.chain.restore(inner)
    assert refused_submit(world, spec) == ("ProofRejected", terms.circuit)
    world.accept(world.circuits_by_kind[4], world.step_words(spec))
    assert refused_submit(world, spec) == ("GrantRevoked",)


def test_a_verifier_that_fails_is_told_apart_from_a_wrong_proof(world: World) -> None:
    spec = opened(world)
    world.send(world.stranger, world.circuits_by_kind[4].verifier, "setMode", 2)
    assert refused_submit(world, spec) == ("VerifierFailed",)


def test_a_root_is_of_the_lineage_and_of_the_pinned_version(world: World) -> None:
    later = world.published(world.lineage, 2)
    pinned = world.granted(version=1)
    spec = world.opened(world.spec(pinned, root=later))
    assert refused_submit(world, spec) == ("NotInVersion", later)
    free = world.granted(salt=2)
    world.proved(world.opened(world.spec(free, root=later)))
    nowhere = world.opened(world.spec(free, root=b"\x55" * 32, nonce=2))
    assert refused_submit(world, nowhere) == ("NotInVersion", b"\x55" * 32)


def test_a_withdrawn_segment_answers_nobody_even_if_it_is_pinned(world: World) -> None:
    spec = world.opened(world.spec(world.granted(version=1)))
    world.accept(world.circuits_by_kind[4], world.step_words(spec))
    arguments = (world.lineage, [], [world.root], NONE)
    world.send(world.owner, world.catalogue, "publish", *arguments)
    assert refused_submit(world, spec) == ("SegmentWithdrawn", world.root)
    world.wait(spec.prove_by + 1)
    expire(world, spec)
    assert points(world) == (1000, 0, 0)


def test_a_sold_asset_s_old_owner_and_provers_submit_nothing(world: World) -> None:
    terms = world.granted()
    specs = [
        world.opened(world.spec(terms, submitter=who, nonce=i))
        for i, who in enumerate((world.owner, world.prover))
    ]
    asset = "0x" + world.lineage[12:].hex()
    world.send(world.owner, world.identities, "changeOwner", asset, world.buyer)
    for spec in specs:
        submitter = spec.steps[0].submitter
        world.accept(world.circuits_by_kind[4], world.step_words(spec))
        assert refused_submit(world, spec, submitter) == ("NotAllowed", submitter)
    arguments = ("addDelegate", world.buyer, PROVER, world.prover, DAY)
    world.send(world.buyer, world.identities, *arguments)
    world.proved(specs[1], ticket=2)


def test_the_deadlines_of_a_job_are_last_seconds(world: World) -> None:
    terms = world.granted()
    at = world.now + 100
    one, two = (
        world.opened(world.spec(terms, nonce=n, prove_by=at, deliver_by=at + 5)) for n in (1, 2)
    )
    for ticket, spec in ((1, one), (2, two)):
        world.accept(world.circuits_by_kind[4], world.step_words(spec, ticket))
    world.wait(at - 1)
    error = world.refused(world.stranger, world.board, "expire", two)
    assert error == ("TooEarly", at)
    world.send(world.prover, world.board, "submit", *world.submission(one))
    assert world.now == at
    assert refused_submit(world, two) == ("TooLate", at)
    expire(world, two)
    assert world.now == at + 2
    world.wait(at + 4)
    assert world.refused(world.stranger, world.board, "expire", one) == ("TooEarly", at + 5)
    mark = world.chain.snapshot()
    deliver(world, one)
    assert world.now == at + 5
    world.chain.restore(mark)
    world.wait(at + 6)
    assert refused_deliver(world, one) == ("TooLate", at + 5)
    expire(world, one)


# ---- deliver


def test_what_does_not_open_the_lock_delivers_nothing(world: World) -> None:
    spec = opened(world)
    assert refused_deliver(world, spec) == ("WrongState", 41)
    world.proved(spec)
    w0, w1 = OPENING
    for other in (
        (0, RESULTS, w0 + 1, w1),
        (0, RESULTS, w1, w0),
        (0, RESULTS, w0 + R, w1),
        (0, RESULTS, w0, w1 + R),
        (0, (*RESULTS[:2], RESULTS[2] + 1), w0, w1),
        (0, RESULTS[:2], w0, w1),
        (0, (), w0, w1),
        (0, (poseidon([1, 2]), *RESULTS[1:]), 1, 2),
    ):
        assert refused_deliver(world, spec, *other) == ("WrongOpening", 0)
    assert refused_deliver(world, spec, 1, RESULTS, w0, w1) == ("WrongOpening", 1)
    never = replace(spec, nonce=77)
    assert refused_deliver(world, never) == ("WrongState", 0)
    deliver(world, spec)
    assert refused_deliver(world, spec) == ("WrongState", 45)


def test_deliver_is_anyone_s_and_pays_the_payee_alone(world: World) -> None:
    for n, sender in enumerate((world.stranger, world.prover, world.grantee)):
        spec = world.opened(world.spec(world.granted(salt=n + 1, max_uses=1)))
        world.proved(spec)
        deliver(world, spec, sender)
    assert points(world) == (700, 0, 300)
    assert world.settlement("balance", world.stranger) == 0


# ---- ends


def test_unproved_it_is_void_and_all_goes_back(world: World) -> None:
    spec = opened(world)
    world.wait(spec.prove_by + 1)
    dropped, refunded, ended = expire(world, spec)
    assert [dropped.name, refunded.name] == ["TicketDropped", "Refunded"]
    assert (ended.name, ended.arguments["state"]) == ("JobEnded", JobState.VOID)
    assert points(world) == (1000, 0, 0)
    assert world.settlement("earned", world.board.address, world.grantee) == 0
    assert world.grant(spec.steps[0].terms)["open"] == 0
    assert world.refused(world.stranger, world.board, "expire", spec) == ("WrongState", 46)


def test_undelivered_it_is_failed_counted_and_unpaid(world: World) -> None:
    spec = world.proved(opened(world))
    terms = spec.steps[0].terms
    world.wait(spec.prove_by + 1)
    assert world.refused(world.stranger, world.board, "expire", spec) == (
        "TooEarly",
        spec.deliver_by,
    )
    world.wait(spec.deliver_by + 1)
    refunded, ended = expire(world, spec)
    assert refunded.name == "Refunded"
    assert ended.arguments == {"job": world.job(spec), "state": JobState.FAILED}
    assert points(world) == (1000, 0, 0)
    assert (world.grant(terms)["used"], world.grant(terms)["open"]) == (1, 0)
    assert world.catalogue("lineage", world.lineage)["spent"] == 10
    assert refused_deliver(world, spec) == ("WrongState", 47)
    assert world.refused(world.stranger, world.board, "expire", spec) == ("WrongState", 47)


def test_a_delivered_job_and_one_that_never_was_do_not_expire(world: World) -> None:
    spec = world.proved(opened(world))
    deliver(world, spec)
    world.wait(spec.deliver_by + 1)
    assert world.refused(world.stranger, world.board, "expire", spec) == ("WrongState", 45)
    never = replace(spec, nonce=77)
    assert world.refused(world.stranger, world.board, "expire", never) == ("WrongState", 0)


def test_a_revoked_grant_s_job_expires_and_the_grant_is_closed(world: World) -> None:
    spec = opened(world)
    terms = spec.steps[0].terms
    world.send(world.owner, world.grants, "revoke", terms, [], 0)
    error = world.refused(world.stranger, world.grants, "close", terms)
    assert error == ("WrongState", 34)
    world.wait(spec.prove_by + 1)
    expire(world, spec)
    world.send(world.stranger, world.grants, "close", terms)
    assert world.catalogue("lineage", world.lineage)["held"] == 0
    assert points(world) == (1000, 0, 0)


def test_a_free_job_locks_nothing(world: World) -> None:
    spec = world.opened(world.spec(world.granted(price=0)))
    assert points(world) == (1000, 0, 0)
    world.proved(spec)
    deliver(world, spec)
    assert points(world) == (1000, 0, 0)
    assert world.policy().schema_hash == SCHEMA
