"""The lemma of selectors: a known index leaves one of the selectors, and their sum is known.

Products D_i s_i = 0 with known D_i that differ by constants other than 0: then one D_i at the most
is 0, the same in both witnesses, and every other s_i is 0 in both. In a sum k_1 s_1 + ... + k_n s_n
that is known, the one that is left is therefore known too.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from zkpipe.accel.bn254 import R
from zkpipe.circuits.soundness.model.rows import ONE_WIRE
from zkpipe.circuits.soundness.rules.forms import Form, Forms, without


def selectors(forms: Forms) -> Iterator[int]:
    """Wires that the lemma of selectors determines."""
    state, linear = forms.state, forms.system.linear
    gated = _gates(forms)
    if not gated:
        return
    is_gated = np.zeros(forms.system.total_count, np.bool_)
    is_gated[list(gated)] = True
    unknown = ~state.is_known[linear.wires]
    of_entry = linear.row_of_entry()
    count = len(linear)
    open_wires = np.bincount(of_entry[unknown], minlength=count)
    shut = np.bincount(of_entry[unknown & is_gated[linear.wires]], minlength=count)
    rows = np.flatnonzero((open_wires > 1) & (open_wires == shut))
    for row in rows.tolist():
        wires = forms.unknown(forms.equation(row))
        if _differ(forms, [gated[wire] for wire in wires]):
            yield from wires


def _gates(forms: Forms) -> dict[int, tuple[int, int]]:
    """Unknown wires s of a product D s = 0 with known D: the product, and D's place in it."""
    system, counts = forms.system, forms.state.unknown_in_products
    empty = np.diff(system.c.starts) == 0
    found: dict[int, tuple[int, int]] = {}
    for place, rows in enumerate((system.a, system.b)):
        single = (np.diff(rows.starts) == 1) & empty
        single &= (counts[:, place] == 1) & (counts[:, 1 - place] == 0)
        chosen = np.flatnonzero(single)
        wires = rows.wires[rows.starts[:-1][chosen]]
        found.update(
            zip(wires.tolist(), ((row, 1 - place) for row in chosen.tolist()), strict=True)
        )
    return found


def _differ(forms: Forms, gates: list[tuple[int, int]]) -> bool:
    """Whether the known factors are one form plus constants that all differ."""
    shared: Form | None = None
    constants: set[int] = set()
    for row, place in gates:
        factor = forms.row((forms.system.a, forms.system.b)[place], row)
        constant = factor.get(ONE_WIRE, 0)
        factor = without(factor, [ONE_WIRE])
        if not factor:
            return False
        scale = pow(factor[min(factor)], -1, R)
        form = {wire: k * scale % R for wire, k in factor.items()}
        if shared is not None and form != shared:
            return False
        shared = form
        constants.add(constant * scale % R)
    return len(constants) == len(gates)
