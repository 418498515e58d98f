"""The process ends at each moment there is, one after the other, and another goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.exchange.nodes import Party, embedded_party
from tests.exchange.sender.conftest import Counter, subject
from tests.long_form import IS_LONG
from zkpipe.exchange.sender import advancing, outbox
from zkpipe.exchange.sender.attempts import Outcome
from zkpipe.exchange.sender.outbox import Outbox
from zkpipe.exchange.sender.sender import Sender
from zkpipe.verifier_contracts import Chain


class Killed(BaseException):
    """The process has ended."""


class Moments:
    """Counts what the sender does to the world, and ends the process before or after one of it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen = 0
        self.at: int | None = None
        self.names: list[str] = []
        for where, name in (
            (Chain, "ask"),
            (Outbox, "add"),
            (Outbox, "change"),
            (Outbox, "pin"),
            (Outbox, "fence"),
            (Outbox, "lift"),
            (outbox, "write_file"),
            (Party, "reconciled"),
        ):
            monkeypatch.setattr(where, name, self._watched(name, getattr(where, name)))

    def _watched(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            self._pass(f"before {name}")
            result = real(*arguments, **named)
            self._pass(f"after {name}")
            return result

        return call

    def _pass(self, name: str) -> None:
        self.seen += 1
        self.names.append(name)
        if self.seen == self.at:
            raise Killed(name)


@pytest.fixture
def moments(monkeypatch: pytest.MonkeyPatch) -> Moments:
    monkeypatch.setattr("zkpipe.exchange.sender.sender.FIRST_PAUSE", 0.001)
    return Moments(monkeypatch)


def until_killed(moments: Moments, work: Callable[[], None], stride: int) -> Iterator[int]:
    """Runs the work again and again, killed at the first moment, the second, and so on.

    stride  of the short form, which leaves out those between
    """
    at = 1 - (1 if IS_LONG else stride)
    while True:
        at += 1 if IS_LONG else stride
        moments.seen, moments.at = 0, at
        try:
            work()
        except Killed:
            moments.at = None
            yield at
        else:
            return


def test_whenever_it_ends_the_task_is_done_once(
    embedded: Chain, here: Counter, tmp_path: Path, moments: Moments
) -> None:
    parties: list[Party] = []

    def work() -> None:
        parties.append(embedded_party(embedded, tmp_path / str(len(parties))))
        with Sender(parties[-1], embedded, 0) as sender:
            sender.send(**here.wish(subject(len(parties))))

    kills = 0
    for _ in until_killed(moments, work, 7):
        kills += 1
        number = len(parties)
        with Sender(parties[-1], embedded, 0) as sender:
            sender.send(**here.wish(subject(number)))
            assert sender.pending() == []
        assert here.times(subject(number)) == 1
        assert embedded.web3.eth.get_transaction_count(parties[-1].account.address) == 1
    assert kills > (40 if IS_LONG else 6)
    assert {"before write_file", "after change", "before ask"} <= set(moments.names)


def test_whenever_a_retry_ends_the_task_is_done_once(
    embedded: Chain, here: Counter, tmp_path: Path, moments: Moments
) -> None:
    """The first attempt runs out of gas; the process ends somewhere in the second."""
    parties: list[Party] = []

    def work() -> None:
        number = len(parties) + 1000
        parties.append(embedded_party(embedded, tmp_path / str(number)))
        at, moments.at = moments.at, None
        with Sender(parties[-1], embedded, 0) as sender:
            sender.plan(**here.wish(subject(number), gas=25_000))
            while sender.pending():
                sender.step()
        moments.seen, moments.at = 0, at
        with Sender(parties[-1], embedded, 0) as sender:
            sender.send(**here.wish(subject(number)))

    for _ in until_killed(moments, work, 11):
        number = len(parties) + 999
        with Sender(parties[-1], embedded, 0) as sender:
            sender.send(**here.wish(subject(number)))
            assert sender.plan(**here.wish(subject(number))).outcome is Outcome.SUCCEEDED
        assert here.times(subject(number)) == 1
        assert embedded.web3.eth.get_transaction_count(parties[-1].account.address) == 2


def test_whenever_a_fence_is_interrupted_it_stands_until_all_below_it_is_final(
    embedded: Chain,
    here: Counter,
    tmp_path: Path,
    moments: Moments,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(advancing, "WINDOW", 2)
    monkeypatch.setattr("zkpipe.exchange.sender.fence.WINDOW", 2)
    parties: list[Party] = []

    def work() -> None:
        number = len(parties) + 2000
        parties.append(embedded_party(embedded, tmp_path / str(number)))
        (parties[-1].folder / "restored").touch()
        with Sender(parties[-1], embedded, 0) as sender:
            sender.send(**here.wish(subject(number)))

    for _ in until_killed(moments, work, 43):
        number = len(parties) + 1999
        with Sender(parties[-1], embedded, 0) as sender:
            sender.send(**here.wish(subject(number)))
        assert here.times(subject(number)) == 1
        assert parties[-1].restored is None
        used = embedded.web3.eth.get_transaction_count(parties[-1].account.address)
        assert used >= 3  # two that fill, and the call
    assert "before reconciled" in moments.names


def test_the_bytes_are_on_the_disk_before_a_node_sees_them(
    embedded: Chain, here: Counter, party: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read by another connection at the moment of the broadcast."""
    import sqlite3

    seen = []
    real = Chain.ask

    def ask(chain: Chain, method: str, *parameters: Any) -> Any:
        if method == "eth_sendRawTransaction":
            with sqlite3.connect(party.folder / "outbox.sqlite") as database:
                rows = database.execute("SELECT raw FROM outbox").fetchall()
            seen.append(([f"0x{raw.hex()}" for (raw,) in rows], list(parameters)))
            assert (party.folder / "outbox.mark").read_text() == f"{len(rows)}\n"
        return real(chain, method, *parameters)

    monkeypatch.setattr(Chain, "ask", ask)
    with Sender(party, embedded, 0) as one:
        one.send(**here.wish(subject(1)))
    assert len(seen) == 1
    assert seen[0][0] == seen[0][1]
