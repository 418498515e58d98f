"""Data are compared with what a lineage holds, also after updates, and in a restored home."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.exchange.canaries import Canaries
from tests.exchange.clients.catalogue.owner import FLOOR, Owner, rows
from tests.exchange.home.own import PASSWORD
from tests.exchange.some_tables import small_schema
from zkpipe.exchange.clients.catalogue.looking import diff, roots_now, search, show
from zkpipe.exchange.clients.catalogue.removal import remove_units
from zkpipe.exchange.clients.catalogue.verifying import Verified, verify
from zkpipe.exchange.clients.holdings import Holdings
from zkpipe.exchange.errors import CatalogueError, UnknownSubjectError
from zkpipe.exchange.home import Home, backup, restore

PEOPLE = range(30, 44)


def part(frame: dict[str, Any], keep: list[int]) -> dict[str, Any]:
    return {name: [values[i] for i in keep] for name, values in frame.items()}


@pytest.fixture(scope="module")
def table() -> dict[str, Any]:
    return rows(PEOPLE, days=[*range(len(PEOPLE))])


@pytest.fixture(scope="module")
def lineage(owner: Owner, table: dict[str, Any]) -> bytes:
    """Fourteen persons in two segments, less three, and four more in a later version."""
    made = owner.lineage()
    first = owner.commit(table)
    owner.publisher.publish(made, [first])
    roots = [one.root for one in first.segments]
    gone = remove_units(owner.holdings, roots, {"person": [30, 31, 32]}, FLOOR, small_schema())
    owner.publisher.publish(made, [gone])
    owner.publisher.publish(made, [owner.commit(rows(range(60, 64)))])
    return made


def compared(owner: Owner, lineage: bytes, *frames: dict[str, Any]) -> Verified:
    return verify(owner.session.home, owner.session.final, lineage, frames)


def test_only_the_rows_of_all_versions_are_the_same(
    owner: Owner, lineage: bytes, table: dict[str, Any]
) -> None:
    now, later = part(table, [*range(3, 14)]), rows(range(60, 64))
    found = compared(owner, lineage, now, later)
    assert (found.same, found.segments, found.rows, found.other) == (True, 3, 15, ())
    assert compared(owner, lineage, later, part(now, [*reversed(range(11))])).same
    assert not compared(owner, lineage, now).same
    assert not compared(owner, lineage, table, later).same
    assert not compared(owner, lineage, now, later, rows(range(1))).same
    other = {**now, "days": [*now["days"][:-1], 99]}
    assert not compared(owner, lineage, other, later).same
    moved = {**now, "well": [True, *now["well"][1:]]}
    assert not compared(owner, lineage, moved, later).same


def test_rows_that_were_changed_in_the_home_are_found(
    owner: Owner, lineage: bytes, table: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Holdings.segment

    def changed(self: Holdings, root: bytes) -> Any:
        found = read(self, root)
        found.table.columns[2][0, 0] ^= 1
        return found

    monkeypatch.setattr(Holdings, "segment", changed)
    found = compared(owner, lineage, part(table, [*range(3, 14)]), rows(range(60, 64)))
    assert not found.same
    assert sorted(found.other) == sorted(roots_now(owner.session, lineage))


def test_a_restored_home_gets_rows_back_from_the_data_as_they_were_committed(
    owner: Owner, lineage: bytes, table: dict[str, Any], tmp_path: Path
) -> None:
    backup(owner.session.home, tmp_path / "backup", PASSWORD, work=1 << 10)
    restore(tmp_path / "backup", tmp_path / "again", PASSWORD, work=1 << 10)
    state, later = owner.session.final, rows(range(60, 64))
    with Home.open(tmp_path / "again", PASSWORD) as home:
        with pytest.raises(UnknownSubjectError, match="key of segment"):
            verify(home, state, lineage, [later])  # the updated segment is in no commitment
        holdings = Holdings(home)
        # what was committed and is in the lineage still has its rows again
        assert len(set(holdings.roots()) & set(roots_now(owner.session, lineage))) == 1
        canaries = Canaries()
        for root in owner.holdings.roots():
            segment = owner.holdings.segment(root)
            canaries.plant("key", segment.key)
        assert canaries.in_folder(tmp_path) == []


def test_versions_are_compared_and_things_are_found(owner: Owner, lineage: bytes) -> None:
    session = owner.session
    found = show(session, lineage)
    assert (found.kind, found.facts["head"], found.facts["owner"]) == ("lineage", 3, session.me)
    assert [one["added"] for one in found.facts["segments"]] == [1, 2, 3]
    first = diff(session, lineage, 0, 1)
    assert (len(first.added), len(first.removed)) == (2, 0)
    second = diff(session, lineage, 1, 2)
    assert [one["root"] for one in second.removed] == [one["replaces"] for one in second.added]
    back = diff(session, lineage, 2, 1)
    assert (back.added, back.removed) == (second.removed, second.added)
    assert diff(session, lineage, 3, 3).added == ()
    with pytest.raises(CatalogueError, match="no version 4"):
        diff(session, lineage, 1, 4)
    with pytest.raises(UnknownSubjectError):
        diff(session, b"x" * 32, 0, 0)
    segment = show(session, bytes.fromhex(found.facts["segments"][0]["root"][2:]))
    assert (segment.kind, segment.facts["lineage"]) == ("segment", found.id)
    stats = owner.records["stats"].circuit
    assert show(session, stats).facts["kind"] == "stats"
    with pytest.raises(UnknownSubjectError, match="no lineage, circuit or segment"):
        show(session, b"x" * 32)
    assert found.id in [one.id for one in search(session, lineage.hex()[:12].upper())]
    assert "0x" + stats.hex() in [one.id for one in search(session, "ACTIVE")]
    assert "0x" + stats.hex() in [one.id for one in search(session, "Visits")]  # of its schema
    assert search(session, "no such word") == []
