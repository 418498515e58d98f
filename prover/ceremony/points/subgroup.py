"""Which of many points of the twist are not in G2.

The twist's group is of order r times the cofactor 2 p - r, which has no prime factor below 10069.
Of points of the twist a sum with random coefficients c_i below 2^16 is taken, and checked to be in
G2. If one of the points is not, its part outside G2 is a T of an order of 10069 or more; whatever
the other coefficients are, c_i T makes up for the rest for at most 7 of 2^16 values of c_i. So ten
sums, of coefficients drawn anew, are all in G2 with a probability below 2^-131. A sum takes two or
three additions a point, the check of one point 127 doublings.

Sums over buckets do not take their points to be of order r (accel.msm.buckets), and coefficients
are far from r / 2, above which their negatives would be taken.
"""

from __future__ import annotations

import secrets

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.curve import Curve
from zkpipe.accel.curves.curve import g2_in_subgroup
from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.msm.multi_scalar import msm_g2
from zkpipe.ground.process.threads import in_threads

LEAST_FACTOR = 10069  # of the cofactor of BN254
COEFFICIENT_BITS, SUMS = 16, 10
MANY = 1 << 8  # points from which sums are cheaper
PART = 1 << 7  # points a task, where each is checked by itself: 10 ms


def first_outside_g2(points: Words, curve: Curve = BN254) -> int | None:
    """The number of the first point that is not in G2; None if all are.

    points  (n, 16) uint64   affine, Montgomery, on the twist

    Cost: 5 us a point where all are in G2 and there are many, 120 us else; threads share them.
    """
    if len(points) >= MANY and curve == BN254 and _sums_are_in_g2(points):
        return None
    for begin in range(0, len(points), MANY):
        outside = np.flatnonzero(~_each_in_g2(points[begin : begin + MANY], curve))
        if len(outside):
            return begin + int(outside[0])
    return None


def _each_in_g2(points: Words, curve: Curve) -> NDArray[np.bool_]:
    def part(low: int) -> NDArray[np.bool_]:
        return g2_in_subgroup(points[low : low + PART], curve)

    return np.concatenate(in_threads(part, range(0, len(points), PART)))


def _sums_are_in_g2(points: Words) -> bool:
    sums = [msm_g2(points, _coefficients(len(points))) for _ in range(SUMS)]
    return bool(g2_in_subgroup(np.stack(sums)).all())


def _coefficients(count: int) -> Words:
    out = np.zeros((count, 4), np.uint64)
    out[:, 0] = np.frombuffer(secrets.token_bytes(count * COEFFICIENT_BITS // 8), np.uint16)
    return out
