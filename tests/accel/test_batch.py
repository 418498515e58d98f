"""Affine additions in batches, against py_ecc: every exceptional case at every place in a block."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from accel.arrays import Rows, WorkRows, blank_rows, load, store
from accel.batch import BATCH_BLOCKS, add_rows, batch_slots
from accel.functions import reduce
from accel.kernels import kernel
from accel.limbs import Words, ints_from_words, words_from_ints
from accel.machine import FP, FP2, Field, Machine
from tests.accel.edge_values import generator
from tests.accel.points import multiples, scattered
from tests.oracles import curves as oracle
from tests.oracles.curves import Point

GROUPS = [pytest.param(FP, 8, id="G1"), pytest.param(FP2, 16, id="G2")]


@kernel
def _into_work(source, target, blocks):
    for i in range(blocks):
        x, y = load(source, i)
        store(target, i, (reduce(x), reduce(y)))


@kernel
def _into_file(source, target, blocks):
    for i in range(blocks):
        store(target, i, load(source, i))


def work_rows(field: Field, machine: Machine, words: Words) -> WorkRows:
    """Points of a file as working rows, a whole number of blocks."""
    padded = np.zeros((-(-len(words) // 8) * 8, words.shape[1]), np.uint64)
    padded[: len(words)] = words
    rows = blank_rows(field, machine, len(padded), 2)
    _into_work(Rows(field, machine, padded, 2), rows, len(padded) // machine.width)
    return rows


def file_words(field: Field, machine: Machine, rows: WorkRows, n: int) -> Words:
    out = np.zeros_like(rows.words)
    _into_file(rows, Rows(field, machine, out, 2), len(out) // machine.width)
    return out[:n]


def added(
    field: Field, machine: Machine, left: Words, right: Words, careful: bool
) -> tuple[Words, bool]:
    """left[i] + right[i], and whether an exception was met."""
    a, b = (work_rows(field, machine, words) for words in (left, right))
    out = blank_rows(field, machine, len(a.words), 2)
    out.words[:] = 0xFFFF  # what must be overwritten
    n = len(left)
    index = np.minimum(np.arange(len(a.words)), n - 1).astype(np.uint32)
    blocks = -(-n // machine.width)
    met = add_rows(
        a, index, b, index, out, index, blocks, batch_slots(field, machine, 1 << 20), careful
    )
    return file_words(field, machine, out, n), met


def check(
    field: Field, words: int, machine: Machine, left: Sequence[Point], right: Sequence[Point]
) -> list[bool]:
    """The sums are py_ecc's, in the careful way and, where no operand is infinity, the other."""
    a, b = oracle.to_words(left, words), oracle.to_words(right, words)
    expected = [oracle.add(p, q) for p, q in zip(left, right, strict=True)]
    finite = all(point is not None for point in [*left, *right])
    met = []
    for careful in (True, False) if finite else (True,):
        got, exceptional = added(field, machine, a, b, careful)
        assert oracle.from_words(got) == expected
        met.append(exceptional)
    return met


@pytest.mark.parametrize(("field", "words"), GROUPS)
def test_sums_of_unlike_points_meet_no_exception(
    field: Field, words: int, machine: Machine
) -> None:
    points = scattered(words, 130)
    assert check(field, words, machine, points[:-1], points[1:]) == [True, False]


@pytest.mark.parametrize(("field", "words"), GROUPS)
@pytest.mark.parametrize("place", range(8))
@pytest.mark.parametrize("case", ["double", "opposite"])
def test_equal_and_opposite_points_at_every_place_of_a_block(
    case: str, place: int, field: Field, words: int, machine: Machine
) -> None:
    left, right = list(scattered(words, 24)), list(scattered(words, 48)[24:])
    q = left[8 + place]
    right[8 + place] = q if case == "double" else oracle.negate(q)
    assert check(field, words, machine, left, right) == [True, True]


@pytest.mark.parametrize(("field", "words"), GROUPS)
@pytest.mark.parametrize("place", range(8))
def test_infinity_at_every_place_of_a_block(
    place: int, field: Field, words: int, machine: Machine
) -> None:
    for on_left, on_right in ((True, False), (False, True), (True, True)):
        left, right = list(scattered(words, 24)), list(scattered(words, 48)[24:])
        if on_left:
            left[8 + place] = None
        if on_right:
            right[8 + place] = None
        check(field, words, machine, left, right)


