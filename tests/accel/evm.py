"""The precompiled contracts 6, 7 and 8 of the EVM, on accel: what EIP-196 and EIP-197 ask.

Each takes the call's data and gives the answer, or None where the call must fail.
"""

from __future__ import annotations

import numpy as np

from tests.accel.known_points import pairing_product
from zkpipe.accel.bn254 import P, R
from zkpipe.accel.curves.curve import g1_on_curve, g2_in_subgroup, g2_on_curve
from zkpipe.accel.curves.pairing import one_of_fp12
from zkpipe.accel.fields.limbs import Words, from_montgomery, to_montgomery, words_from_ints
from zkpipe.accel.msm.multi_scalar import msm_g1


def _numbers(data: bytes, count: int) -> list[int]:
    """The first `count` 32-byte numbers; data that is too short goes on with zeros."""
    data = data[: 32 * count].ljust(32 * count, b"\0")
    return [int.from_bytes(data[i : i + 32], "big") for i in range(0, 32 * count, 32)]


def _g1(coordinates: list[int]) -> Words | None:
    """Points of G1 in Montgomery form, or None if a coordinate or a point is not right."""
    if any(c >= P for c in coordinates):
        return None
    points = to_montgomery(coordinates, P).reshape(-1, 8)
    return points if g1_on_curve(points).all() else None


def _g2(coordinates: list[int]) -> Words | None:
    """Points of G2, given with the coefficient of u first."""
    if any(c >= P for c in coordinates):
        return None
    swapped = np.array(coordinates, object).reshape(-1, 2)[:, ::-1].reshape(-1)
    points = to_montgomery([int(c) for c in swapped], P).reshape(-1, 16)
    good = g2_on_curve(points).all() and g2_in_subgroup(points).all()
    return points if good else None


def _answer(point: Words) -> bytes:
    return b"".join(c.to_bytes(32, "big") for c in from_montgomery(point, P))


def ecadd(data: bytes) -> bytes | None:
    points = _g1(_numbers(data, 4))
    return None if points is None else _answer(msm_g1(points, words_from_ints([1, 1])))


def ecmul(data: bytes) -> bytes | None:
    *coordinates, scalar = _numbers(data, 3)
    point = _g1(coordinates)
    return None if point is None else _answer(msm_g1(point, words_from_ints([scalar % R])))


def ecpairing(data: bytes) -> bytes | None:
    if len(data) % 192:
        return None
    numbers = np.array(_numbers(data, len(data) // 32), object).reshape(-1, 6)
    points = _g1([int(c) for c in numbers[:, :2].reshape(-1)])
    twisted = _g2([int(c) for c in numbers[:, 2:].reshape(-1)])
    if points is None or twisted is None:
        return None
    is_one = (pairing_product(points, twisted) == one_of_fp12()).all()
    return int(is_one).to_bytes(32, "big")


PRECOMPILES = {"ecadd": ecadd, "ecmul": ecmul, "ecpairing": ecpairing}
