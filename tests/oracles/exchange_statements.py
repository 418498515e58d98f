"""What circuits of the data exchange prove, in plain Python on slots. Nothing of ours is imported.

Column 0 holds 2 cell + head, column 1 units; a slot without a row is 0 in both.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

Columns = Sequence[Sequence[int]]


def registered(slots: Sequence[int], units: Sequence[int]) -> tuple[int, int] | None:
    """Rows and units of sorted slots with right heads; None for others."""
    rows = [(slot >> 1, unit, slot & 1) for slot, unit in zip(slots, units, strict=True)]
    count = sum(cell != 0 for cell, _, _ in rows)
    there, padding = rows[:count], rows[count:]
    if any(row != (0, 0, 0) for row in padding) or any(cell > 15 for cell, _, _ in there):
        return None
    keys = [(cell, unit) for cell, unit, _ in there]
    heads = [i == 0 or keys[i - 1] != keys[i] for i in range(count)]
    if keys != sorted(keys) or heads != [bool(head) for _, _, head in there]:
        return None
    return count, len(set(keys))


def units_of(slots: Sequence[int]) -> list[tuple[int, list[int]]]:
    """The cell and the rows of each unit, by its heads; rows of no cell are left out."""
    rows = [(i, slot) for i, slot in enumerate(slots) if slot >> 1]
    found: list[tuple[int, list[int]]] = []
    for i, slot in rows:
        if slot & 1:
            found.append((slot >> 1, []))
        found[-1][1].append(i)
    return found


def stats(
    slots: Sequence[int], codes: Sequence[int], cells: int, floor: int
) -> list[tuple[int, int]]:
    """Rows with a value and the sum of code - 1, cell by cell; (0, 0) below the floor."""
    told = []
    units = units_of(slots)
    for cell in range(1, cells + 1):
        rows = [row for c, of_unit in units if c == cell for row in of_unit if codes[row]]
        with_value = sum(c == cell and any(codes[r] for r in rows_) for c, rows_ in units)
        is_told = with_value >= floor
        told.append((len(rows), sum(codes[row] - 1 for row in rows)) if is_told else (0, 0))
    return told


def updated(
    old: Columns, new: Columns, listed: Sequence[int], floor: int
) -> tuple[int, int] | None:
    """Rows and units of the new columns if they may follow the old ones; else None."""
    size = len(old[0])
    gone = [new[0][i] == 0 != old[0][i] for i in range(size)]
    for i in range(size):
        before, after = [c[i] for c in old], [c[i] for c in new]
        if after != (before if not gone[i] else [0] * len(old)):
            return None
    units = units_of(old[0])
    if any(len({gone[row] for row in rows}) > 1 for _, rows in units):
        return None
    for _, of_cell in groupby(sorted(units), key=lambda unit: unit[0]):
        here = [rows for _, rows in of_cell]
        leaving = [rows for rows in here if gone[rows[0]]]
        if not leaving or len(leaving) == len(here):
            continue
        counts = [len(leaving)]
        for j in listed:
            with_value = sum(any(old[j][row] for row in rows) for rows in leaving)
            counts += [with_value] if with_value else []
        if min(counts) < floor:
            return None
    return sum(slot >> 1 != 0 for slot in new[0]), sum(slot & 1 for slot in new[0])
