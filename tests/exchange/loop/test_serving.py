"""The provider's loop: a job's way to its end, and those that cannot reach it."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.exchange.clients.market import Market
from tests.exchange.loop.rounds import granted, opened, served, state, status
from zkpipe.exchange.home.vault import JOB
from zkpipe.exchange.loop import Heartbeat, Reason, Stage, Status
from zkpipe.exchange.loop import loop as loop_module
from zkpipe.exchange.loop.material import Material
from zkpipe.exchange.loop.proving import proven
from zkpipe.exchange.states import JobState
from zkpipe.prover import DEVELOPMENT, setup


def test_a_job_is_proved_delivered_paid_and_forgotten(market: Market) -> None:
    owner, developer = market.owner, market.developer
    market.decide("Settlement", "issue", [developer.me, 30])
    market.act(developer, "Settlement", "allow", market.manifest.addresses["JobBoard"], 30)
    balance = owner.call("Settlement", "balance", owner.me)
    terms = market.terms(price=30)
    grant = market.granted(terms)
    job = market.job(terms)
    count = market.sent(owner)
    assert status(served(market), job) is None  # it is over
    assert state(market, job) == JobState.CLOSED
    assert market.sent(owner) == count + 2  # submit and deliver, once each
    assert not owner.home.vault.has(JOB, job.hex())
    assert owner.call("Settlement", "balance", owner.me) == balance + 30
    assert owner.call("UsageGrants", "grant", grant)[1:3] == (1, 0)  # used, and none open
    cells = opened(market, job)["cells"]
    told = [(cell["rows"], int(cell["sum"])) for cell in cells]
    expected = market.expected(market.root)
    assert told == [(rows, distance - 5 * rows) for rows, distance in expected]  # low is -5
    assert all(rows for rows, _ in told)
    assert [cell["cell"] for cell in cells] == [{"well": False}, {"well": True}]


def test_a_query_answers_its_question(open_market: Market) -> None:
    job = open_market.job(granted(open_market, "query"), ask=40)
    served(open_market)
    codes = open_market.columns[open_market.root][2]
    assert opened(open_market, job) == {"values": sum(code >= 46 for code in codes)}


def test_what_is_not_final_is_not_proved(market: Market) -> None:
    """The loop sees an index whose final state is older than the job."""
    job = market.job()
    owner, loop = market.owner, market.loop()
    latest = owner.latest
    tip = latest.block
    row = latest.row("jobs", job)
    assert row is not None
    with owner.index.deep(tip - row["opened"] + 1) as before:
        assert loop._advanced(job, latest, before) == Status(job, Stage.SEEN)
    assert not owner.home.vault.has(JOB, job.hex())
    served(market)


def test_a_job_that_fails_three_times_is_dead(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The board takes no proof whose words are another ticket's."""
    job = market.job()
    monkeypatch.setattr(loop_module, "REST", (0.0, 0.0, 0.0))

    def mauled(*arguments: Any) -> Any:
        found = proven(*arguments)
        return replace(found, results=(found.results[0] ^ 1, *found.results[1:]))

    count = market.sent(market.owner)
    monkeypatch.setattr(loop_module, "proven", mauled)
    assert status(served(market), job) == Status(job, Stage.DEAD, Reason.FAILED)
    assert market.sent(market.owner) == count  # the node says that it would be refused
    monkeypatch.setattr(loop_module, "proven", proven)
    assert status(served(market), job) is None  # after a restart it is tried again
    assert state(market, job) == JobState.CLOSED


def test_a_key_that_makes_no_proofs_stops_its_own_jobs_alone(
    open_market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its rows are the circuit's and its points are not: a developer could give an owner such."""
    market = open_market
    bad, good = market.job(granted(market, "query"), ask=40), market.job()
    monkeypatch.setattr(loop_module, "REST", (0.0, 0.0, 0.0))
    tools = Material.tools

    def mauled(material: Material, circuit: bytes) -> Any:
        found = tools(material, circuit)
        if found is None or circuit != market.records["query"].circuit:
            return found
        key = setup(found.system, DEVELOPMENT)
        return replace(found, key=replace(key, l_query=np.roll(key.l_query, 1, axis=0)))

    monkeypatch.setattr(Material, "tools", mauled)
    assert status(served(market), bad) == Status(bad, Stage.REFUSED, Reason.CIRCUIT_DAMAGED)
    assert state(market, good) == JobState.CLOSED


def test_an_answer_whose_secret_is_lost_is_dead(market: Market) -> None:
    """A restored home has none of its jobs' secrets: it makes no new one."""
    job = market.job()
    loop, owner = market.loop(), market.owner
    while state(market, job) == JobState.OPEN:
        loop.step()
    owner.home.vault.erase(JOB, job.hex())
    count = market.sent(owner)
    assert status(served(market), job) == Status(job, Stage.DEAD, Reason.SECRET_LOST)
    assert market.sent(owner) == count
    assert not owner.home.vault.has(JOB, job.hex())
    market.later(4 * 86_400)
    assert status(served(market), job) == Status(job, Stage.DEAD, Reason.SECRET_LOST)


def test_the_log_and_the_heartbeat_have_ids_and_states_alone(market: Market) -> None:
    job = market.job(granted(market, "stats"), submitter=market.owner.me)
    loop = market.loop()
    stages = []
    for _ in range(10):
        found = status(loop.step(), job)
        beat = Heartbeat.load(market.owner.home.path)
        assert beat is not None
        assert status(list(beat.jobs), job) == found
        if found is not None:
            stages.append(found.stage)
    order = [Stage.PROVED, Stage.DELIVERING, Stage.ERASED]
    assert [stage for stage in stages if stage in order] == order
    lines = [one for one in market.owner.home.log.entries() if one.get("job") == f"0x{job.hex()}"]
    assert [line["state"] for line in lines] == [stage.value for stage in dict.fromkeys(stages)]
    assert all(set(line) == {"time", "event", "state", "job"} for line in lines)


def test_a_loop_stops_when_it_is_told_to(market: Market) -> None:
    asked = iter([False, False, True])
    before = time.monotonic()
    market.loop().run(lambda: next(asked, True))
    assert next(asked, None) is None
    assert time.monotonic() - before < 5
