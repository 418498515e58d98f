"""Chains that take back what was said: a job ends once, whatever lay in blocks that are gone."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from tests.exchange.clients.market import Market
from tests.exchange.nodes import Anvil
from tests.long_form import IS_LONG
from zkpipe.exchange.home.vault import JOB
from zkpipe.exchange.loop import Loop, Stage
from zkpipe.exchange.sender import advancing
from zkpipe.exchange.states import JobState

DEPTH, MOST = 12, 80
ROUNDS = [[1, 2, 3], [4, 5, 6], [7, 8, 9], [10, 11, 12]] if IS_LONG else [[1, 6, 12]]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(advancing, "AGAIN", 0.0)


class Story:
    """A job on a chain that a test mines, and reorganises where it likes."""

    def __init__(self, market: Market, anvil: Anvil, loop: Loop, job: bytes) -> None:
        self.market, self.anvil, self.loop, self.job = market, anvil, loop, job
        self.stages: list[Stage] = []

    def step(self) -> Stage | None:
        """A round of both parties; how far the job is."""
        self.market.developer.sender.step()
        found = {one.job: one.stage for one in self.loop.step()}.get(self.job)
        if found is not None:
            self.stages.append(found)
        return found

    def until(self, *stages: Stage) -> None:
        """Mine block after block until the job is so far."""
        for _ in range(MOST):
            if self.step() in stages:
                return
            self.anvil.mine()
        raise AssertionError(self.stages[-1:])

    @property
    def state(self) -> int:
        return int(self.market.owner.call("JobBoard", "jobs", self.job)[0])


@pytest.mark.parametrize("depths", ROUNDS, ids=str)
def test_what_a_reorganisation_takes_back_is_sent_again_with_the_same_bytes(
    anvil: Anvil, made_in: Path, tmp_path: Path, depths: list[int]
) -> None:
    with closing(Market(tmp_path, anvil.chain, depth=DEPTH, made_in=made_in)) as market:
        terms = market.terms(max_uses=len(depths))
        market.granted(terms)
        loop = market.loop()
        anvil.automine(False)
        for depth in depths:
            before = market.sent(market.owner)
            story = Story(market, anvil, loop, market.begin(market.spec(terms)))
            story.until(Stage.SEEN)
            anvil.mine(depth - 1)
            anvil.reorganise(depth)  # the job is gone, or not: it is opened again
            assert not market.owner.home.vault.has(JOB, story.job.hex())
            story.until(Stage.PROVED)  # it is sent, too
            secret = market.owner.home.vault.get(JOB, story.job.hex())
            anvil.mine()
            assert story.state == JobState.PROVED
            anvil.mine(depth - 1)
            anvil.reorganise(depth)
            assert story.state == JobState.OPEN
            assert story.step() is Stage.SUBMITTED
            story.until(Stage.DELIVERING)
            assert market.owner.home.vault.get(JOB, story.job.hex()) == secret
            anvil.mine()
            assert story.state == JobState.CLOSED
            anvil.mine(depth - 1)
            anvil.reorganise(depth)
            assert story.state == JobState.PROVED
            story.until(Stage.ERASED)
            assert not market.owner.home.vault.has(JOB, story.job.hex())
            assert market.sent(market.owner) == before + 2
            cells = json.loads(market.answer(story.job).to_bytes())["answer"]["cells"]
            rows = [cell["rows"] for cell in cells]
            assert rows == [rows for rows, _ in market.expected(market.root)]


def test_a_proof_that_the_node_drops_is_sent_again(
    anvil: Anvil, made_in: Path, tmp_path: Path
) -> None:
    with closing(Market(tmp_path, anvil.chain, depth=1, made_in=made_in)) as market:
        terms = market.terms()
        market.granted(terms)
        before = market.sent(market.owner)
        story = Story(market, anvil, market.loop(), market.begin(market.spec(terms)))
        anvil.automine(False)
        for stage in (Stage.SUBMITTED, Stage.DELIVERED):
            story.until(stage)
            for _ in range(3):
                anvil.tell("anvil_dropAllTransactions")
                story.step()
        story.until(Stage.ERASED)
        assert story.state == JobState.CLOSED
        assert market.sent(market.owner) == before + 2
