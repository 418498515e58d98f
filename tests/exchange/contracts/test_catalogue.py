"""DataCatalogue: lineages, versions, segments, and the budget of bits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.exchange.contracts.world import DAY, FAR, PROOF, PROVER, R, World
from zkpipe.exchange.states import Kind, LineageState
from zkpipe.exchange.structs import Segment
from zkpipe.exchange.words import Context, word_of

NONE = bytes(32)


def publish(world: World, *added: Segment, withdrawn: tuple[bytes, ...] = (), sender: str = ""):
    arguments = (world.lineage, [s.as_tuple for s in added], list(withdrawn), NONE)
    return world.send(sender or world.owner, world.catalogue, "publish", *arguments)


def refused(world: World, *added: Segment, withdrawn: tuple[bytes, ...] = (), sender: str = ""):
    arguments = (world.lineage, [s.as_tuple for s in added], list(withdrawn), NONE)
    return world.refused(sender or world.owner, world.catalogue, "publish", *arguments)


def right(world: World, segment: Segment) -> Segment:
    """A segment whose proof is taken for right."""
    kind = 1 if segment.replaces == NONE else 2
    words = world.segment_words(world.lineage, segment, world.policy())
    world.accept(world.circuits_by_kind[kind], words)
    return segment


def lineage(world: World) -> dict[str, int]:
    found: dict[str, int] = world.catalogue("lineage", world.lineage)
    return found


def test_a_lineage_has_its_policy_and_its_owner(world: World) -> None:
    policy = world.policy(keyed=True, doc_hash=b"\x05" * 32)
    owner_changed, happened = world.send(world.buyer, world.catalogue, "register", policy, 9)
    l = policy.lineage(world.id, world.catalogue.address, world.buyer, 9)  # noqa: E741
    assert owner_changed.name == "DIDOwnerChanged"
    assert (happened.name, happened.arguments["lineage"]) == ("LineageRegistered", l)
    assert happened.arguments["owner"] == world.buyer
    assert happened.arguments["policy"] == policy.as_tuple
    assert happened.arguments["salt"] == 9
    kept = world.catalogue("lineage", l)
    assert kept == {
        "schemaHash": policy.schema_hash,
        "approvers": policy.approvers,
        "template": 0,
        "setBy": world.buyer.lower(),
        "limitBits": 100,
        "held": 0,
        "spent": 0,
        "head": 0,
        "floor": 20,
        "state": LineageState.PUBLISHED,
        "keyed": True,
    }
    assert world.catalogue("ownerOf", l) == world.buyer.lower()


def test_a_lineage_is_registered_once_even_after_it_was_frozen_or_sold(world: World) -> None:
    asset = "0x" + world.lineage[12:].hex()
    again = (world.owner, world.catalogue, "register", world.policy(), 0)
    assert world.refused(*again)[0] == "AssetBound"
    world.send(world.owner, world.catalogue, "setState", world.lineage, 22)
    assert world.refused(*again)[0] == "AssetBound"
    world.send(world.owner, world.identities, "changeOwner", asset, world.buyer)
    assert world.refused(*again)[0] == "AssetBound"
    assert lineage(world)["state"] == 22


def test_a_policy_names_a_template_that_is_there(world: World) -> None:
    unknown = world.policy(template=5)
    error = world.refused(world.owner, world.catalogue, "register", unknown, 0)
    assert error == ("Unknown", (5).to_bytes(32, "big"))
    types = ["bytes32", "bytes32", "uint256"]
    _, happened = world.decide(world.credentials, "defineTemplate", types, NONE, NONE, 8)
    template = happened.arguments["t"]
    world.registered(world.policy(template=template))
    world.decide(world.credentials, "deprecate", ["uint256"], template)
    named = world.policy(template=template)
    error = world.refused(world.owner, world.catalogue, "register", named, 1)
    assert error == ("WrongState", 52)


def test_a_version_holds_what_was_added_and_not_withdrawn(world: World) -> None:
    two, three = right(world, world.segment(2)), right(world, world.segment(3))
    (happened,) = publish(world, two, three)
    assert happened.name == "VersionPublished"
    assert happened.arguments["version"] == 2 == lineage(world)["head"]
    assert [bytes(s[0]) for s in happened.arguments["added"]] == [two.root, three.root]
    publish(world, withdrawn=(two.root,))
    assert world.catalogue("segment", two.root) == {
        "lineage": world.lineage,
        "added": 2,
        "withdrawn": 3,
        "rows": 100,
        "units": 90,
    }
    assert world.catalogue("segment", three.root)["withdrawn"] == 0
    assert lineage(world)["head"] == 3


def test_an_update_takes_the_place_of_a_segment(world: World) -> None:
    update = right(world, world.segment(2, replaces=world.root, rows=80))
    publish(world, update)
    assert world.catalogue("segment", world.root)["withdrawn"] == 2
    assert world.catalogue("segment", update.root)["added"] == 2
    again = world.segment(3, replaces=world.root)
    assert refused(world, again) == ("SegmentWithdrawn", world.root)


PLACES = [
    {"chain_id": 1},
    {"contract": "0x" + "12" * 20},
    {"circuit": b"\x23" * 32},
    {"action": "step"},
    {"job": b"\x34" * 32},
    {"grant": b"\x45" * 32},
    {"number": 2},
    {"submitter": "0x" + "56" * 20},
    {"payee": "0x" + "67" * 20},
    {"deadline": FAR - 1},
]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: next(iter(place)))
def test_a_segment_s_proof_is_for_its_place(world: World, place: dict[str, object]) -> None:
    segment = world.segment(2)
    words = world.segment_words(world.lineage, segment, world.policy(), **place)
    world.accept(world.circuits_by_kind[1], words)
    assert refused(world, segment) == ("ProofRejected", segment.circuit)


def test_a_segment_s_proof_is_of_its_words(world: World) -> None:
    segment = right(world, world.segment(2))
    for other in ({"root": b"\x02" * 32}, {"rows": 101}, {"units": 89}, {"deadline": FAR - 1}):
        error = refused(world, replace(segment, **other))
        assert error == ("ProofRejected", segment.circuit)
    update = right(world, world.segment(3, replaces=world.root))
    publish(world, segment)
    other = replace(update, replaces=segment.root)
    assert refused(world, other) == ("ProofRejected", update.circuit)
    publish(world, update)


def test_a_prepared_proof_outlives_a_withdrawal(world: World) -> None:
    segment = right(world, world.segment(2))
    publish(world, withdrawn=(world.root,))
    publish(world, segment)


def test_the_order_of_what_is_wrong_with_an_entry(world: World) -> None:
    """Each is wrong in all later ways, too."""
    world.lineage = world.registered(world.policy(keyed=True), 7)
    stranger_s = world.segment(1, replaces=world.root, circuit=world.circuits_by_kind[4].id)
    stranger_s = replace(stranger_s, deadline=world.now - 5)
    update = world.circuits_by_kind[2].id
    assert refused(world, stranger_s) == ("WrongKind", 4)
    late = replace(stranger_s, circuit=update)
    assert refused(world, late) == ("TooLate", late.deadline)
    known = replace(late, deadline=FAR)
    first = world.catalogue("segment", world.root)["lineage"]
    assert refused(world, known) == ("DuplicateRoot", first)
    doubled = replace(known, root=b"\x03" * 32)
    assert refused(world, doubled) == ("DuplicateHolder",)
    foreign = replace(doubled, units=100)
    assert refused(world, foreign) == ("NotInVersion", world.root)
    own = replace(world.segment(4), units=100)
    policy = world.policy(keyed=True)
    world.accept(world.circuits_by_kind[1], world.segment_words(world.lineage, own, policy))
    publish(world, own)
    publish(world, withdrawn=(own.root,))
    withdrawn = replace(foreign, replaces=own.root)
    assert refused(world, withdrawn) == ("SegmentWithdrawn", own.root)
    unproven = replace(withdrawn, replaces=NONE, circuit=world.circuits_by_kind[1].id)
    assert refused(world, unproven) == ("ProofRejected", unproven.circuit)


def test_kinds_are_not_exchanged(world: World) -> None:
    new, update = world.circuits_by_kind[1].id, world.circuits_by_kind[2].id
    assert refused(world, world.segment(2, circuit=update)) == ("WrongKind", 2)
    assert refused(world, replace(world.segment(2), replaces=world.root)) == ("WrongKind", 1)
    assert refused(world, world.segment(2, circuit=b"\x01" * 32)) == ("WrongKind", 0)
    world.decide(world.circuits, "retire", ["bytes32"], new)
    assert refused(world, world.segment(2)) == ("WrongState", 13)


def test_a_root_is_published_once_anywhere(world: World) -> None:
    twice = right(world, world.segment(2))
    assert refused(world, twice, twice) == ("DuplicateRoot", world.lineage)
    publish(world, twice)
    publish(world, withdrawn=(twice.root,))
    assert refused(world, twice) == ("DuplicateRoot", world.lineage)
    first, world.lineage = world.lineage, world.registered(world.policy(), 8)
    assert refused(world, twice) == ("DuplicateRoot", first)


def test_entries_take_effect_one_after_another(world: World) -> None:
    two = right(world, world.segment(2, replaces=world.root))
    three = right(world, world.segment(3, replaces=two.root))
    assert refused(world, three, two) == ("NotInVersion", two.root)
    assert refused(world, two, replace(three, replaces=world.root)) == (
        "SegmentWithdrawn",
        world.root,
    )
    assert refused(world, two, withdrawn=(world.root,)) == ("SegmentWithdrawn", world.root)
    publish(world, two, three)
    assert world.catalogue("segment", two.root)["withdrawn"] == 2


def test_what_is_not_there_is_not_withdrawn(world: World) -> None:
    unknown = b"\x07" * 32
    assert refused(world, withdrawn=(unknown,)) == ("NotInVersion", unknown)
    publish(world, withdrawn=(world.root,))
    assert refused(world, withdrawn=(world.root,)) == ("SegmentWithdrawn", world.root)
    world.lineage = world.registered(world.policy(), 8)
    assert refused(world, withdrawn=(world.root,)) == ("NotInVersion", world.root)


@pytest.mark.parametrize(
    "call",
    [
        ("publish", [], [], NONE),
        ("allow", NONE, True),
        ("setState", 22),
    ],
    ids=lambda call: call[0],
)
def test_only_the_owner_acts_for_a_lineage(world: World, call: tuple[object, ...]) -> None:
    function, *rest = call
    for caller in (world.stranger, world.prover, world.grantee):
        error = world.refused(caller, world.catalogue, str(function), world.lineage, *rest)
        assert error == ("NotAllowed", caller)
    unknown = b"\x06" * 32
    error = world.refused(world.owner, world.catalogue, str(function), unknown, *rest)
    assert error == ("Unknown", unknown)
    asset = "0x" + world.lineage[12:].hex()
    world.send(world.owner, world.identities, "changeOwner", asset, world.buyer)
    error = world.refused(world.owner, world.catalogue, str(function), world.lineage, *rest)
    assert error == ("NotAllowed", world.owner)
    world.send(world.buyer, world.catalogue, str(function), world.lineage, *rest)


def test_circuits_are_allowed_and_disallowed(world: World) -> None:
    circuit = b"\x05" * 32
    for on in (True, False):
        arguments = (world.lineage, circuit, on)
        (happened,) = world.send(world.owner, world.catalogue, "allow", *arguments)
        assert happened.name == "CircuitAllowed"
        assert happened.arguments == {"lineage": world.lineage, "circuit": circuit, "on": on}
        assert world.catalogue("allowed", world.lineage, circuit) == on


@pytest.mark.parametrize("path", [(22, 23), (23,)])
def test_a_lineage_s_state_only_goes_forward(world: World, path: tuple[int, ...]) -> None:
    for state in path:
        (happened,) = world.send(world.owner, world.catalogue, "setState", world.lineage, state)
        assert happened.arguments == {"lineage": world.lineage, "state": state}
        for s in (0, 20, 21, state, 24, 255):
            error = world.refused(world.owner, world.catalogue, "setState", world.lineage, s)
            assert error == ("WrongState", state)
        assert refused(world) == ("WrongState", state)
        usable = ("usable", world.lineage, 0, world.root)
        assert world.call_refused(world.catalogue, *usable) == ("WrongState", state)


def test_no_state_but_frozen_and_destroyed_is_set(world: World) -> None:
    for s in (0, 1, 21, 24, 255):
        error = world.refused(world.owner, world.catalogue, "setState", world.lineage, s)
        assert error == ("WrongState", 21)


def test_which_segments_can_be_asked(world: World) -> None:
    """A pin keeps later segments out and does not keep withdrawn ones in."""
    later = right(world, world.segment(2))
    publish(world, later)

    def usable(version: int, root: bytes) -> object:
        return world.catalogue("usable", world.lineage, version, root)

    def why_not(version: int, root: bytes) -> object:
        return world.call_refused(world.catalogue, "usable", world.lineage, version, root)

    assert usable(0, world.root) == usable(1, world.root) == usable(2, later.root) == 20
    assert usable(0, later.root) == 20
    assert why_not(1, later.root) == ("NotInVersion", later.root)
    assert why_not(0, b"\x01" * 32) == ("NotInVersion", b"\x01" * 32)
    publish(world, withdrawn=(world.root,))
    for version in (0, 1, 2, 3):
        assert why_not(version, world.root) == ("SegmentWithdrawn", world.root)
    other = world.registered(world.policy(), 8)
    foreign = ("usable", other, 0, later.root)
    assert world.call_refused(world.catalogue, *foreign) == ("NotInVersion", later.root)
    nowhere = ("usable", NONE, 0, later.root)
    assert world.call_refused(world.catalogue, *nowhere) == ("WrongState", 0)


@pytest.mark.parametrize("function", ["hold", "spend", "release"])
def test_grants_alone_move_bits(world: World, function: str) -> None:
    for caller in (world.owner, world.stranger):
        error = world.refused(caller, world.catalogue, function, world.lineage, 0)
        assert error == ("NotAllowed", caller)


def test_a_delegate_for_proofs_does_not_publish(world: World) -> None:
    assert refused(world, right(world, world.segment(2)), sender=world.prover)[0] == "NotAllowed"
    assert world.identities("validDelegate", world.owner, PROVER, world.prover)


def test_a_root_no_proof_could_have_has_no_right_proof(world: World) -> None:
    """The verifier refuses it; the stub, which does not reduce, knows no such words either."""
    segment = right(world, world.segment(2))
    above = replace(segment, root=(R + 2).to_bytes(32, "big"))
    assert refused(world, above) == ("ProofRejected", segment.circuit)


def test_a_deadline_of_a_proof_is_the_last_second(world: World) -> None:
    at = world.now + DAY
    one, two = (right(world, world.segment(n, deadline=at)) for n in (2, 3))
    world.wait(at)
    publish(world, one)
    assert world.now == at
    assert refused(world, two) == ("TooLate", at)


def test_the_words_of_a_segment_are_those_of_the_design(world: World) -> None:
    """Spelt out once, apart from the helper that other tests use."""
    segment = world.segment(2, replaces=world.root)
    place = Context(
        chain_id=world.id,
        contract=world.catalogue.address,
        circuit=segment.circuit,
        action="publish",
        grant=world.lineage,
        submitter=world.owner,
        deadline=FAR,
    )
    schema = word_of(world.policy().schema_hash)
    world.accept(world.circuits_by_kind[Kind.UPDATE], [100, 90, place.word, 2, schema, 1, 20])
    publish(world, segment)
    assert segment.proof == PROOF
