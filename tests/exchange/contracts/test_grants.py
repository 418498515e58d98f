"""UsageGrants: who approves what, for whom, how often, and what it costs of the budget.

A board is an account here: it takes, uses and drops tickets as it likes.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from eth_account import Account

from tests.exchange.contracts.world import APPROVERS, DAY, FAR, World
from zkpipe.exchange.ids import list_digest
from zkpipe.exchange.states import GrantState, Kind
from zkpipe.exchange.structs import Scheme, Sigs, Terms

NONE = bytes(32)
STRANGER = Account.from_key(b"\x09" * 32)
SCHEMES = [Scheme(lender="0x" + "44" * 20, doc=bytes([i]) * 32).word for i in (1, 2)]


@pytest.fixture(autouse=True)
def board(world: World) -> None:
    """The account other_board is a board; 100 bits are in the budget, 10 a use."""
    world.decide(world.grants, "setBoard", ["address", "bool"], world.other_board, True)


def terms_of(world: World, **other: object) -> Terms:
    return world.terms(**{"board": world.other_board} | other)


def requested(world: World, **other: object) -> Terms:
    terms = terms_of(world, **other)
    world.send(terms.grantee, world.grants, "request", terms)
    return terms


def granted(world: World, **other: object) -> Terms:
    terms = requested(world, **other)
    world.approve(terms)
    return terms


def refused_approval(world: World, terms: Terms, sigs: Sigs | None = None) -> tuple[object, ...]:
    sigs = sigs or world.approval(terms)
    arguments = ("approve", terms, world.approvers, 2, sigs)
    return world.refused(world.stranger, world.grants, *arguments)


def act(world: World, function: str, *arguments: object, sender: str = ""):
    return world.send(sender or world.other_board, world.grants, function, *arguments)


def refused(world: World, function: str, *arguments: object, sender: str = ""):
    return world.refused(sender or world.other_board, world.grants, function, *arguments)


def take(world: World, terms: Terms) -> int:
    (happened,) = act(world, "take", terms)
    return int(happened.arguments["ticket"])


def use(world: World, terms: Terms) -> None:
    act(world, "use", terms, take(world, terms))


def budget(world: World) -> tuple[int, int]:
    """Held and spent."""
    found = world.catalogue("lineage", world.lineage)
    return found["held"], found["spent"]


def unknown(ticket: int) -> tuple[str, bytes]:
    return "Unknown", ticket.to_bytes(32, "big")


# ---- requests and approvals


def test_a_grantee_requests_once(world: World) -> None:
    terms = terms_of(world)
    assert refused(world, "request", terms, sender=world.stranger) == (
        "NotAllowed",
        world.stranger,
    )
    (happened,) = act(world, "request", terms, sender=world.grantee)
    grant = terms.grant(world.id, world.grants.address)
    assert world.grants("grantId", terms) == grant
    assert (happened.name, happened.arguments["grant"]) == ("Requested", grant)
    assert happened.arguments["lineage"] == world.lineage
    assert world.grant(terms) == {
        "state": GrantState.APPLIED,
        "used": 0,
        "open": 0,
        "nextTicket": 1,
        "leakBits": 0,
    }
    assert refused(world, "request", terms, sender=world.grantee) == ("WrongState", 31)


def test_every_field_of_terms_makes_another_grant(world: World) -> None:
    terms = terms_of(world)
    others: dict[str, object] = dict.fromkeys(("lineage", "circuit", "doc"), b"U" * 32)
    others |= dict.fromkeys(("board", "grantee", "payee"), "0x" + "55" * 20)
    others |= dict.fromkeys(("param", "salt", "price", "expiry", "version", "max_uses"), 55)
    ids = {world.grants("grantId", replace(terms, **{n: v})) for n, v in others.items()}
    assert len(ids | {world.grants("grantId", terms)}) == 13


def test_signed_by_enough_it_is_active_and_its_bits_are_held(world: World) -> None:
    terms = requested(world)
    held, happened = world.approve(terms)
    assert (held.name, held.arguments["bits"]) == ("BitsHeld", 20)
    assert happened.name == "Approved"
    assert happened.arguments["approvers"] == tuple(world.approvers)
    assert happened.arguments["m"] == 2
    assert world.grant(terms)["state"] == GrantState.ACTIVE
    assert world.grant(terms)["leakBits"] == 10
    assert budget(world) == (20, 0)
    assert refused_approval(world, terms) == ("WrongState", 32)
    unasked = replace(terms, salt=9)
    assert refused_approval(world, unasked) == ("WrongState", 0)


@pytest.mark.parametrize(
    "other",
    [
        {"chain_id": 1},
        {"contract": "0x" + "11" * 20},
        {"target": "0x" + "11" * 20},
        {"what": b"\x11" * 32},
        {"nonce": 1},
    ],
    ids=lambda other: next(iter(other)),
)
def test_an_approval_for_another_place_is_bad(world: World, other: dict[str, object]) -> None:
    terms = requested(world)
    sigs = world.approval(terms, **other)
    assert refused_approval(world, terms, sigs)[0] == "BadSignature"


def test_approvals_are_counted_and_end(world: World) -> None:
    terms = requested(world)
    assert refused_approval(world, terms, world.approval(terms, APPROVERS[:1])) == (
        "TooFewSignatures",
        1,
        2,
    )
    strange = world.approval(terms, [APPROVERS[0], STRANGER])
    assert refused_approval(world, terms, strange) == ("BadSignature", STRANGER.address)
    late = world.approval(terms, deadline=world.now)
    assert refused_approval(world, terms, late) == ("TooLate", late.deadline)
    world.approve(terms)


def test_the_list_is_the_policy_s(world: World) -> None:
    terms = requested(world)
    sigs = world.approval(terms, APPROVERS[:1])
    listed = world.approvers
    for members, m in ((listed, 1), (listed[:2], 2), (listed[::-1], 2), ([world.owner], 1)):
        error = refused(world, "approve", terms, members, m, sigs, sender=world.stranger)
        assert error == ("NotAllowed", world.stranger)


def owner_account(world: World, private_key: bytes):
    """An owner whose key the test has; its lineage has no list."""
    account = Account.from_key(private_key)
    world.chain.ask("anvil_setBalance", account.address, hex(10**20))
    world.chain.ask("anvil_impersonateAccount", account.address)
    return account


def test_without_a_list_the_owner_approves_alone(world: World) -> None:
    owner = owner_account(world, b"\x21" * 32)
    policy = world.policy(approvers=NONE)
    world.lineage = world.registered(policy, 4, owner.address)
    arguments = (world.lineage, world.circuits_by_kind[4].id, True)
    world.send(owner.address, world.catalogue, "allow", *arguments)
    terms = requested(world)
    sigs = world.approval(terms, [owner])
    for members, m in (([owner.address], 0), ([owner.address], 2), ([owner.address] * 2, 1)):
        error = refused(world, "approve", terms, members, m, sigs, sender=world.stranger)
        assert error == ("NotAllowed", world.stranger)
    theirs = world.approval(terms, [STRANGER])
    error = refused(world, "approve", terms, [STRANGER.address], 1, theirs, sender=world.stranger)
    assert error == ("NotAllowed", world.stranger)
    act(world, "approve", terms, [owner.address], 1, sigs, sender=world.stranger)
    assert world.grant(terms)["state"] == GrantState.ACTIVE


def test_a_list_does_not_bind_the_buyer_of_an_asset(world: World) -> None:
    """The old list can neither approve nor revoke; the new owner does both alone."""
    live = granted(world)
    terms = requested(world, salt=2)
    buyer = owner_account(world, b"\x22" * 32)
    asset = "0x" + world.lineage[12:].hex()
    world.send(world.owner, world.identities, "changeOwner", asset, buyer.address)
    assert refused_approval(world, terms) == ("NotAllowed", world.stranger)
    sigs = world.approval(terms, [buyer])
    act(world, "approve", terms, [buyer.address], 1, sigs, sender=world.stranger)
    first = owner_account(world, bytes([2] * 31 + [1]))  # an approver
    for sender in (world.owner, first.address):
        error = refused(world, "revoke", live, world.approvers, 2, sender=sender)
        assert error == ("NotAllowed", sender)
    act(world, "revoke", live, [], 0, sender=buyer.address)
    assert world.grant(live)["state"] == GrantState.REVOKED
    world.send(buyer.address, world.identities, "changeOwner", asset, world.owner)
    back = requested(world, salt=3)
    world.approve(back)


def test_a_list_that_asks_for_nobody_s_signature_gets_one_all_the_same(world: World) -> None:
    policy = world.policy(approvers=list_digest(world.approvers, 0))
    world.lineage = world.registered(policy, 4)
    terms = requested(world)
    nothing = (FAR, [], [])
    error = refused(world, "approve", terms, world.approvers, 0, nothing)
    assert error == ("TooFewSignatures", 0, 1)


def test_the_order_of_what_is_wrong_with_an_approval(world: World) -> None:
    """Each is wrong in all later ways, too."""
    other_schema = world.listed(Kind.QUERY, schema_hash=b"\x07" * 32)
    asset_owner = world.owner
    present = world.listed(Kind.PRESENT)
    unlisted = world.stub(Kind.STATS, leak_bits=11)
    world.lineage = world.registered(world.policy(), 4)
    common = {"board": world.stranger, "version": 1, "circuit": unlisted.id, "max_uses": 99}
    expired = requested(world, expiry=world.now + 3, **common)
    world.wait(expired.expiry)
    act(world, "request", replace(expired, salt=8), sender=world.grantee)
    assert world.now == expired.expiry
    assert refused_approval(world, expired) == ("GrantExpired", expired.expiry)

    def fresh(**other: object) -> Terms:
        common.update(other)
        return requested(world, **common)

    error = refused(world, "approve", fresh(), [], 2, (FAR, [], []), sender=world.stranger)
    assert error == ("NotAllowed", world.stranger)
    terms = fresh(salt=2)
    assert refused_approval(world, terms, world.approval(terms, APPROVERS[:1]))[0] == (
        "TooFewSignatures"
    )
    assert refused_approval(world, terms) == ("NotAllowed", world.stranger)
    terms = fresh(board=world.other_board)
    mark = world.chain.snapshot()
    world.send(asset_owner, world.catalogue, "setState", world.lineage, 22)
    assert refused_approval(world, terms) == ("WrongState", 22)
    world.chain.restore(mark)
    assert refused_approval(world, terms) == ("NotPublished", 1)
    assert refused_approval(world, fresh(version=0)) == ("WrongState", 0)
    world.send(world.stranger, world.circuits, "propose", unlisted.record)
    assert refused_approval(world, fresh(salt=3)) == ("WrongState", 11)
    assert refused_approval(world, fresh(circuit=present.id)) == ("WrongKind", 3)
    terms = fresh(circuit=other_schema.id)
    assert refused_approval(world, terms) == ("CircuitNotAllowed", other_schema.id)
    for circuit in (other_schema, world.circuits_by_kind[5], world.circuits_by_kind[4]):
        arguments = (world.lineage, circuit.id, True)
        world.send(asset_owner, world.catalogue, "allow", *arguments)
    assert refused_approval(world, terms) == ("SchemaMismatch",)
    unsafe = world.circuits_by_kind[5].id
    assert refused_approval(world, fresh(circuit=unsafe)) == ("NotFloorSafe", unsafe)
    error = refused_approval(world, fresh(circuit=world.circuits_by_kind[4].id))
    assert error == ("LeakageBudgetExceeded", world.lineage, 990, 100)


@pytest.mark.parametrize("kind", [1, 2, 3, 7])
def test_circuits_that_answer_nothing_are_not_granted(world: World, kind: int) -> None:
    circuit = world.circuits_by_kind.get(kind) or world.listed(kind)
    assert refused_approval(world, requested(world, circuit=circuit.id)) == ("WrongKind", kind)


def test_without_a_floor_a_developer_s_function_is_granted(world: World) -> None:
    world.lineage = world.registered(world.policy(floor=0), 4)
    circuit = world.circuits_by_kind[5].id
    world.send(world.owner, world.catalogue, "allow", world.lineage, circuit, True)
    granted(world, circuit=circuit)


def test_kinds_to_come_are_granted_without_a_param(world: World) -> None:
    circuit = world.listed(8, floor_safe=True).id
    world.send(world.owner, world.catalogue, "allow", world.lineage, circuit, True)
    assert refused_approval(world, requested(world, circuit=circuit, param=3)) == ("WrongKind", 8)
    granted(world, circuit=circuit)


def test_a_pin_is_to_a_version_that_is_there(world: World) -> None:
    assert refused_approval(world, requested(world, version=2)) == ("NotPublished", 2)
    granted(world, version=1)


def test_what_is_allowed_no_more_is_not_approved_and_live_grants_go_on(world: World) -> None:
    live, terms = granted(world), requested(world, salt=2)
    circuit = world.circuits_by_kind[4].id
    world.send(world.owner, world.catalogue, "allow", world.lineage, circuit, False)
    assert refused_approval(world, terms) == ("CircuitNotAllowed", circuit)
    use(world, live)


@pytest.mark.parametrize("late", [0, 1])
@pytest.mark.parametrize("function", ["approve", "take", "use"])
def test_the_expiry_is_the_last_second_of_all(world: World, function: str, late: int) -> None:
    at = world.now + 50
    terms = requested(world, expiry=at)
    if function != "approve":
        world.approve(terms)
    arguments: tuple[object, ...] = (terms, take(world, terms)) if function == "use" else (terms,)
    if function == "approve":
        arguments = (terms, world.approvers, 2, world.approval(terms))
    world.wait(at + late)
    if late:
        assert refused(world, function, *arguments) == ("GrantExpired", at)
    else:
        act(world, function, *arguments)
    assert world.now == at + late


# ---- the budget


def test_the_budget_is_held_spent_and_freed(world: World) -> None:
    one, two = granted(world, max_uses=7), granted(world, salt=2, max_uses=3)
    assert budget(world) == (100, 0)
    three = requested(world, salt=3, max_uses=1)
    assert refused_approval(world, three) == ("LeakageBudgetExceeded", world.lineage, 10, 0)
    use(world, one)
    use(world, one)
    assert budget(world) == (80, 20)
    act(world, "revoke", one, world.approvers, 2, sender=world.owner)
    assert budget(world) == (80, 20)
    (released, closed) = act(world, "close", one, sender=world.stranger)
    assert (released.name, released.arguments["bits"]) == ("BitsReleased", 50)
    assert closed.name == "Closed"
    assert budget(world) == (30, 20)
    world.approve(three)
    assert budget(world) == (40, 20)
    for _ in range(3):
        use(world, two)
    assert budget(world) == (10, 50)
    (closed,) = act(world, "close", two, sender=world.stranger)
    assert budget(world) == (10, 50)


def test_more_bits_than_any_budget_are_the_budget_s_error(world: World) -> None:
    most = (1 << 32) - 1
    world.lineage = world.registered(world.policy(limit_bits=most), 4)
    wide = world.listed(Kind.STATS, leak_bits=(1 << 24) - 1)
    world.send(world.owner, world.catalogue, "allow", world.lineage, wide.id, True)
    terms = requested(world, circuit=wide.id, max_uses=most)
    asked = most * ((1 << 24) - 1)
    assert refused_approval(world, terms) == ("LeakageBudgetExceeded", world.lineage, asked, most)
    fitting = requested(world, circuit=wide.id, max_uses=256)
    world.approve(fitting)
    assert budget(world)[0] == 256 * ((1 << 24) - 1)


def test_a_grant_that_never_was_active_frees_nothing(world: World) -> None:
    """A stranger requests, lets it expire or be revoked, closes: other grants keep their bits."""
    granted(world, max_uses=5)
    idle = requested(world, grantee=world.stranger, expiry=world.now + 10, max_uses=5)
    unwanted = requested(world, grantee=world.stranger, max_uses=5)
    act(world, "revoke", unwanted, [], 0, sender=world.owner)
    act(world, "close", unwanted, sender=world.stranger)
    world.wait(idle.expiry + 1)
    (closed,) = act(world, "close", idle, sender=world.stranger)
    assert closed.name == "Closed"
    assert budget(world) == (50, 0)


# ---- ends


def test_used_up_it_is_exhausted(world: World) -> None:
    terms = granted(world)
    use(world, terms)
    assert world.grant(terms)["state"] == GrantState.ACTIVE
    use(world, terms)
    assert world.grant(terms)["state"] == GrantState.EXHAUSTED
    for function in ("take", "use"):
        arguments = (1,) if function == "use" else ()
        assert refused(world, function, terms, *arguments) == ("GrantExhausted", 2)
    act(world, "close", terms)
    assert refused(world, "take", terms) == ("GrantExhausted", 2)
    world.wait(terms.expiry + 1)
    assert refused(world, "take", terms) == ("GrantExhausted", 2)


def test_all_taken_nothing_more_is_taken(world: World) -> None:
    terms = granted(world)
    assert [take(world, terms), take(world, terms)] == [1, 2]
    assert refused(world, "take", terms) == ("GrantExhausted", 0)
    act(world, "use", terms, 2)
    assert refused(world, "take", terms) == ("GrantExhausted", 1)
    (happened,) = act(world, "drop", terms, 1)
    assert (happened.name, happened.arguments["ticket"]) == ("TicketDropped", 1)
    assert take(world, terms) == 3


def test_the_owner_and_an_approver_revoke_at_once(world: World) -> None:
    approver = owner_account(world, bytes([2] * 31 + [1]))
    for salt, sender in ((1, world.owner), (2, approver.address)):
        for terms in (granted(world, salt=salt), requested(world, salt=salt + 10)):
            (happened,) = act(world, "revoke", terms, world.approvers, 2, sender=sender)
            assert (happened.name, happened.arguments["by"]) == ("Withdrawn", sender)
            assert refused(world, "take", terms) == ("GrantRevoked",)
            assert refused_approval(world, terms) == ("WrongState", 34)
            error = refused(world, "revoke", terms, world.approvers, 2, sender=sender)
            assert error == ("WrongState", 34)
            act(world, "close", terms)
            assert refused(world, "take", terms) == ("GrantRevoked",)
    assert budget(world) == (0, 0)


def test_nobody_else_revokes(world: World) -> None:
    terms = granted(world)
    approver = owner_account(world, bytes([2] * 31 + [1]))
    for sender in (world.grantee, world.prover, world.stranger, world.other_board):
        for members, m in ((world.approvers, 2), ([sender], 1)):
            error = refused(world, "revoke", terms, members, m, sender=sender)
            assert error == ("NotAllowed", sender)
    error = refused(world, "revoke", terms, world.approvers, 1, sender=approver.address)
    assert error == ("NotAllowed", approver.address)
    unasked = replace(terms, salt=9)
    error = refused(world, "revoke", unasked, [], 0, sender=world.owner)
    assert error == ("WrongState", 0)


def test_a_revoked_grant_s_tickets_go_back_before_it_is_closed(world: World) -> None:
    terms = granted(world)
    ticket = take(world, terms)
    act(world, "revoke", terms, [], 0, sender=world.owner)
    assert refused(world, "use", terms, ticket) == ("GrantRevoked",)
    assert refused(world, "close", terms) == ("WrongState", 34)
    act(world, "drop", terms, ticket)
    act(world, "close", terms)
    assert world.grant(terms)["state"] == GrantState.CLOSED
    assert refused(world, "close", terms) == ("WrongState", 35)
    assert refused(world, "drop", terms, ticket) == unknown(ticket)


def test_a_live_grant_is_closed_after_its_last_second(world: World) -> None:
    at = world.now + 50
    terms, waiting = granted(world, expiry=at), requested(world, salt=2, expiry=at)
    unasked = replace(terms, salt=9)
    assert refused(world, "close", unasked) == ("WrongState", 0)
    assert refused(world, "close", terms) == ("WrongState", 32)
    world.wait(at)
    assert refused(world, "close", waiting) == ("WrongState", 31)
    assert world.now == at
    act(world, "close", waiting)
    act(world, "close", terms)
    assert budget(world) == (0, 0)
    assert refused(world, "take", terms) == ("GrantExpired", at)


# ---- boards


def test_only_the_board_of_the_terms_has_its_tickets(world: World) -> None:
    terms = granted(world)
    ticket = take(world, terms)
    world.decide(world.grants, "setBoard", ["address", "bool"], world.stranger, True)
    for sender in (world.stranger, world.grantee, world.owner):
        for function, rest in (("take", ()), ("use", (ticket,)), ("drop", (ticket,))):
            error = refused(world, function, terms, *rest, sender=sender)
            assert error == ("NotAllowed", sender)


def test_a_board_off_the_list_ends_what_it_began_and_begins_nothing(world: World) -> None:
    boards = ["address", "bool"]
    terms, waiting = granted(world), requested(world, salt=2)
    tickets = [take(world, terms), take(world, terms)]
    _, happened = world.decide(world.grants, "setBoard", boards, world.other_board, False)
    assert happened.arguments == {"board": world.other_board, "on": False}
    assert not world.grants("isBoard", world.other_board)
    assert world.grants("wasBoard", world.other_board)
    assert refused_approval(world, waiting) == ("NotAllowed", world.other_board)
    act(world, "use", terms, tickets[0])
    act(world, "drop", terms, tickets[1])
    assert refused(world, "take", terms) == ("NotAllowed", world.other_board)


def test_an_address_that_never_was_a_board_uses_nothing(world: World) -> None:
    terms = requested(world, board=world.stranger)
    assert not world.grants("wasBoard", world.stranger)
    assert refused(world, "use", terms, 1, sender=world.stranger) == ("NotAllowed", world.stranger)
    assert refused(world, "drop", terms, 1, sender=world.stranger) == unknown(1)


def test_a_ticket_is_one_that_was_taken(world: World) -> None:
    terms = granted(world)
    assert refused(world, "use", terms, 1) == unknown(1)
    take(world, terms)
    for ticket in (0, 2):
        assert refused(world, "use", terms, ticket) == unknown(ticket)
        assert refused(world, "drop", terms, ticket) == unknown(ticket)
    (spent, used) = act(world, "use", terms, 1)
    assert (spent.name, spent.arguments["bits"]) == ("BitsSpent", 10)
    assert (used.name, used.arguments["ticket"]) == ("TicketUsed", 1)
    for function in ("use", "drop"):
        assert refused(world, function, terms, 1) == unknown(1)


def test_before_it_is_approved_nothing_is_taken(world: World) -> None:
    terms = requested(world)
    assert refused(world, "take", terms) == ("WrongState", 31)
    assert refused(world, "take", replace(terms, salt=9)) == ("WrongState", 0)
    world.wait(terms.expiry + 1)
    assert refused(world, "take", terms) == ("GrantExpired", terms.expiry)


# ---- schemes of joint scores


@pytest.fixture
def score(world: World) -> bytes:
    """A circuit of kind 6 that the lineage allows."""
    circuit = world.listed(Kind.SCORE, floor_safe=True).id
    world.send(world.owner, world.catalogue, "allow", world.lineage, circuit, True)
    return circuit


def scheme_use(world: World) -> tuple[int, int]:
    found = world.grants("schemes", world.lineage, world.grantee)
    return found["scheme"], found["grants"]


def test_a_score_names_its_scheme_and_nothing_else_does(world: World, score: bytes) -> None:
    assert refused_approval(world, requested(world, circuit=score)) == ("WrongKind", 6)
    for kind in (4, 5):
        circuit = world.circuits_by_kind[kind].id
        terms = requested(world, circuit=circuit, param=SCHEMES[0])
        assert refused_approval(world, terms) == ("WrongKind", kind)


def test_one_scheme_is_in_force_for_a_grantee_and_a_lineage(world: World, score: bytes) -> None:
    first = granted(world, circuit=score, param=SCHEMES[0], max_uses=1)
    granted(world, circuit=score, param=SCHEMES[0], salt=2, max_uses=1)
    assert scheme_use(world) == (SCHEMES[0], 2)
    second = requested(world, circuit=score, param=SCHEMES[1], max_uses=1)
    assert refused_approval(world, second) == ("SchemeInForce", SCHEMES[0])
    granted(world, circuit=score, param=SCHEMES[1], grantee=world.buyer, max_uses=1)
    granted(world, salt=4, max_uses=1)  # no score: it has no scheme
    act(world, "revoke", first, [], 0, sender=world.owner)
    assert refused_approval(world, second) == ("SchemeInForce", SCHEMES[0])
    other = world.registered(world.policy(), 4)
    world.send(world.owner, world.catalogue, "allow", other, score, True)
    granted(world, circuit=score, param=SCHEMES[1], lineage=other)


@pytest.mark.parametrize("end", ["exhausted", "revoked", "expired"])
def test_when_no_grant_of_a_scheme_is_active_another_may_come(
    world: World, score: bytes, end: str
) -> None:
    expiry = world.now + 100
    first = granted(world, circuit=score, param=SCHEMES[0], max_uses=1, expiry=expiry)
    second = requested(world, circuit=score, param=SCHEMES[1])
    if end == "exhausted":
        use(world, first)
    elif end == "revoked":
        act(world, "revoke", first, [], 0, sender=world.owner)
    else:
        world.wait(expiry + 1)
        assert refused_approval(world, second) == ("SchemeInForce", SCHEMES[0])
        act(world, "close", first)
    assert scheme_use(world) == (SCHEMES[0], 0)
    world.approve(second)
    assert scheme_use(world) == (SCHEMES[1], 1)
    if end != "expired":
        act(world, "close", first)  # it left the scheme once, and not again
    assert scheme_use(world) == (SCHEMES[1], 1)


def test_a_scheme_s_request_that_is_only_applied_for_is_not_in_force(
    world: World, score: bytes
) -> None:
    waiting = requested(world, circuit=score, param=SCHEMES[0])
    granted(world, circuit=score, param=SCHEMES[1])
    act(world, "revoke", waiting, [], 0, sender=world.owner)
    act(world, "close", waiting)
    assert scheme_use(world) == (SCHEMES[1], 1)


def test_a_day_has_no_price_in_grants(world: World) -> None:
    """Points are the board's: a grant with any price is taken and used without them."""
    terms = granted(world, price=(1 << 128) - 1, expiry=world.now + DAY)
    use(world, terms)
