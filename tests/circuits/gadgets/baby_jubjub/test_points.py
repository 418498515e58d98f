"""Packed points: circomlibjs' bytes, one encoding for each point, and what stands for none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zkpipe.accel.bn254 import R
from zkpipe.accel.curves.baby_jubjub import COFACTOR, GENERATOR, L, is_on_curve, multiply
from zkpipe.circuits import CompileError, InputError, Point, Private, Public, circuit
from zkpipe.circuits.gadgets.baby_jubjub import pack_point, unpack_point

VECTORS = json.loads(
    (Path(__file__).parents[3] / "vectors" / "circomlib" / "babyjub.json").read_text()
)
MINUS_ONE = Point(0, R - 1)


def test_packed_points_are_those_of_circomlibjs() -> None:
    assert len(VECTORS["pack"]) == 6
    for case in VECTORS["pack"]:
        x, y = map(int, case["p"])
        assert pack_point(Point(x, y)).hex() == case["packed"]


def test_unpacked_points_are_those_of_circomlibjs_except_for_a_y_of_r_or_more() -> None:
    refused_here_alone = 0
    for case in VECTORS["unpack"]:
        packed = bytes.fromhex(case["packed"])
        is_canonical = int.from_bytes(packed, "little") % (1 << 255) < R
        if case["point"] is not None and is_canonical:
            assert unpack_point(packed) == Point(*map(int, case["point"]))
            continue
        refused_here_alone += case["point"] is not None
        with pytest.raises(InputError):
            unpack_point(packed)
    assert refused_here_alone == 15


@settings(max_examples=30)
@given(st.integers(1, COFACTOR * L - 1))
def test_a_point_and_its_negative_come_back_from_their_bytes(scalar: int) -> None:
    point = Point(*multiply(GENERATOR, scalar))
    if point == MINUS_ONE:
        return
    for p in (point, -point):
        assert unpack_point(pack_point(p)) == p
    assert pack_point(point)[:-1] == pack_point(-point)[:-1]


@settings(max_examples=60)
@given(st.binary(min_size=32, max_size=32))
def test_bytes_that_are_taken_are_those_that_the_point_packs_to(packed: bytes) -> None:
    try:
        point = unpack_point(packed)
    except InputError:
        return
    assert is_on_curve(point.x, point.y)
    assert pack_point(point) == packed


@pytest.mark.parametrize("point", [Point.IDENTITY, MINUS_ONE])
def test_the_points_without_a_sign_are_packed_and_never_unpacked(point: Point) -> None:
    packed = pack_point(point)
    for last in (packed[-1], packed[-1] | 0x80):
        with pytest.raises(InputError, match="no point of Baby Jubjub"):
            unpack_point(packed[:-1] + bytes([last]))


def test_the_other_encoding_of_a_point_is_refused() -> None:
    small = next(
        point
        for y in range(2, 100)
        for point in [_unpacked_or_none(y.to_bytes(32, "little"))]
        if point is not None
    )
    with pytest.raises(InputError, match="y is r or more"):
        unpack_point((small.y + R).to_bytes(32, "little"))


def _unpacked_or_none(packed: bytes) -> Point | None:
    try:
        return unpack_point(packed)
    except InputError:
        return None


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_another_number_of_bytes_is_refused(size: int) -> None:
    with pytest.raises(InputError, match=f"has {size} bytes"):
        unpack_point(bytes(size))


@pytest.mark.parametrize("point", [(1, 1), None, 5, b"12"])
def test_what_is_no_point_is_not_packed(point: object) -> None:
    with pytest.raises(InputError, match="for point"):
        pack_point(point)


def test_a_point_of_a_circuit_is_not_packed() -> None:
    @circuit
    def packing(p: Private[Point]) -> Public[Point]:
        pack_point(p)
        return p

    with pytest.raises(CompileError, match="a circuit's Point"):
        packing.compile()
