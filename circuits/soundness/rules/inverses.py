"""Inverses that a right is-zero leaves free: the only wires that may be anything by design.

    D m = k (1 - F)     and     D F = 0      with the same D (or D and -D), k not 0,

m alone in its factor and in no other row. Where D is not 0, F is 0 and m is k / D; where D is 0, F
is 1 whatever m is. So the two rows say what F is, and m says nothing to anybody: what it may be
decides no check. F may be any combination, as compilers put one in place of the wire; where they
have put 1, the second row is the equation D = 0, and the first D m = 0.

Without the second row m decides whether F is 0, and is no free inverse: that is the is-zero which
anybody can cheat.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from zkpipe.accel.bn254 import R
from zkpipe.circuits.soundness.model.coefficients import Numbers
from zkpipe.circuits.soundness.model.equations import Equations
from zkpipe.circuits.soundness.model.rows import ONE_WIRE, SparseRows
from zkpipe.circuits.soundness.rules.forms import Form, added, normal, scaled, without

Key = tuple[tuple[int, int], ...]


def free_inverses(rows: Equations) -> Numbers:
    """The wires m of such pairs of rows, ascending.

    Cost: some 10 us for each product that has a wire of its own, and for each that is 0.
    """
    candidates = list(_candidates(rows))
    if not candidates:
        return np.zeros(0, np.int64)
    partners = _partners(rows, {normal(divisor) for _, divisor, _ in candidates})
    found = [
        wire
        for wire, divisor, product in candidates
        if any(_is_constant(product, factor) for factor in partners.get(normal(divisor), ()))
    ]
    return np.unique(np.array(found, np.int64))


def _candidates(rows: Equations) -> Iterator[tuple[int, Form, Form]]:
    """Wires m that stand in one row, D m = C up to a factor, with D and C."""
    uses = np.zeros(rows.total_count, np.int64)
    for part in (rows.linear, rows.a, rows.b, rows.c):
        uses += np.bincount(part.wires, minlength=rows.total_count)
    uses[rows.is_bit] += 1
    for factor, other in ((rows.a, rows.b), (rows.b, rows.a)):
        single = np.flatnonzero(np.diff(factor.starts) == 1)
        wires = factor.wires[factor.starts[single]]
        alone = uses[wires] == 1
        for row, wire in zip(single[alone].tolist(), wires[alone].tolist(), strict=True):
            yield wire, _form(rows, other, row), _form(rows, rows.c, row)


def _partners(rows: Equations, divisors: set[Key]) -> dict[Key, list[Form]]:
    """For each D the combinations F with a row D F = 0: 1 for an equation D = 0."""
    found: dict[Key, list[Form]] = {}
    for row in np.flatnonzero(np.diff(rows.c.starts) == 0).tolist():
        a, b = _form(rows, rows.a, row), _form(rows, rows.b, row)
        for divisor, factor in ((a, b), (b, a)):
            key = normal(divisor)
            if key in divisors:
                found.setdefault(key, []).append(factor)
    linear = rows.linear
    least = np.array([key[-1][0] for key in divisors], np.int64)
    begins = np.flatnonzero(np.diff(linear.starts) > 0)
    for row in begins[np.isin(linear.wires[linear.starts[begins]], least)].tolist():
        key = normal(_form(rows, linear, row))
        if key in divisors:
            found.setdefault(key, []).append({ONE_WIRE: 1})
    return found


def _is_constant(product: Form, factor: Form) -> bool:
    """Whether C = k (1 - F) for some scale of F: C + s F is a constant, s and F's scale not 0."""
    inner, outer = without(factor, [ONE_WIRE]), without(product, [ONE_WIRE])
    if not inner:
        return not product  # D = 0, and D m = 0
    first = min(inner)
    if first not in outer:
        return False
    scale = -outer[first] * pow(inner[first], -1, R) % R
    total = added([product, scaled(factor, scale)])
    return set(total) == {ONE_WIRE}


def _form(rows: Equations, part: SparseRows, row: int) -> Form:
    values = rows.dictionary.values
    return {wire: values[number] for wire, number in part.entries(row).items()}
