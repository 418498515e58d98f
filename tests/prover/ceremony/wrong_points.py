"""Ways in which one point of a file may be wrong."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import numpy as np

from tests.prover.formats.key_material import torsion_point
from zkpipe.accel.bn254 import BN254, P, R
from zkpipe.accel.fields.limbs import Words, to_montgomery, words_from_ints
from zkpipe.accel.msm.multi_scalar import add_points, msm_g1, msm_g2
from zkpipe.prover.points import g2_words

TORSION = 8  # as many points of small order are tried
Wrong = Callable[[Words], Words]  # of a point, (8,) or (16,) words, another


def g1_generator() -> Words:
    return to_montgomery(BN254.g1_generator, P).reshape(8)


def g2_generator() -> Words:
    return to_montgomery(BN254.g2_generator, P).reshape(16)


def multiple(point: Words, factor: int) -> Words:
    """Of a point of its group, or of infinity."""
    total = msm_g1 if len(point) == 8 else msm_g2
    product: Words = total(point.reshape(1, -1), words_from_ints([factor % R]))
    return product


def another(point: Words) -> Words:
    """Any point of the group, but infinity."""
    return multiple(g1_generator() if len(point) == 8 else g2_generator(), secrets.randbelow(R))


def negated(point: Words) -> Words:
    return multiple(point, -1)


def doubled(point: Words) -> Words:
    return multiple(point, 2)


def infinity(point: Words) -> Words:
    return np.zeros_like(point)


def off_the_curve(point: Words) -> Words:
    """With another y."""
    changed = point.copy()
    changed[-4] ^= np.uint64(1 << secrets.randbelow(60))
    return changed


def of_small_order(point: Words) -> Words:
    """On the twist, and of an order that divides the cofactor."""
    return g2_words(torsion_point(1 + secrets.randbelow(TORSION)), BN254)


def near(point: Words) -> Words:
    """Outside G2, by a point of small order: some pairings would not tell."""
    return add_points([point, of_small_order(point)])


IN_GROUP: tuple[Wrong, ...] = (another, negated, doubled)
OUTSIDE_G2: tuple[Wrong, ...] = (of_small_order, near)


def ways(width: int) -> tuple[Wrong, ...]:
    """All of a point of so many words."""
    both = (*IN_GROUP, infinity, off_the_curve)
    return both if width == 8 else (*both, *OUTSIDE_G2)


def with_wrong_point(points: Words, index: int, way: Wrong) -> Words:
    """Points, (n, 8) or (n, 16), one of which is another."""
    changed = points.copy()
    changed[index] = way(points[index])
    assert not np.array_equal(changed[index], points[index]), f"{way.__name__} changes nothing"
    return changed


def with_neighbours_swapped(points: Words, index: int) -> Words:
    """Points, of which index and index + 1 change places."""
    changed = points.copy()
    changed[[index, index + 1]] = points[[index + 1, index]]
    return changed


def with_cancelling_pair(points: Words, first: int, second: int) -> Words:
    """Points, two of which are wrong: their sum is right, and no other sum of the two."""
    error = another(points[first])
    changed = points.copy()
    changed[first] = add_points([points[first], error])
    changed[second] = add_points([points[second], negated(error)])
    return changed
