"""Sums of few terms over one array of points, against multiples of a generator by py_ecc."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from tests.accel.edge_values import generator
from tests.accel.known_points import signed_multiple, signed_words
from tests.oracles import curves as oracle
from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import Words, words_from_ints
from zkpipe.accel.linear.columns import Columns
from zkpipe.accel.points import sparse_sums as summing
from zkpipe.accel.points.sparse_sums import PIECE, Coefficients, sparse_sums, sums_of_runs
from zkpipe.ground.errors import RangeError, ShapeError

GROUPS = [8, 16]
LONG = R - 2**200 - 12345


def column_of(wires: list[list[tuple[int, int]]]) -> Columns:
    """Of each wire its entries: row, number of the coefficient."""
    flat = [entry for wire in wires for entry in wire]
    starts = np.cumsum([0, *map(len, wires)], dtype=np.int64)
    return Columns(starts, *(np.array([e[k] for e in flat], np.uint32) for k in (0, 1)))


def summed(points: Words, columns: Columns, coefficients: list[int]) -> Words:
    chunks = list(sparse_sums(points, columns, Coefficients(words_from_ints(coefficients))))
    return np.concatenate(chunks) if chunks else np.zeros((0, points.shape[1]), np.uint64)


@pytest.mark.parametrize("words", GROUPS)
def test_sums_of_runs_are_py_eccs_at_every_length_about_a_piece(words: int) -> None:
    """Equal points, opposite ones and infinity meet in all of them."""
    draw = generator(words)
    lengths = [0, 1, 2, 3, PIECE - 1, PIECE, PIECE + 1, 0, 2 * PIECE, 2 * PIECE + 1, 1, 0]
    lengths += [PIECE * PIECE + 1] if words == 8 else []
    factors = [draw.choice([0, 1, 1, -1, 2, 3, 7]) for _ in range(sum(lengths))]
    signs = [draw.random() < 0.5 for _ in factors]
    starts = np.cumsum([0, *lengths], dtype=np.int64)
    signed = [-f if s else f for f, s in zip(factors, signs, strict=True)]
    expected = [sum(signed[a:b]) for a, b in pairwise(starts)]
    got = sums_of_runs(signed_words(words, factors), np.array(signs), starts)
    assert (got == signed_words(words, expected)).all()


@pytest.mark.parametrize("words", GROUPS)
def test_a_wire_gets_the_sum_of_coefficient_times_point(words: int) -> None:
    """Each kind of coefficient alone and with others; wires with no entry; terms that cancel."""
    coefficients = [1, R - 1, 0, 2, R - 3, LONG]
    signed = [1, -1, 0, 2, -3, LONG]
    factors = [1, -1, 0, 5, 9]
    wires: list[list[tuple[int, int]]] = [
        *([(row, value)] for row in (0, 2, 3) for value in range(6)),
        [],
        [(0, 0), (1, 0)],
        [(3, 0), (3, 1)],
        [(3, 3), (3, 1), (3, 1)],
        [(2, 0), (2, 5)],
        [(4, 2), (4, 2)],
        [(row, value) for row in range(5) for value in range(6)],
        [],
    ]
    got = summed(signed_words(words, factors), column_of(wires), coefficients)
    totals = [sum(signed[value] * factors[row] for row, value in wire) % R for wire in wires]
    points = [signed_multiple(words, total) for total in totals]
    assert oracle.from_words(got) == points


def test_chunks_of_wires_are_the_same_as_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks end where there are enough wires, or enough entries, or one wire has more."""
    draw = generator(3)
    factors = list(range(-20, 20))
    lengths = [1, 2, 0, 300, 5, 5, 5, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 40, 2]
    wires = [[(draw.randrange(40), draw.randrange(2)) for _ in range(n)] for n in lengths]
    columns, points = column_of(wires), signed_words(8, factors)
    expected = [sum(factors[row] * (1, -1)[value] for row, value in wire) for wire in wires]
    for chunk in (1, 4, 10, 1000):
        monkeypatch.setattr(summing, "CHUNK", chunk)
        assert (summed(points, columns, [1, R - 1]) == signed_words(8, expected)).all()


def test_the_chunks_and_tasks_of_threads_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths = [3, 1, 700, 2] * 20
    starts = np.cumsum([0, *lengths], dtype=np.int64)
    factors = [i % 5 - 2 for i in range(int(starts[-1]))]
    points, negative = signed_words(8, factors), np.zeros(len(factors), np.bool_)
    found = []
    for threads, task in (("1", 1 << 12), ("3", 64)):
        monkeypatch.setenv("ZKPIPE_THREADS", threads)
        monkeypatch.setattr(summing, "TASK", task)
        found.append(sums_of_runs(points, negative, starts))
    expected = [sum(factors[a:b]) for a, b in pairwise(starts)]
    for got in found:
        assert (got == signed_words(8, expected)).all()


def test_nothing_gives_nothing() -> None:
    none = np.zeros((0, 8), np.uint64)
    starts = np.zeros(1, np.int64)
    assert sums_of_runs(none, np.zeros(0, np.bool_), starts).shape == (0, 8)
    assert summed(none, column_of([]), [1]).shape == (0, 8)
    assert not summed(none, column_of([[], []]), [1]).any()


def test_entries_of_points_or_coefficients_that_are_not_there_are_refused() -> None:
    points = signed_words(8, [1, 2])
    for entry in ((2, 0), (0, 1)):
        with pytest.raises(RangeError):
            summed(points, column_of([[entry]]), [1])
    with pytest.raises(ShapeError):
        summed(points.reshape(-1, 4), column_of([[(0, 0)]]), [1])
    with pytest.raises(RangeError):
        Coefficients(words_from_ints([R]))
