"""Nodes that refuse, lose answers, go away, are behind, or answer nonsense: a job ends once."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.exchange.clients.market import Market
from tests.exchange.home.own import PASSWORD
from tests.exchange.nodes import Anvil
from tests.long_form import IS_LONG
from tests.verifier_contracts.between import Between, between, error
from zkpipe.exchange.clients.session import Session
from zkpipe.exchange.home import Home
from zkpipe.exchange.home.vault import JOB
from zkpipe.exchange.loop import loop as loop_module
from zkpipe.exchange.sender import advancing
from zkpipe.exchange.states import JobState
from zkpipe.verifier_contracts import Chain

SEEDS = range(10 if IS_LONG else 1)
ROUNDS = 40 if IS_LONG else 12  # of the loop, with each kind of fault
ASKED = (
    "eth_call",
    "eth_getLogs",
    "eth_blockNumber",
    "eth_getBlockByNumber",
    "eth_getTransactionCount",
    "eth_getTransactionReceipt",
    "eth_getTransactionByHash",
    "eth_estimateGas",
    "eth_sendRawTransaction",
)
RAW = "eth_sendRawTransaction"


def gone(net: Between, hits: Callable[[], bool]) -> None:
    """The connection is closed before the node is asked."""
    for method in ASKED:
        net.before[method] = lambda _: 503 if hits() else None


def lost(net: Between, hits: Callable[[], bool]) -> None:
    """The node does what it is asked, and its answer never comes."""
    for method in ASKED:
        net.after[method] = lambda _, answer: None if hits() else answer


def empty(net: Between, hits: Callable[[], bool]) -> None:
    """It knows no block, no receipt and no transaction."""
    for method in ASKED:
        if method.startswith("eth_get"):
            net.after[method] = lambda _, answer: {**answer, "result": None} if hits() else answer


def busy(net: Between, hits: Callable[[], bool]) -> None:
    """It refuses."""
    refusal = error(-32005, "limit exceeded")
    for method in ASKED:
        net.after[method] = lambda m, answer: refusal(m, answer) if hits() else answer


def known(net: Between, hits: Callable[[], bool]) -> None:
    """It says that it has a transaction already, after it took it and before."""
    refusal = error(-32000, "already known")
    net.before[RAW] = lambda _: refusal(RAW, {"id": 0}) if hits() else None
    net.after[RAW] = lambda m, answer: refusal(m, answer) if hits() else answer


FAULTS = {function.__name__: function for function in (gone, lost, empty, busy, known)}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_job_ends_once_on_a_node_that_fails(
    anvil: Anvil, made_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Each kind of fault in turn, on one node."""
    monkeypatch.setattr(advancing, "AGAIN", 0.0)
    for name in ("SHORTEST_PAUSE", "LONGEST_PAUSE"):
        monkeypatch.setattr(loop_module, name, 0.0)
    monkeypatch.setattr(loop_module, "REST", (0.0, 0.0, 0.0))
    chance = random.Random(seed)  # noqa: S311 # a test's
    with closing(Market(tmp_path, anvil.chain, made_in=made_in)) as market:
        owner = market.owner
        terms = market.terms(max_uses=len(FAULTS))
        market.granted(terms)
        before, address, folder = market.sent(owner), owner.me, owner.home.path
        jobs: list[bytes] = []
        owner.close()
        owner.home.close()
        board = market.developer.contract("JobBoard")
        spoiled = dict.fromkeys(FAULTS, 0)
        with (
            between(anvil.url) as net,
            Home.open(folder, PASSWORD) as home,
            Session(home, Chain.connect(net.url, home.account)) as session,
        ):
            loop = market.loop(session)
            for name, fault in FAULTS.items():
                jobs.append(market.job(terms))

                def hits(name: str = name) -> bool:
                    hit = chance.random() < 0.2 or not spoiled[name]
                    spoiled[name] += hit
                    return hit

                fault(net, hits)
                rounds = iter(range(ROUNDS))
                loop.run(lambda rounds=rounds: next(rounds, None) is None)
                net.before.clear()
                net.after.clear()
            loop.retry()
            statuses: list[Any] = loop.run(lambda: False, once=True)
            assert statuses == [], json.dumps(spoiled)
            assert home.vault.names(JOB) == []
        assert [board.call("jobs", job)[0] for job in jobs] == [JobState.CLOSED] * len(jobs)
        assert anvil.count(address) == before + 2 * len(jobs)
        assert all(spoiled.values()), spoiled
        for job in jobs:
            cells = json.loads(market.answer(job).to_bytes())["answer"]["cells"]
            rows = [cell["rows"] for cell in cells]
            assert rows == [rows for rows, _ in market.expected(market.root)]
