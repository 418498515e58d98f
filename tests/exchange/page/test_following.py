"""The page follows the chain, and says so when it cannot; a node that is away is no error page."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.exchange.contracts.setting.values import DAY
from tests.exchange.page.asking import ask
from tests.exchange.page.conftest import page_of
from tests.exchange.page.storied import NAME, Storied
from tests.verifier_contracts.between import Between, between
from zkpipe.exchange.errors import IndexingError
from zkpipe.exchange.page import following
from zkpipe.exchange.page.app import KINDS
from zkpipe.verifier_contracts import Chain

AWAY = "The node does not answer since"
GONE = {"jsonrpc": "2.0", "error": {"code": -32000, "message": "gone"}}


@pytest.fixture
def net(world: Storied) -> Iterator[Between]:
    with between(world.chain.url) as rules:
        yield rules


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "REST", 0.05)


@pytest.fixture
def undone(world: Storied) -> Iterator[None]:
    """What a test does to the world is taken back."""
    mark = world.chain.snapshot()
    yield
    world.chain.restore(mark)


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 90
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_page_shows_what_happened_a_moment_ago(world: Storied, place: Path, undone: None) -> None:
    with page_of(world, place) as made:
        before = ask(made.app, f"/identities/{world.holder}").words
        assert "just now" not in before
        call = (world.holder, NAME, b"just now", 9 * DAY)
        world.send(world.holder, world.identities, "setAttribute", *call)
        until(lambda: "just now" in ask(made.app, f"/identities/{world.holder}").words)


def test_what_a_reorganisation_took_back_is_on_no_page(
    world: Storied, place: Path, undone: None
) -> None:
    with page_of(world, place) as made:
        mark = world.chain.snapshot()
        call = (world.holder, NAME, b"taken back", 9 * DAY)
        world.send(world.holder, world.identities, "setAttribute", *call)
        until(lambda: "taken back" in ask(made.app, f"/identities/{world.holder}").words)
        world.chain.restore(mark)
        world.send(world.holder, world.settlement, "allow", world.stranger, 1)
        until(lambda: "taken back" not in ask(made.app, f"/identities/{world.holder}").words)


def test_what_another_branch_says_is_read_anew(world: Storied, place: Path, undone: None) -> None:
    """As many events in as many blocks, and other ones."""
    path = f"/identities/{world.holder}"
    with page_of(world, place) as made:
        for text in ("one branch", "another one"):
            mark = world.chain.snapshot()
            call = (world.holder, NAME, text.encode(), 9 * DAY)
            world.send(world.holder, world.identities, "setAttribute", *call)
            until(lambda text=text: text in ask(made.app, path).words)
            world.chain.restore(mark)
        assert "one branch" not in ask(made.app, path).words


def test_while_the_node_is_away_every_page_says_from_which_block_it_is(
    world: Storied, net: Between, place: Path
) -> None:
    client = Chain.connect(net.url)
    with page_of(world, place, client=client) as made:
        made.checked(60)  # the node has answered
        assert AWAY not in ask(made.app, "/").words
        for method in ("eth_getBlockByNumber", "eth_getLogs", "eth_call"):
            net.before[method] = lambda _: 500
        until(lambda: AWAY in ask(made.app, "/").words)
        number = f"Block {int(world.chain.ask('eth_blockNumber'), 16)}"
        for kind in KINDS:
            if kind.key is None:
                answer = ask(made.app, kind.path)
                assert answer.status == 200
                assert AWAY in answer.words
                assert number in answer.words
        assert "节点自" in ask(made.app, "/data?lang=zh").words
        assert "8 of 8 proofs hold." in ask(made.app, "/").words
        net.before.clear()
        until(lambda: AWAY not in ask(made.app, "/").words)


def test_a_node_that_hangs_holds_no_page_up(
    world: Storied, net: Between, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = threading.Event()
    client = Chain.connect(net.url)
    with page_of(world, place, client=client) as made:
        ask(made.app, "/")
        monkeypatch.setattr(following, "PATIENCE", 0.2)

        def hang(_: Any) -> None:
            released.wait(20)

        net.before["eth_getBlockByNumber"] = hang
        time.sleep(0.1)
        begin = time.monotonic()
        words = ask(made.app, "/grants").words
        assert time.monotonic() - begin < 5
        assert "The node has not answered yet." in words
        released.set()


def test_nothing_is_sent_and_nothing_but_reading_is_asked(
    world: Storied, net: Between, place: Path
) -> None:
    client = Chain.connect(net.url)
    with page_of(world, place, client=client, with_keys=[]) as made:
        made.checked(60)
        for kind in KINDS:
            if kind.key is None:
                ask(made.app, kind.path)
    assert net.sent == []
    reading = {"eth_chainId", "eth_getBlockByNumber", "eth_getLogs", "eth_call"}
    assert set(net.asked) <= reading


def test_a_node_that_tells_what_cannot_be_is_named(
    world: Storied, net: Between, place: Path
) -> None:
    client = Chain.connect(net.url)
    with page_of(world, place, client=client) as made:
        ask(made.app, "/")
        net.before["eth_getBlockByNumber"] = lambda _: {
            "jsonrpc": "2.0",
            "result": {"hash": None, "parentHash": None, "number": "0x1", "timestamp": "0x1"},
        }
        told = ("what cannot be", "does not answer")
        until(lambda: any(text in ask(made.app, "/").words for text in told))
        assert ask(made.app, "/jobs").status == 200


def test_an_index_that_cannot_be_read_is_said_in_both_languages(
    world: Storied, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zkpipe.exchange.page import reading

    with page_of(world, place) as made:
        ask(made.app, "/")

        def fail(*_: Any) -> None:
            raise IndexingError("It is damaged.", "Remove it.")

        monkeypatch.setattr(reading.Snapshot, "of", fail)
        answer = ask(made.app, "/data")
        assert answer.status == 503
        assert "The index cannot be read" in answer.words
        assert "无法读取索引" in ask(made.app, "/data?lang=zh").words
        assert str(place.parent) not in answer.text
