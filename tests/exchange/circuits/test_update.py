"""Kind 2: whole units go, so many that none stands out; nothing else changes."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from tests.exchange.circuits.cases import (
    CTX,
    KEY,
    OTHER_KEY,
    by_hand,
    committed,
    outcome,
    refuses,
    sorted_rows,
)
from tests.exchange.some_tables import VISITS, WELL, schema, schema_of, small_schema, table
from tests.long_form import IS_LONG
from tests.oracles.exchange_statements import updated
from zkpipe.circuits.testing import agrees, deletions, lies
from zkpipe.exchange.circuits import findings, update, update_inputs
from zkpipe.exchange.tables import commit

SMALL = 4
SIZE = 1 << SMALL
LISTED = (2, 4)
RUNS = 10_000 if IS_LONG else 60


@cache
def template():
    return update(small_schema(), SMALL)


@cache
def system():
    return template().circuit.compile()


def inputs_of(old, new, floor):
    return update_inputs(template(), committed(old), committed(new, OTHER_KEY), CTX, floor)


def proved(old, new, floor):
    found = outcome(system(), inputs_of(old, new, floor))
    return None if found is None else tuple(found[:2])


def without(columns, gone):
    return [[0 if g else slot for slot, g in zip(c, gone, strict=True)] for c in columns]


def some_units(rng, slots):
    """Rows of some units, by their heads."""
    gone, share = [], rng.random()
    for slot in slots:
        gone.append(rng.random() < share if slot & 1 or not gone else gone[-1])
    return [g and slot != 0 for g, slot in zip(gone, slots, strict=True)]


def test_random_updates_are_proved_if_they_may_be_made():
    rng = np.random.default_rng(1)
    accepted = 0
    for _ in range(RUNS):
        old = sorted_rows(rng, SIZE)
        if rng.random() < 0.3:
            old = without(old, some_units(rng, old[0]))
        gone = some_units(rng, old[0])
        fault = rng.random()
        if fault < 0.2:
            i = int(rng.integers(0, SIZE))
            gone[i] = not gone[i] and old[0][i] != 0
        new = without(old, gone)
        if 0.2 < fault < 0.4:
            j, i = int(rng.integers(0, len(new))), int(rng.integers(0, SIZE))
            new[j] = [slot ^ 1 if k == i else slot for k, slot in enumerate(new[j])]
        floor = int(rng.integers(0, 4))
        expected = updated(old, new, LISTED, floor)
        assert proved(old, new, floor) == expected
        accepted += expected is not None
    assert RUNS // 5 < accepted < RUNS


def people(count, values, cell=1):
    """Units of one row each, with their visits."""
    slots = [2 * cell + 1] * count
    columns = [slots, [*range(count)], [*values], [cell] * count, [0] * count]
    return [c + [0] * (SIZE - count) for c in columns]


def without_people(columns, *numbers):
    return without(columns, [i in numbers for i in range(SIZE)])


def test_one_person_of_a_cell_cannot_be_removed():
    old = people(10, [5] * 10)
    assert proved(old, without_people(old, 3), 3) is None
    refuses(template().circuit, system(), inputs_of(old, without_people(old, 3), 3))
    assert proved(old, without_people(old, 3, 4), 3) is None
    assert proved(old, without_people(old, 3, 4, 9), 3) == (7, 7)
    assert proved(old, without_people(old, 3), 0) == (9, 9)
    assert proved(old, without_people(old, 3), 1) == (9, 9)
    silent = people(10, [0] * 10)  # without a value in any listed column
    assert proved(silent, without_people(silent, 3), 3) is None


def test_of_those_that_go_none_may_be_the_only_one_with_a_value():
    old = people(10, [5] + [0] * 9)
    assert proved(old, without_people(old, *range(5)), 3) is None
    assert proved(old, without_people(old, *range(1, 6)), 3) == (5, 5)
    second = [*old[:4], [7, 7, 7, 7, 0, 0, 0, 0, 0, 0] + [0] * 6]
    assert proved(second, without_people(second, *range(1, 6)), 3) == (5, 5)
    assert proved(second, without_people(second, *range(2, 7)), 3) is None


def test_a_cell_may_be_emptied_whole():
    old = people(2, [5, 0])
    assert proved(old, without_people(old, 0, 1), 9) == (0, 0)
    assert proved(old, old, 9) == (2, 2)


def test_a_person_counts_once_however_many_rows_he_has():
    slots = [3, 2, 2, 3, 2, 2, 3, 3, 3, 3] + [0] * 6
    units = [0, 0, 0, 1, 1, 1, 2, 3, 4, 5] + [0] * 6
    filled = [5] * 10 + [0] * 6
    old = [slots, units, filled, [1] * 10 + [0] * 6, [0] * 16]
    two = without_people(old, *range(6))
    assert proved(old, two, 3) is None
    assert proved(old, two, 2) == (4, 4)


KEEPS = {
    "half a unit": (lambda c, i: 0 if i == 1 else c[i]),
    "the head of a unit": (lambda c, i: c[i] if i in (0, 3) else 0 if i < 3 else c[i]),
}


@pytest.mark.parametrize("name", KEEPS)
def test_a_unit_that_goes_in_part_has_no_witness(name):
    slots = [3, 2, 2, 3, 3] + [0] * 11
    old = [slots, [0, 0, 0, 1, 2] + [0] * 11, [5] * 5 + [0] * 11, [1] * 5 + [0] * 11, [0] * 16]
    new = [[KEEPS[name](column, i) for i in range(SIZE)] for column in old]
    assert updated(old, new, LISTED, 0) is None
    refuses(template().circuit, system(), inputs_of(old, new, 0))


@pytest.mark.parametrize("column", range(5))
def test_a_value_that_changes_has_no_witness(column):
    old = people(4, [5] * 4)
    new = [list(c) for c in old]
    new[column][2] = 3
    if new[column] != old[column]:
        refuses(template().circuit, system(), inputs_of(old, new, 0))


def test_a_row_that_is_added_has_no_witness():
    old = people(4, [5] * 4)
    new = people(5, [5] * 5)
    refuses(template().circuit, system(), inputs_of(old, new, 0))


@pytest.mark.parametrize("name", ["old", "root", "schema_word", "floor", "old_salts", "new_salts"])
def test_other_words_and_other_openings_have_no_witness(name):
    old = people(4, [5] * 4)
    inputs = inputs_of(old, without_people(old, 1, 2), 2)
    assert outcome(system(), inputs) is not None
    value = inputs[name]
    if isinstance(value, int):
        changed = value + 1
    else:
        changed = {**value, "column_3": [value["column_3"][0] + 1]}
    refuses(template().circuit, system(), {**inputs, name: changed})


def test_a_segment_of_another_schema_has_no_witness():
    other = schema_of(
        columns=[{**VISITS, "listed": False}, WELL, {**VISITS, "name": "days"}], cell=["well"]
    )
    old = people(4, [5] * 4)
    mine = inputs_of(old, old, 0)
    for schema_word in (mine["schema_word"], other.word):
        roots = [commit(by_hand(old, other), key).root for key in (KEY, OTHER_KEY)]
        theirs = {**mine, "old": roots[0], "root": roots[1], "schema_word": schema_word}
        refuses(template().circuit, system(), theirs)


def test_an_update_of_an_update_is_proved():
    first = people(10, [5] * 10)
    second = without_people(first, 0, 1, 2)
    assert proved(first, second, 3) == (7, 7)
    assert proved(second, without_people(second, 3, 4, 5), 3) == (4, 4)
    assert proved(second, without_people(second, 3, 4), 3) is None


def test_both_runs_agree():
    rng = np.random.default_rng(2)

    def draw(_):
        old = sorted_rows(rng, SIZE)
        return inputs_of(old, without(old, some_units(rng, old[0])), int(rng.integers(0, 3)))

    assert agrees(template().circuit, 200 if IS_LONG else 3, draw=draw).accepted


@pytest.mark.skipif(not IS_LONG, reason="takes minutes")
def test_no_lie_passes_and_rows_are_missed():
    one = schema_of(columns=[VISITS], cell=[])
    tiny = update(one, 2)
    old = by_hand([[3, 3, 2, 0], [1, 2, 2, 0], [5, 0, 7, 0]], one)
    new = old.without(np.array([[False, True, True, False]]))
    inputs = update_inputs(tiny, commit(old, KEY), commit(new, OTHER_KEY), CTX, 1)
    lies(tiny.circuit, inputs)
    half = old.without(np.array([[False, True, False, False]]))
    refused = [
        update_inputs(tiny, commit(old, KEY), commit(half, OTHER_KEY), CTX, 0),
        update_inputs(tiny, commit(old, KEY), commit(new, OTHER_KEY), CTX, 2),
    ]
    deletions(tiny.circuit, [inputs], refused, sample=100)


def test_lint_finds_nothing_but_ctx():
    assert findings(system()) == []


def test_the_record_says_results_and_words():
    record = template().record
    assert (record.kind, record.columns, record.results, record.words) == (2, 0b11111, 2, 5)
    assert (record.floor_safe, record.schema_hash) == (False, bytes(32))
    assert system().public_count == 7


@pytest.mark.skipif(not IS_LONG, reason="takes a minute")
def test_the_real_size_is_safe_and_proves_updates():
    made = update(schema())
    real = made.circuit.compile()
    assert findings(real) == []
    assert real.constraint_count == 442_934  # with a text, and an amount of 34 bits
    rng = np.random.default_rng(3)
    listed = [schema().place("visits"), schema().place("cost")]
    for _ in range(100):
        old = commit(table(rng, int(rng.integers(1, 1025))).segment(0), KEY)
        gone = some_units(rng, old.slots(0))
        new = commit(old.table.without(np.array([gone])), OTHER_KEY)
        floor = int(rng.integers(0, 30))
        expected = updated(
            [old.slots(j) for j in range(8)], [new.slots(j) for j in range(8)], listed, floor
        )
        found = outcome(real, update_inputs(made, old, new, CTX, floor))
        assert (None if found is None else tuple(found[:2])) == expected
