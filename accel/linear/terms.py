"""The entries of A and B as sums over rows take them: from records of 44 bytes, five bytes each.

Most coefficients are 1 or -1, and need no more than a mark. The others lie apart, in Montgomery
form, in the order of their terms. Where a row begins is known, so no term says its row.

Records come from files and from other objects. A row is looked at here, before it is a place in an
array, and once more where it is one: a key in memory may change between two looks. A wire is looked
at where it is used (accel.linear.constraint_products).

Source: the coefficients of a .zkey, section 4: v R^2 for the coefficient v, R = 2^256.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.curve import Curve
from zkpipe.accel.fields.limbs import Words, words_from_ints
from zkpipe.accel.fields.rows import Rows
from zkpipe.accel.linear.kinds import OTHER
from zkpipe.accel.machines.machine import SCALAR
from zkpipe.ground.errors import RangeError, ShapeError
from zkpipe.ground.process.memory import aligned_empty
from zkpipe.ground.process.threads import in_threads
from zkpipe.ground.quick_dataclass import dataclass

_kernels = Kernels("zkpipe.accel.linear.kernels.terms")

CHUNK = 1 << 16  # records, or terms, of a task: some milliseconds
PIECE = 1 << 18  # records that are read at once, 11 MB
TERM_BYTES = 37  # of a term at most: wire, kind, coefficient
RECORD_BYTES = 44

Read = Callable[[int, int], NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of the rows of A and B.

    starts        (rows + 1,) uint32  the first term of each row, and how many there are
    wires         (n,) uint32         the wire of each
    kinds         (n,) uint8          marks of accel.linear.kinds
    coefficients  (k, 4) uint64       Montgomery, those that are neither 1 nor -1
    """

    starts: NDArray[np.uint32]
    wires: NDArray[np.uint32]
    kinds: NDArray[np.uint8]
    coefficients: Words

    def __post_init__(self) -> None:
        """Raises ShapeError for arrays that do not belong together."""
        if len(self.wires) != len(self.kinds) or not len(self.starts):
            raise ShapeError(
                f"{len(self.wires)} wires and {len(self.kinds)} kinds are not of the same terms.",
                "Make the terms again.",
            )

    @property
    def rows(self) -> int:
        """Of the system."""
        return len(self.starts) - 1

    def ranges(self) -> list[tuple[int, int, int]]:
        """Ranges of rows of about CHUNK terms: first row, row after the last, first coefficient."""
        marks = np.arange(CHUNK, len(self.wires), CHUNK)
        inner = np.searchsorted(self.starts, marks).clip(0, self.rows)
        bounds = [0, *sorted({int(row) for row in inner} - {0, self.rows}), self.rows]
        found, coefficient = [], 0
        for row, end in pairwise(bounds):
            found.append((row, end, coefficient))
            kinds = self.kinds[int(self.starts[row]) : int(self.starts[end])]
            coefficient += int(np.count_nonzero(kinds & OTHER))
        return found


def are_sorted(records: NDArray[Any]) -> bool:
    """Whether the records' rows never fall."""
    return bool(_kernels.are_sorted(records))


def terms_of(read: Read, count: int, rows: int, curve: Curve = BN254) -> Terms:
    """The terms that records stand for, which may come in any order.

    read   gives the records from one number to before another: (n,) with the fields matrix (0 for
           A, 1 for B), constraint, wire, value (v R^2)
    count  of the records
    rows   of the system

    Raises RangeError for a record whose row is not there, or if records change meanwhile.
    Cost: 5 ns a record, and 15 ns more for a coefficient other than 1 and -1; threads share it.
    Records out of order are all read at once, and sorted.
    """
    if (found := _in_order(read, count, rows, curve)) is not None:
        return found
    records = read(0, count)
    ordered = records[np.argsort(records["constraint"], kind="stable")]
    found = _in_order(lambda low, high: ordered[low:high], count, rows, curve)
    if found is None:
        raise _changed()
    return found


def _in_order(read: Read, count: int, rows: int, curve: Curve) -> Terms | None:
    """The terms of records whose rows never fall; None if they do."""
    starts = aligned_empty(-(-(rows + 1) // 2), 1).reshape(-1).view(np.uint32)[: rows + 1]
    wires = aligned_empty(-(-count // 2), 1).reshape(-1).view(np.uint32)[:count]
    kinds = aligned_empty(-(-count // 8), 1).reshape(-1).view(np.uint8)[:count]
    one = pow(2, 512, curve.r)
    units = words_from_ints([one, curve.r - one])
    coefficients = np.empty((count, 4), np.uint64)  # the system gives pages as they are written
    row, used = 0, 0  # the first row whose start is not known yet; coefficients so far
    for begin in range(0, count, PIECE):
        # In C order and writable, the one kind of array that the kernels are compiled for.
        records = np.require(read(begin, min(begin + PIECE, count)), requirements=["C", "W"])
        last = int(records["constraint"][-1])
        if int(records["constraint"][0]) < row - 1 or not are_sorted(records):
            return None
        if last >= rows:
            number = int(np.searchsorted(records["constraint"], rows))
            raise row_error(begin + number, records[number], rows)
        used = _take(records, begin, row, units, starts, wires, kinds, coefficients, used, curve)
        row = last + 1
    starts[row:] = count
    return Terms(starts, wires, kinds, coefficients[:used])


def _take(
    records: NDArray[Any],
    begin: int,
    row: int,
    units: Words,
    starts: NDArray[np.uint32],
    wires: NDArray[np.uint32],
    kinds: NDArray[np.uint8],
    coefficients: Words,
    used: int,
    curve: Curve,
) -> int:
    """Write the terms of some records; give how many coefficients there are then.

    begin  the number of the first record
    row    the first row whose start is not known yet
    used   how many coefficients there are so far
    """
    lows = range(0, len(records), CHUNK)

    def count(low: int) -> int:
        return int(_kernels.count_others(records, low, min(low + CHUNK, len(records)), units))

    places = np.cumsum([used, *in_threads(count, lows)])
    target = Rows(curve.fr, SCALAR, coefficients, 1)
    like = Rows(curve.fr, SCALAR, units, 1)

    def take(low: int) -> None:
        before = int(records["constraint"][low - 1]) + 1 if low else row
        high = min(low + CHUNK, len(records))
        first, end = map(int, places[low // CHUNK :][:2])
        last = _kernels.take(
            records, low, high, begin, before, units, like, first, end, starts, wires, kinds, target
        )
        if last != end:
            raise _changed()

    in_threads(take, lows)
    return int(places[-1])


def bytes_of_terms(count: int) -> int:
    """What `terms_of` takes at most for so many records in order, beside the starts of rows."""
    return TERM_BYTES * count + RECORD_BYTES * min(count, PIECE)


def _changed() -> RangeError:
    return RangeError("The coefficient records changed while they were read.", "Read them again.")


def row_error(number: int, record: Any, rows: int) -> RangeError:
    """What is raised for a record of a row that is not there."""
    return RangeError(
        f"Coefficient record {number} is of wire {record['wire']} and row {record['constraint']}; "
        f"there are {rows} rows.",
        "Take the key from where it was made.",
    )
