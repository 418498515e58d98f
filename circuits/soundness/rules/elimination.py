"""Gauss's elimination over Fr on sparse rows in Python, within a budget.

Pivots are chosen so that little fills in: the wire in the fewest rows, and the shortest of its
rows. Rows of a grid or a tree stay short so; rows drawn at random do not in any order, and the work
ends at its budget.

Source: Markowitz, The elimination form of the inverse, 1957; minimum degree by lazy heaps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from zkpipe.accel.bn254 import R
from zkpipe.circuits.soundness.rules.forms import Form

MOST_WORK = 1_000_000  # about a second


@dataclass(slots=True)
class Work:
    """What eliminations may still do together, in entries of rows that are added to others."""

    left: int = MOST_WORK


def _alike(_: int) -> int:
    return 0


def reduced_rows(
    rows: Iterable[Form], work: Work, rank: Callable[[int], int] = _alike
) -> dict[int, Form] | None:
    """The reduced echelon form: rows by their pivots, where each is 1 and all others are 0.

    None if that takes more work than is left.

    rank  of wires: those of a lower one become pivots first, however much fills in
    """
    elimination = _Elimination(rows, work, rank)
    if not elimination.forward() or not elimination.backward():
        return None
    return elimination.pivots


def echelon_rows(
    rows: Iterable[Form], work: Work, rank: Callable[[int], int] = _alike
) -> dict[int, Form] | None:
    """The same before later pivots are taken out of earlier rows: shorter, and of the same span."""
    elimination = _Elimination(rows, work, rank)
    return elimination.pivots if elimination.forward() else None


class _Elimination:
    """Rows that have no pivot yet, and those that have.

    open     rows by number, without pivots
    holders  of each wire, the open rows that hold it
    pivots   rows by pivot, in the order in which they were chosen; none has an earlier pivot
    """

    def __init__(self, rows: Iterable[Form], work: Work, rank: Callable[[int], int]) -> None:
        self.open = {number: dict(row) for number, row in enumerate(rows) if row}
        self.holders: dict[int, set[int]] = {}
        for number, row in self.open.items():
            for wire in row:
                self.holders.setdefault(wire, set()).add(number)
        self.pivots: dict[int, Form] = {}
        self.work = work
        self.rank = rank

    def forward(self) -> bool:
        """Choose pivots until no open row is left; False if the work is more than it may be."""
        rank = self.rank
        waiting = [(rank(wire), len(rows), wire) for wire, rows in self.holders.items()]
        heapify(waiting)
        while waiting:
            _, count, wire = heappop(waiting)
            holders = self.holders[wire]
            if not holders:
                continue
            if len(holders) != count:  # it has changed since it was queued
                heappush(waiting, (rank(wire), len(holders), wire))
                continue
            chosen = min(holders, key=lambda number: (len(self.open[number]), number))
            row = self.open.pop(chosen)
            for other in row:
                self.holders[other].discard(chosen)
            scale = pow(row[wire], -1, R)
            row = {other: k * scale % R for other, k in row.items()}
            self.pivots[wire] = row
            for number in sorted(holders):
                for other in self._subtract(self.open[number], row, wire):
                    self.holders[other] ^= {number}
                if not self.open[number]:
                    del self.open[number]
            holders.clear()
            if self.work.left < 0:
                return False
        return True

    def backward(self) -> bool:
        """Take later pivots out of earlier rows; False if the work is more than it may be."""
        for pivot in reversed(self.pivots):  # later rows are reduced by now, and hold no pivot
            row = self.pivots[pivot]
            for wire in [other for other in row if other != pivot and other in self.pivots]:
                self._subtract(row, self.pivots[wire], wire)
            if self.work.left < 0:
                return False
        return True

    def _subtract(self, row: Form, pivot_row: Form, pivot: int) -> list[int]:
        """Take the pivot out of a row; the other wires that came into it or left it."""
        self.work.left -= len(pivot_row)
        factor = row.pop(pivot)
        changed = []
        for wire, k in pivot_row.items():
            if wire == pivot:
                continue
            before = row.get(wire, 0)
            value = (before - factor * k) % R
            if not value:
                del row[wire]
                changed.append(wire)
                continue
            row[wire] = value
            if not before:
                changed.append(wire)
        return changed
