"""Histories of other contracts that lay at the addresses before, or without their beginning."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.exchange.contracts.setting.world import World
from tests.exchange.index.conftest import Indexed
from tests.verifier_contracts.between import Between, between
from zkpipe.exchange.errors import IndexingError
from zkpipe.exchange.index.events import topic_of
from zkpipe.exchange.index.index import Index

Answer = dict[str, Any]
LOGS = "eth_getLogs"


def topic(world: World, contract: str, event: str) -> str:
    abi = world.code[contract].abi
    (entry,) = (one for one in abi if one["type"] == "event" and one["name"] == event)
    return "0x" + topic_of(entry).hex()


def told(indexed: Indexed, world: World, change: Callable[[list[Any]], list[Any]]) -> Index:
    """An index of a node that tells other logs: all are in one answer, as they are final."""
    with between(world.url) as net:
        index = indexed(depth=0, url=net.url)
        _lie(net, change)
        try:
            index.follow()
        finally:
            index.close()
    return index


def _lie(net: Between, change: Callable[[list[Any]], list[Any]]) -> None:
    def after(_: str, answer: Answer) -> Answer:
        return {**answer, "result": change(answer["result"])}

    net.after[LOGS] = after


def at(log: dict[str, Any], block: str, hash_: str, index: int, transaction: str) -> dict[str, Any]:
    """The same log at another place."""
    return {
        **log,
        "blockNumber": block,
        "blockHash": hash_,
        "logIndex": hex(index),
        "transactionHash": transaction,
    }


def begun_again(world: World, logs: list[Any], *before: Any) -> list[Any]:
    """The constructor's two events once more, in the last block, after some others."""
    last = logs[-1]
    block, hash_ = last["blockNumber"], last["blockHash"]
    again = [*before, *_constructor(world, logs)]
    number = int(last["logIndex"], 16) + 1
    return [
        *logs,
        *(at(log, block, hash_, number + i, "0x" + "77" * 32) for i, log in enumerate(again)),
    ]


def _constructor(world: World, logs: list[Any]) -> list[Any]:
    topics = [topic(world, "CircuitRegistry", one) for one in ("CouncilSet", "AuditorKeySet")]
    return [log for log in logs if log["topics"][0] in topics][:2]


def test_what_the_node_tells_truly_is_taken(world: World, indexed: Indexed) -> None:
    told(indexed, world, lambda logs: logs)


def test_a_constructor_that_runs_again_is_refused(world: World, indexed: Indexed) -> None:
    with pytest.raises(IndexingError, match=r"CouncilSet .*a constructor ran again"):
        told(indexed, world, lambda logs: begun_again(world, logs))


def test_an_event_by_the_false_contract_makes_no_constructor_right(
    world: World, indexed: Indexed
) -> None:
    """It tells Authorised last of all, in a transaction of its own."""
    authorised = topic(world, "CircuitRegistry", "Authorised")

    def change(logs: list[Any]) -> list[Any]:
        one = [log for log in logs if log["topics"][0] == authorised][-1]
        count = sum(log["topics"][0] == authorised for log in logs)
        one = {**one, "data": "0x" + count.to_bytes(32, "big").hex()}  # its nonce is the next one
        found = begun_again(world, logs, one)
        found[-3] = {**found[-3], "transactionHash": "0x" + "66" * 32}
        return found

    with pytest.raises(IndexingError, match=r"CouncilSet .*a constructor ran again"):
        told(indexed, world, change)


def test_actions_that_count_anew_are_refused(world: World, indexed: Indexed) -> None:
    authorised = topic(world, "CircuitRegistry", "Authorised")

    def change(logs: list[Any]) -> list[Any]:
        one = [log for log in logs if log["topics"][0] == authorised][-1]
        last = logs[-1]
        number = int(last["logIndex"], 16) + 1
        return [*logs, at(one, last["blockNumber"], last["blockHash"], number, "0x" + "77" * 32)]

    with pytest.raises(IndexingError, match="as action"):
        told(indexed, world, change)


@pytest.mark.parametrize("missing", ["CouncilSet", "AuditorKeySet", "both"])
def test_a_history_without_its_beginning_is_refused(
    world: World, indexed: Indexed, missing: str
) -> None:
    """As of a manifest that names too late a block."""
    topics = [topic(world, "CircuitRegistry", one) for one in ("CouncilSet", "AuditorKeySet")]
    gone = set(topics if missing == "both" else [topic(world, "CircuitRegistry", missing)])

    def change(logs: list[Any]) -> list[Any]:
        return [log for log in logs if log["topics"][0] not in gone]

    with pytest.raises(IndexingError, match=r"registry's constructor|events before it are missing"):
        told(indexed, world, change)


def test_points_issued_before_the_registry_was_there_are_refused(
    world: World, indexed: Indexed
) -> None:
    issued = topic(world, "Settlement", "Issued")

    def change(logs: list[Any]) -> list[Any]:
        first = _constructor(world, logs)[0]
        one = next(log for log in logs if log["topics"][0] == issued)
        early = at(one, first["blockNumber"], first["blockHash"], 0, first["transactionHash"])
        moved = [
            {**log, "logIndex": hex(int(log["logIndex"], 16) + 1)}
            if log["blockNumber"] == first["blockNumber"]
            else log
            for log in logs
        ]
        return [early, *moved]

    with pytest.raises(IndexingError, match=r"Issued .*before the registry's constructor"):
        told(indexed, world, change)
