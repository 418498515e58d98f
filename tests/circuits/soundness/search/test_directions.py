"""The second opinion beside galois' linear algebra."""

from __future__ import annotations

import random

import galois
import numpy as np
import pytest

from tests.circuits.soundness.systems import equal, system_of
from zkpipe.accel.bn254 import R
from zkpipe.circuits.soundness.analysis import determined
from zkpipe.circuits.soundness.roles import Roles, roles_of
from zkpipe.circuits.soundness.rules.elimination import Work, reduced_rows
from zkpipe.circuits.soundness.search.directions import directions

FR = galois.GF(R, primitive_element=5, verify=False)


@pytest.mark.parametrize("seed", range(24))
def test_reduced_rows_are_galois_reduced_echelon_form(seed):
    rng = random.Random(seed)  # noqa: S311 - seeded test data
    count, width = rng.randrange(1, 9), rng.randrange(1, 9)
    rows = [
        {w: rng.choice([1, 2, R - 1, rng.randrange(1, R)]) for w in range(width)
         if rng.random() < 0.6}
        for _ in range(count)
    ]  # fmt: skip
    matrix = FR(np.array([[row.get(w, 0) for w in range(width)] for row in rows], dtype=object))
    found = reduced_rows(rows, Work())
    assert found is not None
    assert len(found) == np.linalg.matrix_rank(matrix)
    ours = FR(
        np.array([[row.get(w, 0) for w in range(width)] for row in found.values()]
                 or [[0] * width], dtype=object)
    )  # fmt: skip
    assert np.linalg.matrix_rank(np.vstack([matrix, ours])) == np.linalg.matrix_rank(matrix)
    for pivot, row in found.items():
        assert row[pivot] == 1
        assert all(pivot not in other for p, other in found.items() if p != pivot)


def test_the_directions_are_those_in_which_the_rows_do_not_change():
    rows = [({4: 1}, {5: 1}, {1: 1}), equal({4: 1, 5: 1, 2: -1})]
    system = system_of(rows, 1, 2, 6)
    values = [1, 21, 10, 0, 3, 7]
    forms = determined(system, roles_of(system))
    (found,) = directions(forms, values, [1, 4, 5])
    step = {w: v * pow(found[4], -1, R) % R for w, v in found.items()}
    assert step == {4: 1, 5: R - 1, 1: (7 - 3) % R}


def test_nothing_moves_where_a_product_pins_it():
    rows = [({1: 1}, {1: 1}, {2: 1})]
    system = system_of(rows, 1, 2, 4)
    forms = determined(system, Roles(np.array([2, 3]), np.array([1])))
    assert directions(forms, [1, 3, 9, 0], [1]) == []
    assert directions(forms, [1, 0, 0, 0], [1]) == [{1: 1}]
