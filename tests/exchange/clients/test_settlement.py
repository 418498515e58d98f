"""Points: allowed, issued again and again, and counted to the last one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.exchange.clients.interrupting import interrupted, sent_by
from tests.exchange.clients.parties import Parties
from zkpipe.exchange.clients.session import Session
from zkpipe.exchange.clients.settlement import MOST_POINTS, allow, points_of


def board_allowance(session: Session) -> int:
    board = session.manifest.addresses["JobBoard"]
    return int(session.call("Settlement", "allowance", session.me, board))


def test_what_is_allowed_already_is_not_sent_and_is_sent_once_it_was_changed(
    parties: Parties,
) -> None:
    session = parties.session("payer")
    before = sent_by(session)
    assert allow(session, 0) is None
    receipts = [allow(session, points) for points in (5, 5, 7, 5, MOST_POINTS, 5)]
    assert [receipt is None for receipt in receipts] == [False, True, False, False, False, False]
    assert sent_by(session) == before + 5
    assert board_allowance(session) == 5
    board = session.manifest.addresses["JobBoard"]
    assert points_of(session, session.me).allowed == {board: 5}


def test_an_allowance_that_was_interrupted_is_not_sent_again(
    parties: Parties, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = parties.session("interrupted")
    before = sent_by(session)

    def change() -> Any:
        return allow(session, 9)

    interrupted(monkeypatch, session, change)
    assert allow(session, 9) is not None
    assert sent_by(session) == before + 1
    assert board_allowance(session) == 9


def test_all_points_are_counted(parties: Parties) -> None:
    one, other = parties.session("one"), parties.session("another")
    for to, points in ((one.me, 70), (other.me, 1 << 100), (one.me, 70)):
        parties.decide("Settlement", "issue", [to, points])
    found = points_of(one, one.me)
    assert (found.balance, found.escrows, found.earned) == (140, (), {})
    assert found.issued == found.counted >= 140 + (1 << 100)
    assert found.is_whole
    assert points_of(one, other.me).balance == 1 << 100
    assert points_of(one, "0x" + "99" * 20).balance == 0
