"""Sparse matrices by columns: for each wire, the rows it stands in and its coefficients there.

Matrices come in compressed rows. A counting sort over all entries turns them; the entries of a
wire then lie together, in the order of the matrices and in each by rising row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.linear.compressed import check_compressed
from zkpipe.ground.errors import RangeError

_kernels = Kernels("zkpipe.accel.linear.kernels.columns")

MOST_ROWS = 1 << 31  # bit 31 of an index is a sign to kernels


class Entries(NamedTuple):
    """A matrix in compressed rows (accel.linear.compressed), and the number of its first row."""

    starts: NDArray[np.int64]
    wires: NDArray[np.uint32]
    values: NDArray[np.uint32]
    first_row: int = 0


@dataclass(frozen=True, slots=True)
class Columns:
    """The entries of each wire: wire i has the entries starts[i] to starts[i + 1].

    starts  (wires + 1,) int64
    rows    (nnz,) uint32        the row of each entry
    values  (nnz,) uint32        the number of its coefficient
    """

    starts: NDArray[np.int64]
    rows: NDArray[np.uint32]
    values: NDArray[np.uint32]

    @property
    def count(self) -> int:
        """The number of wires."""
        return len(self.starts) - 1

    def part(self, begin: int, end: int) -> Columns:
        """The wires begin .. end - 1 by themselves."""
        starts = self.starts[begin : end + 1]
        entries = slice(int(starts[0]), int(starts[-1]))
        return Columns(starts - starts[0], self.rows[entries], self.values[entries])


def columns(matrices: Sequence[Entries], wire_count: int, value_count: int) -> Columns:
    """The entries of several matrices, by wire.

    value_count  how many coefficients there are: numbers of entries are below it

    Raises ShapeError or RangeError for arrays that are no matrix, or rows past 2^31.
    Cost: 5 to 20 ns an entry, 8 bytes of it, and 8 bytes a wire.
    """
    for matrix in matrices:
        check_compressed(*matrix[:3], wire_count, value_count)
        last = matrix.first_row + len(matrix.starts) - 1
        if not 0 <= matrix.first_row <= last <= MOST_ROWS:
            raise RangeError(
                f"A matrix has rows up to {last}; 2^31 can be numbered.", "Split the circuit."
            )
    starts = np.zeros(wire_count + 1, np.int64)
    for matrix in matrices:
        _kernels.count_entries(matrix.wires, starts)
    np.cumsum(starts, out=starts)
    rows, values = np.empty(starts[-1], np.uint32), np.empty(starts[-1], np.uint32)
    at = starts[:-1].copy()
    for matrix in matrices:
        _kernels.place_entries(*matrix, at, rows, values)
    return Columns(starts, rows, values)