@pytest.mark.parametrize(("field", "words"), GROUPS)
def test_all_cases_mixed_at_random(field: Field, words: int, machine: Machine) -> None:
    draw = generator(words)
    few = multiples(words, 6)
    pool = [*few, *(oracle.negate(p) for p in few[1:]), *scattered(words, 20)]
    n = 500 if words == 8 else 150
    left = [draw.choice(pool) for _ in range(n)]
    right = [draw.choice([p, p, oracle.negate(p), draw.choice(pool)]) for p in left]
    check(field, words, machine, left, right)


@pytest.mark.parametrize(("field", "words"), GROUPS)
def test_blocks_of_nothing_but_exceptions(field: Field, words: int, machine: Machine) -> None:
    p = scattered(words, 1)[0]
    for left, right in (
        ([p] * 8, [p] * 8),
        ([p] * 8, [oracle.negate(p)] * 8),
        ([None] * 8, [None] * 8),
        ([p] * 8, [None] * 8),
        ([None] * 8, [p] * 8),
    ):
        check(field, words, machine, left, right)


@pytest.mark.parametrize("place", [0, 1, 2, 3, -3, -2, -1])
def test_an_exception_in_one_of_several_batches_makes_the_rest_careful(
    place: int, machine: Machine
) -> None:
    batch = BATCH_BLOCKS[machine.width] * machine.width
    n = 2 * batch + 24
    known = oracle.to_words(multiples(8, 130)[1:], 8)
    left = np.concatenate([known[:64]] * (n // 64 + 1))[:n].copy()
    right = np.concatenate([known[64:128]] * (n // 64 + 1))[:n].copy()
    sums = oracle.to_words([multiples(8, 256)[k + 1 + k + 65] for k in range(64)], 8)
    expected = np.concatenate([sums] * (n // 64 + 1))[:n].copy()
    # one exception at the edge of a batch, then infinity, which only the careful way adds
    at = {0: 0, 1: batch - 1, 2: batch, 3: 2 * batch - 1, -3: 2 * batch, -2: n - 9, -1: n - 1}[
        place
    ]
    right[at] = left[at]
    twice = multiples(8, 130)[2 * (at % 64 + 1)]
    expected[at] = oracle.to_words([twice], 8)[0]
    got, met = added(FP, machine, left, right, careful=False)
    assert met
    assert (got == expected).all()
    if at < n - 24:
        right[n - 1] = 0
        expected[n - 1] = left[n - 1]
        got, _ = added(FP, machine, left, right, careful=False)
        assert (got == expected).all()


@pytest.mark.parametrize(("field", "words"), GROUPS)
def test_rows_are_written_in_place(field: Field, words: int, machine: Machine) -> None:
    points = scattered(words, 32)
    rows = work_rows(field, machine, oracle.to_words(points, words))
    left = np.arange(16, dtype=np.uint32)
    slots = batch_slots(field, machine, 1 << 20)
    add_rows(rows, left, rows, left + np.uint32(16), rows, left, 16 // machine.width, slots, False)
    got = oracle.from_words(file_words(field, machine, rows, 32))
    assert got[:16] == [oracle.add(points[i], points[i + 16]) for i in range(16)]
    assert got[16:] == list(points[16:])


@pytest.mark.parametrize(("field", "words"), GROUPS)
def test_coordinates_above_p_are_the_same_points(
    field: Field, words: int, machine: Machine
) -> None:
    """Working rows hold values below 2p: x and x + p are equal, and their points double."""
    p = field.modulus
    points = multiples(words, 9)[1:]
    low = work_rows(field, machine, oracle.to_words(points, words))
    values = [v % p for v in ints_from_words(low.words)]
    low.words[:] = words_from_ints(values).reshape(low.words.shape)
    high = blank_rows(field, machine, 8, 2)
    high.words[:] = words_from_ints(v + p for v in values).reshape(low.words.shape)
    out, index = blank_rows(field, machine, 8, 2), np.arange(8, dtype=np.uint32)
    blocks, slots = 8 // machine.width, batch_slots(field, machine, 1 << 20)
    assert add_rows(low, index, high, index, out, index, blocks, slots, False)
    got = oracle.from_words(file_words(field, machine, out, 8))
    assert got == [oracle.add(q, q) for q in points]
    # and the opposite of x + p is x's
    negative = oracle.to_words([oracle.negate(q) for q in points], words)
    opposite = work_rows(field, machine, negative)
    assert add_rows(opposite, index, high, index, out, index, blocks, slots, False)
    assert (out.words == 0).all(), "infinity is zeros, not multiples of p"
