"""Poseidon2: numbers of gnark-crypto and of the authors, the definition, rows, and refusals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.accel.edge_values import generator
from tests.circuits.oracles.poseidon import layer, permutation_by_definition
from tests.circuits.oracles.runs import outputs_of_many
from zkpipe.accel.bn254 import R
from zkpipe.circuits import Array, CompileError, Field, Private, Public, circuit
from zkpipe.circuits.errors import InputError
from zkpipe.circuits.gadgets import poseidon2, poseidon2_permutation
from zkpipe.circuits.gadgets.hashes.poseidon2 import poseidon2_parameters

VECTORS = json.loads(
    (Path(__file__).parents[3] / "vectors" / "gnark_crypto" / "poseidon2.json").read_text()
)
EDGES = [0, 1, 2, R - 1, (R + 1) // 2, 1 << 253]


@circuit
def compressed(pair: Private[Array[Field, 2]]) -> Public[Field]:
    return poseidon2(pair)


@circuit
def mixed(state: Private[Array[Field, 3]]) -> Public[Array[Field, 3]]:
    return poseidon2_permutation(state)


def by_definition(state: list[int]) -> list[int]:
    parameters = poseidon2_parameters(len(state))
    return permutation_by_definition(parameters, layer(parameters.matrix, state))


def test_the_compression_and_the_permutation_of_two_are_gnark_cryptos() -> None:
    assert len(VECTORS) == 11
    for case in VECTORS:
        pair, state = list(map(int, case["in"])), list(map(int, case["state"]))
        assert poseidon2_permutation(pair) == state == by_definition(pair)
        assert poseidon2(pair) == int(case["out"])


def test_the_solved_compression_of_every_vector_is_gnark_cryptos() -> None:
    found = outputs_of_many(compressed.compile(), [list(map(int, case["in"])) for case in VECTORS])
    assert found == [[int(case["out"])] for case in VECTORS]


def test_the_permutation_of_three_is_the_authors() -> None:
    # The known answer in HorizenLabs/poseidon2, and the first constant of its instance.
    expected = [
        0x0BB61D24DACA55EEBCB1929A82650F328134334DA98EA4F847F760054F4A3033,
        0x303B6F7C86D043BFCBCC80214F26A30277A15D3F74CA654992DEFE7FF8D03570,
        0x1ED25194542B12EEF8617361C3BA7C52E660B145994427CC86296242CF766EC8,
    ]
    assert poseidon2_permutation([0, 1, 2]) == expected
    assert outputs_of_many(mixed.compile(), [[0, 1, 2]]) == [expected]
    assert poseidon2_parameters(3).round_constants[0][0] == (
        0x1D066A255517B7FD8BDDD3A93F7804EF7F8FCDE48BB4C37A59A09A1A97052816
    )


@pytest.mark.parametrize("width", [2, 3])
def test_the_filter_form_is_the_permutation_of_the_definition(width: int) -> None:
    draw = generator(width)
    states = [[draw.choice(EDGES) for _ in range(width)] for _ in range(20)]
    states += [[draw.randrange(R) for _ in range(width)] for _ in range(20)]
    assert [poseidon2_permutation(state) for state in states] == list(map(by_definition, states))


def test_ten_thousand_solved_compressions_are_the_plain_ones() -> None:
    draw = generator(3)
    pairs = [[x, y] for x in EDGES for y in EDGES]
    pairs += [[draw.randrange(R), draw.randrange(R)] for _ in range(10_000)]
    found = outputs_of_many(compressed.compile(), pairs)
    assert found == [[poseidon2(pair)] for pair in pairs]


def test_solved_permutations_of_three_are_the_plain_ones() -> None:
    draw = generator(4)
    states = [[draw.randrange(R) for _ in range(3)] for _ in range(500)]
    assert outputs_of_many(mixed.compile(), states) == list(map(poseidon2_permutation, states))


def test_entries_do_not_grow_with_the_rounds() -> None:
    system = compressed.compile()
    assert system.constraint_count == 186
    assert [len(m.wires) for m in (system.a, system.b, system.c)] == [318, 252, 299]


def test_an_integer_stands_for_its_residue_and_mixes_with_values() -> None:
    @circuit
    def half_known(x: Private[Field]) -> Public[Field]:
        return poseidon2([x, -5])

    assert half_known(7) == poseidon2([7, R - 5]) == poseidon2([7 - R, -5])
    assert outputs_of_many(half_known.compile(), [[7]]) == [[poseidon2([7, -5])]]


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ([1], "2 elements, not 1"),
        ([1, 2, 3], "2 elements, not 3"),
        ([1, R], r"inputs\[1\]"),
        ([1, "2"], "a text"),
        (5, "not a list"),
    ],
)
def test_what_is_no_pair_is_refused(inputs: object, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        poseidon2(inputs)  # type: ignore[arg-type]

    @circuit
    def wrong(x: Private[Field]) -> Public[Field]:
        return x + poseidon2(inputs)  # type: ignore[arg-type]

    with pytest.raises(CompileError, match=reason):
        wrong.compile()


def test_a_state_of_four_is_refused() -> None:
    with pytest.raises(InputError, match="2 or 3 elements, not 4"):
        poseidon2_permutation([1, 2, 3, 4])
