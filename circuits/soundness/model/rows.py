"""Compressed rows of entries, as the analysis reads them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zkpipe.circuits.soundness.model.coefficients import Dictionary, Numbers

ONE_WIRE = 0
NOT_A_GATE = 0  # in place of a gate's output, which is never the constant wire


@dataclass(frozen=True, slots=True, eq=False)
class SparseRows:
    """Compressed rows: starts (m + 1,) int64, wires (nnz,) int64 ascending, numbers (nnz,) int64.

    No coefficient is zero.
    """

    starts: Numbers
    wires: Numbers
    numbers: Numbers

    def __len__(self) -> int:
        return len(self.starts) - 1

    @staticmethod
    def of(rows: Numbers, wires: Numbers, numbers: Numbers, count: int) -> SparseRows:
        """Rows of entries in any order; no row has a wire twice."""
        order = np.lexsort((wires, rows))
        return SparseRows(
            starts_of(np.bincount(rows, minlength=count)), wires[order], numbers[order]
        )

    def row_of_entry(self) -> Numbers:
        """The row that each entry stands in."""
        return np.repeat(np.arange(len(self)), np.diff(self.starts))

    def chosen(self, rows: Numbers) -> SparseRows:
        """Some of the rows, in the order given."""
        counts = np.diff(self.starts)[rows]
        starts = starts_of(counts)
        entries = np.arange(starts[-1]) - np.repeat(starts[:-1] - self.starts[rows], counts)
        return SparseRows(starts, self.wires[entries], self.numbers[entries])

    def entries(self, row: int) -> dict[int, int]:
        """One row: wire to number of its coefficient."""
        span = slice(int(self.starts[row]), int(self.starts[row + 1]))
        return dict(zip(self.wires[span].tolist(), self.numbers[span].tolist(), strict=True))


class Shape:
    """Of each row: how many wires it has beside one, the constant, and the first other entry.

    A constant that is not there is 0, and has the number of 0; so has the coefficient of a first
    entry that is not there, its wire being the constant one.

    zero          the number of 0
    wires         (m,) int64   wires beside the constant one
    constant      (m,) int64   the number of the constant
    first_wire    (m,) int64   the first wire beside the constant one
    first_number  (m,) int64   the number of its coefficient
    """

    def __init__(self, rows: SparseRows, dictionary: Dictionary) -> None:
        self.zero = dictionary.number(0)
        counts = np.diff(rows.starts)
        wires = np.append(rows.wires, ONE_WIRE)
        numbers = np.append(rows.numbers, self.zero)
        first = rows.starts[:-1]
        has_constant = (counts > 0) & (wires[first] == ONE_WIRE)
        self.constant = np.where(has_constant, numbers[first], self.zero)
        self.wires = counts - has_constant
        at = np.minimum(first + has_constant, len(rows.wires))
        self.first_wire = np.where(self.wires > 0, wires[at], ONE_WIRE)
        self.first_number = np.where(self.wires > 0, numbers[at], self.zero)


def starts_of(counts: Numbers) -> Numbers:
    """Where rows of these lengths begin, and the end of the last."""
    starts = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=starts[1:])
    return starts
