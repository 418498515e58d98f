"""Settlement: points are issued, locked, paid and given back, and their sum never changes."""

from __future__ import annotations

import pytest

from tests.exchange.contracts.world import FAR, Refused, World

KEY = b"\x11" * 32
OTHER_KEY = b"\x12" * 32


@pytest.fixture
def locked(world: World) -> World:
    """A board, which is an account, holds 60 of the grantee's 1,000 points."""
    world.send(world.grantee, world.settlement, "allow", world.other_board, 100)
    world.send(world.other_board, world.settlement, "lock", KEY, world.grantee, 60)
    return world


def escrow(world: World, key: bytes = KEY) -> tuple[str, int]:
    held = world.settlement("escrow", world.other_board, key)
    return held["payer"], held["left"]


def test_the_council_issues_points(world: World) -> None:
    issue = ["address", "uint128"]
    authorised, issued = world.decide(world.settlement, "issue", issue, world.holder, 70)
    assert authorised.name == "Authorised"
    assert (issued.name, issued.arguments) == ("Issued", {"to": world.holder, "n": 70})
    assert world.settlement("balance", world.holder) == 70
    assert world.settlement("issued") == 1070


def test_points_are_not_issued_without_the_council(world: World) -> None:
    types = ["address", "uint128"]
    sigs = world.council(world.settlement, "issue", types, world.holder, 70)
    refused = world.refused(world.holder, world.settlement, "issue", world.holder, 71, sigs)
    assert refused[0] == "BadSignature"


def test_a_holder_allows_a_board_and_the_last_word_counts(world: World) -> None:
    for n in (5, 3):
        (allowed,) = world.send(world.grantee, world.settlement, "allow", world.other_board, n)
        assert allowed.name == "Allowed"
        assert allowed.arguments == {"holder": world.grantee, "board": world.other_board, "n": n}
    assert world.settlement("allowance", world.grantee, world.other_board) == 3


def test_a_lock_takes_points_off_balance_and_allowance(world: World) -> None:
    world.send(world.grantee, world.settlement, "allow", world.other_board, 100)
    (happened,) = world.send(world.other_board, world.settlement, "lock", KEY, world.grantee, 60)
    assert happened.name == "Locked"
    assert happened.arguments["n"] == 60
    assert world.settlement("balance", world.grantee) == 940
    assert world.settlement("allowance", world.grantee, world.other_board) == 40
    assert escrow(world)[1] == 60


@pytest.mark.parametrize(("balance", "allowed"), [(1000, 59), (1000, 0)])
def test_no_board_locks_more_than_it_is_allowed(world: World, balance: int, allowed: int) -> None:
    world.send(world.grantee, world.settlement, "allow", world.other_board, allowed)
    error = world.refused(world.other_board, world.settlement, "lock", KEY, world.grantee, 60)
    assert error == ("InsufficientPoints", allowed, 60)


def test_no_board_locks_more_than_the_holder_has(world: World) -> None:
    world.send(world.grantee, world.settlement, "allow", world.other_board, 5000)
    error = world.refused(world.other_board, world.settlement, "lock", KEY, world.grantee, 1001)
    assert error == ("InsufficientPoints", 1000, 1001)


@pytest.mark.parametrize("n", [0, 1])
def test_a_key_locks_once_be_the_lock_empty_or_spent(world: World, n: int) -> None:
    world.send(world.grantee, world.settlement, "allow", world.other_board, 100)
    world.send(world.other_board, world.settlement, "lock", KEY, world.grantee, n)
    world.send(world.other_board, world.settlement, "refund", KEY, world.grantee, n)
    error = world.refused(world.other_board, world.settlement, "lock", KEY, world.grantee, 1)
    assert error == ("AlreadyLocked", KEY)
    world.send(world.other_board, world.settlement, "lock", OTHER_KEY, world.grantee, 1)


def test_nobody_s_points_cannot_be_locked(world: World) -> None:
    nobody = "0x" + "00" * 20
    error = world.refused(world.other_board, world.settlement, "lock", KEY, nobody, 0)
    assert error == ("NotAllowed", nobody)


def test_a_payment_is_earned_at_that_board_alone(locked: World) -> None:
    (paid,) = locked.send(locked.other_board, locked.settlement, "pay", KEY, locked.payee, 45)
    assert paid.name == "Paid"
    assert locked.settlement("balance", locked.payee) == 45
    assert locked.settlement("earned", locked.other_board, locked.payee) == 45
    assert locked.settlement("earned", locked.board.address, locked.payee) == 0
    assert escrow(locked) == (locked.grantee.lower(), 15)


def test_a_refund_goes_back_and_is_not_earned(locked: World) -> None:
    arguments = (KEY, locked.grantee, 60)
    (back,) = locked.send(locked.other_board, locked.settlement, "refund", *arguments)
    assert back.name == "Refunded"
    assert locked.settlement("balance", locked.grantee) == 1000
    assert locked.settlement("earned", locked.other_board, locked.grantee) == 0
    assert locked.settlement("allowance", locked.grantee, locked.other_board) == 40


def test_a_refund_goes_to_the_payer_alone(locked: World) -> None:
    arguments = (KEY, locked.payee, 60)
    error = locked.refused(locked.other_board, locked.settlement, "refund", *arguments)
    assert error == ("NotAllowed", locked.payee)


@pytest.mark.parametrize("function", ["pay", "refund"])
def test_no_more_leaves_a_lock_than_is_in_it(locked: World, function: str) -> None:
    locked.send(locked.other_board, locked.settlement, "pay", KEY, locked.payee, 45)
    arguments = (function, KEY, locked.grantee, 16)
    error = locked.refused(locked.other_board, locked.settlement, *arguments)
    assert error == ("InsufficientPoints", 15, 16)


def test_a_board_moves_nothing_of_another_board_s_lock(locked: World) -> None:
    for caller in (locked.stranger, locked.grantee):
        error = locked.refused(caller, locked.settlement, "pay", KEY, caller, 1)
        assert error == ("InsufficientPoints", 0, 1)
        error = locked.refused(caller, locked.settlement, "refund", KEY, locked.grantee, 1)
        assert error == ("NotAllowed", locked.grantee)


def test_issued_points_are_never_more_than_the_type_holds(world: World) -> None:
    most = (1 << 128) - 1
    types = ["address", "uint128"]
    for _ in range(2):
        world.decide(world.settlement, "issue", types, world.holder, most)
    assert world.settlement("balance", world.holder) == 2 * most


def test_a_signature_for_points_counts_once(world: World) -> None:
    types = ["address", "uint128"]
    sigs = world.council(world.settlement, "issue", types, world.holder, 70)
    world.send(world.stranger, world.settlement, "issue", world.holder, 70, sigs)
    with pytest.raises(Refused) as refused:
        world.send(world.stranger, world.settlement, "issue", world.holder, 70, sigs)
    assert refused.value.error[0] == "BadSignature"
    assert sigs.deadline == FAR
