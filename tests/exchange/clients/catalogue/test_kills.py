"""kill -9 while an owner publishes: nothing is sent twice, nothing lost, nothing proved again.

CATALOGUE_KILLS makes it longer: 200 for `make fuzz`.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.exchange.clients.catalogue.owner import Owner, rows
from tests.exchange.clients.parties import Parties
from tests.exchange.nodes import Anvil, need_anvil, need_solc
from zkpipe.exchange.home import Home
from zkpipe.verifier_contracts import Node

KILLS = int(os.environ.get("CATALOGUE_KILLS", "3"))
SEED = int(os.environ.get("CATALOGUE_SEED", "1"))
LONGEST = 2.0  # seconds between a beginning and a kill
DEPTH = 2
SEGMENTS = 3  # of a table, each a call of its own
EARLY = 2  # kills when something was proved, whatever the machine's speed; later ones by the clock


@contextmanager
def mining(anvil: Anvil) -> Iterator[None]:
    over = threading.Event()

    def mine() -> None:
        while not over.wait(0.03):
            anvil.mine()

    thread = threading.Thread(target=mine)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_what_is_published_by_processes_that_are_killed_is_published_once(
    made_in: Path, tmp_path: Path
) -> None:
    need_anvil()
    need_solc()
    with Node.start() as node, mining(Anvil(node)):
        anvil = Anvil(node)
        parties = Parties(tmp_path, anvil.chain, DEPTH)
        owner = Owner(parties, made_in)
        home = owner.session.home.path
        address = owner.session.me
        works: dict[bytes, Path] = {}
        roots: dict[bytes, list[bytes]] = {}
        for i in range(1 + KILLS // 4):
            lineage = owner.lineage()
            made = owner.commit(rows(range(8 * SEGMENTS * i, 8 * SEGMENTS * (i + 1))))
            works[lineage] = tmp_path / f"{i}.json"
            works[lineage].write_bytes(made.to_bytes())
            roots[lineage] = [one.root for one in made.segments]
            assert len(roots[lineage]) == SEGMENTS
        parties.close()
        before = anvil.count(address)
        proven = _published(node, home, works)
        # as many transactions as calls; none of another kind, since nothing passed its deadline
        assert anvil.count(address) == before + SEGMENTS * len(works)
        assert len(set(proven)) == len(proven)
        assert set(proven) <= {root for some in roots.values() for root in some}
        catalogue = parties.manifest.contract(anvil.chain, "DataCatalogue")
        for lineage, some in roots.items():
            assert catalogue.call("lineage", lineage)[7] == SEGMENTS
            said = [catalogue.call("segment", root) for root in some]
            assert [one[:3] for one in said] == [(lineage, i + 1, 0) for i in range(SEGMENTS)]
        assert list((home / "proofs").iterdir()) == []
        with Home.read(home, "correct horse battery") as again:
            holdings = type(owner.holdings)(again)
            for some in roots.values():
                for root in some:
                    assert holdings.segment(root).root == int.from_bytes(root, "big")


def _published(node: Node, home: Path, works: dict[bytes, Path]) -> list[bytes]:
    """Publish all, killed KILLS times; what was proven, in order."""
    chance = random.Random(SEED)  # noqa: S311 # a test's
    command = [sys.executable, "-m", "tests.exchange.clients.catalogue.mortal"]
    proven: list[bytes] = []
    killed = 0
    with subprocess.Popen(  # noqa: S603 # ours
        [*command, node.url, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        for lineage, file in works.items():
            is_done = False
            while not is_done:
                print(lineage.hex(), file, file=server.stdin, flush=True)
                process, timer, proofs = 0, None, 0
                for line in server.stdout:
                    word, *rest = line.split()
                    if word == "process":
                        process = int(rest[0])
                        if EARLY <= killed < KILLS:  # also while it opens the home
                            wait = chance.uniform(0.2, LONGEST)
                            timer = threading.Timer(wait, os.kill, (process, signal.SIGKILL))
                            timer.start()
                    elif word == "proven":
                        proven.append(bytes.fromhex(rest[0]))
                        proofs += 1
                        if proofs > killed and killed < min(EARLY, KILLS):
                            os.kill(process, signal.SIGKILL)
                    elif word == "ended":
                        status = int(rest[0])
                        break
                if timer is not None:
                    timer.cancel()
                assert status in (0, signal.SIGKILL), f"{process} ended with {status}"
                is_done = status == 0
                killed += status != 0
        server.stdin.close()
    assert killed >= min(EARLY, KILLS), f"only {killed} were killed in time"
    return proven
