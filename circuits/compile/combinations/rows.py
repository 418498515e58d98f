"""Growing arrays: rows of a matrix as they are traced, and the dictionary of coefficients."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import R
from zkpipe.circuits.compile.combinations.combination import Combination


class Coefficients(dict[int, int]):
    """Distinct coefficients, numbered in the order of first use; 1 is number 0, -1 number 1.

    in_order  the coefficients by number
    """

    def __init__(self) -> None:
        super().__init__({1: 0, R - 1: 1})
        self.in_order = [1, R - 1]

    def __missing__(self, value: int) -> int:
        number = self[value] = len(self.in_order)
        self.in_order.append(value)
        return number


class GrowingRows:
    """Rows of (slot, coefficient number), one after the other.

    A row's slots are int64: matrices hold slots, records of checks also -(row + 1), the product of
    that row.
    """

    def __init__(self, coefficients: Coefficients) -> None:
        self.coefficients = coefficients
        self.counts = array("I")
        self.slots = array("q")
        self.values = array("I")

    def __len__(self) -> int:
        return len(self.counts)

    def append(self, row: Combination) -> int:
        """Add a row; returns its number."""
        numbers = self.coefficients
        slots, values = self.slots, self.values
        for slot, coefficient in row.items():
            slots.append(slot)
            values.append(numbers[coefficient])
        self.counts.append(len(row))
        return len(self.counts) - 1

    def append_slot(self, slot: int) -> None:
        """Add the row of a slot by itself."""
        self.slots.append(slot)
        self.values.append(0)
        self.counts.append(1)

    def extend(self, rows: CopiedRows, slot_of: NDArray[np.int64]) -> None:
        """Add rows of a component, with its slots renamed."""
        self.counts.frombytes(rows.counts.tobytes())
        self.slots.frombytes(slot_of[rows.slots].tobytes())
        self.values.frombytes(rows.values.tobytes())

    def arrays(self) -> CopiedRows:
        """The rows as numpy arrays."""
        return CopiedRows(
            np.array(self.counts, np.uint32),
            np.array(self.slots, np.int64),
            np.array(self.values, np.uint32),
        )


class CopiedRows:
    """Rows as numpy arrays: counts (m,) uint32, slots (nnz,) int64, values (nnz,) uint32."""

    __slots__ = ("counts", "slots", "values")

    def __init__(
        self, counts: NDArray[np.uint32], slots: NDArray[np.int64], values: NDArray[np.uint32]
    ) -> None:
        self.counts = counts
        self.slots = slots
        self.values = values

    def row_of_entry(self) -> NDArray[np.int64]:
        """The row that each entry stands in."""
        return np.repeat(np.arange(len(self.counts)), self.counts)

    def starts(self) -> NDArray[np.int64]:
        """Where each row begins, and the end of the last."""
        starts = np.zeros(len(self.counts) + 1, np.int64)
        np.cumsum(self.counts, out=starts[1:])
        return starts

    def in_order(self, order: NDArray[np.int64]) -> CopiedRows:
        """The same rows in another order: row i is row order[i] of these."""
        counts = self.counts[order]
        first = self.starts()[:-1][order]
        ends = np.cumsum(counts, dtype=np.int64)
        within = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - counts, counts)
        entries = np.repeat(first, counts) + within
        return CopiedRows(counts, self.slots[entries], self.values[entries])

    def expanded(self, aliases: dict[int, Combination], coefficients: Coefficients) -> CopiedRows:
        """The same rows with each alias replaced by the combination it stands for."""
        if not aliases:
            return self
        marked = np.isin(self.slots, np.fromiter(aliases, np.int64, len(aliases)))
        row_of_entry = self.row_of_entry()
        touched = np.unique(row_of_entry[marked])
        if not len(touched):
            return self
        values = coefficients.in_order
        starts = self.starts()
        kept = ~np.isin(row_of_entry, touched)
        new = GrowingRows(coefficients)
        for row in touched.tolist():
            entries = slice(int(starts[row]), int(starts[row + 1]))
            pairs = zip(self.slots[entries].tolist(), self.values[entries].tolist(), strict=True)
            new.append(_expand(((slot, values[number]) for slot, number in pairs), aliases))
        fresh = new.arrays()
        counts = self.counts.copy()
        counts[touched] = fresh.counts
        rows = np.concatenate([row_of_entry[kept], np.repeat(touched, fresh.counts)])
        order = np.argsort(rows, kind="stable")
        slots = np.concatenate([self.slots[kept], fresh.slots])[order]
        return CopiedRows(counts, slots, np.concatenate([self.values[kept], fresh.values])[order])


def _expand(entries: Iterable[tuple[int, int]], aliases: dict[int, Combination]) -> Combination:
    row: Combination = {}
    for slot, coefficient in entries:
        for part, factor in aliases.get(slot, {slot: 1}).items():
            total = (row.pop(part, 0) + coefficient * factor) % R
            if total:
                row[part] = total
    return row
