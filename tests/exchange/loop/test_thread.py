"""The whole way by the clients: a grant, a job, the owner's loop, the opened answer."""

from __future__ import annotations

import json
from pathlib import Path

from tests.exchange.clients.market import Market
from zkpipe.exchange.clients.circuits import Circuits
from zkpipe.exchange.clients.uses.results import open_result
from zkpipe.exchange.loop import Loop


def test_a_question_is_asked_and_answered(tmp_path: Path) -> None:
    market = Market(tmp_path)
    job = market.job()
    statuses = Loop(market.owner).run(lambda: False, once=True)
    assert statuses == []
    developer = market.developer
    opened = open_result(developer, Circuits(developer.home), job, developer.home.keys.seal.scalar)
    said = json.loads(opened.to_bytes())
    rows = [cell["rows"] for cell in said["answer"]["cells"]]
    assert rows == [rows for rows, _ in market.expected(market.root)]
