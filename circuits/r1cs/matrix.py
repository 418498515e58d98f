"""Sparse matrices over Fr, whose coefficients are numbers of a dictionary."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zkpipe.ground.quick_dataclass import dataclass
from zkpipe.ground.remade import Remade

Arrays = tuple[NDArray[np.int64], NDArray[np.uint32], NDArray[np.uint32]]  # as kernels take one


@dataclass(frozen=True, slots=True, eq=False)
class SparseMatrix(Remade):
    """Rows of a matrix over Fr, compressed: row i has the entries starts[i] to starts[i + 1].

    starts      (m + 1,) int64   begins with 0, never falls
    wires       (nnz,) uint32    column of each entry; within a row ascending, no wire twice
    values      (nnz,) uint32    number of its coefficient in the system's dictionary
    file_order  (nnz,) int64     which entry stands at each place of the file that the matrix was
                                 read from; None if they are in the same order
    """

    starts: NDArray[np.int64]
    wires: NDArray[np.uint32]
    values: NDArray[np.uint32]
    file_order: NDArray[np.int64] | None = None

    @property
    def row_count(self) -> int:
        """The number of rows."""
        return len(self.starts) - 1

    def as_in_file(self) -> SparseMatrix:
        """The same matrix with the entries of each row in the order of its file.

        Keys of a ceremony have them so. Systems take only matrices whose wires rise.
        """
        if self.file_order is None:
            return self
        order = self.file_order
        return SparseMatrix(self.starts, self.wires[order], self.values[order])
