"""The council: what it signs, who counts, and in which order a call is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eth_account import Account

from tests.exchange.contracts.world import COUNCIL, FAR, R, Refused, World
from zkpipe.exchange.signatures import Action, gathered, what_of
from zkpipe.exchange.structs import Sigs

N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141  # secp256k1's order
STRANGER = Account.from_key(b"\x09" * 32)


def key_action(world: World, y: int, **other: object) -> Action:
    action = Action(
        chain_id=world.id,
        contract=world.circuits.address,
        target=world.circuits.address,
        what=what_of("setAuditorKey", ["uint256"], y),
        nonce=world.circuits("nonce"),
        deadline=FAR,
    )
    return replace(action, **other)


def signed(action: Action, accounts=COUNCIL[:2]) -> Sigs:
    return gathered(action, [action.signed_by(account) for account in accounts])


def test_two_of_three_decide(world: World) -> None:
    for accounts in (COUNCIL[:2], COUNCIL[1:], COUNCIL[::2], COUNCIL):
        action = key_action(world, 5)
        authorised, happened = world.send(
            world.stranger, world.circuits, "setAuditorKey", 5, signed(action, accounts)
        )
        assert authorised.arguments == {
            "target": world.circuits.address,
            "what": action.what,
            "nonce": action.nonce,
        }
        assert (happened.name, happened.arguments) == ("AuditorKeySet", {"y": 5})
        assert world.circuits("nonce") == action.nonce + 1
    assert world.circuits("auditorKey") == 5


def test_the_domain_is_the_registry_s(world: World) -> None:
    domain = world.circuits("eip712Domain")
    assert (domain["name"], domain["version"]) == ("zkpipe", "1")
    assert domain["chainId"] == world.id
    assert domain["verifyingContract"] == world.circuits.address.lower()


@pytest.mark.parametrize(
    "other",
    [
        {"chain_id": 1},
        {"contract": "0x" + "11" * 20},
        {"target": "0x" + "11" * 20},
        {"what": what_of("setAuditorKey", ["uint256"], 6)},
        {"what": what_of("setAuditorKeys", ["uint256"], 5)},
        {"nonce": 99},
        {"deadline": FAR - 1},
    ],
    ids=lambda other: next(iter(other)),
)
def test_a_signature_for_another_place_is_bad(world: World, other: dict[str, object]) -> None:
    sigs = replace(signed(key_action(world, 5, **other)), deadline=FAR)
    error = world.refused(world.stranger, world.circuits, "setAuditorKey", 5, sigs)
    assert error[0] == "BadSignature"


def test_signatures_do_not_count_after_a_fork(world: World) -> None:
    sigs = signed(key_action(world, 5))
    world.chain.ask("anvil_setChainId", 31337)
    try:
        error = world.call_refused(world.circuits, "setAuditorKey", 5, sigs)
    finally:
        world.chain.ask("anvil_setChainId", world.id)
    assert error[0] == "BadSignature"


def test_a_deadline_is_the_last_second_that_counts(world: World) -> None:
    at = world.now + 10
    world.wait(at)
    sigs = signed(key_action(world, 5, deadline=at))
    world.send(world.stranger, world.circuits, "setAuditorKey", 5, sigs)
    assert world.now == at
    sigs = signed(key_action(world, 6, deadline=at))
    error = world.refused(world.stranger, world.circuits, "setAuditorKey", 6, sigs)
    assert error == ("TooLate", at)


def bad_lists(world: World) -> dict[str, tuple[Sigs, str]]:
    """Lists of signatures, and the signer that is refused for each."""
    action = key_action(world, 5)
    good = signed(action, COUNCIL)
    first, second, third = good.signers
    strange = signed(action, [*COUNCIL[:2], STRANGER])
    twisted = bytearray(good.sigs[0])
    twisted[32:64] = (N - int.from_bytes(good.sigs[0][32:64], "big")).to_bytes(32, "big")
    twisted[64] = 55 - good.sigs[0][64]
    return {
        "not a member": (strange, STRANGER.address),
        "descending": (
            replace(good, signers=(second, first), sigs=(good.sigs[1], good.sigs[0])),
            first,
        ),
        "twice": (replace(good, signers=(first, first), sigs=(good.sigs[0],) * 2), first),
        "another's": (replace(good, sigs=(good.sigs[1], *good.sigs[1:])), first),
        "one missing": (replace(good, sigs=good.sigs[:2]), first),
        "one too many": (replace(good, signers=(first, second)), first),
        "short": (replace(good, sigs=(good.sigs[0][:64], *good.sigs[1:])), first),
        "upper half of s": (replace(good, sigs=(bytes(twisted), *good.sigs[1:])), first),
        "the third is wrong": (replace(good, sigs=(*good.sigs[:2], good.sigs[0])), third),
    }


@pytest.mark.parametrize(
    "case",
    [
        "not a member",
        "descending",
        "twice",
        "another's",
        "one missing",
        "one too many",
        "short",
        "upper half of s",
        "the third is wrong",
    ],
)
def test_a_list_with_a_bad_signature_is_refused_whole(world: World, case: str) -> None:
    sigs, signer = bad_lists(world)[case]
    error = world.refused(world.stranger, world.circuits, "setAuditorKey", 5, sigs)
    assert error == ("BadSignature", signer)


def test_checks_come_as_deadline_then_signers_then_their_number(world: World) -> None:
    past = key_action(world, 5, deadline=world.now)
    one_bad = signed(past, [STRANGER])
    assert world.refused(world.stranger, world.circuits, "setAuditorKey", 5, one_bad) == (
        "TooLate",
        past.deadline,
    )
    one_bad = signed(key_action(world, 5), [STRANGER])
    assert world.refused(world.stranger, world.circuits, "setAuditorKey", 5, one_bad) == (
        "BadSignature",
        STRANGER.address,
    )
    for few in (COUNCIL[:1], []):
        sigs = signed(key_action(world, 5), few)
        error = world.refused(world.stranger, world.circuits, "setAuditorKey", 5, sigs)
        assert error == ("TooFewSignatures", len(few), 2)


def test_a_key_that_no_proof_could_have_is_refused(world: World) -> None:
    for y in (R, (1 << 256) - 1):
        sigs = signed(key_action(world, y))
        error = world.refused(world.stranger, world.circuits, "setAuditorKey", y, sigs)
        assert error == ("NotInField", y)
    with pytest.raises(Refused) as refused:
        world.deploy("CircuitRegistry", [COUNCIL[0].address], 1, R)
    assert refused.value.error == ("NotInField", R)


def test_of_two_actions_for_one_nonce_one_counts(world: World) -> None:
    two = [signed(key_action(world, y)) for y in (5, 6)]
    world.send(world.stranger, world.circuits, "setAuditorKey", 5, two[0])
    error = world.refused(world.stranger, world.circuits, "setAuditorKey", 6, two[1])
    assert error[0] == "BadSignature"


def test_one_nonce_serves_all_contracts(world: World) -> None:
    before = world.circuits("nonce")
    world.decide(world.grants, "setBoard", ["address", "bool"], world.other_board, True)
    world.decide(world.settlement, "issue", ["address", "uint128"], world.holder, 1)
    assert world.circuits("nonce") == before + 2


def test_authorise_counts_for_the_contract_that_calls(world: World) -> None:
    """Whoever calls it himself uses up an action that was signed for himself, and no other."""
    what = what_of("issue", ["address", "uint128"], world.stranger, 5)
    action = key_action(world, 5, what=what, target=world.settlement.address)
    error = world.refused(world.stranger, world.circuits, "authorise", what, signed(action))
    assert error[0] == "BadSignature"
    mine = signed(replace(action, target=world.stranger))
    (happened,) = world.send(world.stranger, world.circuits, "authorise", what, mine)
    assert happened.arguments["target"] == world.stranger


def test_the_council_replaces_itself(world: World) -> None:
    new = [STRANGER.address, COUNCIL[2].address]
    _, happened = world.decide(world.circuits, "setCouncil", ["address[]", "uint256"], new, 1)
    assert (happened.name, happened.arguments["members"]) == ("CouncilSet", tuple(new))
    assert [m.lower() for m in new] == list(world.circuits("members"))
    assert world.circuits("threshold") == 1
    error = world.refused(
        world.stranger, world.circuits, "setAuditorKey", 5, signed(key_action(world, 5))
    )
    assert error[0] == "BadSignature"
    sigs = signed(key_action(world, 5), [STRANGER])
    world.send(world.stranger, world.circuits, "setAuditorKey", 5, sigs)


A, B = COUNCIL[0].address, COUNCIL[1].address


@pytest.mark.parametrize(
    ("members", "threshold"),
    [([A, B], 0), ([A, B], 3), ([], 0), ([], 1), ([A, B, A], 2), ([A, "0x" + "00" * 20], 1)],
)
def test_a_council_that_could_not_decide_is_refused(
    world: World, members: list[str], threshold: int
) -> None:
    types = ["address[]", "uint256"]
    sigs = world.council(world.circuits, "setCouncil", types, members, threshold)
    arguments = ("setCouncil", members, threshold, sigs)
    error = world.refused(world.stranger, world.circuits, *arguments)
    assert error == ("WrongCouncil", len(members), threshold)
    with pytest.raises(Refused) as refused:
        world.deploy("CircuitRegistry", members, threshold, 1)
    assert refused.value.error == error
