"""The whole way by the clients: a grant, a job, the owner's loop, the opened answer.

In the suite on a node; in the long form on the embedded chain, too, which verifies in Python.
"""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from tests.exchange.clients.market import Market
from tests.long_form import IS_LONG
from zkpipe.exchange.clients.circuits import Circuits
from zkpipe.exchange.clients.uses.results import open_result
from zkpipe.exchange.loop import Loop


def asked_and_answered(market: Market) -> None:
    job = market.job()
    statuses = Loop(market.owner).run(lambda: False, once=True)
    assert job not in [status.job for status in statuses]  # it is over
    developer = market.developer
    opened = open_result(developer, Circuits(developer.home), job, developer.home.keys.seal.scalar)
    said = json.loads(opened.to_bytes())
    rows = [cell["rows"] for cell in said["answer"]["cells"]]
    assert rows == [rows for rows, _ in market.expected(market.root)]


def test_a_question_is_asked_and_answered(market: Market) -> None:
    asked_and_answered(market)


@pytest.mark.skipif(not IS_LONG, reason="takes 20 s")
def test_a_question_is_asked_and_answered_on_the_embedded_chain(tmp_path: Path) -> None:
    with closing(Market(tmp_path)) as market:
        asked_and_answered(market)
