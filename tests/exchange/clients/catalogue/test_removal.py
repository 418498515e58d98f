"""What may be removed, as the circuit has it; and what comes back, as plain Python counts it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tests.exchange.circuits.cases import KEY, OTHER_KEY, committed, outcome, sorted_rows
from tests.exchange.home.own import created
from tests.exchange.some_tables import small_schema
from tests.long_form import IS_LONG
from zkpipe.circuits import ConstraintSystem
from zkpipe.exchange.circuits import update, update_inputs
from zkpipe.exchange.clients.catalogue.removal import (
    cell_name,
    check_removal,
    rows_of_units,
    unit_numbers,
)
from zkpipe.exchange.clients.catalogue.returning import Returns
from zkpipe.exchange.errors import RemovalError, ReturnsTooSoonError
from zkpipe.exchange.home import Home
from zkpipe.exchange.tables import Commitment, commit

CLASS = 3
CASES = 1000 if IS_LONG else 60


def many_units(rng: np.random.Generator) -> list[list[int]]:
    """Columns of small_schema: mostly one row a unit, in two cells, half of the values null."""
    keys = sorted((int(rng.integers(1, 6) > 4) + 1, int(rng.integers(0, 9))) for _ in range(8))
    slots = [2 * cell + (i == 0 or keys[i - 1] != keys[i]) for i, (cell, _) in enumerate(keys)]

    def values() -> list[int]:
        return (rng.integers(1, 9, 8) * (rng.random(8) < 0.5)).tolist()

    return [slots, [unit for _, unit in keys], values(), [cell for cell, _ in keys], values()]


@cache
def system() -> ConstraintSystem:
    return update(small_schema(), CLASS).circuit.compile()


def test_a_removal_is_refused_where_it_has_no_proof_and_nowhere_else() -> None:
    rng = np.random.default_rng(3)
    template = update(small_schema(), CLASS)
    seen = set()
    for _ in range(CASES):
        old = committed(many_units(rng))
        floor = int(rng.integers(0, 4))
        units = np.unique(unit_numbers(old.table))
        some = units[rng.random(len(units)) < rng.random()]
        goes = rows_of_units(old.table, [some])
        if not goes.any():
            continue
        new = commit(old.table.without(goes), OTHER_KEY)
        has_proof = outcome(system(), update_inputs(template, old, new, 7, floor)) is not None
        try:
            check_removal(old.table, goes, floor)
            is_fine = True
        except RemovalError:
            is_fine = False
        assert is_fine == has_proof
        seen.add(is_fine)
    assert seen == {True, False}


def test_cells_are_named_by_their_values() -> None:
    assert cell_name(small_schema(), 1) == "the cell of 'well' '0'"
    assert cell_name(small_schema(), 2) == "the cell of 'well' '1'"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    with created(tmp_path_factory.mktemp("returns") / "home") as made:
        yield made


def by_count(new: Commitment, left: set[tuple[int, int]], floor: int) -> bool:
    """Whether a segment may come, by the rule as the design has it."""
    columns = [column[0].tolist() for column in new.table.columns]
    slots = list(zip(*columns, strict=True))
    for cell in {slot[0] // 2 for slot in slots} - {0}:
        here = [slot for slot in slots if slot[0] // 2 == cell]
        fresh = [slot for slot in here if (cell, slot[1]) not in left]
        if len(fresh) == len(here):
            continue
        counts = [len({slot[1] for slot in fresh if slot[j]}) for j in (2, 4)]
        if len({slot[1] for slot in fresh}) < floor or any(0 < c < floor for c in counts):
            return False
    return True


def test_units_come_back_beside_enough_new_ones_only(home: Home) -> None:
    rng = np.random.default_rng(4)
    returns, seen = Returns(home), set()
    for _ in range(CASES):
        old, new = committed(many_units(rng)), committed(many_units(rng))
        floor = int(rng.integers(0, 4))
        left = {
            (slot // 2, unit) for slot, unit in zip(old.slots(0), old.slots(1), strict=True) if slot
        }
        try:
            returns.check(new, returns.units_of(old), floor)
            may_come = True
        except ReturnsTooSoonError:
            may_come = False
        assert may_come == by_count(new, left, floor)
        seen.add(may_come)
    assert seen == {True, False}


def test_what_left_is_remembered_by_its_root_and_not_in_clear(home: Home, tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    returns = Returns(home)
    old = committed(sorted_rows(rng, 1 << CLASS), KEY)
    some = np.unique(unit_numbers(old.table)[np.array(old.slots(0)) > 0])[:1]
    new = commit(old.table.without(rows_of_units(old.table, [some])), OTHER_KEY)
    root = old.root.to_bytes(32, "big")
    assert returns.of([root]) == set()
    returns.note(old, new)
    returns.note(old, new)
    gone = returns.units_of(old) - returns.units_of(new)
    assert returns.of([root]) == gone != set()
    assert returns.of([b"x" * 32]) == set()
    with created(tmp_path / "other") as other:  # the digests are under a key of the home
        assert not Returns(other).units_of(old) & returns.units_of(old)
    whole = committed(sorted_rows(rng, 1 << CLASS))
    returns.note(whole)
    assert returns.of([whole.root.to_bytes(32, "big")]) == returns.units_of(whole)
