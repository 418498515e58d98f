"""Full disks, clocks that are far off, and nodes that go away: one error, nothing sent twice."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.exchange.circuits.cases import by_hand, sorted_rows
from tests.exchange.clients.market import CLASS, Market
from tests.exchange.home.own import PASSWORD
from tests.exchange.nodes import Anvil
from tests.long_form import IS_LONG
from tests.verifier_contracts.between import Between, between
from zkpipe.exchange.clients.catalogue.descriptions import Description
from zkpipe.exchange.clients.catalogue.publishing import Publisher
from zkpipe.exchange.clients.grants import Grants
from zkpipe.exchange.clients.holdings import Holdings
from zkpipe.exchange.clients.session import Session
from zkpipe.exchange.home import Home
from zkpipe.exchange.loop import Heartbeat, Stage, Status, monitor
from zkpipe.exchange.sender import Sender, advancing
from zkpipe.exchange.sender import sender as sender_module
from zkpipe.exchange.states import GrantState, JobState
from zkpipe.exchange.tables import commit
from zkpipe.ground.files.reading import FileError
from zkpipe.verifier_contracts import Chain
from zkpipe.verifier_contracts.errors import NodeMissingError

YEARS = 20 * 365 * 86_400
EVERY = 1 if IS_LONG else 19  # requests between two at which the node goes away


def state(market: Market, job: bytes) -> int:
    return int(market.owner.call("JobBoard", "jobs", job)[0])


@pytest.mark.parametrize("which", ["index", "outbox"])
def test_a_disk_that_takes_nothing_ends_the_loop_with_one_error_and_it_goes_on_later(
    market: Market, which: str
) -> None:
    owner, job = market.owner, market.job()
    stores = {"index": owner.index._store._database, "outbox": owner.sender._outbox._database}
    count = market.sent(owner)
    stores[which].execute("PRAGMA query_only = ON")
    with pytest.raises(FileError, match=f"The {which} .* cannot be written"):
        market.loop().run(lambda: False, once=True)
    stores[which].execute("PRAGMA query_only = OFF")
    assert market.sent(owner) == count
    market.loop().run(lambda: False, once=True)
    assert state(market, job) == JobState.CLOSED
    assert market.sent(owner) == count + 2


@pytest.mark.parametrize("off", [-YEARS, -7_200, 7_200, YEARS])
def test_the_clock_of_the_machine_decides_nothing(
    market: Market, monkeypatch: pytest.MonkeyPatch, off: int
) -> None:
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + off)
    job = market.job()
    spec = market.spec(market.terms())
    assert 0 < spec.prove_by - market.owner.now <= 86_400  # by the chain's time
    market.loop().run(lambda: False, once=True)
    assert state(market, job) == JobState.CLOSED
    assert not market.owner.home.vault.has("job", job.hex())


def test_a_heartbeat_of_the_future_is_no_sign_of_life(market: Market) -> None:
    """The clock was years ahead when it was written, and was set right."""
    job, folder = market.job(), market.owner.home.path
    file = folder / "heartbeat.json"
    for off, silent in ((0, False), (YEARS, True), (-YEARS, True), (5, False)):
        beat = Heartbeat(int(time.time()) + off, 5, (Status(job, Stage.SEEN),))
        file.write_bytes(beat.to_bytes())
        found = monitor.alerts(market.owner, market.owner.me, folder)
        concerns = {one.concern for one in found}
        assert (monitor.Concern.PROVER_SILENT in concerns) is silent
    market.loop().run(lambda: False, once=True)


class Dying:
    """A node that answers so many questions and then none, until it is mended."""

    def __init__(self, net: Between) -> None:
        self.left: int | None = None
        real = net.answer

        def answer(body: bytes) -> Any:
            if self.left is not None:
                self.left -= 1
                if self.left < 0:
                    return 503
            return real(body)

        net.answer = answer  # type: ignore[method-assign] # for all methods


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sender_module, "BEARABLE", 0.0)
    monkeypatch.setattr(advancing, "AGAIN", 0.0)
    return


@pytest.mark.usefixtures("impatient")
def test_a_node_that_stops_within_a_command_and_comes_back_costs_nothing(
    anvil: Anvil, made_in: Path, tmp_path: Path
) -> None:
    """At each so many questions within `publish` and `approve`: another run goes on."""
    with closing(Market(tmp_path, anvil.chain, made_in=made_in)) as market:
        owner, folder = market.owner, market.owner.home.path
        before, wanted = market.sent(owner), 0
        owner.close()
        owner.home.close()
        with between(anvil.url) as net, Home.open(folder, PASSWORD) as home:
            node = Dying(net)
            chain = Chain.connect(net.url, home.account)

            def publish(session: Session, made: Description) -> None:
                circuits = market.circuits(session)
                Publisher(session, circuits, Holdings(home)).publish(market.lineage, [made])

            for number, act in enumerate((publish, lambda s, grant: Grants(s).approve(grant))):
                stop, is_over = 8, False
                while not is_over:
                    subject: Any = _described(home) if number == 0 else _asked(market)
                    node.left = None
                    with Session(home, chain) as session:
                        node.left = stop
                        try:
                            act(session, subject)
                            is_over = True
                        except NodeMissingError:
                            pass
                        node.left = None
                    with Session(home, chain) as session:
                        act(session, subject)
                        if number:
                            row = session.final.row("grants", subject)
                            assert row is not None
                            assert row["state"] == GrantState.ACTIVE
                    stop, wanted = stop + EVERY, wanted + 1
                    assert anvil.count(owner.me) == before + wanted


def _described(home: Home) -> Description:
    columns = sorted_rows(np.random.default_rng(secrets.randbits(32)), 1 << CLASS)
    shift = secrets.randbits(60)  # units of its own: a row that another segment has is refused
    columns[1] = [unit + shift if slot else 0 for slot, unit in zip(*columns[:2], strict=True)]
    made = commit(by_hand(columns), secrets.token_bytes(32))
    Holdings(home).keep([made])
    return Description.of([made], {})


def _asked(market: Market) -> bytes:
    terms = market.terms()
    return Grants(market.developer).request(terms).id


@pytest.mark.usefixtures("impatient")
def test_a_node_that_comes_back_with_an_older_state_is_sent_the_same_again(
    anvil: Anvil, made_in: Path, tmp_path: Path
) -> None:
    """It forgets the block that the version is in: nothing is erased, and it is sent once more."""
    with closing(Market(tmp_path, anvil.chain, depth=3, made_in=made_in)) as market:
        owner = market.owner
        made = _described(owner.home)
        before = market.sent(owner)
        snapshot = anvil.tell("evm_snapshot")
        publisher = Publisher(owner, market.circuits(owner), Holdings(owner.home))
        with pytest.MonkeyPatch.context() as patch:  # as a run that ends once it has sent
            patch.setattr(Sender, "send", lambda self, *_, **__: self.step())
            publisher.publish(market.lineage, [made])
        assert market.sent(owner) == before + 1
        assert anvil.tell("evm_revert", snapshot)
        assert market.sent(owner) == before
        for _ in range(5):
            owner.sender.step()
            anvil.mine()
        done = publisher.publish(market.lineage, [made])
        assert (done.sent, market.sent(owner)) == (0, before + 1)
        assert owner.call("DataCatalogue", "segment", done.added[0])[1] == done.head
