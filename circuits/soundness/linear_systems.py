"""The lemma of linear systems: as many independent equations as unknowns.

Equations, and products of known factors, are linear in what is unknown, with constant coefficients:
M x = known. A combination of them in which one unknown is left alone says what it is. Gauss's
elimination finds all such combinations: a row of the reduced form with a single entry.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from accel.bn254 import R
from circuits.soundness.forms import Form, Forms

MOST_ENTRIES = 20_000  # of the unknown part; more would take seconds
LONGEST = 64  # unknowns of an equation


def linear_systems(forms: Forms) -> Iterator[int]:
    """Wires that the lemma of linear systems determines."""
    rows = list(_unknown_parts(forms))
    if sum(map(len, rows)) > MOST_ENTRIES:
        return
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
        if not rest:
            yield pivot
        pivots[pivot] = {pivot: 1, **rest}


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


def _unknown_parts(forms: Forms) -> Iterator[Form]:
    """The unknown parts of what is linear in them."""
    state, system = forms.state, forms.system
    counts = state.unknown_in_products
    linear = state.unknown_in_equations
    for row in np.flatnonzero((linear > 0) & (linear <= LONGEST)).tolist():
        form = forms.equation(row)
        yield {wire: form[wire] for wire in forms.unknown(form)}
    known_factors = (counts[:, 0] == 0) & (counts[:, 1] == 0)
    fits = (counts[:, 2] > 0) & (counts[:, 2] <= LONGEST)
    for row in np.flatnonzero(known_factors & fits).tolist():
        form = forms.row(system.c, row)
        yield {wire: form[wire] for wire in forms.unknown(form)}
