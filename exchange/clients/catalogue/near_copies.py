"""Segments that repeat rows of one another, and differ in few units.

Who knows the answers of both knows, by their difference, what the few hold. So where two segments
of a lineage share rows of a cell, the units with other rows in it are none, or at least the floor;
and for each listed column those with a value are none, or at least the floor. That holds for the
units of either segment. Segments with the same rows tell nothing more of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from zkpipe.exchange.clients.catalogue.removal import cell_name, unit_numbers
from zkpipe.exchange.errors import NearCopyError
from zkpipe.exchange.tables import Commitment
from zkpipe.ground.shown import shown

MIXER = 0x9E3779B97F4A7C15  # odd: 2^64 over the golden ratio, as in SplitMix64


def refuse_near_copies(
    added: Sequence[Commitment], there: Sequence[Commitment], floor: int
) -> None:
    """Raises NearCopyError if an added segment is nearly one that is there, or another added one.

    Cost: 0.2 s a million rows.
    """
    segments = [_Rows(one) for one in (*added, *there)]
    for i, j in _pairs([one.digests for one in segments], len(added)):
        for cell in np.intersect1d(segments[i].cells, segments[j].cells).tolist():
            found = segments[i].few_others(segments[j], cell, floor)
            if found is not None:
                raise _refusal(added[i], (*added, *there)[j], cell, found, floor)


class _Rows:
    """The rows of a segment: digests of all that they hold, their cells and their units."""

    def __init__(self, commitment: Commitment) -> None:
        table = commitment.table
        has_row = table.columns[0][0] >= 2
        self.cells: NDArray[np.uint64] = table.columns[0][0][has_row].astype(np.uint64) >> 1
        self.units = unit_numbers(table)[has_row]
        self.listed = {
            column.name: table.columns[table.schema.place(column.name)][0][has_row] != 0
            for column in table.schema.columns
            if column.listed
        }
        digests = self.cells
        for column in table.columns[1:]:
            digests = _mixed(digests, column[0][has_row])
        self.digests = _mixed(digests, _ranks(digests))  # the second of two alike is another row

    def few_others(self, other: _Rows, cell: int, floor: int) -> str | None:
        """The listed column in which too few units have other rows than both; "" for all units."""
        mine, theirs = self.cells == cell, other.cells == cell
        if not np.isin(self.digests[mine], other.digests[theirs]).any():
            return None
        for one, its, two, whose in ((self, mine, other, theirs), (other, theirs, self, mine)):
            alone = its.copy()
            alone[its] = ~np.isin(one.digests[its], two.digests[whose])
            for name, has_value in {"": alone, **one.listed}.items():
                if 0 < len(np.unique(one.units[alone & has_value])) < floor:
                    return name
        return None


def _mixed(digests: NDArray[np.uint64], values: NDArray[np.generic]) -> NDArray[np.uint64]:
    mixed: NDArray[np.uint64] = (digests ^ values.astype(np.uint64)) * np.uint64(MIXER)
    return mixed ^ (mixed >> np.uint64(29))


def _ranks(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Of each value how many like it stand before it."""
    order = np.argsort(values, kind="stable")
    places = np.arange(len(values))
    begins = np.append(True, np.diff(values[order]) != 0)[: len(values)]
    ranks = np.empty(len(values), np.uint64)
    ranks[order] = places - np.maximum.accumulate(np.where(begins, places, 0))
    return ranks


def _pairs(digests: Sequence[NDArray[np.uint64]], added: int) -> Iterator[tuple[int, int]]:
    """Which segments share a row, the first of them one of those that are added."""
    rows = np.concatenate([np.empty(0, np.uint64), *digests])
    owners = np.repeat(np.arange(len(digests)), [len(one) for one in digests])
    order = np.argsort(rows, kind="stable")
    rows, owners = rows[order], owners[order]
    for i in range(added):
        first, last = (np.searchsorted(rows, digests[i], side) for side in ("left", "right"))
        counts = last - first
        places = np.repeat(last - np.cumsum(counts), counts) + np.arange(counts.sum())
        sharing = np.unique(owners[places])
        yield from ((i, int(j)) for j in sharing if j > i)


def _refusal(
    added: Commitment, other: Commitment, cell: int, column: str, floor: int
) -> NearCopyError:
    with_value = f" with a value in {shown(column)}" if column else ""
    return NearCopyError(
        f"Segments {added.root:#066x} and {other.root:#066x} share rows of "
        f"{cell_name(added.table.schema, cell)}, and fewer units{with_value} than the floor, "
        f"{floor}, have other rows: two answers would tell what those hold.",
        "Publish the new rows alone, when as many new units are there.",
    )
