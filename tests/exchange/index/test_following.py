"""Following a chain that is reorganised, through nodes that refuse, lie or are behind."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.exchange.contracts.setting.world import World
from tests.exchange.index.conftest import Indexed, sources
from tests.exchange.index.histories import History, walked
from tests.exchange.index.views import unlike_views
from tests.long_form import IS_LONG
from tests.verifier_contracts.between import Between, between, error
from zkpipe.exchange.errors import IndexingError
from zkpipe.exchange.index import index as following
from zkpipe.exchange.index import reading
from zkpipe.exchange.index.folds import dispatch
from zkpipe.exchange.index.index import Index
from zkpipe.exchange.structs import ZERO
from zkpipe.verifier_contracts import Chain
from zkpipe.verifier_contracts.errors import NodeMissingError, TransactionError

LOGS = "eth_getLogs"


def reorganise(world: World, depth: int) -> None:
    world.chain.ask("anvil_reorg", depth, [])
    head = world.chain.ask("eth_getBlockByNumber", "latest", False)
    world.chain.time = int(head["timestamp"], 16)


@pytest.mark.parametrize("depth", range(1, 13) if IS_LONG else (1, 5, 12))
def test_what_a_reorganisation_took_back_is_in_no_table(
    world: World, indexed: Indexed, depth: int
) -> None:
    history = History(world, depth)
    index = indexed()
    for _ in range(14):
        history.act()
    world.registered(world.policy(), 900)
    index.follow()
    before = index.digest()
    reorganise(world, depth)
    index.follow()
    assert index.digest() != before
    assert unlike_views(world, index.state) == []
    for _ in range(3):
        history.act()
    index.follow()
    anew = indexed()
    anew.follow()
    assert index.digest() == anew.digest() == index.rebuild()
    assert unlike_views(world, index.state) == []


def test_any_history_of_reorganisations_ends_in_the_tables_of_a_new_index(
    world: World, indexed: Indexed
) -> None:
    """Deeper ones than are expected, too: then all is folded anew."""
    for seed in range(9 if IS_LONG else 3):
        chance = random.Random(seed)  # noqa: S311 # a test's
        history, index = History(world, seed), indexed(depth=(0, 3, 12)[seed % 3])
        for _ in range(12):
            for _ in range(chance.randint(0, 4)):
                history.act()
            if chance.random() < 0.5:
                reorganise(world, chance.randint(1, 6))
            if chance.random() < 0.7:
                index.follow()
            assert index.final.block <= index.tip
        index.follow()
        anew = indexed()
        anew.follow()
        assert index.digest() == anew.digest()


def test_the_tables_of_any_depth_are_those_that_were_there_then(
    world: World, indexed: Indexed
) -> None:
    history, index = History(world, 5), indexed(depth=4)
    digests = {}
    for _ in range(16):
        history.act()
        tip = index.follow()
        digests[tip] = index.digest()
    compared = 0
    for blocks in range(30):
        with index.deep(blocks) as state:
            assert state.block == index.tip - blocks
            if state.block in digests:  # an act may take several blocks
                compared += 1
                assert state.digest() == digests[state.block]
    assert compared > 6
    assert index.final.block == index.tip - 4
    with index.deep(4) as state:
        assert index.final.digest() == state.digest()


def test_a_row_that_is_not_final_is_not_among_the_final_ones(
    world: World, indexed: Indexed
) -> None:
    index = indexed(depth=3)
    lineage = world.registered(world.policy(), 77)
    for deep in range(4):
        index.follow()
        assert index.row("lineages", lineage) is not None
        assert (index.final.row("lineages", lineage) is not None) == (deep >= 3)
        with index.deep(2) as state:
            assert (state.row("lineages", lineage) is not None) == (deep >= 2)
        world.chain.ask("anvil_mine", "0x1")


def test_a_block_whose_parent_is_another_is_not_added(
    world: World, indexed: Indexed, net: Between
) -> None:
    """The chain is reorganised between two questions of one reading."""
    history, index = History(world, 3), indexed(url=net.url)
    for _ in range(12):
        history.act()
    head = index._reader.block("latest")
    assert head is not None
    targets = [head.number - 5, head.number - 4]

    def later(parameters: list[Any]) -> None:
        if targets and parameters[0] == hex(targets[0]):
            world.registered(world.policy(), targets.pop(0))
            reorganise(world, 11)  # what was read just before is in no block any more

    net.before["eth_getBlockByNumber"] = later
    index.follow()
    net.before.clear()
    index.follow()
    anew = indexed()
    anew.follow()
    assert index.digest() == anew.digest()
    assert not targets


@pytest.fixture
def net(world: World) -> Iterator[Between]:
    with between(world.url) as rules:
        yield rules


def test_a_node_that_is_behind_changes_nothing(
    world: World, indexed: Indexed, net: Between
) -> None:
    history, index = History(world, 3), indexed(url=net.url)
    for _ in range(4):
        history.act()
    index.follow()
    digest, tip = index.digest(), index.tip
    heads = iter([tip - 1, tip - 3, tip - 20, 0])

    def behind(parameters: list[Any]) -> Any:
        limit = next(heads)

        def block(parameters: list[Any]) -> Any:
            at = limit if parameters[0] == "latest" else int(parameters[0], 16)
            told = net.node("eth_getBlockByNumber", hex(at), False) if at <= limit else None
            return {"jsonrpc": "2.0", "id": 0, "result": told}

        net.before["eth_getBlockByNumber"] = block
        return block(parameters)

    for _ in range(4):
        net.before["eth_getBlockByNumber"] = behind
        assert index.follow() == tip
        assert index.digest() == digest


@pytest.mark.parametrize(
    "words", ["query returned more than 10000 results", "block range is too wide"]
)
def test_ranges_that_a_node_refuses_are_halved(
    world: World, indexed: Indexed, net: Between, words: str
) -> None:
    def refuse(parameters: list[Any]) -> Any:
        asked = parameters[0]
        width = int(asked["toBlock"], 16) - int(asked["fromBlock"], 16) + 1
        return error(-32000, words)(LOGS, {"id": 0}) if width > 5 else None

    net.before[LOGS] = refuse
    index, whole = indexed(url=net.url, depth=0), indexed()
    index.follow()
    whole.follow()
    assert index.digest() == whole.digest()
    net.before[LOGS] = lambda _: error(-32000, words)(LOGS, {"id": 0})
    with pytest.raises(TransactionError):
        indexed(url=net.url, depth=0).follow()


def test_an_answer_that_is_too_long_is_asked_for_in_parts(
    world: World, indexed: Indexed, net: Between, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zkpipe.verifier_contracts.rpc.transport.LARGEST", 10_000)
    index, whole = indexed(url=net.url, depth=0), indexed()
    index.follow()
    monkeypatch.undo()
    whole.follow()
    assert index.digest() == whole.digest()
    assert net.asked.count(LOGS) > 3


def spoiled(kind: str, logs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    first, *rest = sorted(logs, key=lambda log: -len(log["topics"]))
    return {
        "another contract": [{**first, "address": "0x" + "11" * 20}, *rest],
        "twice": [first, *logs],
        "removed": [{**first, "removed": True}, *rest],
        "another block": [{**first, "blockNumber": "0xffff"}, *rest],
        "half": [{**first, "data": first["data"][:-64] or "0x" + "00" * 32}, *rest],
        "no topics": [{**first, "topics": first["topics"][:1]}, *rest],
        "huge": [{**first, "blockNumber": "0x" + "f" * 30}, *rest],
    }[kind]


@pytest.mark.parametrize(
    "kind",
    ["another contract", "twice", "removed", "another block", "half", "no topics", "huge"],
)
def test_logs_that_cannot_be_are_told_and_change_nothing(
    world: World, indexed: Indexed, net: Between, kind: str
) -> None:
    index = indexed("one.sqlite", url=net.url, depth=0)
    net.after[LOGS] = lambda _, answer: {**answer, "result": spoiled(kind, answer["result"])}
    with pytest.raises((IndexingError, NodeMissingError)):
        index.follow()
    assert index.tip == -1
    net.after.clear()
    index.follow()
    assert unlike_views(world, index.state) == []


@pytest.mark.parametrize("change", [{"blockHash": "0x" + "ab" * 32}, {"blockNumber": "0x1"}])
def test_logs_of_another_block_are_not_those_that_were_asked_for(
    world: World, indexed: Indexed, net: Between, change: dict[str, str]
) -> None:
    def other(_: str, answer: Any) -> Any:
        return {**answer, "result": [{**log, **change} for log in answer["result"]]}

    index = indexed(url=net.url, depth=10_000)  # block by block
    net.after[LOGS] = other
    with pytest.raises(IndexingError, match="another block"):
        index.follow()
    tip = index.tip
    net.after.clear()
    assert index.follow() > tip
    assert unlike_views(world, index.state) == []


def test_logs_of_another_branch_are_not_believed_in_a_range(
    world: World, indexed: Indexed, net: Between, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other(_: str, answer: Any) -> Any:
        first, *rest = answer["result"]
        return {**answer, "result": [{**first, "blockHash": "0x" + "ab" * 32}, *rest]}

    monkeypatch.setattr(following, "TURNS", 3)
    index = indexed(url=net.url, depth=0)
    net.after[LOGS] = other
    with pytest.raises(IndexingError, match="changes faster"):
        index.follow()
    assert index.tip == -1
    assert net.asked.count(LOGS) == 3


def test_events_of_what_was_never_there_are_told(
    world: World, indexed: Indexed, net: Between
) -> None:
    """A node that leaves out an event is found out by the first that builds on it."""
    index = indexed(url=net.url, depth=0)
    registered = world.catalogue.address.lower()

    def without(_: str, answer: Any) -> Any:
        logs = answer["result"]
        first = next(log for log in logs if log["address"].lower() == registered)
        return {**answer, "result": [log for log in logs if log is not first]}

    net.after[LOGS] = without
    with pytest.raises(IndexingError, match="never there"):
        index.follow()
    assert index.tip == -1


def test_the_file_of_another_exchange_is_refused(
    world: World, indexed: Indexed, tmp_path: Path
) -> None:
    indexed("one.sqlite").follow()
    other = sources(world)[:-1]
    with pytest.raises(IndexingError, match="another exchange"):
        Index(tmp_path / "one.sqlite", Chain.connect(world.url), other, 0, 12)


def test_an_index_of_older_folds_is_folded_anew(
    world: World, indexed: Indexed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = indexed("one.sqlite")
    index.follow()
    digest = index.digest()
    index.close()
    with sqlite3.connect(tmp_path / "one.sqlite") as database:
        database.execute("DELETE FROM grants")
        database.execute("UPDATE balances SET points = '7'")
        database.execute("UPDATE final_subjects SET owner = 'nobody'")
    monkeypatch.setattr(following, "VERSION", dispatch.VERSION + 1)
    assert indexed("one.sqlite").digest() == digest


def test_a_file_that_is_no_database_is_told_as_damaged(
    world: World, indexed: Indexed, tmp_path: Path
) -> None:
    (tmp_path / "one.sqlite").write_bytes(b"not a database" * 100)
    with pytest.raises(IndexingError, match="damaged"):
        indexed("one.sqlite")


def test_two_processes_that_follow_with_one_file_do_it_once(
    world: World, indexed: Indexed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "WIDEST", 3)
    one, two = indexed("one.sqlite"), indexed("one.sqlite")
    pieces = one._reader.pieces

    def between_pieces(*arguments: Any) -> Iterator[Any]:
        for piece in pieces(*arguments):
            two.follow()
            yield piece

    monkeypatch.setattr(one._reader, "pieces", between_pieces)
    one.follow()
    monkeypatch.undo()
    whole = indexed()
    whole.follow()
    assert one.digest() == two.digest() == whole.digest()


def test_a_walk_that_is_followed_step_by_step_is_the_walk_that_is_read_at_once(
    world: World, indexed: Indexed
) -> None:
    lineage = world.lineage
    walked(world, 30, 2)
    index = indexed(depth=2)
    index.follow()
    world.send(world.owner, world.catalogue, "publish", lineage, [], [], ZERO)
    index.follow()
    whole = indexed()
    whole.follow()
    assert index.digest() == whole.digest()
