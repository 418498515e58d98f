"""Arrays that are no matrix in compressed rows, and vectors that do not belong together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.linear.compressed import check_compressed
from zkpipe.accel.linear.sparse import add_column_products, combine
from zkpipe.accel.machines.machine import Machine
from zkpipe.accel.msm.bases import prepare
from zkpipe.accel.transforms.ntt import domain
from zkpipe.ground.errors import RangeError, ShapeError

STARTS = np.array([0, 2, 2, 3], np.int64)
WIRES = np.array([0, 3, 1], np.uint32)
VALUES = np.array([1, 0, 1], np.uint32)


def test_a_matrix_passes() -> None:
    check_compressed(STARTS, WIRES, VALUES, 4, 2)
    check_compressed(STARTS[:1], WIRES[:0], VALUES[:0], 0, 0)


BAD: dict[str, tuple[Any, Any, Any, int, int]] = {
    "too few wires": (STARTS, WIRES, VALUES, 3, 2),
    "too few coefficients": (STARTS, WIRES, VALUES, 4, 1),
    "starts that fall": (np.array([0, 2, 1, 3], np.int64), WIRES, VALUES, 4, 2),
    "starts from 1": (np.array([1, 2, 2, 3], np.int64), WIRES, VALUES, 4, 2),
    "starts below 0": (np.array([0, -1, 2, 3], np.int64), WIRES, VALUES, 4, 2),
    "starts past the entries": (np.array([0, 2, 2, 4], np.int64), WIRES, VALUES, 4, 2),
    "starts that wrap": (np.array([0, 2**63 - 1, -(2**63), 3], np.int64), WIRES, VALUES, 4, 2),
    "no starts": (STARTS[:0], WIRES, VALUES, 4, 2),
    "narrow starts": (STARTS.astype(np.int32), WIRES, VALUES, 4, 2),
    "wide wires": (STARTS, WIRES.astype(np.int64), VALUES, 4, 2),
    "signed values": (STARTS, WIRES, VALUES.astype(np.int32), 4, 2),
    "big-endian wires": (STARTS, WIRES.astype(">u4"), VALUES, 4, 2),
    "a list": (STARTS, WIRES.tolist(), VALUES, 4, 2),
    "a wire more": (STARTS, np.append(WIRES, WIRES[:1]), VALUES, 4, 2),
    "a matrix of values": (STARTS, WIRES, VALUES.reshape(1, -1), 4, 2),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_matrix_is_refused(name: str) -> None:
    with pytest.raises((ShapeError, RangeError)):
        check_compressed(*BAD[name])


def words(n: int) -> Words:
    return np.ones((n, 4), np.uint64)


@pytest.mark.parametrize(("coefficients", "rows", "wires"), [(1, 3, 4), (2, 2, 4), (2, 3, 3)])
def test_products_by_columns_reach_nothing_outside(
    coefficients: int, rows: int, wires: int
) -> None:
    with pytest.raises((ShapeError, RangeError)):
        add_column_products(STARTS, WIRES, VALUES, words(coefficients), words(rows), words(wires))
    add_column_products(STARTS, WIRES, VALUES, words(2), words(3), words(4))


def test_vectors_of_different_lengths_are_not_combined() -> None:
    for shapes in ((3, 2, 3), (3, 3, 2), (2, 3, 3)):
        with pytest.raises(ShapeError, match="are combined"):
            combine(1, 1, *map(words, shapes))


@pytest.mark.parametrize("n", [1, 8, 64, 4096])
def test_transforms_of_too_few_rows_are_refused(n: int) -> None:
    points = domain(n)
    for transform in (points.evaluate, points.interpolate):
        with pytest.raises(ShapeError, match="too short"):
            transform(words(n - 1), False)
        with pytest.raises(ShapeError):
            transform(words(n).reshape(-1), False)
        with pytest.raises(ShapeError):
            transform(words(n).astype(np.int64), False)
    room = points.rows(3)
    room[:] = 0
    with pytest.raises(ShapeError, match="too short"):
        points.quotient(np.ascontiguousarray(room[:, :-1]))
    with pytest.raises(ShapeError):
        points.quotient(room[:, :, ::-1])
    points.quotient(room)


def test_points_and_their_order_must_be_as_many(machine: Machine) -> None:
    points = np.zeros((16, 8), np.uint64)
    for order in (np.arange(15, dtype=np.uint32), np.arange(17, dtype=np.uint32)):
        with pytest.raises(ShapeError, match="in the order given"):
            prepare([(points, order)], machine)
    with pytest.raises(ShapeError, match="in the order given"):
        prepare([(points, None), (np.zeros((16, 16), np.uint64), None)], machine)
