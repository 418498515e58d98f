"""Answers: how they are sealed, when they are opened, and for whom."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from typing import Any

import pytest

from tests.exchange.clients.market import Market
from tests.exchange.clients.parties import AUDITOR
from tests.exchange.loop.rounds import opened, served, state
from zkpipe.exchange.clients.holdings import Holdings
from zkpipe.exchange.clients.uses.results import open_result
from zkpipe.exchange.clients.uses.steps import use_of
from zkpipe.exchange.errors import AnswerError, UnknownSubjectError
from zkpipe.exchange.loop import Stage
from zkpipe.exchange.loop.material import Material
from zkpipe.exchange.loop.proving import opening, proven
from zkpipe.exchange.states import JobState


def test_what_opens_an_answer_is_not_told_on_the_word_of_the_index_alone(market: Market) -> None:
    """A proof can be seen before it is counted: whoever then says that it was would read for free.

    The index is changed to say that the board has taken the proof.
    """
    job, owner, loop = market.job(), market.owner, market.loop()
    final = owner.final
    use = use_of(owner.manifest, final, job)
    tools, rows = loop._material.tools(use.terms.circuit), Holdings(owner.home)
    assert tools is not None
    made_here = proven(use, tools, rows.segment(use.step.root), loop._secret(job))
    told = replace(use, state=JobState.PROVED, results=made_here.results)
    assert opening(told, loop._secret(job)) is not None
    assert loop._delivered(told, told, final.block).stage is Stage.SUBMITTED
    board = owner.contract("JobBoard")
    assert owner.sender.last(board, "deliver", job, 0) is None
    served(market)
    assert state(market, job) == JobState.CLOSED


def test_the_same_job_has_the_same_sealed_answer(market: Market) -> None:
    """And another ticket has other numbers, so that nothing of the difference shows."""
    job = market.job()
    owner = market.owner
    use = use_of(market.manifest, owner.final, job)
    material = Material(owner.home)
    tools, segment = material.tools(use.terms.circuit), material.segment(use.step.root)
    assert tools is not None
    assert segment is not None
    secret = bytes(range(32))
    one, again = (proven(use, tools, segment, secret) for _ in range(2))
    assert one.results == again.results
    assert one.words != again.words  # proofs are fresh
    for other in (
        proven(replace(use, ticket=use.ticket + 1), tools, segment, secret),
        proven(use, tools, segment, bytes(32)),
    ):
        assert not set(other.results) & set(one.results)
    known = replace(use, results=one.results)
    assert opening(known, secret) is not None
    assert opening(known, bytes(32)) is None
    assert opening(use, secret) is None
    served(market)


def test_the_auditor_opens_it_and_nobody_else(market: Market) -> None:
    job = market.job()
    served(market)
    circuits = market.circuits(market.developer)
    found = open_result(market.developer, circuits, job, AUDITOR.scalar, as_auditor=True)
    said = json.loads(found.to_bytes())
    assert said["openedAs"] == "auditor"
    assert said["answer"] == opened(market, job)
    for wrong in (market.owner.home.keys.seal.scalar, AUDITOR.scalar):
        with pytest.raises(AnswerError, match="sealed for another key"):
            open_result(market.developer, circuits, job, wrong)
    mine = market.developer.home.keys.seal.scalar
    with pytest.raises(AnswerError, match="sealed for another key"):
        open_result(market.developer, circuits, job, mine, as_auditor=True)


def test_a_node_that_changes_what_was_proved_is_found_out(market: Market) -> None:
    """Rows of the index as a lying node would have made them."""
    job = market.job()
    served(market)
    assert opened(market, job)
    index = market.developer.home.path / "index.sqlite"
    key = f"0x{job.hex()}"

    def told(**values: str) -> None:
        with sqlite3.connect(index) as database:
            for name, value in values.items():
                database.execute(f"UPDATE final_steps SET {name} = ? WHERE job = ?", (value, key))  # noqa: S608

    def row() -> dict[str, Any]:
        found = market.developer.final.row("steps", job, 0)
        assert found is not None
        return found

    before = row()
    results = json.loads(before["results"])
    for change, says in (
        ({"w0": before["w1"]}, "does not open the proof's lock"),
        ({"results": json.dumps([*results[:-1], "5"])}, "not those that the board keeps"),
        ({"ticket": "77"}, "not one of this answer"),
    ):
        told(**change)
        with pytest.raises(AnswerError, match=says):
            opened(market, job)
        told(**{name: str(before[name]) for name in change})
    assert opened(market, job)


def test_an_answer_that_is_not_there_is_said_to_be_so(market: Market) -> None:
    job = market.job()
    with pytest.raises(AnswerError, match="is not proved yet"):
        opened(market, job)
    loop = market.loop()
    while state(market, job) == JobState.OPEN:
        loop.step()
    with pytest.raises(AnswerError, match="is proved; its answer must be delivered"):
        opened(market, job)
    served(market)
    assert opened(market, job)
    with pytest.raises(UnknownSubjectError):
        opened(market, b"x" * 32)
