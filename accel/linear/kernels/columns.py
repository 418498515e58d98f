"""The counting sort of entries by wire."""

from __future__ import annotations

import numpy as np

from zkpipe.accel.compiled.kernels import kernel


@kernel
def count_entries(wires, counts):
    """Add the number of entries of each wire to the count behind its own place."""
    for i in range(len(wires)):
        counts[wires[i] + 1] += 1


@kernel
def place_entries(starts, wires, values, first_row, at, rows_out, values_out):
    """Put each entry behind those of its wire that are there; at: where each wire's next goes."""
    for row in range(len(starts) - 1):
        for i in range(starts[row], starts[row + 1]):
            place = at[wires[i]]
            at[wires[i]] = place + 1
            rows_out[place] = np.uint32(first_row + row)
            values_out[place] = values[i]
