"""Pedersen's hash: circomlibjs' points, the definition bit by bit, in circuits and plain."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.accel.edge_values import generator
from tests.circuits.gadgets.curve.some_points import outputs
from tests.long_form import IS_LONG
from zkpipe.accel.bn254 import R
from zkpipe.accel.curves.baby_jubjub import (
    IDENTITY,
    add,
    is_in_subgroup,
    multiply,
)
from zkpipe.circuits import (
    Array,
    Bool,
    CompileError,
    Field,
    InputError,
    Point,
    Private,
    Public,
    UInt,
    circuit,
    member,
    narrow,
    select,
)
from zkpipe.circuits.gadgets import pedersen_hash, pedersen_hash_of_bits, to_bits
from zkpipe.circuits.gadgets.baby_jubjub import pack_point
from zkpipe.circuits.gadgets.curve.pedersen_hash import pedersen_generator
from zkpipe.circuits.gadgets.curve.windows import one_of
from zkpipe.circuits.testing import deletions, lies, mutations

VECTORS = json.loads(
    (Path(__file__).parents[3] / "vectors" / "circomlib" / "mimc_pedersen.json").read_text()
)["pedersen"]


@circuit
def of_two_bytes(data: Private[Array[UInt[8], 2]]) -> Public[Point]:
    return pedersen_hash(data)


def of_bytes(size: int) -> Any:
    @circuit
    def hashed(data: Private[Array[UInt[8], size]]) -> Public[Point]:
        return pedersen_hash(data)

    return hashed.compile()


def bits_of(data: bytes) -> list[int]:
    return [byte >> i & 1 for byte in data for i in range(8)]


def hash_by_the_bit(bits: list[int]) -> Point:
    """As the literature has it: windows of four bits, 50 of them for each generator."""
    total = IDENTITY
    for window, start in enumerate(range(0, len(bits), 4)):
        b0, b1, b2, sign = [*bits[start : start + 4], 0, 0, 0][:4]
        weight = (1 - 2 * sign) * (1 + b0 + 2 * b1 + 4 * b2) * 32 ** (window % 50)
        total = add(total, multiply(pedersen_generator(window // 50), weight))
    return Point(*total)


def test_hashes_are_those_of_circomlibjs() -> None:
    assert [len(case["msg_hex"]) // 2 for case in VECTORS] == [0, 5, 31, 32, 63, 100]
    for case in VECTORS:
        assert pack_point(pedersen_hash(bytes.fromhex(case["msg_hex"]))).hex() == case["out"]


@pytest.mark.parametrize("case", VECTORS[1:], ids=lambda case: str(len(case["msg_hex"]) // 2))
def test_hashes_in_circuits_are_those_of_circomlibjs(case: dict[str, str]) -> None:
    data = bytes.fromhex(case["msg_hex"])
    ((x, y),) = outputs(of_bytes(len(data)), [[*data]])
    assert pack_point(Point(x, y)).hex() == case["out"]


@settings(max_examples=10)
@given(st.binary(max_size=60))
def test_a_hash_is_that_of_the_definition(data: bytes) -> None:
    assert pedersen_hash(data) == pedersen_hash([*data]) == hash_by_the_bit(bits_of(data))
    assert pedersen_hash_of_bits(bits_of(data)) == pedersen_hash(data)


def test_random_bytes_hash_in_a_circuit_as_plain() -> None:
    """27 bytes: the last window of one generator, and the first ones of the next."""
    draw = generator(8)
    rows = [[draw.randrange(256) for _ in range(27)] for _ in range(10_000 if IS_LONG else 60)]
    rows += [[byte] * 27 for byte in (0, 255, 0x88, 0x77, 0x0F, 0xF0)]
    want = [pedersen_hash(row) for row in rows]
    assert outputs(of_bytes(27), rows) == [[p.x, p.y] for p in want]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 9])
def test_all_lists_of_few_bits(count: int) -> None:
    @circuit
    def hashed(bits: Private[Array[Bool, count]]) -> Public[Point]:
        return pedersen_hash_of_bits(bits)

    rows = [[*bits] for bits in product((0, 1), repeat=count)]
    want = [hash_by_the_bit(row) for row in rows]
    assert outputs(hashed.compile(), rows) == [[p.x, p.y] for p in want]
    assert [pedersen_hash_of_bits(row) for row in rows] == want


def test_known_bytes_and_bits_are_mixed_with_others() -> None:
    @circuit
    def mixed(x: Private[UInt[3]], y: Private[Field]) -> tuple[Public[Point], Public[Point]]:
        some = [*b"known", x, *range(20), narrow(y, UInt[8]), 7]
        low = to_bits(x, 3)
        return pedersen_hash(some), pedersen_hash_of_bits([1, low[0], 0, low[1], *low, 1, 1, 1])

    for x, y in product((0, 5, 7), (0, 255)):
        some = bytes([*b"known", x, *range(20), y, 7])
        a, b, c = bits_of(bytes([x]))[:3]
        want = [
            hash_by_the_bit(bits_of(some)),
            pedersen_hash_of_bits([1, a, 0, b, a, b, c, 1, 1, 1]),
        ]
        assert outputs(mixed.compile(), [[x, y]]) == [[z for p in want for z in (p.x, p.y)]]
        assert list(mixed(x, y)) == want


def test_bits_of_all_kinds_are_hashed() -> None:
    @circuit
    def mixed(b: Private[Array[Bool, 4]], u: Private[UInt[3]]) -> Public[Point]:
        bits = [u == 0, b[1], b[1] * b[2], b[3], b[0], b[3] & b[2], member(u, [1, 2, 5])]
        bits += [(b[2] & b[0]) | (b[0] & b[3]) | (b[2] & b[3]), b[2], select(b[0], b[1], u > 2)]
        return pedersen_hash_of_bits(bits)

    system = mixed.compile()
    rows = [[*b, u] for b in product((0, 1), repeat=4) for u in range(8)]
    want = []
    for p, q, r, s, u in rows:
        bits = [u == 0, q, q * r, s, p, s & r, u in (1, 2, 5), p + r + s > 1, r, q if p else u > 2]
        want.append(pedersen_hash_of_bits([int(bit) for bit in bits]))
    assert outputs(system, rows) == [[point.x, point.y] for point in want]


def test_known_bytes_alone_make_no_rows() -> None:
    @circuit
    def known(x: Private[Bool]) -> Public[Field]:
        return pedersen_hash(b"abc").x + x

    system = known.compile()
    assert system.constraint_count == 2  # the input's bit, and the output
    assert outputs(system, [[1]]) == [[pedersen_hash(b"abc").x + 1]]


def test_no_lie_changed_wire_or_missing_row_is_unnoticed() -> None:
    accepted = [{"data": [0x1F, 0x80]}, {"data": [0, 255]}]
    for inputs in accepted:
        lies(of_two_bytes, inputs)
        mutations(of_two_bytes, inputs)
    deletions(of_two_bytes, accepted, sample=None if IS_LONG else 12)


def test_one_of_eight_numbers_takes_a_row() -> None:
    draw = generator(3)
    table = [draw.randrange(1 << 250) for _ in range(8)]

    @circuit
    def chosen(bits: Private[Array[Bool, 3]]) -> Public[Field]:
        return one_of(table, list(bits))

    system = chosen.compile()
    assert system.constraint_count == 3 + 2  # the bits, the quotient and the output
    rows = [[i & 1, i >> 1 & 1, i >> 2] for i in range(8)]
    assert outputs(system, rows) == [[x] for x in table]
    assert [one_of(table, row) % R for row in rows] == table


def test_a_table_whose_form_could_be_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="form K"):
        one_of([0, 0, 0, 0, 0, 0, 0, 1], [1, 1, 1])  # k_0 is -3


def test_generators_differ_and_lie_in_the_subgroup() -> None:
    generators = [pedersen_generator(segment) for segment in range(6)]
    assert len(set(generators)) == 6
    assert all(map(is_in_subgroup, generators))
    assert IDENTITY not in generators


def test_inputs_of_zeros_hash_to_different_points_by_their_length() -> None:
    hashes = [pedersen_hash(bytes(size)) for size in range(28)]
    assert hashes[0] == Point.IDENTITY
    assert len(set(hashes)) == len(hashes)


@pytest.mark.parametrize("data", ["text", 5, None, [256], [-1], [1.5]])
def test_what_is_no_bytes_is_refused(data: object) -> None:
    with pytest.raises(InputError, match="pedersen_hash"):
        pedersen_hash(data)


@pytest.mark.parametrize("bits", ["text", 5, None, [2], b"\0\1"])
def test_what_is_no_bits_is_refused(bits: object) -> None:
    with pytest.raises(InputError, match="pedersen_hash_of_bits"):
        pedersen_hash_of_bits(bits)


def test_values_that_are_no_bytes_are_refused_in_circuits() -> None:
    @circuit
    def wide(x: Private[UInt[9]]) -> Public[Point]:
        return pedersen_hash([x])

    @circuit
    def no_bits(x: Private[UInt[9]]) -> Public[Point]:
        return pedersen_hash_of_bits([x])

    for one, match in ((wide, "no byte"), (no_bits, "not a bit")):
        with pytest.raises(CompileError, match=match):
            one.trace()
