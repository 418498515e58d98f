"""A w, B w and their product for every row of a system: what the quotient of a proof is made from.

Entries come as records sorted by row, the matrices mixed, so threads take ranges of records that
end where a row does, and write rows that no other thread writes. Most coefficients are 1 or -1:
those add a value of the witness in Montgomery form; others cost a product.

Records come from files and from other objects, so the kernel itself looks at each wire and row
before it uses one: a check made before could be of what has changed since.

Source: the coefficients of a .zkey, section 4: v R^2 for the coefficient v, R = 2^256.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.curve import Curve
from zkpipe.accel.fields.limbs import Words, words_from_ints
from zkpipe.accel.fields.rows import Rows
from zkpipe.accel.machines.machine import SCALAR
from zkpipe.ground.errors import RangeError, ShapeError
from zkpipe.ground.process.threads import in_threads

_kernels = Kernels("zkpipe.accel.linear.kernels.constraint_products")

CHUNK = 1 << 16  # records of a task: some milliseconds


def are_sorted(records: NDArray[Any]) -> bool:
    """Whether the records' rows never fall."""
    return bool(_kernels.are_sorted(records))


def _ranges(rows: NDArray[np.uint32]) -> list[tuple[int, int]]:
    """Ranges of about CHUNK records that end where a row does."""
    ends: list[int] = []
    n = len(rows)
    for at in range(CHUNK, n, CHUNK):
        end = at
        while end < n and rows[end] == rows[end - 1]:
            end += 1
        if not ends or end > ends[-1]:
            ends.append(end)
    bounds = [0, *(end for end in ends if end < n), n]
    return list(pairwise(bounds))


def constraint_products(
    records: NDArray[Any],
    canonical: Words,
    montgomery: Words,
    positions: NDArray[np.uint32],
    out: Words,
    curve: Curve = BN254,
) -> None:
    """out[0, positions[i]] = A_i w, out[1, ...] = B_i w, out[2, ...] = their product, for all i.

    records     (nnz,) with fields matrix (0 for A, 1 for B), constraint, wire, value (v R^2), their
                rows never falling
    canonical   (wires, 4) uint64   the witness
    montgomery  (wires, 4) uint64   the witness in Montgomery form
    positions   where each row goes
    out         (3, m, 4) uint64    Montgomery; the rows that `positions` names are written

    Raises ShapeError for arrays that do not belong together, RangeError for a record whose wire or
    row is not there, or whose row comes before another's.
    Cost: 3 ns an entry with a coefficient of 1 or -1, 15 ns another, 13 ns a row.
    """
    wires, room = len(canonical), len(out[0])
    if canonical.shape != montgomery.shape or out.shape != (3, room, 4) or not wires:
        raise ShapeError(
            f"A witness of shapes {canonical.shape} and {montgomery.shape} and rows of shape "
            f"{out.shape} do not belong together.",
            "Give (n, 4) values in both forms, and room of (3, m, 4).",
        )
    if len(positions) and int(positions.max()) >= room:
        raise ShapeError(f"Rows go to positions past {room}.", "Give more room.")
    rows = [Rows(curve.fr, SCALAR, part, 1) for part in (canonical, montgomery, *out)]
    one = pow(2, 512, curve.r)
    units = words_from_ints([one, curve.r - one])

    def work(bounds: tuple[int, int]) -> None:
        low, high = bounds
        row = int(records["constraint"][low]) if low else 0
        end = int(records["constraint"][high]) if high < len(records) else len(positions)
        end = min(end, len(positions))
        bad = _kernels.multiply_rows(
            records, low, high, row, end, wires, units, *rows[:2], positions, *rows[2:]
        )
        if bad >= 0:
            record = records[bad]
            raise RangeError(
                f"Coefficient record {bad} is of wire {record['wire']} and row "
                f"{record['constraint']}; there are {wires} wires and {len(positions)} rows, in "
                "order.",
                "Take the key from where it was made.",
            )

    in_threads(work, _ranges(records["constraint"]))
