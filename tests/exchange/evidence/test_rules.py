"""The rules hold in every history that the contracts allow, and each one sees what breaks it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.exchange.contracts.setting.chains import Anvil
from tests.exchange.contracts.setting.values import R
from tests.exchange.evidence.witnessed import Founded, Witnessed
from tests.exchange.index.histories import walked
from tests.exchange.nodes import need_anvil
from tests.long_form import IS_LONG
from zkpipe.exchange.errors import BundleError
from zkpipe.exchange.evidence.replay import Replayed, replayed
from zkpipe.exchange.evidence.rules import BY_CONSTRUCTOR, broken
from zkpipe.exchange.index.events import Event, Log
from zkpipe.exchange.index.index import Index
from zkpipe.verifier_contracts import Chain, Node

Events = list[tuple[Log, Event]]
STEPS = 200 if IS_LONG else 60


@pytest.fixture(scope="session")
def told(world: Witnessed, tmp_path_factory: pytest.TempPathFactory) -> Replayed:
    path = tmp_path_factory.mktemp("index") / "index.sqlite"
    with Index.of(path, world.client, world.manifest) as index:
        index.follow()
        return replayed(world.manifest, [(log, event.time) for log, event in index.events()])


@pytest.mark.parametrize("seed", range(1, 11 if IS_LONG else 2))
def test_no_history_that_the_contracts_allow_breaks_a_rule(
    shipped: Any, tmp_path: Path, seed: int
) -> None:
    need_anvil()
    with Node.start() as node, closing(Anvil(node)) as anvil:
        world = Founded(anvil, shipped, Chain.connect(node.url))
        world.furnish()
        walked(world, STEPS, seed)
        with Index.of(tmp_path / "index.sqlite", world.client, world.manifest) as index:
            index.follow()
            logs = [(log, event.time) for log, event in index.events()]
            found = replayed(world.manifest, logs)
            assert found.digest == index.digest()
    assert broken(world.manifest, found) == []
    assert {event.name for _, event in found.events} >= {"StepProved", "TicketUsed", "Paid"}


def said(event: Event, **other: Any) -> Event:
    return replace(event, said={**event.said, **other})


def each(name: str, change: Callable[[Event], Event | None]) -> Callable[[Events], Events]:
    """The first event of a name is changed, or left out."""

    def changed(events: Events) -> Events:
        place = next(i for i, (_, event) in enumerate(events) if event.name == name)
        log, event = events[place]
        other = change(event)
        new = [] if other is None else [(log, other)]
        return [*events[:place], *new, *events[place + 1 :]]

    return changed


def twice(name: str) -> Callable[[Events], Events]:
    def changed(events: Events) -> Events:
        return [*events, next(one for one in events if one[1].name == name)]

    return changed


def constructed_again(events: Events) -> Events:
    """As if false contracts had told all that, were destroyed, and made way for the true ones."""
    first = [next(one for one in events if one[1].name == name) for name in BY_CONSTRUCTOR]
    return [*events, *first]


OTHER, ELSEWHERE = b"\x07" * 32, "0x" + "07" * 20
IDS = {
    "CircuitProposed": "id",
    "LineageRegistered": "lineage",
    "Requested": "grant",
    "JobOpened": "job",
    "Appended": "entry",
    "Recorded": "entry",
}


@pytest.mark.parametrize(
    ("wanted", "change"),
    [
        ("the first events", each("CouncilSet", lambda e: None)),
        ("the first events", each("AuditorKeySet", lambda e: None)),
        ("AuditorKeySet of CircuitRegistry", constructed_again),
        ("Authorised of CircuitRegistry", each("Authorised", lambda e: None)),
        ("Authorised of CircuitRegistry", each("Authorised", lambda e: said(e, nonce=9))),
        *(
            (name, each(name, lambda e, f=field: said(e, **{f: OTHER})))
            for name, field in IDS.items()
        ),
        ("LineageRegistered", each("LineageRegistered", lambda e: said(e, owner=ELSEWHERE))),
        ("Recorded", each("Recorded", lambda e: said(e, seq=2))),
        ("Appended", each("Appended", lambda e: said(e, by=ELSEWHERE))),
        ("StepDelivered", each("StepDelivered", lambda e: said(e, w0=e.said["w1"]))),
        ("StepDelivered", each("StepDelivered", lambda e: said(e, w0=e.said["w0"] + R))),
        ("StepDelivered", each("StepProved", lambda e: said(e, results=[1, 2, 3]))),
        ("Opened", each("Opened", lambda e: said(e, value=b"another"))),
        ("Opened", each("Opened", lambda e: said(e, salt=OTHER))),
        ("uses of the board's grants", each("TicketUsed", lambda e: None)),
        ("uses of the board's grants", each("TicketUsed", lambda e: said(e, ticket=7))),
        ("uses of the board's grants", each("StepProved", lambda e: said(e, ticket=7))),
        ("uses of the board's grants", twice("TicketUsed")),
        ("entries of the board", each("Recorded", lambda e: said(e, digest=OTHER))),
        ("entries of the board", each("StepProved", lambda e: said(e, root=OTHER))),
        ("StepProved", each("StepProved", lambda e: said(e, lineage=OTHER))),
        ("payments by the board", each("Paid", lambda e: None)),
        ("payments by the board", each("Paid", lambda e: said(e, n=99))),
        ("payments by the board", each("Paid", lambda e: said(e, who=ELSEWHERE))),
        ("payments by the board", each("StepDelivered", lambda e: None)),
        ("payments by the board", twice("Paid")),
    ],
)
def test_a_rule_sees_what_breaks_it(
    wanted: str, change: Callable[[Events], Events], told: Replayed, world: Witnessed
) -> None:
    assert broken(world.manifest, told) == []
    found = broken(world.manifest, replace(told, events=change(list(told.events))))
    assert any(wanted in place for place, _ in found), found


@pytest.mark.parametrize(
    ("table", "column", "value", "wanted"),
    [
        ("grants", "used", 3, "grant 0x"),
        ("grants", "open", 1, "grant 0x"),
        ("grants", "open", -1, "grant 0x"),
        ("grants", "leak_bits", 11, "budget of lineage"),
        ("budgets", "spent", 10, "budget of lineage"),
        ("budgets", "held", 10, "budget of lineage"),
        ("budgets", "limit_bits", 19, "budget of lineage"),
        ("balances", "points", "1", "points"),
        ("escrows", "points", "1", "points"),
        ("issues", "points", "1001", "points"),
    ],
)
def test_counters_that_do_not_add_up_are_seen(
    table: str, column: str, value: object, wanted: str, told: Replayed, world: Witnessed
) -> None:
    row, *rest = told.rows[table]
    rows = {**told.rows, table: [{**row, column: value}, *rest]}
    found = broken(world.manifest, replace(told, rows=rows))
    assert any(wanted in place for place, _ in found), found


def test_a_council_that_never_was_is_seen(told: Replayed, world: Witnessed) -> None:
    for other in ({"threshold": 1}, {"members": world.manifest.members[:2]}):
        found = broken(replace(world.manifest, **other), told)
        assert [place for place, _ in found] == ["manifest.json"]


def test_a_log_that_is_no_event_or_of_nothing_names_its_place(
    world: Witnessed, index: Index
) -> None:
    logs = [(log, event.time) for log, event in index.events()]
    log, time = logs[9]
    wrong = [
        replace(log, topics=(OTHER, *log.topics[1:])),
        replace(log, topics=()),
        replace(log, data=log.data + bytes(32)),
        replace(log, topics=log.topics[:1]),
    ]
    for other in wrong:
        with pytest.raises(BundleError) as error:
            replayed(world.manifest, [*logs[:9], (other, time)])
        assert error.value.place.startswith(f"block {log.block}, log {log.number}")
    names = [event.name for _, event in index.events()]
    used = names.index("TicketUsed")
    without = [one for one, name in zip(logs, names, strict=True) if name != "Requested"]
    with pytest.raises(BundleError, match="never there"):
        replayed(world.manifest, without)
    assert names[used] == "TicketUsed"
