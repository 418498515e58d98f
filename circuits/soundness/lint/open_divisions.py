"""Where the proof stops: wires that follow only where a factor is not 0.

D (b x + E) = N with D, E and N known and x the only wire that is not. Where D is not 0 it says what
x is, so all that stands in the way is whether D may be 0 together with N. Of a circuit on points of
a curve that is the question whether two of them may be the same, which no rule here knows.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from zkpipe.circuits.soundness.rules.forms import Form, Forms
from zkpipe.circuits.soundness.rules.inverses import free_inverses


def open_divisions(forms: Forms) -> Iterator[tuple[int, Form, int]]:
    """Wires x of such products, with D, and the system's row.

    Cost: that of the free inverses, which are left out.
    """
    system, counts = forms.system, forms.state.unknown_in_products
    rows = np.flatnonzero((counts[:, 0] + counts[:, 1] == 1) & (counts[:, 2] == 0))
    free = set(free_inverses(system).tolist()) if len(rows) else set()
    for row in rows.tolist():
        a, b, _ = forms.product(row)
        divisor, other = (a, b) if not forms.unknown(a) else (b, a)
        (wire,) = forms.unknown(other)
        if wire not in free and wire < system.wire_count:
            yield wire, divisor, int(system.product_row[row])
