"""CredentialRegistry: templates, issuers, revocations, and accounts that are enrolled."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace

import pytest

from tests.exchange.contracts.world import DAY, PROOF, Circuit, R, World
from zkpipe.exchange.ids import scope, template_id
from zkpipe.exchange.states import Kind, TemplateState
from zkpipe.exchange.structs import Presentation
from zkpipe.exchange.words import Context

DOC, PREDICATE, ISSUER, ROOT, NULLIFIER = b"\x0d" * 32, 77, 501, 601, 701
NONE = bytes(32)
DEFINE = ["bytes32", "bytes32", "uint256"]
SET_ISSUER = ["uint256", "uint256", "address", "bool"]


@dataclass(frozen=True)
class Office:
    """A template with its circuit, and an issuer who has published a revocation root."""

    world: World
    circuit: Circuit
    template: int

    def presentation(self, **other: object) -> Presentation:
        common = {
            "template": self.template,
            "issuer": ISSUER,
            "root": ROOT,
            "nullifier": NULLIFIER,
            "valid_to": self.world.now + 30 * DAY,
            "deadline": self.world.now + DAY,
            "proof": PROOF,
        }
        return Presentation(**common | other)

    def words(self, p: Presentation, sender: str, **place: object) -> list[int]:
        """nullifier | ctx issuer revocation-root template predicate validTo scope"""
        world = self.world
        common = {
            "chain_id": world.id,
            "contract": world.credentials.address,
            "circuit": self.circuit.id,
            "action": "enrol",
            "grant": self.template.to_bytes(32, "big"),
            "submitter": sender,
            "deadline": p.deadline,
        }
        ctx = Context(**common | place).word
        own_scope = scope(world.id, world.credentials.address, self.template)
        stated = [p.issuer, p.root, self.template, PREDICATE, p.valid_to, own_scope]
        return [p.nullifier, ctx, *stated]

    def proven(self, sender: str, **other: object) -> Presentation:
        p = self.presentation(**other)
        self.world.accept(self.circuit, self.words(p, sender))
        return p

    def enrol(self, sender: str, **other: object):
        p = self.proven(sender, **other)
        return self.world.send(sender, self.world.credentials, "enrol", p)

    def refused(self, sender: str, p: Presentation) -> tuple[object, ...]:
        return self.world.refused(sender, self.world.credentials, "enrol", p)

    def valid(self, account: str) -> bool:
        return bool(self.world.credentials("valid", self.template, account))

    def revoke(self, root: int, revoked: list[int]):
        arguments = ("setRevocation", self.template, ISSUER, root, revoked)
        return self.world.send(self.world.issuer, self.world.credentials, *arguments)

    def set_issuer(self, on: bool):
        arguments = (self.template, ISSUER, self.world.issuer, on)
        world = self.world
        return world.decide(world.credentials, "setIssuer", SET_ISSUER, *arguments)


@pytest.fixture(scope="module")
def set_up(furnished: World):
    mark = furnished.chain.snapshot()
    circuit = furnished.listed(Kind.PRESENT)
    arguments = (DOC, circuit.id, PREDICATE)
    furnished.decide(furnished.credentials, "defineTemplate", DEFINE, *arguments)
    template = template_id(furnished.id, furnished.credentials.address, *arguments)
    office = Office(furnished, circuit, template)
    office.set_issuer(True)
    office.revoke(ROOT, [])
    yield office
    furnished.chain.restore(mark)


@pytest.fixture
def office(set_up: Office):
    mark = set_up.world.chain.snapshot()
    yield replace(set_up, world=copy(set_up.world))
    set_up.world.chain.restore(mark)


def test_a_template_s_id_is_its_content_s(office: Office) -> None:
    world = office.world
    kept = world.credentials("templates", office.template)
    assert (kept["doc"], kept["circuit"]) == (DOC, office.circuit.id)
    assert (kept["predicate"], kept["state"]) == (PREDICATE, TemplateState.CURRENT)
    sigs = world.council(world.credentials, "defineTemplate", DEFINE, DOC, NONE, 1)
    arguments = ("defineTemplate", DOC, NONE, 1, sigs)
    _, happened = world.send(world.stranger, world.credentials, *arguments)
    t = template_id(world.id, world.credentials.address, DOC, NONE, 1)
    assert happened.name == "TemplateDefined"
    assert happened.arguments == {"t": t, "doc": DOC, "circuit": NONE, "predicate": 1}
    assert world.credentials("scope", t) == scope(world.id, world.credentials.address, t)


def test_a_template_is_defined_once_and_deprecated_once(office: Office) -> None:
    world, t = office.world, office.template
    again = (DOC, office.circuit.id, PREDICATE)
    sigs = world.council(world.credentials, "defineTemplate", DEFINE, *again)
    arguments = (world.stranger, world.credentials, "defineTemplate", *again, sigs)
    assert world.refused(*arguments) == ("WrongState", 51)
    _, happened = world.decide(world.credentials, "deprecate", ["uint256"], t)
    assert (happened.name, happened.arguments) == ("TemplateDeprecated", {"t": t})
    assert world.refused(*arguments) == ("WrongState", 52)
    for template, state in ((t, 52), (5, 0)):
        sigs = world.council(world.credentials, "deprecate", ["uint256"], template)
        error = world.refused(world.stranger, world.credentials, "deprecate", template, sigs)
        assert error == ("WrongState", state)


def test_words_that_no_proof_could_have_are_refused(office: Office) -> None:
    world, t = office.world, office.template
    sigs = world.council(world.credentials, "defineTemplate", DEFINE, DOC, NONE, R)
    arguments = ("defineTemplate", DOC, NONE, R, sigs)
    assert world.refused(world.stranger, world.credentials, *arguments) == ("NotInField", R)
    sigs = world.council(world.credentials, "setIssuer", SET_ISSUER, t, R, world.issuer, True)
    arguments = ("setIssuer", t, R, world.issuer, True, sigs)
    assert world.refused(world.stranger, world.credentials, *arguments) == ("NotInField", R)
    error = world.refused(world.issuer, world.credentials, "setRevocation", t, ISSUER, R, [])
    assert error == ("NotInField", R)


def test_issuers_are_the_council_s_to_name(office: Office) -> None:
    world, t = office.world, office.template
    _, happened = office.set_issuer(True)
    assert happened.name == "IssuerSet"
    assert happened.arguments == {"t": t, "issuer": ISSUER, "account": world.issuer, "on": True}
    nobody = "0x" + "00" * 20
    for values, error in [
        ((5, ISSUER, world.issuer, True), ("Unknown", (5).to_bytes(32, "big"))),
        ((t, ISSUER, nobody, True), ("NotAllowed", nobody)),
    ]:
        sigs = world.council(world.credentials, "setIssuer", SET_ISSUER, *values)
        arguments = ("setIssuer", *values, sigs)
        assert world.refused(world.stranger, world.credentials, *arguments) == error
    sigs = world.council(world.credentials, "setIssuer", SET_ISSUER, t, 1, world.issuer, True)
    arguments = ("setIssuer", t, 2, world.issuer, True, sigs)
    assert world.refused(world.stranger, world.credentials, *arguments)[0] == "BadSignature"


def test_an_issuer_alone_publishes_its_revocations(office: Office) -> None:
    world, t = office.world, office.template
    (happened,) = office.revoke(602, [3, (1 << 32) - 1])
    assert happened.name == "RevocationSet"
    assert happened.arguments == {
        "t": t,
        "issuer": ISSUER,
        "root": 602,
        "revoked": (3, (1 << 32) - 1),
    }
    arguments = ("setRevocation", t, ISSUER, 603, [])
    for caller in (world.stranger, world.holder):
        assert world.refused(caller, world.credentials, *arguments) == ("NotAllowed", caller)
    office.set_issuer(False)
    error = world.refused(world.issuer, world.credentials, *arguments)
    assert error == ("NotAllowed", world.issuer)


def test_a_proof_enrols_who_sends_it(office: Office) -> None:
    world = office.world
    assert not office.valid(world.holder)
    p = office.proven(world.holder)
    (happened,) = world.send(world.holder, world.credentials, "enrol", p)
    assert happened.name == "Enrolled"
    assert happened.arguments == {
        "t": office.template,
        "account": world.holder,
        "issuer": ISSUER,
        "root": ROOT,
        "nullifier": NULLIFIER,
        "validTo": p.valid_to,
    }
    assert office.valid(world.holder)
    assert not office.valid(world.buyer)
    bound = world.credentials("nullifiers", office.template, NULLIFIER)
    assert bound == {"account": world.holder.lower(), "until": p.valid_to}


def test_a_copied_proof_enrols_nobody_else(office: Office) -> None:
    p = office.proven(office.world.holder)
    assert office.refused(office.world.buyer, p) == ("ProofRejected", office.circuit.id)


@pytest.mark.parametrize(
    "place",
    [
        {"chain_id": 1},
        {"contract": "0x" + "12" * 20},
        {"circuit": b"\x23" * 32},
        {"action": "step"},
        {"job": b"\x34" * 32},
        {"grant": b"\x45" * 32},
        {"number": 2},
        {"submitter": "0x" + "56" * 20},
        {"payee": "0x" + "67" * 20},
        {"deadline": 5},
    ],
    ids=lambda place: next(iter(place)),
)
def test_a_presentation_s_proof_is_for_its_place(office: Office, place: dict[str, object]) -> None:
    p = office.presentation()
    office.world.accept(office.circuit, office.words(p, office.world.holder, **place))
    assert office.refused(office.world.holder, p) == ("ProofRejected", office.circuit.id)


def test_a_presentation_s_proof_is_of_what_it_states(office: Office) -> None:
    world = office.world
    p = office.proven(world.holder)
    for other in ({"nullifier": 702}, {"valid_to": p.valid_to + 1}, {"deadline": p.deadline + 1}):
        error = office.refused(world.holder, replace(p, **other))
        assert error == ("ProofRejected", office.circuit.id)


def test_the_order_of_what_is_wrong_with_a_presentation(office: Office) -> None:
    """Each is wrong in all later ways, too."""
    world = office.world
    office.enrol(world.buyer)
    none = (DOC, world.circuits_by_kind[4].id, PREDICATE)
    world.decide(world.credentials, "defineTemplate", DEFINE, *none)
    not_shown = template_id(world.id, world.credentials.address, *none)
    last = (DOC, office.circuit.id, 1)
    world.decide(world.credentials, "defineTemplate", DEFINE, *last)
    deprecated = template_id(world.id, world.credentials.address, *last)
    world.decide(world.credentials, "deprecate", ["uint256"], deprecated)

    past, far = world.now - 5, world.now + 100 * DAY
    p = office.presentation(template=5, deadline=past, valid_to=past, issuer=9, root=9)
    cases: list[tuple[dict[str, int], tuple[object, ...]]] = [
        ({}, ("Unknown", (5).to_bytes(32, "big"))),
        ({"template": deprecated}, ("WrongState", 52)),
        ({"template": not_shown}, ("WrongKind", 4)),
        ({"template": office.template}, ("TooLate", past)),
        ({"deadline": world.now + DAY, "valid_to": past - 1}, ("TooLate", past - 1)),
        ({"valid_to": far}, ("TooEarly", far - 90 * DAY)),
        ({"valid_to": world.now + DAY}, ("Unknown", (9).to_bytes(32, "big"))),
        ({"issuer": ISSUER}, ("StaleRevocationRoot", 9, ROOT)),
        ({"root": ROOT}, ("NullifierBound", world.buyer)),
        ({"nullifier": 9}, ("ProofRejected", office.circuit.id)),
    ]
    for other, error in cases:
        p = replace(p, **other)
        assert office.refused(world.holder, p) == error
    world.decide(world.circuits, "retire", ["bytes32"], office.circuit.id)
    assert office.refused(world.holder, p) == ("WrongState", 13)


def test_nobody_enrols_before_the_circuit_is_listed(office: Office) -> None:
    world = office.world
    circuit = world.stub(Kind.PRESENT, leak_bits=1)
    arguments = (DOC, circuit.id, PREDICATE)
    world.decide(world.credentials, "defineTemplate", DEFINE, *arguments)
    t = template_id(world.id, world.credentials.address, *arguments)
    later = Office(world, circuit, t)
    later.set_issuer(True)
    later.revoke(ROOT, [])
    p = later.proven(world.holder)
    assert later.refused(world.holder, p) == ("WrongKind", 0)
    world.send(world.stranger, world.circuits, "propose", circuit.record)
    assert later.refused(world.holder, p) == ("WrongState", 11)
    world.decide(world.circuits, "approve", ["bytes32"], circuit.id)
    world.send(world.holder, world.credentials, "enrol", p)
    assert later.valid(world.holder)
    assert not office.valid(world.holder)


def test_without_a_root_nobody_enrols(office: Office) -> None:
    world = office.world
    values = (office.template, 502, world.issuer, True)
    world.decide(world.credentials, "setIssuer", SET_ISSUER, *values)
    p = office.presentation(issuer=502, root=0)
    world.accept(office.circuit, office.words(p, world.holder))
    assert office.refused(world.holder, p) == ("StaleRevocationRoot", 0, 0)


def test_a_new_root_ends_enrolments_until_they_are_presented_again(office: Office) -> None:
    world = office.world
    office.enrol(world.holder)
    office.revoke(602, [3])
    assert not office.valid(world.holder)
    stale = office.proven(world.holder)
    assert office.refused(world.holder, stale) == ("StaleRevocationRoot", ROOT, 602)
    office.enrol(world.holder, root=602)
    assert office.valid(world.holder)


def test_an_issuer_that_is_switched_off_has_no_valid_holders(office: Office) -> None:
    world = office.world
    office.enrol(world.holder)
    office.set_issuer(False)
    assert not office.valid(world.holder)
    p = office.proven(world.holder)
    assert office.refused(world.holder, p) == ("Unknown", ISSUER.to_bytes(32, "big"))
    office.set_issuer(True)
    assert office.valid(world.holder)


def test_a_deprecated_template_s_enrolments_run_out(office: Office) -> None:
    world = office.world
    office.enrol(world.holder)
    world.decide(world.credentials, "deprecate", ["uint256"], office.template)
    assert office.valid(world.holder)
    assert office.refused(world.holder, office.proven(world.holder)) == ("WrongState", 52)


def test_an_enrolment_lasts_until_its_last_second_and_binds_as_long(office: Office) -> None:
    world = office.world
    end = world.now + 20
    office.enrol(world.holder, valid_to=end)
    other = office.proven(world.buyer, valid_to=end + DAY)
    world.wait(end)
    assert office.refused(world.buyer, other) == ("NullifierBound", world.holder)
    assert world.now == end
    assert office.valid(world.holder)
    world.send(world.buyer, world.credentials, "enrol", other)
    assert not office.valid(world.holder)
    assert office.valid(world.buyer)


def test_a_credential_is_lent_to_nobody_while_it_is_bound(office: Office) -> None:
    """Not even after a new root has ended the enrolment."""
    world = office.world
    office.enrol(world.holder)
    office.revoke(602, [])
    lent = office.proven(world.buyer, root=602)
    assert office.refused(world.buyer, lent) == ("NullifierBound", world.holder)
    office.enrol(world.holder, root=602)
    office.enrol(world.buyer, root=602, nullifier=702)


def test_an_enrolment_lasts_90_days_at_most(office: Office) -> None:
    world = office.world
    at = world.now + 100
    longest = at + 90 * DAY
    day = at + DAY
    exact = office.proven(world.holder, valid_to=longest, deadline=day)
    over = office.proven(world.buyer, valid_to=longest + 1, deadline=day, nullifier=5)
    world.wait(at)
    assert office.refused(world.buyer, over) == ("TooEarly", at + 1)
    with_exact = world.send(world.holder, world.credentials, "enrol", exact)
    assert with_exact[0].name == "Enrolled"
