"""Gauss's elimination over Fr on sparse rows in Python: short rows first, so that few fill in."""

from __future__ import annotations

from collections.abc import Iterable

from accel.bn254 import R
from circuits.soundness.forms import Form


def reduced_rows(rows: Iterable[Form]) -> dict[int, Form]:
    """The reduced echelon form: rows by their pivots, where each is 1 and all others are 0."""
    pivots: dict[int, Form] = {}
    for row in sorted(rows, key=len):
        reduced = _reduced(row, pivots)
        if reduced:
            pivot = next(iter(reduced))
            scale = pow(reduced[pivot], -1, R)
            pivots[pivot] = {wire: k * scale % R for wire, k in reduced.items()}
    for pivot in reversed(list(pivots)):  # later rows have none of the earlier pivots
        row = pivots.pop(pivot)
        rest = _reduced({wire: k for wire, k in row.items() if wire != pivot}, pivots)
        pivots[pivot] = {pivot: 1, **rest}
    return pivots


def _reduced(row: Form, pivots: dict[int, Form]) -> Form:
    """The row without pivots."""
    row = dict(row)
    waiting = [wire for wire in row if wire in pivots]
    while waiting:
        wire = waiting.pop()
        factor = row.get(wire)
        if factor is None:
            continue
        for other, k in pivots[wire].items():
            value = (row.get(other, 0) - factor * k) % R
            if value:
                if other not in row and other in pivots:
                    waiting.append(other)
                row[other] = value
            else:
                row.pop(other, None)
    return row
