"""Small relations between points are found, and where there are none, none is found."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from tests.accel.edge_values import generator
from zkpipe.accel.bn254 import BN254, P, R
from zkpipe.accel.fields.limbs import Words, to_montgomery, words_from_ints
from zkpipe.accel.machines.machine import Machine
from zkpipe.accel.msm.fixed_base import FixedBase
from zkpipe.accel.msm.relations import Search, small_relations

BASES = {"G1": to_montgomery(BN254.g1_generator, P), "G2": to_montgomery(BN254.g2_generator, P)}
SECRETS = [pow(7, 3**90 * (i + 1) ** 40, R) for i in range(8)]
SEARCH = Search(4, 20, 4, 6, ((0, 1), (2, 3)), (8, 3))
REACH = (2 * 20 - 1) * 8 + 20  # of giant steps


def points(scalars: list[int], group: str) -> Words:
    base = BASES[group].reshape(-1)
    return FixedBase(base, 8).multiples(words_from_ints(k % R for k in scalars))


def holds(relation: dict[int, int], scalars: list[int]) -> bool:
    total = sum(value * scalars[number] for number, value in relation.items())
    return bool(relation) and all(relation.values()) and total % R == 0


def over(numerator: int, denominator: int) -> int:
    return numerator * pow(denominator, -1, R) % R


def planted(coefficients: tuple[int, ...]) -> list[int]:
    """Scalars with this relation; the first whose coefficient is not 0 is solved for."""
    scalars = SECRETS[: len(coefficients)]
    at = next(i for i, value in enumerate(coefficients) if value)
    rest = sum(c * s for i, (c, s) in enumerate(zip(coefficients, scalars, strict=True)) if i != at)
    scalars[at] = over(-rest, coefficients[at])
    return scalars


RELATIONS = [
    (1, -1, 0, 0),
    (1, 1, 0, 0),
    (0, 0, 2, -1),
    (0, 3, 0, -2),
    (20, 0, -19, 0),
    (0, 20, 20 - 1, 0),
    (1, 0, 0, -REACH),
    (REACH, 0, 0, 1),
    (0, 3, -REACH, 0),
    (0, -(REACH - 39), 3, 0),
    (1, 1, 1, 0),
    (1, 0, 1, -1),
    (6, -6, 20, 0),
    (0, 20, 6, 5),
    (6, 5, -6, 5),
    (1, -1, 1, -1),
    (0, 1, 0, 1),
]


@pytest.mark.parametrize("group", BASES)
@pytest.mark.parametrize("coefficients", RELATIONS, ids=str)
def test_a_planted_relation_is_found(
    group: str, coefficients: tuple[int, ...], machine: Machine
) -> None:
    scalars = planted(coefficients)
    found = small_relations(points(scalars, group), SEARCH)
    assert found
    assert all(holds(relation, scalars) for relation in found)
    least = min(found, key=lambda relation: sum(map(abs, relation.values())))
    assert sum(map(abs, least.values())) <= sum(map(abs, coefficients))


@pytest.mark.parametrize("group", BASES)
def test_every_pair_of_small_multiples_is_found(group: str) -> None:
    for a, b in product((1, 2, 7, 20), (-20, -3, -1, 1, 13)):
        scalars = planted((0, a, 0, b))
        assert all(holds(r, scalars) for r in small_relations(points(scalars, group), SEARCH))
        assert small_relations(points(scalars, group), SEARCH)


@pytest.mark.parametrize("group", BASES)
@pytest.mark.parametrize(
    "coefficients",
    [(1, 0, 0, -REACH - 1), (7, 8, 7, 9), (4, -331, 0, 0), (2**128, 1, 0, 0), (1, 7, 13, 0)],
    ids=str,
)
def test_what_is_beyond_the_bounds_is_not_found(group: str, coefficients: tuple[int, ...]) -> None:
    """The bounds are real: otherwise tests of what is found would prove little."""
    search = Search(4, 20, 4, 6, ((0, 1), (2, 3)), (8, 3))
    assert small_relations(points(planted(coefficients), group), search) == []


@pytest.mark.parametrize("group", BASES)
def test_unrelated_points_have_no_relation(group: str, machine: Machine) -> None:
    draw = generator(3)
    for main in (1, 2, 3, 4):
        scalars = [draw.randrange(1, R) for _ in range(main + 3)]
        search = Search(main, 33, 5, 8, ((0, main - 1),) * (main > 1), (8, 2))
        assert small_relations(points(scalars, group), search) == []


def test_points_behind_the_first_get_few_multiples_and_no_sums() -> None:
    search = Search(2, 20, 4, 6, ((0, 1),))
    a, b, c, *_ = SECRETS
    for scalar in (4 * a, over(a, 4), 20 * over(a, 3), -b):
        scalars = [a, b, scalar]
        found = small_relations(points(scalars, "G1"), search)
        assert found
        assert all(holds(relation, scalars) for relation in found)
    scalars = [a, b, a + 5 * b]  # a sum of the first two
    assert small_relations(points(scalars, "G1"), search)
    scalars = [a, b, over(5 * a, 6), c]  # five multiples are not listed
    assert small_relations(points(scalars, "G1"), search) == []


def test_what_is_told_connects_all_points_that_are_multiples_of_one_another() -> None:
    a, b, c, *_ = SECRETS
    scalars = [a, -a, b, a, c, 6 * a, over(-a, 5), 7 * c]
    found = small_relations(points(scalars, "G1"), Search(8, 20))
    assert all(holds(relation, scalars) for relation in found)
    kin = [{number} for number in range(8)]
    for relation in found:
        joined = set[int]().union(*(kin[number] for number in relation))
        for number in joined:
            kin[number] = joined
    assert {frozenset(some) for some in kin} == {
        frozenset({0, 1, 3, 5, 6}),
        frozenset({2}),
        frozenset({4, 7}),
    }


def test_the_first_words_alone_do_not_make_two_points_one() -> None:
    from zkpipe.accel.msm.relations import _equal_rows

    x = np.array([[1, 2, 3, 4], [1, 9, 3, 4], [1, 2, 3, 4], [5, 2, 3, 4], [1, 0, 0, 0]], np.uint64)
    for cut in range(len(x) + 1):
        assert _equal_rows([x[:cut], x[cut:]]) == [(0, 2)]


@pytest.mark.parametrize("group", BASES)
def test_points_whose_multiples_all_meet_are_told_once(group: str) -> None:
    """Multiples of P meet those of -P and 2 P: a key of such points took seconds to refuse."""
    scalars = [SECRETS[0], -SECRETS[0], SECRETS[1], 2 * SECRETS[0]]
    found = small_relations(points(scalars, group), Search(4, 1 << 10, 2))
    assert all(holds(relation, scalars) for relation in found)
    assert len(found) <= 3
    assert {number for relation in found for number in relation} == {0, 1, 3}
