"""Points as sums of products take them: copied into the machine's form, on cache lines.

A key's rows begin anywhere and its pages may be small; sums gather rows from all over it, so
the copy pays for itself within one sum.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.curve import Curve, Field
from zkpipe.accel.curves.points import padded_count
from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.fields.rows import Rows, WorkRows, blank_rows
from zkpipe.accel.machines.machine import Machine
from zkpipe.ground.errors import ShapeError
from zkpipe.ground.process.threads import in_threads
from zkpipe.ground.quick_dataclass import dataclass

_kernels = Kernels("zkpipe.accel.msm.kernels.bases")

Index = NDArray[np.uint32]
CHUNK = 1 << 12  # blocks of a task


@dataclass(frozen=True, slots=True)
class Bases:
    """Points on a machine.

    rows    working rows, whole blocks of them; what is beyond `count` repeats the last point
    finite  (n,) uint8   which points are not infinity; empty if all are
    """

    field: Field
    machine: Machine
    rows: WorkRows
    count: int
    finite: NDArray[np.uint8]


def _append(
    points: Words, order: Index | None, rows: WorkRows, first: int, finite: NDArray[np.uint8]
) -> int:
    """Fill the blocks of rows from `first` on with the points; give how many blocks."""
    machine = rows.machine
    known = np.arange(len(points), dtype=np.uint32) if order is None else order
    blocks = padded_count(len(points), machine) // machine.width
    filling = np.full(blocks * machine.width - len(known), known[-1], np.uint32)
    filled = np.concatenate([known, filling])
    source = Rows(rows.field, machine, np.ascontiguousarray(points), 2)

    def take(low: int) -> None:
        _kernels.take(source, filled, rows, first, low, min(low + CHUNK, blocks), finite)

    in_threads(take, range(0, blocks, CHUNK))
    return blocks


def prepare(
    parts: Sequence[tuple[Words, Index | None]], machine: Machine, curve: Curve = BN254
) -> Bases:
    """Bases of affine points, several arrays of them one behind the other.

    parts   (n, 8) or (n, 16) uint64 each, Montgomery, zeros for infinity, with the order to take
            them in, or None

    Cost: 3 ns a point of G1 in lanes, beside reading and writing it; threads share it. Parts that
    do not fill whole blocks, as over the smallest domains, are joined by a copy first.
    """
    field = curve.fp if parts[0][0].shape[1] == 8 else curve.fp2
    for points, order in parts:
        if points.shape[1] != 8 * field.degree or (order is not None and len(order) != len(points)):
            raise ShapeError(
                f"Points of shape {points.shape} do not go into these bases in the order given.",
                "Give arrays of points of one group, each with an order of all of them or none.",
            )
    if any(len(points) % machine.width for points, _ in parts[:-1]):
        ordered = [points if order is None else points[order] for points, order in parts]
        parts = [(np.concatenate(ordered), None)]
    padded = sum(padded_count(len(points), machine) for points, _ in parts)
    rows = blank_rows(field, machine, padded, 2)
    finite = np.empty(padded, np.uint8)
    first = 0
    for points, order in parts:
        if len(points):
            first += _append(points, order, rows, first, finite)
    count = sum(len(points) for points, _ in parts)
    finite = finite[:count]
    return Bases(field, machine, rows, count, finite[:0] if finite.all() else finite)


def bases_over(
    words: Words, finite: NDArray[np.uint8], count: int, field: Field, machine: Machine
) -> Bases:
    """Bases over what `prepare` made earlier, and that was kept elsewhere: words are not copied.

    words   (rows, 8 * degree) uint64   of Bases.rows
    finite  of Bases.finite
    count   of the points

    What the words hold is not looked at: sums over others come out wrong, and do nothing else. The
    marks are copied. A sum reads them twice, first to count and then to place what it counted, and
    would write past its memory if they changed between.

    Raises ShapeError if these are not of so many points.
    """
    if len(words) != padded_count(count, machine) or len(finite) not in (0, count):
        raise ShapeError(
            f"{len(words)} rows, and marks of {len(finite)} points, are not of {count} points.",
            "Prepare the points again.",
        )
    return Bases(field, machine, WorkRows(field, machine, words, 2), count, finite.copy())
