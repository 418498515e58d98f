"""Homes that were restored, copied back or damaged: what was sent since is not in the outbox."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.exchange.nodes import Anvil, Party
from tests.exchange.sender.conftest import Counter, subject
from zkpipe.exchange.sender import advancing
from zkpipe.exchange.sender.advancing import WINDOW
from zkpipe.exchange.sender.attempts import AttemptState, Outcome
from zkpipe.exchange.sender.outbox import FILE
from zkpipe.exchange.sender.sender import Sender
from zkpipe.verifier_contracts.errors import TransactionError

DEPTH = 3
Stepped = Callable[[Sender], None]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(advancing, "AGAIN", 0.0)


@pytest.fixture
def home(anvil: Anvil, tmp_path: Path) -> Party:
    return anvil.party(tmp_path / "home")


def restored(home: Party, folder: Path) -> Party:
    """As `exchange restore` makes it: the account, no outbox, and the mark."""
    folder.mkdir()
    (folder / "restored").touch()
    return Party(home.account, folder)


def sent_in(anvil: Anvil, home: Party, there: Counter, count: int) -> list[bytes]:
    """Send some and lose the outbox; the bytes that a node has, or had."""
    with Sender(home, anvil.chain, DEPTH) as sender:
        for i in range(count):
            sender.plan(**there.wish(subject(1), i))
        sender.step()
        return [one.raw for one in sender.pending()]


@pytest.mark.parametrize("fate", ["final", "mined", "pending", "kept by others"])
def test_a_restored_home_sends_nothing_twice(
    anvil: Anvil, there: Counter, home: Party, tmp_path: Path, stepped: Stepped, fate: str
) -> None:
    if fate in ("pending", "kept by others"):
        anvil.automine(False)
    raw = sent_in(anvil, home, there, 3)
    if fate == "final":
        anvil.mine(DEPTH + 1)
    if fate == "kept by others":
        anvil.tell("anvil_dropAllTransactions")
    again = restored(home, tmp_path / "again")
    with Sender(again, anvil.chain, DEPTH) as sender:
        for i in range(3):
            sender.plan(**there.wish(subject(1), i))
        for _ in range(2):
            sender.step()
        if fate == "kept by others":  # and sent now: at worst, before our own fill their places
            anvil.tell("anvil_dropAllTransactions")
            for one in raw[1:]:
                anvil.ask("eth_sendRawTransaction", f"0x{one.hex()}")
        stepped(sender)
    assert [there.times(subject(1), i) for i in range(3)] == [1, 1, 1]
    assert again.restored is None


def test_nothing_new_is_signed_while_the_fence_stands(
    anvil: Anvil, there: Counter, home: Party, tmp_path: Path
) -> None:
    again = restored(home, tmp_path / "again")
    with Sender(again, anvil.chain, DEPTH) as sender:
        sender.plan(**there.wish(subject(1)))
        for _ in range(DEPTH):
            sender.step()
            planned = [one for one in sender.pending() if one.task.function]
            assert [one.state for one in planned] == [AttemptState.PLANNED]
            anvil.mine()
    assert anvil.count(home.account.address) == WINDOW
    assert again.restored is not None


def test_a_fence_that_cannot_be_paid_is_told(anvil: Anvil, there: Counter, tmp_path: Path) -> None:
    from eth_account import Account

    poor = Party(Account.create(), tmp_path)
    (tmp_path / "restored").touch()
    with (
        Sender(poor, anvil.chain, DEPTH) as sender,
        pytest.raises(TransactionError, match="has a balance of 0 wei"),
    ):
        sender.step()
    assert poor.restored is not None


def test_an_old_copy_of_the_whole_folder_sends_nothing_twice(
    anvil: Anvil, there: Counter, home: Party, tmp_path: Path, stepped: Stepped
) -> None:
    """Nothing marks it: the nonces that it does not know do."""
    with Sender(home, anvil.chain, DEPTH) as sender:
        sender.plan(**there.wish(subject(1), 0))
        stepped(sender)
    shutil.copytree(home.folder, tmp_path / "old")
    anvil.automine(False)
    with Sender(home, anvil.chain, DEPTH) as sender:
        for i in range(4):
            sender.plan(**there.wish(subject(1), i))
        sender.step()
    old = Party(home.account, tmp_path / "old")
    with Sender(old, anvil.chain, DEPTH) as sender:
        for i in range(4):
            sender.plan(**there.wish(subject(1), i))
        sender.step()
        assert [one.state for one in sender.pending()] == [AttemptState.PLANNED] * 3
        stepped(sender)
        outcomes = [sender.plan(**there.wish(subject(1), i)).outcome for i in range(4)]
    assert outcomes == [Outcome.SUCCEEDED, Outcome.FOUND, Outcome.FOUND, Outcome.FOUND]
    assert [there.times(subject(1), i) for i in range(4)] == [1, 1, 1, 1]
    assert anvil.count(home.account.address) == 4


@pytest.mark.parametrize("mark", ["as it was", "changed"])
def test_a_database_that_lost_what_was_signed_is_fenced(
    anvil: Anvil, there: Counter, home: Party, stepped: Stepped, mark: str
) -> None:
    anvil.automine(False)
    sent_in(anvil, home, there, 2)
    anvil.tell("anvil_dropAllTransactions")
    for name in (FILE, f"{FILE}-wal", f"{FILE}-shm"):
        (home.folder / name).unlink(missing_ok=True)
    if mark == "changed":
        (home.folder / "outbox.mark").write_text("none of ours\n")
    with Sender(home, anvil.chain, DEPTH) as sender:
        for i in range(2):
            sender.plan(**there.wish(subject(1), i))
        sender.step()
        assert len([one for one in sender.pending() if one.begun]) == WINDOW
        stepped(sender)
    assert [there.times(subject(1), i) for i in range(2)] == [1, 1]
    with Sender(home, anvil.chain, DEPTH) as sender:  # it stands once
        sender.plan(**there.wish(subject(2)))
        sender.step()
        assert len(sender.pending()) == 1
