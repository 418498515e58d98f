"""kill -9 of the loop at random moments, on a chain that is reorganised.

Each job ends with one proof and one delivery, its secret is erased, and its answer is right.
LOOP_KILLS makes it longer: 500 for `make fuzz`.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.exchange.clients.market import Market
from tests.exchange.home.own import PASSWORD
from tests.exchange.loop.miner import mining
from tests.exchange.nodes import Anvil
from zkpipe.exchange.clients.session import Session
from zkpipe.exchange.clients.uses.results import open_result
from zkpipe.exchange.home import Home
from zkpipe.exchange.home.vault import JOB
from zkpipe.exchange.loop import Loop
from zkpipe.exchange.sender import advancing
from zkpipe.exchange.states import JobState

KILLS = int(os.environ.get("LOOP_KILLS", "3"))
SEED = int(os.environ.get("LOOP_SEED", "1"))
DEPTH = 3
EACH = min(KILLS, 12)  # kills on one node, which reorganises wrongly after 500 blocks
LONGEST = 1.5  # seconds between a start and a kill
BLOCK = 0.1  # seconds


@contextmanager
def server(*words: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.exchange.loop.child", *words]
    with subprocess.Popen(  # noqa: S603 # ours
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        try:
            yield process
        finally:
            process.stdin.close()


@pytest.mark.parametrize("round_", range(-(-KILLS // EACH)))
def test_each_job_ends_once_however_often_the_loop_is_killed(
    anvil: Anvil, made_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, round_: int
) -> None:
    monkeypatch.setattr(advancing, "AGAIN", 0.0)
    chance = random.Random(SEED + round_)  # noqa: S311 # a test's
    with closing(Market(tmp_path, anvil.chain, depth=DEPTH, made_in=made_in)) as market:
        terms = market.terms(max_uses=2 * EACH)
        market.granted(terms)
        owner, developer = market.owner, market.developer
        folder, account = owner.home.path, owner.me
        before = market.sent(owner)
        now = owner.now
        owner.close()
        owner.home.close()
        anvil.automine(False)
        jobs: list[bytes] = []
        killed = 0
        circuit = terms.circuit.hex()
        with (
            server(anvil.url, str(folder), circuit) as process,
            mining(anvil, SEED + round_, DEPTH, BLOCK),
        ):
            assert process.stdin is not None
            assert process.stdout is not None
            while killed < EACH:
                if len(jobs) < EACH and chance.random() < 0.6:
                    spec = market.spec(terms, prove_by=now + 10**5, deliver_by=now + 10**6)
                    jobs.append(market.begin(spec))
                developer.sender.step()
                print(file=process.stdin, flush=True)
                number = int(process.stdout.readline())
                time.sleep(chance.uniform(0, LONGEST))
                os.kill(number, signal.SIGKILL)
                status = int(process.stdout.readline())
                assert os.WIFSIGNALED(status), "it ended by itself"
                killed += 1
        with Home.open(folder, PASSWORD) as home, Session(home, anvil.chain) as session:
            loop = Loop(session)
            board = session.contract("JobBoard")
            for _ in range(400):
                developer.sender.step()
                statuses = loop.step()
                if not statuses and not developer.sender.pending():
                    break
                anvil.mine()
            assert statuses == []
            assert [board.call("jobs", job)[0] for job in jobs] == [JobState.CLOSED] * len(jobs)
            assert home.vault.names(JOB) == []
            assert anvil.count(account) == before + 2 * len(jobs)
        with sqlite3.connect(folder / "outbox.sqlite") as database:
            tasks = database.execute(
                "SELECT function, subject, COUNT(*) FROM outbox WHERE function IN "
                "('submit', 'deliver') AND nonce IS NOT NULL GROUP BY function, subject"
            ).fetchall()
        assert sorted(tasks) == sorted(
            (function, job, 1) for job in jobs for function in ("submit", "deliver")
        )
        circuits = market.circuits(developer)
        for job in jobs:
            secret = developer.home.keys.seal.scalar
            said = json.loads(open_result(developer, circuits, job, secret).to_bytes())
            rows = [cell["rows"] for cell in said["answer"]["cells"]]
            assert rows == [rows for rows, _ in market.expected(market.root)]
        print(f"{killed} kills, {len(jobs)} jobs, block {anvil.head}")  # noqa: T201 # for -s
