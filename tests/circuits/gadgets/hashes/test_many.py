"""Hashes by kernels, on every machine there is, beside those on integers and circomlibjs' own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests import long_form
from tests.accel.edge_values import generator
from tests.circuits.oracles.poseidon import permutation_by_definition
from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import Words, ints_from_words, words_from_ints
from zkpipe.accel.machines.backend import has_ifma
from zkpipe.circuits.errors import InputError
from zkpipe.circuits.gadgets import mimc7, poseidon, poseidon2, poseidon_ex, poseidon_many
from zkpipe.circuits.gadgets.hashes.many import hashes_of_rows, in_turn
from zkpipe.circuits.gadgets.poseidon_parameters import poseidon_parameters
from zkpipe.ground.errors import RangeError, ShapeError

VECTORS = json.loads(
    (Path(__file__).parents[3] / "vectors" / "circomlib" / "poseidon.json").read_text()
)
EDGES = [0, 1, 2, R - 1, R - 2, R // 2, 1 << 253, (1 << 64) - 1, 1 << 192, pow(2, 256, R)]
RANDOM = 10_000 if long_form.IS_LONG else 40  # lists of each length


@pytest.fixture(params=["scalar", "avx512"], autouse=True)
def _machine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "avx512" and not has_ifma():
        pytest.skip("this processor has no AVX-512 IFMA")
    monkeypatch.setenv("ZKPIPE_BACKEND", request.param)


def lists(k: int) -> list[list[int]]:
    """Edges alone, edges mixed, and random lists."""
    draw = generator(k)
    found = [[edge] * k for edge in EDGES]
    found += [draw.choices(EDGES, k=k) for _ in range(20)]
    return found + [[draw.randrange(R) for _ in range(k)] for _ in range(RANDOM)]


def words(of: list[list[int]]) -> Words:
    return words_from_ints([x for each in of for x in each]).reshape(len(of), -1, 4)


def test_the_hash_of_every_vector_is_circomlibjs_own() -> None:
    for k in range(1, 17):
        cases = [case for case in VECTORS["hash"] if len(case["inputs"]) == k]
        found = poseidon_many(words([[int(x) for x in case["inputs"]] for case in cases]))
        assert ints_from_words(found) == [int(case["out"]) for case in cases]


@pytest.mark.parametrize(("k", "start"), long_form.in_turn(range(1, 17), [0, R - 1, 3 << 64]))
def test_each_hash_is_that_of_its_list(k: int, start: int) -> None:
    given = lists(k)
    found = ints_from_words(poseidon_many(words(given), start))
    assert found == [poseidon_ex(each, start, 1)[0] for each in given]
    parameters = poseidon_parameters(k + 1)
    assert found[:3] == [permutation_by_definition(parameters, [start, *x])[0] for x in given[:3]]


@pytest.mark.parametrize("n", [0, 1, 7, 8, 9, 3000])
def test_any_number_of_lists_is_hashed(n: int) -> None:
    """3,000 of them are several tasks, and no whole number of lanes."""
    draw = generator(n)
    given = [[draw.randrange(R), draw.randrange(R)] for _ in range(n)]
    found = poseidon_many(words(given) if n else np.zeros((0, 2, 4), np.uint64))
    assert found.shape == (n, 4)
    assert ints_from_words(found)[-5:] == [poseidon(each) for each in given[-5:]]
    assert ints_from_words(found)[:5] == [poseidon(each) for each in given[:5]]


def test_compressions_are_poseidon2s() -> None:
    given = lists(2)
    found = hashes_of_rows(poseidon2, words(given).reshape(-1, 4), in_turn(len(given), 2))
    assert ints_from_words(found) == [poseidon2(each) for each in given]


def test_a_function_without_kernel_is_called_for_each_list() -> None:
    given = lists(2)[:5]
    rows = words(given).reshape(-1, 4)
    found = hashes_of_rows(lambda pair: mimc7(*pair), rows, in_turn(5, 2))
    assert ints_from_words(found) == [mimc7(a, b) for a, b in given]


def test_rows_may_be_named_in_any_order_and_again() -> None:
    rows = words_from_ints([5, 6, 7])
    index = np.array([[2, 0, 1], [2, 1, 0]], np.uint32)
    found = ints_from_words(hashes_of_rows(poseidon, rows, index))
    assert found == [poseidon(pair) for pair in ([7, 7], [5, 6], [6, 5])]
    with pytest.raises(RangeError, match="not of the 3 rows"):
        hashes_of_rows(poseidon, rows, np.array([[3], [0]], np.uint32))


def test_however_the_words_lie_the_hashes_are_the_same() -> None:
    given = words(lists(3))
    expected = poseidon_many(given)
    assert (poseidon_many(np.repeat(given, 2, axis=0)[::2]) == expected).all()
    assert (poseidon_many(np.asfortranarray(given)) == expected).all()
    given.flags.writeable = False
    assert (poseidon_many(given) == expected).all()


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((2, 4), np.uint64),
        np.zeros((2, 0, 4), np.uint64),
        np.zeros((2, 17, 4), np.uint64),
        np.zeros((2, 2, 3), np.uint64),
        np.zeros((2, 2, 4), np.int64),
        np.ma.array(np.zeros((2, 2, 4), np.uint64)),
        [[1, 2]],
        None,
    ],
    ids=lambda x: str(getattr(x, "shape", x)),
)
def test_other_arrays_are_refused(wrong: Any) -> None:
    with pytest.raises(ShapeError, match=r"Give an \(n, k, 4\) array"):
        poseidon_many(wrong)


@pytest.mark.parametrize("value", [R, R + 1, (1 << 256) - 1])
def test_what_is_no_field_element_is_refused_with_its_place(value: int) -> None:
    """Its residue is another list's, so two lists would have one hash."""
    with pytest.raises(RangeError, match="Element 1 of list 2"):
        poseidon_many(words([[1, 2], [3, 4], [5, value], [value, 6]]))
    with pytest.raises(InputError, match="initial_state"):
        poseidon_many(words([[1]]), value)
