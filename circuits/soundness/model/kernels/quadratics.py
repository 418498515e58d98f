"""The texts of circuits.soundness.model.quadratics."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.circuits.soundness.model.coefficients import Numbers
from zkpipe.circuits.soundness.model.rows import ONE_WIRE


@kernel
def are_multiples(
    starts: Numbers,
    wires: Numbers,
    numbers: Numbers,
    other_starts: Numbers,
    other_wires: Numbers,
    other_numbers: Numbers,
    negatives: Numbers,
    out: NDArray[np.int8],
) -> None:
    """out = 1 if two rows are equal beside their constants, -1 if opposite, 0 if neither."""
    for row in range(len(starts) - 1):
        i, stop = starts[row], starts[row + 1]
        j, other_stop = other_starts[row], other_starts[row + 1]
        if i < stop and wires[i] == ONE_WIRE:
            i += 1
        if j < other_stop and other_wires[j] == ONE_WIRE:
            j += 1
        same = opposite = stop - i == other_stop - j and i < stop
        while (same or opposite) and i < stop:
            if wires[i] != other_wires[j]:
                same = opposite = False
            else:
                same &= numbers[i] == other_numbers[j]
                opposite &= negatives[numbers[i]] == other_numbers[j]
            i += 1
            j += 1
        out[row] = 1 if same else -1 if opposite else 0
