"""Kind 1: what is sorted is registered, and nothing else is."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from tests.exchange.circuits.cases import CTX, outcome, refuses, sorted_rows
from tests.exchange.some_tables import table
from tests.long_form import IS_LONG
from tests.oracles.exchange_statements import registered
from zkpipe.circuits.testing import agrees, deletions, lies
from zkpipe.exchange.circuits import register, register_inputs
from zkpipe.exchange.tables import commit
from zkpipe.exchange.tables.digests import column_digest, root_of_opened
from zkpipe.exchange.tables.formats import CELL, UNIT

SMALL = 3
TOP = 2**62 - 1
RUNS = 10_000 if IS_LONG else 150


@cache
def system():
    return register(SMALL).circuit.compile()


def register_slots(slots, units):
    """As register_inputs; of any numbers, also such that no slot holds."""
    size, salts = len(slots), ([5], [6])
    segment_class = size.bit_length() - 1
    digests = {
        j: column_digest(column, salts[j], format_, segment_class)
        for j, (column, format_) in enumerate(((slots, CELL), (units, UNIT)))
    }
    beside, word = [11, 12, *[0] * 11], 99
    cells, rooms, gaps = [slot // 2 for slot in slots], [0] * 15, []
    for i, (cell, unit) in enumerate(zip(cells, units, strict=True)):
        gaps.append(unit - units[i - 1] if i and cells[i - 1] == cell else unit)
        if cell:
            rooms[(cell - 1) % 15] = max(0, TOP - unit)
    return {
        "ctx": CTX,
        "root": root_of_opened(word, digests, beside, 64),
        "schema": word,
        "ranks": [(cell - 1) % 16 for cell in cells],
        "gaps": gaps,
        "rooms": rooms,
        "cell_salts": salts[0],
        "unit_salts": salts[1],
        "siblings": beside,
    }


def unsettled(rng, slots, units):
    """The same with a fault or none, seldom several."""
    slots, units = list(slots), list(units)
    for _ in range(rng.integers(0, 3)):
        i, j = (int(x) for x in rng.integers(0, len(slots), 2))
        match rng.integers(0, 6):
            case 0:
                slots[i], slots[j] = slots[j], slots[i]
                units[i], units[j] = units[j], units[i]
            case 1:
                slots[i] ^= 1
            case 2:
                units[i] = int(rng.integers(0, 2**62))
            case 3:
                units[i] = units[j]
            case 4:
                slots[i] = slots[i] & 1 | 2 * int(rng.integers(0, 4))
            case 5:
                slots[i] = 0
    return slots, units


def test_random_slots_are_registered_if_they_are_sorted():
    rng = np.random.default_rng(1)
    accepted = 0
    for _ in range(RUNS):
        slots, units = unsettled(rng, *sorted_rows(rng, 1 << SMALL, 15)[:2])
        found = outcome(system(), register_slots(slots, units))
        expected = registered(slots, units)
        assert (None if found is None else tuple(found[:2])) == expected
        accepted += expected is not None
    assert RUNS // 4 < accepted < RUNS


def test_both_runs_agree():
    rng = np.random.default_rng(2)

    def draw(_):
        return register_slots(*unsettled(rng, *sorted_rows(rng, 8)[:2]))

    assert agrees(register(SMALL).circuit, 200 if IS_LONG else 12, draw=draw).accepted


SORTED = ([3, 2, 3, 5, 31, 30, 0, 0], [0, 0, 5, TOP, TOP, TOP, 0, 0])
WRONG = {
    "cells unsorted": ([5, 3, 0, 0, 0, 0, 0, 0], [1, 1, 0, 0, 0, 0, 0, 0]),
    "units unsorted": ([3, 3, 0, 0, 0, 0, 0, 0], [2, 1, 0, 0, 0, 0, 0, 0]),
    "a unit in two places": ([3, 3, 3, 0, 0, 0, 0, 0], [1, 2, 1, 0, 0, 0, 0, 0]),
    "a second head": ([3, 3, 0, 0, 0, 0, 0, 0], [1, 1, 0, 0, 0, 0, 0, 0]),
    "no head": ([3, 2, 0, 0, 0, 0, 0, 0], [1, 2, 0, 0, 0, 0, 0, 0]),
    "no first head": ([2, 3, 0, 0, 0, 0, 0, 0], [1, 2, 0, 0, 0, 0, 0, 0]),
    "a head where there is no row": ([3, 1, 0, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0, 0]),
    "rows after padding": ([3, 0, 5, 0, 0, 0, 0, 0], [1, 0, 1, 0, 0, 0, 0, 0]),
    "rows after padding alone": ([0, 0, 0, 0, 0, 0, 0, 3], [0, 0, 0, 0, 0, 0, 0, 1]),
    "a unit where there is no row": ([3, 0, 0, 0, 0, 0, 0, 0], [1, 1, 0, 0, 0, 0, 0, 0]),
    "units where there are no rows": ([3, *[0] * 7], [1] * 8),
    "a unit in the last slot, which has no row": ([3, *[0] * 7], [1, *[0] * 6, 5]),
    "a cell that is none": ([33, 0, 0, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0, 0]),
    "a head of two": ([34, 0, 0, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0, 0]),
}


def test_all_cells_and_the_ends_of_units_are_registered():
    assert outcome(system(), register_slots(*SORTED))[:2] == [6, 4]


@pytest.mark.parametrize("name", WRONG)
def test_what_is_not_sorted_has_no_witness(name):
    slots, units = WRONG[name]
    assert registered(slots, units) is None
    refuses(register(SMALL).circuit, system(), register_slots(slots, units))


@pytest.mark.parametrize("last", [0, 3, 7])
def test_a_unit_of_63_bits_has_no_witness(last):
    """Gaps of 62 bits may lead above it: at the end of the segment, and where a cell ends."""
    after = 7 - last
    slots, padding = [3] * (last + 1), [0] * after
    honest = outcome(system(), register_slots([*slots, *padding], [*range(last + 1), *padding]))
    assert honest[:2] == [last + 1, last + 1]
    units = [2**61, *[TOP + i for i in range(1, last + 1)]] if last else [TOP + 1]
    padded = register_slots([*slots, *padding], [*units, *padding])
    refuses(register(SMALL).circuit, system(), padded)
    followed = register_slots([*slots, *[5] * after], [*units, *range(after)])
    refuses(register(SMALL).circuit, system(), followed)


@pytest.mark.parametrize(
    "name", ["root", "schema", "cell_salts", "unit_salts", "siblings", "rooms"]
)
def test_a_root_that_opens_otherwise_has_no_witness(name):
    inputs = register_slots(*SORTED)
    value = inputs[name]
    changed = value + 1 if isinstance(value, int) else [value[0] + 1, *value[1:]]
    assert outcome(system(), inputs) is not None
    refuses(register(SMALL).circuit, system(), {**inputs, name: changed})


def test_no_lie_passes():
    lies(register(1).circuit, register_slots([3, 5], [9, 4]))


@pytest.mark.skipif(not IS_LONG, reason="takes minutes")
def test_every_row_is_missed():
    good = [([3, 5], [9, 4]), ([0, 0], [0, 0]), ([3, 2], [5, 5])]
    bad = [
        ([5, 3], [1, 1]), ([3, 3], [2, 1]), ([3, 0], [1, 1]), ([3, 3], [1, 1]),
        ([3, 3], [TOP, TOP + 1]), ([3, 5], [TOP + 1, 0]),
    ]  # fmt: skip
    # A unit below the one before, as if nothing had come before it in its cell.
    fallen = {**register_slots([3, 3], [2, 1]), "gaps": [2, 1]}
    two_cells = register_slots([3, 5], [9, 4])
    rooms = [[one + (i == cell) for i, one in enumerate(two_cells["rooms"])] for cell in (0, 1)]
    deletions(
        register(1).circuit,
        [register_slots(*rows) for rows in good],
        [
            *(register_slots(*rows) for rows in bad),
            *({**two_cells, "rooms": changed} for changed in rooms),
            fallen,
        ],
    )


@pytest.mark.skipif(not IS_LONG, reason="takes a minute")
def test_the_real_size_is_safe_and_registers_a_segment():
    template = register()
    real = template.circuit.compile()
    assert real.constraint_count == 118_942
    rng = np.random.default_rng(3)
    for rows in [1024, 0, 1, *rng.integers(1, 1024, 97).tolist()]:
        whole = table(rng, max(rows, 1))
        found = real.solve(**register_inputs(commit(whole.segment(0), bytes(32)), CTX)).public
        assert found[:2] == [whole.rows[0], whole.units[0]]


def test_the_record_says_results_and_words():
    record = register(SMALL).record
    assert (record.kind, record.columns, record.results, record.words) == (1, 0b11, 2, 3)
    assert record.schema_hash == bytes(32)
    assert system().public_count == 5
    inputs = register_slots(*SORTED)
    assert outcome(system(), inputs)[2:] == [CTX, inputs["root"], inputs["schema"]]


def test_the_inputs_of_a_commitment_are_accepted():
    whole = table(np.random.default_rng(4), 30, 4)
    found = commit(whole.segment(1), bytes(32))
    public = register(4).circuit.compile().solve(**register_inputs(found, CTX)).public
    assert public == [whole.rows[1], whole.units[1], CTX, found.root, whole.schema.word]
