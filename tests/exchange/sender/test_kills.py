"""kill -9 at random moments, on a chain that is reorganised: one transaction a task, none lost.

SENDER_KILLS makes it longer: 500 for `make fuzz`.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.exchange.nodes import Anvil
from tests.exchange.sender import child
from tests.exchange.sender.conftest import Counter, subject
from zkpipe.exchange.sender import advancing
from zkpipe.exchange.sender.sender import Sender

KILLS = int(os.environ.get("SENDER_KILLS", "6"))
SEED = int(os.environ.get("SENDER_SEED", "1"))
LONGEST = 0.5  # seconds between a start and a kill
EACH = min(KILLS, 12)  # kills on one node, which reorganises wrongly after 500 blocks


@contextmanager
def mining(anvil: Anvil, chance: random.Random) -> Iterator[None]:
    """Blocks, and now and then a reorganisation or a loss of all that is pending."""
    over = threading.Event()

    def mine() -> None:
        while not over.is_set():
            deed = chance.random()
            if deed < 0.1:
                anvil.reorganise(chance.randint(1, child.DEPTH))
            elif deed < 0.15:
                anvil.tell("anvil_dropAllTransactions")
            else:
                anvil.mine()
            over.wait(0.05)

    thread = threading.Thread(target=mine)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize("round_", range(-(-KILLS // EACH)))
def test_each_task_is_done_once_however_often_its_process_is_killed(
    anvil: Anvil, there: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, round_: int
) -> None:
    monkeypatch.setattr(advancing, "AGAIN", 0.0)
    chance = random.Random(SEED + round_)  # noqa: S311 # a test's
    home = anvil.party(tmp_path / "home")
    anvil.automine(False)
    key, address = home.account.key.hex(), there.contract.address
    command = [sys.executable, "-m", "tests.exchange.sender.child"]
    where = [anvil.url, str(home.folder), key, address]
    tasks, killed, ended = 0, 0, 0
    miner = random.Random(SEED + round_)  # noqa: S311 # a test's
    with (
        mining(anvil, miner),
        subprocess.Popen(  # noqa: S603 # ours
            [*command, *where], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as server,
    ):
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            while killed < EACH:
                tasks += chance.randint(0, 2)
                print(tasks, file=server.stdin, flush=True)
                number = int(server.stdout.readline())
                time.sleep(chance.uniform(0, LONGEST) ** 2 / LONGEST)
                with suppress(ProcessLookupError):  # it has ended, and its parent knows
                    os.kill(number, signal.SIGKILL)
                status = int(server.stdout.readline())
                killed += os.WIFSIGNALED(status)
                ended += os.WIFEXITED(status)
                assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
        finally:
            server.stdin.close()
    with Sender(home, anvil.chain, child.DEPTH) as sender:
        for _ in range(300):
            for i in range(tasks):
                sender.plan(**there.wish(subject(1), i))
            sender.step()
            if not sender.pending():
                break
            anvil.mine()
        assert sender.pending() == []
    assert [there.times(subject(1), i) for i in range(tasks)] == [1] * tasks
    with sqlite3.connect(home.folder / "outbox.sqlite") as database:
        nonces = [row[0] for row in database.execute("SELECT nonce FROM outbox ORDER BY nonce")]
    assert nonces == list(range(tasks))
    assert anvil.count(home.account.address) == tasks
    print(f"{killed} kills, {ended} ended before, {tasks} tasks")  # noqa: T201 # for -s
