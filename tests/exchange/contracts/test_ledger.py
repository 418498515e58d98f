"""EvidenceLedger: entries, their levels, their stages and their chain."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.exchange.contracts.world import APPROVERS, DAY, FAR, LEDGER, PROVER, World
from zkpipe.exchange.ids import (
    chained_entry,
    head_after,
    list_digest,
    loose_entry,
    opening_digest,
)
from zkpipe.exchange.signatures import Action, gathered
from zkpipe.exchange.states import Level, Stage

NONE, DIGEST, SALT, VALUE = bytes(32), b"\x0a" * 32, b"\x0b" * 32, b"collected with consent"


def asset(world: World) -> str:
    return "0x" + world.lineage[12:].hex()


def append(world: World, sender: str, stage: int = 1, digest: bytes = DIGEST, **other: object):
    """The entry and the event."""
    parents, signers = other.get("parents", []), other.get("signers", NONE)
    arguments = ("append", asset(world), stage, digest, parents, signers)
    (happened,) = world.send(sender, world.ledger, *arguments)
    return happened.arguments["entry"], happened


def test_the_owner_s_entries_are_signed_and_chained(world: World) -> None:
    ids, head = [], NONE
    for sequence in (1, 2, 3):
        entry, happened = append(world, world.owner, stage=sequence)
        place = (world.id, world.ledger.address, asset(world), sequence)
        assert entry == chained_entry(*place, DIGEST, world.owner)
        assert happened.name == "Appended"
        assert happened.arguments["seq"] == sequence
        assert (happened.arguments["level"], happened.arguments["by"]) == (1, world.owner)
        ids.append(entry)
        head = head_after(head, entry)
        kept = world.ledger("head", asset(world))
        assert kept == {"hash": head, "seq": sequence, "stage": sequence}
    kept = world.ledger("entries", ids[1])
    assert kept == {
        "digest": DIGEST,
        "signers": NONE,
        "asset": asset(world),
        "seq": 2,
        "level": Level.SIGNED,
        "confirmed": False,
    }


def test_a_delegate_of_the_owner_for_the_ledger_signs_too(world: World) -> None:
    arguments = ("addDelegate", world.owner, LEDGER, world.holder, DAY)
    world.send(world.owner, world.identities, *arguments)
    _, happened = append(world, world.holder)
    assert happened.arguments["level"] == Level.SIGNED
    _, happened = append(world, world.prover)  # a delegate for proofs is none for this
    assert happened.arguments["level"] == Level.CLAIMED
    assert world.identities("validDelegate", world.owner, PROVER, world.prover)
    world.send(world.owner, world.identities, "changeOwner", asset(world), world.buyer)
    _, happened = append(world, world.holder, digest=b"\x0c" * 32)
    assert happened.arguments["level"] == Level.CLAIMED
    _, happened = append(world, world.buyer)
    assert happened.arguments["level"] == Level.SIGNED


def test_anyone_else_s_entries_are_claims_outside_the_chain(world: World) -> None:
    parent, _ = append(world, world.owner, stage=3)
    before = world.ledger("head", asset(world))
    entry, happened = append(world, world.stranger, stage=1, parents=[parent])
    place = (world.id, world.ledger.address, asset(world))
    assert entry == loose_entry(*place, [parent], DIGEST, world.stranger)
    assert (happened.arguments["level"], happened.arguments["seq"]) == (0, 0)
    assert world.ledger("head", asset(world)) == before
    assert world.ledger("entries", entry)["level"] == Level.CLAIMED
    again = ("append", asset(world), 1, DIGEST, [parent], NONE)
    error = world.refused(world.stranger, world.ledger, *again)
    assert error == ("DuplicateEntry", entry)
    other, _ = append(world, world.holder, stage=1, parents=[parent])
    assert other != entry


@pytest.mark.parametrize("start", range(8))
def test_stages_go_forward_or_begin_again_and_end_with_destroy(world: World, start: int) -> None:
    if start:
        append(world, world.owner, stage=start)
    for to in range(9):
        is_stage = 1 <= to <= 7
        allowed = is_stage and start != Stage.DESTROY and (to >= start or to == Stage.COLLECT)
        mark = world.chain.snapshot()
        if allowed:
            append(world, world.owner, stage=to)
            assert world.ledger("head", asset(world))["stage"] == to
        else:
            arguments = ("append", asset(world), to, DIGEST, [], NONE)
            error = world.refused(world.owner, world.ledger, *arguments)
            assert error == ("StageOutOfOrder", start, to)
        world.chain.restore(mark)


def test_a_claim_has_a_stage_too(world: World) -> None:
    append(world, world.owner, stage=7)
    for stage in (0, 8, 255):
        arguments = ("append", asset(world), stage, DIGEST, [], NONE)
        error = world.refused(world.stranger, world.ledger, *arguments)
        assert error == ("StageOutOfOrder", 0, stage)
    append(world, world.stranger, stage=2)


def test_parents_are_there_first(world: World) -> None:
    one, _ = append(world, world.owner)
    unknown = b"\x31" * 32
    for sender in (world.owner, world.stranger):
        arguments = ("append", asset(world), 1, DIGEST, [one, unknown], NONE)
        error = world.refused(sender, world.ledger, *arguments)
        assert error == ("Unknown", unknown)
    _, happened = append(world, world.owner, parents=[one, one])
    assert happened.arguments["parents"] == (one, one)


def test_nothing_is_no_asset(world: World) -> None:
    nobody = "0x" + "00" * 20
    error = world.refused(world.owner, world.ledger, "append", nobody, 1, DIGEST, [], NONE)
    assert error == ("Unknown", NONE)


def test_a_commitment_is_opened_once_by_what_it_is_of(world: World) -> None:
    digest = opening_digest(SALT, VALUE)
    entry, _ = append(world, world.owner, digest=digest)
    for value, salt in ((VALUE + b".", SALT), (VALUE, NONE), (b"", SALT)):
        error = world.refused(world.stranger, world.ledger, "open", entry, value, salt)
        assert error == ("WrongOpening",)
    (happened,) = world.send(world.stranger, world.ledger, "open", entry, VALUE, SALT)
    assert happened.name == "Opened"
    assert happened.arguments == {"entry": entry, "value": VALUE, "salt": SALT}
    assert world.ledger("entries", entry)["level"] == Level.OPENED
    error = world.refused(world.stranger, world.ledger, "open", entry, VALUE, SALT)
    assert error == ("WrongState", 2)
    unknown = b"\x31" * 32
    error = world.refused(world.stranger, world.ledger, "open", unknown, VALUE, SALT)
    assert error == ("Unknown", unknown)


def test_a_claim_that_is_opened_stays_outside_the_chain(world: World) -> None:
    entry, _ = append(world, world.stranger, digest=opening_digest(SALT, VALUE))
    world.send(world.stranger, world.ledger, "open", entry, VALUE, SALT)
    kept = world.ledger("entries", entry)
    assert (kept["level"], kept["seq"]) == (2, 0)


def test_enough_of_the_named_signers_confirm_an_entry_once(world: World) -> None:
    listed = [account.address for account in APPROVERS]
    entry, _ = append(world, world.owner, signers=list_digest(listed, 2))
    action = Action(
        chain_id=world.id,
        contract=world.ledger.address,
        target=world.ledger.address,
        what=entry,
        deadline=FAR,
    )

    def signed(action: Action, count: int):
        return gathered(action, [action.signed_by(account) for account in APPROVERS[:count]])

    def refused(*arguments: object) -> tuple[object, ...]:
        return world.refused(world.stranger, world.ledger, "confirm", *arguments)

    assert refused(entry, listed, 2, signed(action, 1)) == ("TooFewSignatures", 1, 2)
    assert refused(entry, listed, 1, signed(action, 1)) == ("NotAllowed", world.stranger)
    fewer = listed[:2]
    assert refused(entry, fewer, 2, signed(action, 2)) == ("NotAllowed", world.stranger)
    for other in ({"nonce": 1}, {"target": world.grants.address}, {"what": DIGEST}):
        sigs = signed(replace(action, **other), 2)
        assert refused(entry, listed, 2, sigs)[0] == "BadSignature"
    late = signed(replace(action, deadline=world.now), 2)
    assert refused(entry, listed, 2, late) == ("TooLate", late.deadline)
    unknown = b"\x31" * 32
    assert refused(unknown, listed, 2, signed(action, 2)) == ("Unknown", unknown)

    sigs = signed(action, 2)
    (happened,) = world.send(world.stranger, world.ledger, "confirm", entry, listed, 2, sigs)
    assert happened.name == "Confirmed"
    assert happened.arguments == {"entry": entry, "signers": sigs.signers}
    assert world.ledger("entries", entry)["confirmed"]
    assert refused(entry, listed, 2, sigs) == ("AlreadyConfirmed", entry)


def test_nobody_confirms_by_no_signature(world: World) -> None:
    entry, _ = append(world, world.owner, signers=list_digest([], 0))
    nothing = (FAR, [], [])
    error = world.refused(world.stranger, world.ledger, "confirm", entry, [], 0, nothing)
    assert error == ("TooFewSignatures", 0, 1)
    plain, _ = append(world, world.owner)
    error = world.refused(world.stranger, world.ledger, "confirm", plain, [], 0, nothing)
    assert error == ("NotAllowed", world.stranger)


def test_boards_record_what_was_proved(world: World) -> None:
    boards = ["address", "bool"]
    arguments = ("record", asset(world), DIGEST, [])
    error = world.refused(world.other_board, world.ledger, *arguments)
    assert error == ("NotAllowed", world.other_board)
    world.decide(world.grants, "setBoard", boards, world.other_board, True)
    signed, _ = append(world, world.owner, stage=5)
    arguments = ("record", asset(world), DIGEST, [signed])
    (happened,) = world.send(world.other_board, world.ledger, *arguments)
    assert happened.name == "Recorded"
    place = (world.id, world.ledger.address, asset(world))
    entry = chained_entry(*place, 2, DIGEST, world.other_board)
    assert happened.arguments == {
        "asset": "0x" + asset(world)[2:],
        "entry": entry,
        "board": world.other_board,
        "seq": 2,
        "digest": DIGEST,
        "parents": (signed,),
    } | {"asset": happened.arguments["asset"]}
    assert world.ledger("entries", entry)["level"] == Level.PROVED
    head = head_after(head_after(NONE, signed), entry)
    assert world.ledger("head", asset(world)) == {"hash": head, "seq": 2, "stage": 5}
    error = world.refused(world.stranger, world.ledger, "open", entry, VALUE, SALT)
    assert error == ("WrongState", 3)
    unknown = b"\x31" * 32
    error = world.refused(
        world.other_board, world.ledger, "record", asset(world), DIGEST, [unknown]
    )
    assert error == ("Unknown", unknown)
    world.decide(world.grants, "setBoard", boards, world.other_board, False)
    world.send(world.other_board, world.ledger, "record", asset(world), DIGEST, [])


def test_a_record_follows_even_a_destroyed_asset(world: World) -> None:
    world.decide(world.grants, "setBoard", ["address", "bool"], world.other_board, True)
    append(world, world.owner, stage=7)
    world.send(world.other_board, world.ledger, "record", asset(world), DIGEST, [])
    assert world.ledger("head", asset(world))["stage"] == 7
