"""The texts of circuits.soundness.model.incidence."""

from __future__ import annotations

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.circuits.soundness.model.coefficients import Numbers


@kernel
def scatter(starts: Numbers, wires: Numbers, at: Numbers, out: Numbers) -> None:
    """Write each entry's row to the next place of its wire."""
    for row in range(len(starts) - 1):
        for e in range(starts[row], starts[row + 1]):
            wire = wires[e]
            out[at[wire]] = row
            at[wire] += 1


@kernel
def scatter_products(
    a: tuple[Numbers, Numbers],
    b: tuple[Numbers, Numbers],
    c: tuple[Numbers, Numbers],
    at: Numbers,
    out: Numbers,
) -> None:
    """The same of rows in three matrices: three times the row, and 0, 1 or 2 for the matrix."""
    for row in range(len(a[0]) - 1):
        for k in range(3):
            starts, wires = a if k == 0 else b if k == 1 else c
            for e in range(starts[row], starts[row + 1]):
                wire = wires[e]
                out[at[wire]] = 3 * row + k
                at[wire] += 1
