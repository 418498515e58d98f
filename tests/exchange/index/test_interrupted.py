"""The process ends at any moment; the index is as before a step of its, or after it.

INDEX_KILLS makes the second test longer: 500 for `make fuzz`.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.exchange.contracts.setting.world import World
from tests.exchange.index import child
from tests.exchange.index.conftest import Indexed, sources
from tests.exchange.index.histories import History
from tests.exchange.index.test_following import reorganise
from tests.exchange.index.views import unlike_views
from tests.long_form import IS_LONG
from zkpipe.exchange.index import reading
from zkpipe.exchange.index.rows import Rows
from zkpipe.exchange.index.store import Store
from zkpipe.verifier_contracts import Chain

KILLS = int(os.environ.get("INDEX_KILLS", "6"))
EACH = min(KILLS, 10)  # kills on one node, which reorganises wrongly after 500 blocks
LONGEST = 0.6  # seconds between a start and a kill


class Killed(BaseException):
    """The process has ended."""


def test_at_whichever_change_it_ends_the_index_is_whole(
    world: World, indexed: Indexed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "WIDEST", 4)
    history = History(world, 1)
    seen, at = 0, 0

    def watched(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            nonlocal seen
            seen += 1
            if seen == at:
                raise Killed
            result = real(*arguments, **named)
            seen += 1
            if seen == at:
                raise Killed
            return result

        return call

    for _ in range(8):
        history.act()
    first = indexed("one.sqlite", depth=3)
    first.follow()
    for where, name in (
        (Chain, "ask"),
        (Store, "add"),
        (Store, "settle"),
        (Store, "go_back"),
        (Store, "keep"),
        (Rows, "put"),
        (Rows, "clear"),
    ):
        monkeypatch.setattr(where, name, watched(getattr(where, name)))
    kills, stride = 0, 3 if IS_LONG else 41
    for turn in range(1000):
        at = 0
        reorganise(world, 1 + turn % 5)
        for _ in range(3):
            history.act()
        index = indexed("one.sqlite", depth=3)
        seen, at = 0, 1 + stride * turn
        try:
            index.follow()
        except Killed:
            kills += 1
        else:
            break
        finally:
            at = 0
            index.close()
        again = indexed("one.sqlite", depth=3)
        before = again.digest()
        assert again.rebuild() == before  # the tables are those of the blocks that are there
    whole = indexed()
    whole.follow()
    last = indexed("one.sqlite", depth=3)
    assert last.digest() == whole.digest()
    assert unlike_views(world, last.state) == []
    assert kills > (50 if IS_LONG else 2)


@pytest.mark.parametrize("round_", range(-(-KILLS // EACH)))
def test_however_often_its_process_is_killed_the_index_is_that_of_the_chain(
    world: World, indexed: Indexed, tmp_path: Path, round_: int
) -> None:
    chance = random.Random(round_)  # noqa: S311 # a test's
    history, over = History(world, round_), threading.Event()

    def live() -> None:
        while not over.is_set():
            history.act()
            if history.chance.random() < 0.15:
                reorganise(world, history.chance.randint(1, 5))
            over.wait(0.05)

    addresses = {one.name: one.address for one in sources(world)}
    where = [world.url, str(tmp_path / "one.sqlite"), json.dumps(addresses)]
    command = [sys.executable, "-m", "tests.exchange.index.child", *where]
    living = threading.Thread(target=live)
    killed = 0
    with subprocess.Popen(  # noqa: S603 # ours
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        living.start()
        try:
            while killed < EACH:
                print(file=server.stdin, flush=True)
                number = int(server.stdout.readline())
                time.sleep(chance.uniform(0, LONGEST))
                with suppress(ProcessLookupError):
                    os.kill(number, signal.SIGKILL)
                killed += os.WIFSIGNALED(int(server.stdout.readline()))
        finally:
            over.set()
            living.join()
            server.stdin.close()
    index, whole = indexed("one.sqlite", depth=child.DEPTH), indexed()
    digest = index.digest()
    assert index.rebuild() == digest
    index.follow()
    whole.follow()
    assert index.digest() == whole.digest()
    assert index.tip > 40
    assert unlike_views(world, index.state) == []
