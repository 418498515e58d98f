"""A home keeps what opens its segments: whole, private, and until it is erased."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.exchange.canaries import Canaries
from tests.exchange.home.own import PASSWORD, created
from tests.exchange.some_tables import schema, table
from zkpipe.exchange.clients.holdings import Holdings
from zkpipe.exchange.errors import DamagedError, HomeError, UnknownSubjectError
from zkpipe.exchange.home import Home, backup, restore
from zkpipe.exchange.tables import Commitment, Table, commit_segments, segment_key

CLASS = 4


def some(rows: int = 60) -> tuple[Table, list[Commitment]]:
    made = table(np.random.default_rng(5), rows, CLASS)
    return made, commit_segments(made, [segment_key() for _ in range(len(made))])


def root_of(commitment: Commitment) -> bytes:
    return commitment.root.to_bytes(32, "big")


def assert_same(found: Commitment, expected: Commitment) -> None:
    assert (found.root, found.digests, found.key) == (
        expected.root, expected.digests, expected.key,
    )  # fmt: skip
    for j in range(len(expected.digests)):
        assert found.slots(j) == expected.slots(j)
        assert found.salts(j) == expected.salts(j)
        assert found.table.columns[j].dtype == expected.table.columns[j].dtype
    assert found.table.schema.hash == expected.table.schema.hash


def test_segments_come_back_as_they_were(tmp_path: Path) -> None:
    _, made = some()
    with created(tmp_path / "home") as home:
        Holdings(home).keep(made)
        Holdings(home).keep(made)  # again changes nothing
    with Home.read(tmp_path / "home", PASSWORD) as home:
        holdings = Holdings(home)
        assert holdings.roots() == sorted(map(root_of, made))
        for one in made:
            assert_same(holdings.segment(root_of(one)), one)
        assert holdings.schema(schema().hash) == schema()
        with pytest.raises(HomeError, match="opened to read"):
            holdings.keep(made)


def test_nothing_of_a_segment_is_in_clear(tmp_path: Path) -> None:
    _, made = some()
    canaries = Canaries()
    for i, one in enumerate(made):
        canaries.plant(f"key {i}", one.key)
        for j in range(len(one.digests)):
            canaries.plant(f"salt {i} {j}", one.salts(j)[0])
            column = one.table.columns[j][0]
            if np.count_nonzero(column) > 6 and j:
                canaries.plant(f"column {i} {j}", column.tobytes())
    with created(tmp_path / "home") as home:
        holdings = Holdings(home)
        holdings.keep(made)
        assert canaries.in_texts([holdings, *made]) == []
        kept = home.path / "segments" / root_of(made[0]).hex()
        assert kept.stat().st_mode & 0o077 == 0
    assert canaries.in_folder(tmp_path) == []


def test_an_erased_segment_is_gone_with_its_key(tmp_path: Path) -> None:
    _, made = some()
    with created(tmp_path / "home") as home:
        holdings = Holdings(home)
        holdings.keep(made)
        gone = root_of(made[1])
        holdings.erase(gone)
        holdings.erase(gone)
        assert gone not in holdings.roots()
        assert holdings.keys_alone() == []
        with pytest.raises(UnknownSubjectError, match="no segment"):
            holdings.segment(gone)
        assert_same(holdings.segment(root_of(made[0])), made[0])


def test_a_changed_or_swapped_file_is_refused(tmp_path: Path) -> None:
    _, made = some()
    with created(tmp_path / "home") as home:
        holdings = Holdings(home)
        holdings.keep(made)
        files = [home.path / "segments" / root_of(one).hex() for one in made]
        first, second = (file.read_bytes() for file in files[:2])
        for changed in (second, first[:-1] + bytes([first[-1] ^ 1]), first[:20], b""):
            files[0].write_bytes(changed)
            with pytest.raises(DamagedError):
                holdings.segment(root_of(made[0]))
        files[0].write_bytes(first)
        assert_same(holdings.segment(root_of(made[0])), made[0])


def test_a_restored_home_gets_its_rows_from_the_data(tmp_path: Path) -> None:
    data, made = some()
    roots = list(map(root_of, made))
    with created(tmp_path / "home") as home:
        Holdings(home).keep(made)
        backup(home, tmp_path / "backup", PASSWORD, work=1 << 10)
    restore(tmp_path / "backup", tmp_path / "again", PASSWORD, work=1 << 10)
    other = table(np.random.default_rng(6), 60, CLASS)
    with Home.open(tmp_path / "again", PASSWORD) as home:
        holdings = Holdings(home)
        assert holdings.roots() == []
        assert holdings.keys_alone() == sorted(roots)
        with pytest.raises(UnknownSubjectError, match=r"key of segment .* alone"):
            holdings.segment(roots[0])
        assert holdings.rows_from(other, roots[: len(other)]) == []
        assert holdings.rows_from(data, roots) == roots
        for one in made:
            assert_same(holdings.segment(root_of(one)), one)


def test_the_folder_of_rows_can_be_copied_into_a_restored_home(tmp_path: Path) -> None:
    _, made = some()
    with created(tmp_path / "home") as home:
        Holdings(home).keep(made)
        backup(home, tmp_path / "backup", PASSWORD, work=1 << 10)
    restore(tmp_path / "backup", tmp_path / "again", PASSWORD, work=1 << 10)
    shutil.copytree(tmp_path / "home" / "segments", tmp_path / "again" / "segments")
    with Home.read(tmp_path / "again", PASSWORD) as home:
        for one in made:
            assert_same(Holdings(home).segment(root_of(one)), one)
