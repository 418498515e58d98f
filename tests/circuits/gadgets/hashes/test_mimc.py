"""MiMC7 and MiMCSponge: circomlibjs' numbers, rows, and refusals."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from tests.accel.edge_values import generator
from tests.circuits.oracles.runs import outputs_of_many
from tests.long_form import IS_LONG
from zkpipe.accel.bn254 import R
from zkpipe.circuits import (
    Array,
    Bool,
    CompileError,
    ConstraintSystem,
    Field,
    Int,
    Private,
    Public,
    circuit,
)
from zkpipe.circuits.errors import InputError
from zkpipe.circuits.gadgets import mimc7, mimc_sponge

VECTORS = json.loads(
    (Path(__file__).parents[3] / "vectors" / "circomlib" / "mimc.json").read_text()
)
EDGES = [0, 1, R - 1, (R + 1) // 2, 1 << 253]
MANY = 10_000 if IS_LONG else 500


@circuit
def encrypted(x: Private[Field], k: Private[Field]) -> Public[Field]:
    return mimc7(x, k)


@cache
def hashed(count: int, outputs: int) -> ConstraintSystem:
    @circuit
    def hash_of(
        values: Private[Array[Field, count]], key: Private[Field]
    ) -> Public[Array[Field, outputs]]:
        return mimc_sponge(values, key, outputs)

    return hash_of.compile()


def test_mimc7_of_every_vector_is_circomlibjs_own() -> None:
    cases = [[int(case["x"]), int(case["k"])] for case in VECTORS["mimc7"]]
    expected = [int(case["out"]) for case in VECTORS["mimc7"]]
    assert len(cases) == 14
    assert [mimc7(x, k) for x, k in cases] == expected
    assert outputs_of_many(encrypted.compile(), cases) == [[x] for x in expected]


@pytest.mark.parametrize("case", VECTORS["mimc7_multi"], ids=lambda case: len(case["in"]))
def test_a_chain_of_mimc7_is_circomlibjs_hash_of_several(case: dict) -> None:
    key = int(case["key"])
    for x in map(int, case["in"]):
        key = (key + x + mimc7(x, key)) % R
    assert key == int(case["out"])


@pytest.mark.parametrize(
    "case", VECTORS["mimcsponge"], ids=lambda case: f"{len(case['in'])} to {len(case['out'])}"
)
def test_the_sponge_of_every_vector_is_circomlibjs_own(case: dict) -> None:
    values, key, expected = (
        list(map(int, case["in"])),
        int(case["key"]),
        list(map(int, case["out"])),
    )
    assert mimc_sponge(values, key, len(expected)) == expected
    system = hashed(len(values), len(expected))
    assert outputs_of_many(system, [[*values, key]]) == [expected]


def test_many_solved_encryptions_are_the_plain_ones() -> None:
    draw = generator(5)
    pairs = [[x, k] for x in EDGES for k in EDGES]
    pairs += [[draw.randrange(R), draw.randrange(R)] for _ in range(MANY)]
    found = outputs_of_many(encrypted.compile(), pairs)
    assert found == [[mimc7(x, k)] for x, k in pairs]


def test_many_solved_hashes_are_the_plain_ones() -> None:
    draw = generator(6)
    pairs = [[x, k] for x in EDGES for k in EDGES]
    pairs += [[draw.randrange(R), draw.randrange(R)] for _ in range(MANY)]
    assert outputs_of_many(hashed(1, 1), pairs) == [mimc_sponge([x], k, 1) for x, k in pairs]


@pytest.mark.parametrize(("count", "outputs"), [(1, 1), (2, 1), (3, 1), (1, 2), (2, 3)])
def test_a_sponge_costs_660_rows_for_each_permutation_less_its_last_round(
    count: int, outputs: int
) -> None:
    assert hashed(count, outputs).constraint_count == 660 * (count + outputs - 1) - 3


def test_entries_do_not_grow_with_the_rounds() -> None:
    for system, most in [(encrypted.compile(), 4), (hashed(2, 1), 6)]:
        entries = sum(len(m.wires) for m in (system.a, system.b, system.c))
        assert entries < most * system.constraint_count


def test_one_more_output_is_what_one_more_zero_gives() -> None:
    assert mimc_sponge([5], 7, 2)[1] == mimc_sponge([5, 0], 7, 1)[0]


def test_integers_stand_for_their_residues_and_mix_with_bounded_values() -> None:
    @circuit
    def mixed(x: Private[Int[8]], flag: Private[Bool]) -> Public[Array[Field, 3]]:
        return [mimc7(x, -3), mimc7(4, flag), mimc_sponge([R - 4, flag, x + 1, -9], x, 1)[0]]

    x = R - 100
    expected = [mimc7(x, R - 3), mimc7(4, 1), mimc_sponge([-4, 1, x + 1, R - 9], x, 1)[0]]
    assert mixed(-100, True) == expected
    assert outputs_of_many(mixed.compile(), [[x, 1]]) == [expected]


@pytest.mark.parametrize("value", [R, -R, 1.0, "1", None, [1]])
def test_what_is_no_field_element_is_refused(value: object) -> None:
    for call in (
        lambda: mimc7(value, 1),
        lambda: mimc7(1, value),
        lambda: mimc_sponge([1, value], 0, 1),
        lambda: mimc_sponge([1], value, 1),
    ):
        with pytest.raises(InputError, match=r"for (x|k|key|values)"):
            call()


@pytest.mark.parametrize(
    ("count", "outputs", "reason"), [(0, 1, "no values"), (1, 0, "outputs"), (1, -1, "outputs")]
)
def test_no_values_and_no_outputs_are_refused(count: int, outputs: int, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        mimc_sponge([1] * count, 0, outputs)

    @circuit
    def wrong(x: Private[Field]) -> Public[Field]:
        return mimc_sponge([x] * count, 0, outputs)[0]

    with pytest.raises(CompileError, match=reason):
        wrong.compile()
