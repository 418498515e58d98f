"""The lemma of linear systems: as many independent equations as unknowns.

Equations, and products of known factors, are linear in what is unknown, with constant coefficients:
M x = known. A combination of them in which one unknown is left alone says what it is. Gauss's
elimination finds all such combinations: a row of the reduced form with a single entry.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from zkpipe.circuits.soundness.rules.elimination import Work, reduced_rows
from zkpipe.circuits.soundness.rules.forms import Form, Forms

MOST_ENTRIES = 20_000  # of the unknown part; more would take seconds
LONGEST = 64  # unknowns of an equation


class LinearSystems:
    """The lemma. What its eliminations do is limited for all of its turns together."""

    def __init__(self) -> None:
        self._work = Work()

    def __call__(self, forms: Forms) -> Iterator[int]:
        """Wires that the lemma determines."""
        rows = list(_unknown_parts(forms))
        if self._work.left < 0 or sum(map(len, rows)) > MOST_ENTRIES:
            return
        for pivot, row in (reduced_rows(rows, self._work) or {}).items():
            if len(row) == 1:
                yield pivot


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
