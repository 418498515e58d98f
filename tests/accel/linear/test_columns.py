"""Matrices turned from rows to columns, against dictionaries."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from tests.accel.edge_values import generator
from zkpipe.accel.linear.columns import MOST_ROWS, Columns, Entries, columns
from zkpipe.ground.errors import RangeError, ShapeError

Rows = list[list[tuple[int, int]]]  # of each row its entries: wire, number of the coefficient


def entries(rows: Rows, first_row: int = 0) -> Entries:
    flat = [entry for row in rows for entry in row]
    starts = np.cumsum([0, *map(len, rows)], dtype=np.int64)
    wires, values = (np.array([e[k] for e in flat], np.uint32) for k in (0, 1))
    return Entries(starts, wires, values, first_row)


def as_lists(found: Columns) -> Rows:
    return [
        list(zip(found.rows[a:b].tolist(), found.values[a:b].tolist(), strict=True))
        for a, b in zip(found.starts, found.starts[1:], strict=False)
    ]


def drawn(rows: int, wires: int, seed: int) -> Rows:
    draw = generator(seed)
    return [
        [(draw.randrange(wires), draw.randrange(5)) for _ in range(draw.randrange(4))]
        for _ in range(rows)
    ]


def test_each_wire_has_the_entries_of_all_matrices_in_their_order() -> None:
    wires = 11
    matrices = [(drawn(40, wires - 1, 1), 0), (drawn(7, wires - 1, 2), 100), ([], 5), ([[]], 0)]
    expected: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for rows, first in matrices:
        for i, row in enumerate(rows):
            for wire, value in row:
                expected[wire].append((first + i, value))
    found = columns([entries(*matrix) for matrix in matrices], wires, 5)
    assert found.count == wires
    assert as_lists(found) == [expected[wire] for wire in range(wires)]
    assert as_lists(found.part(3, 6)) == [expected[wire] for wire in range(3, 6)]
    assert as_lists(found.part(4, 4)) == []


def test_matrices_that_are_none_are_refused() -> None:
    good = entries([[(0, 0)], [(2, 1)]])
    columns([good], 3, 2)
    with pytest.raises(RangeError):
        columns([good], 2, 2)
    with pytest.raises(RangeError):
        columns([good], 3, 1)
    with pytest.raises(ShapeError):
        columns([good._replace(values=good.values.astype(np.int64))], 3, 2)  # type: ignore[arg-type]
    columns([good._replace(first_row=MOST_ROWS - 2)], 3, 2)
    for first in (-1, MOST_ROWS - 1):
        with pytest.raises(RangeError):
            columns([good._replace(first_row=first)], 3, 2)
