"""The lemmas on an unknown integer end early, however its rows multiply it out."""

from __future__ import annotations

import numpy as np
import pytest

from tests.circuits.soundness.systems import ranged, system_of
from zkpipe.circuits.soundness.analysis import determined
from zkpipe.circuits.soundness.integers import members
from zkpipe.circuits.soundness.integers.few_values import FewValues
from zkpipe.circuits.soundness.lemmas import nonsquares
from zkpipe.circuits.soundness.roles import roles_of_every_wire
from zkpipe.circuits.soundness.rules.forms import Forms
from zkpipe.circuits.soundness.rules.polynomials import range_of, times


def known(system):
    return determined(system, roles_of_every_wire(system)).state.is_known


def test_a_product_of_many_signed_wires_is_not_multiplied_out():
    """q w_1 ... w_40 in 3 bits below x: each w_i from -2 to 1 would double the terms."""
    n, rows = 40, []
    x, wire, product = n + 2, n + 3, 1
    wire = ranged(rows, {1: 1}, 3, wire)
    for w in range(2, n + 2):
        wire = ranged(rows, {w: 1, 0: 2}, 2, wire)
        rows.append(({product: 1}, {w: 1}, {wire: 1}))
        product, wire = wire, wire + 1
    wire = ranged(rows, {x: 1, product: -1}, 3, wire)
    assert not known(system_of(rows, 1, n + 1, wire))[1]


def test_the_range_of_a_product_of_many_wires_is_not_looked_for():
    arcs = dict.fromkeys(range(1, 65), (-2, 1))
    low, high = range_of({(1, 2, 3): 1}, arcs)
    assert low <= -8 < 4 <= high
    assert range_of({tuple(range(1, 65)): 1}, arcs) is None


def test_products_of_a_high_degree_are_not_made():
    assert times({(1,) * 8: 1}, {(1,) * 8: 2}) == {(1,) * 16: 2}
    assert times({(1,) * 8: 1}, {(1,) * 9: 1}) is None


def test_an_unknown_of_many_lists_is_followed_once(monkeypatch):
    """(q - 1) ... (q - n) = w and w (q - c) = 0 for n constants c."""
    made = []

    class Counted(members.Expressions):
        def __init__(self, *arguments):
            made.append(self)
            super().__init__(*arguments)

    monkeypatch.setattr(members, "Expressions", Counted)
    n, rows, factor = 60, [], {1: 1, 0: -1}
    for wire in range(2, n + 1):
        rows.append((factor, {1: 1, 0: -wire}, {wire: 1}))
        factor = {wire: 1}
    rows += [(factor, {1: 1, 0: -n - j}, {}) for j in range(n)]
    forms = Forms(determined(s := system_of(rows, 1, 0, n + 1), roles_of_every_wire(s)).state)
    made.clear()
    lemma = members.Extremes()
    assert list(lemma(forms)) == []
    assert len(made) == 1
    assert 0 < members.MOST_WORK - lemma.work_left < 60 * n * n
    assert list(members.Extremes(-1)(forms)) == []
    assert len(made) == 1


def test_a_combination_of_which_few_values_say_nothing_takes_no_room():
    """v K + K' is another combination for each v: one entry each, and not one for each pair."""
    count = 50
    scaled = {}
    values = np.array(range(1, count + 1), dtype=object)
    FewValues(None)._collect(scaled, {(7,): values, (8,): 1}, (0, 7), count)
    assert len(scaled) == count
    assert sum(map(len, scaled.values())) == count


@pytest.mark.parametrize("n", [50, 400])
def test_a_wire_of_many_products_is_looked_up_in_a_few(n, monkeypatch):
    """(x + y) q_i = z_i: no row makes x, and each denominator asks for one."""
    asked = []
    original = Forms.product

    def product(self, row):
        asked.append(row)
        return original(self, row)

    monkeypatch.setattr(Forms, "product", product)
    rows = [({n + 1: 1, n + 2: 1}, {1 + i: 1}, {n + 3 + i: 1}) for i in range(n)]
    forms = determined(s := system_of(rows, n, n + 2, 2 * n + 3), roles_of_every_wire(s))
    asked.clear()
    assert list(nonsquares.Nonsquares()(forms)) == []
    assert len(asked) < 40 * n
