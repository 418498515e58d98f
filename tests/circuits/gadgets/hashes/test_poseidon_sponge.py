"""The sponge: circomlibjs' permutation by its definition, what it binds, rows, and refusals."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from tests.accel.edge_values import generator
from tests.circuits.oracles.runs import outputs_of_many
from zkpipe.accel.bn254 import R
from zkpipe.circuits import (
    Array,
    Bool,
    CompileError,
    ConstraintSystem,
    Field,
    Fixed,
    Int,
    Private,
    Public,
    UInt,
    circuit,
)
from zkpipe.circuits.errors import InputError
from zkpipe.circuits.gadgets import merkle_leaf, poseidon, poseidon_sponge
from zkpipe.circuits.gadgets.poseidon_parameters import FULL_ROUNDS, PARTIAL_ROUNDS

VECTORS = json.loads(
    (Path(__file__).parents[3] / "vectors" / "circomlib" / "poseidon_sponge.json").read_text()
)
EDGES = [0, 1, R - 1, (R + 1) // 2, 1 << 253]
# Of a whole permutation of n + 1 elements.
ROWS = {width - 1: 3 * (FULL_ROUNDS * width + rounds) for width, rounds in PARTIAL_ROUNDS.items()}


@cache
def hashed(count: int) -> ConstraintSystem:
    @circuit
    def hash_of(values: Private[Array[Field, count]]) -> Public[Field]:
        return poseidon_sponge(values)

    return hash_of.compile()


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: len(case["in"]))
def test_the_hash_of_every_vector_is_that_of_circomlibjs_permutation(case: dict) -> None:
    values = list(map(int, case["in"]))
    assert poseidon_sponge(values) == int(case["out"])
    if values:
        assert outputs_of_many(hashed(len(values)), [values]) == [[int(case["out"])]]


def test_ten_thousand_solved_hashes_are_the_plain_ones() -> None:
    draw = generator(7)
    given = [[x] for x in EDGES] + [[draw.randrange(R)] for _ in range(10_000)]
    assert outputs_of_many(hashed(1), given) == [[poseidon_sponge(values)] for values in given]


def test_solved_hashes_of_several_blocks_are_the_plain_ones() -> None:
    draw = generator(8)
    given = [[draw.randrange(R) for _ in range(35)] for _ in range(100)]
    assert outputs_of_many(hashed(35), given) == [[poseidon_sponge(values)] for values in given]


def test_the_number_of_values_and_their_order_are_bound() -> None:
    lists = [[0] * n for n in range(40)] + [[1, 2], [2, 1], [1, 2, 0], [0, 1, 2], [1] * 16]
    lists += [[1] * 16 + [0], [1] * 17]
    digests = [poseidon_sponge(values) for values in lists]
    assert all(a != b for a, b in combinations(digests, 2))


def test_no_hash_is_one_of_the_others() -> None:
    for values in ([1], [1, 2], list(range(16))):
        assert len({poseidon_sponge(values), poseidon(values), merkle_leaf(values)}) == 3
    first = poseidon_sponge(range(16))
    assert poseidon_sponge(range(17)) != poseidon([first, 16])


@pytest.mark.parametrize("count", [1, 2, 15, 16, 17, 32, 33, 100])
def test_a_hash_costs_its_permutations_less_the_first_ones_constant(count: int) -> None:
    blocks, rest = divmod(count, 16)
    expected = 612 * blocks + (ROWS[rest] if rest else 0) - 3
    assert hashed(count).constraint_count == expected
    assert {2: 240, 16: 609, 100: 3969}.get(count, expected) == expected


def test_sixteen_is_the_rate_that_costs_least() -> None:
    assert ROWS[16] == 612
    assert min(ROWS, key=lambda rate: ROWS[rate] / rate) == 16
    assert [round(ROWS[rate] / rate, 1) for rate in (14, 15)] == [38.6, 38.4]


@dataclass(frozen=True)
class Inner:
    flag: Bool
    numbers: Array[Int[8], 2]


@dataclass(frozen=True)
class Outer:
    first: UInt[16]
    inner: Inner
    last: Field


def test_nests_are_read_leaf_by_leaf_in_their_order() -> None:
    @circuit
    def of_record(record: Private[Outer], more: Private[Array[Field, 2, 2]]) -> Public[Field]:
        return poseidon_sponge((record, [more, 7], record.last, []))

    leaves = [500, 1, -3, 4, R - 1, 10, 20, 30, 40, 7, R - 1]
    record = Outer(500, Inner(True, [-3, 4]), R - 1)  # type: ignore[arg-type]
    expected = poseidon_sponge(leaves)
    assert of_record(record, [[10, 20], [30, 40]]) == expected
    given = [500, 1, -3, 4, R - 1, 10, 20, 30, 40]
    assert outputs_of_many(of_record.compile(), [given]) == [[expected]]
    assert poseidon_sponge((record, [np.array([[10, 20], [30, 40]]), 7], R - 1, [])) == expected
    assert poseidon_sponge(5) == poseidon_sponge([[], [5]])


def test_constants_cost_less_and_constants_alone_nothing() -> None:
    @circuit
    def mixed(x: Private[Field]) -> Public[Field]:
        return poseidon_sponge([x, 1, 2]) + poseidon_sponge([3] * 20)

    system = mixed.compile()
    assert system.constraint_count <= ROWS[3] - 3 - 2 * 3 + 1
    expected = (poseidon_sponge([9, 1, 2]) + poseidon_sponge([3] * 20)) % R
    assert outputs_of_many(system, [[9]]) == [[expected]] == [[mixed(9)]]


@pytest.mark.parametrize("value", [R, -R, 1.0, "1", None, b"12", {1: 2}, {1}])
def test_what_is_no_field_element_is_refused_where_it_stands(value: object) -> None:
    with pytest.raises(InputError, match=r"for value 2\."):
        poseidon_sponge([[7, 8], value])


def test_a_fixed_is_refused_with_what_to_give() -> None:
    @circuit
    def wrong(x: Private[Fixed[16, 4]]) -> Public[Field]:
        return poseidon_sponge([x])

    with pytest.raises(CompileError, match=r"x\.units"):
        wrong.compile()


def test_a_list_that_holds_itself_is_refused() -> None:
    endless: list[object] = [1]
    endless.append(endless)
    with pytest.raises(CompileError, match="holds itself"):
        poseidon_sponge(endless)
