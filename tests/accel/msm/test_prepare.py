"""Points on their way from files to a machine and back, and which of them are infinity."""

from __future__ import annotations

import numpy as np
import pytest

from tests.accel.edge_values import generator
from tests.accel.known_points import multiple_words
from zkpipe.accel.bn254 import FP, FP2
from zkpipe.accel.curve import Field
from zkpipe.accel.curves.points import file_points, padded_count, working_points
from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.machines.machine import Machine
from zkpipe.accel.msm import bases as bases_module
from zkpipe.accel.msm.bases import Bases, prepare
from zkpipe.ground.process.memory import LINE

GROUPS = [pytest.param(FP, id="G1"), pytest.param(FP2, id="G2")]


def held(bases: Bases) -> Words:
    """All points that bases hold, those that fill the last block, too."""
    return file_points(bases.rows, bases.field, bases.machine)


def check_points(bases: Bases, expected: Words) -> None:
    n = len(expected)
    assert bases.count == n
    got = held(bases)
    assert len(got) == padded_count(n, bases.machine)
    assert (got[:n] == expected).all()
    assert (got[n:] == expected[-1:]).all(), "the last point fills its block"
    finite = expected.any(axis=1)
    assert bases.finite.tolist() == ([] if finite.all() else finite.tolist())
    assert bases.rows.words.ctypes.data % LINE == 0


@pytest.mark.parametrize("field", GROUPS)
@pytest.mark.parametrize("n", [1, 7, 8, 9, 16, 100])
def test_points_are_copied_in_their_order(n: int, field: Field, machine: Machine) -> None:
    points = multiple_words(8 * field.degree, 101)
    for first in (0, 1):  # with infinity, and without
        bases = prepare([(points[first : first + n], None)], machine)
        assert bases.field == field
        assert bases.machine is machine
        check_points(bases, points[first : first + n])


@pytest.mark.parametrize("field", GROUPS)
def test_points_are_taken_in_another_order(field: Field, machine: Machine) -> None:
    points = multiple_words(8 * field.degree, 64)
    order = np.array(generator(1).sample(range(64), 64), np.uint32)
    check_points(prepare([(points, order)], machine), points[order])
    repeated = np.array([3, 3, 0, 63, 3, 0, 1, 1, 3, 3, 3], np.uint32)
    bases = prepare([(points[:11], np.minimum(repeated, np.uint32(10)))], machine)
    check_points(bases, points[np.minimum(repeated, 10)])


@pytest.mark.parametrize("field", GROUPS)
def test_several_arrays_lie_one_behind_the_other(field: Field, machine: Machine) -> None:
    """As H, in the order of the quotient, and L of a key."""
    points = multiple_words(8 * field.degree, 128)
    order = np.array(generator(2).sample(range(32), 32), np.uint32)
    some = points[40:69].copy()
    some[::5] = 0
    bases = prepare([(points[1:33], order), (some, None)], machine)
    check_points(bases, np.concatenate([points[1:33][order], some]))
    none = points[:0]
    check_points(prepare([(points[1:33], order), (none, None)], machine), points[1:33][order])
    check_points(prepare([(none, None), (some, None)], machine), some)


@pytest.mark.parametrize("field", GROUPS)
@pytest.mark.parametrize("at", [0, 1, 7, 8, 15, 23, 24])
def test_infinity_is_found_in_every_lane(at: int, field: Field, machine: Machine) -> None:
    points = multiple_words(8 * field.degree, 30)[1:26].copy()
    points[at] = 0
    bases = prepare([(points, None)], machine)
    assert np.flatnonzero(bases.finite == 0).tolist() == [at]
    check_points(bases, points)


def test_a_point_with_one_coordinate_zero_is_not_infinity(machine: Machine) -> None:
    points = multiple_words(8, 10)[1:].copy()
    points[3, :4] = 0
    points[5, 4:] = 0
    assert prepare([(points, None)], machine).finite.tolist() == []


def test_no_points_make_no_rows(machine: Machine) -> None:
    for words, field in ((8, FP), (16, FP2)):
        bases = prepare([(np.zeros((0, words), np.uint64), None)], machine)
        assert (bases.field, bases.count, len(bases.rows.words)) == (field, 0, 0)


@pytest.mark.parametrize("threads", ["1", "2"])
def test_threads_share_the_blocks(
    threads: str, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZKPIPE_THREADS", threads)
    monkeypatch.setattr(bases_module, "CHUNK", 3)
    points = multiple_words(8, 200)
    order = np.array(generator(3).sample(range(200), 200), np.uint32)
    check_points(prepare([(points, order)], machine), points[order])


def test_points_are_read_from_read_only_unaligned_memory(machine: Machine) -> None:
    points = multiple_words(16, 50)
    memory = bytes(5) + points.tobytes()
    view: Words = np.ndarray(points.shape, np.uint64, buffer=memory, offset=5)
    check_points(prepare([(view, None)], machine), points)
    check_points(
        prepare([(multiple_words(8, 100)[::2], None)], machine), multiple_words(8, 100)[::2]
    )


@pytest.mark.parametrize("field", GROUPS)
def test_points_come_back_from_working_rows_as_they_were(field: Field, machine: Machine) -> None:
    points = multiple_words(8 * field.degree, 21)
    rows = working_points(points, field, machine)
    got = file_points(rows, field, machine)
    assert len(got) == padded_count(21, machine)
    assert (got[:21] == points).all()
    assert not got[21:].any(), "infinity fills the last block"
