"""Gauss's elimination over Fr on sparse rows in Python: short rows first, so that few fill in."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heapify, heappop, heappush

from accel.bn254 import R
from circuits.soundness.forms import Form


def reduced_rows(rows: Iterable[Form]) -> dict[int, Form]:
    """The reduced echelon form: rows by their pivots, where each is 1 and all others are 0."""
    pivots: dict[int, Form] = {}
    ages: dict[int, int] = {}
    for row in sorted(rows, key=len):
        reduced = _reduced(row, pivots, ages)
        if reduced:
            pivot = next(iter(reduced))
            scale = pow(reduced[pivot], -1, R)
            pivots[pivot] = {wire: k * scale % R for wire, k in reduced.items()}
            ages[pivot] = len(ages)
    for pivot in reversed(list(pivots)):  # later rows have none of the earlier pivots
        row = pivots.pop(pivot)
        rest = _reduced({wire: k for wire, k in row.items() if wire != pivot}, pivots, ages)
        pivots[pivot] = {pivot: 1, **rest}
    return pivots


def _reduced(row: Form, pivots: dict[int, Form], ages: dict[int, int]) -> Form:
    """The row without pivots.

    The oldest pivot goes first: its row may bring younger ones, and theirs never an older one, so
    each is used once. In another order they would come back, twice as often with each.
    """
    row = dict(row)
    waiting = [(ages[wire], wire) for wire in row if wire in pivots]
    heapify(waiting)
    while waiting:
        _, wire = heappop(waiting)
        factor = row.get(wire)
        if factor is None:
            continue
        for other, k in pivots[wire].items():
            value = (row.get(other, 0) - factor * k) % R
            if value:
                if other not in row and other in pivots:
                    heappush(waiting, (ages[other], other))
                row[other] = value
            else:
                row.pop(other, None)
    return row
