"""Points copied for sums: each in its place, whatever parts they come in."""

from __future__ import annotations

import numpy as np
import pytest

from tests.accel.known_points import multiple_words
from zkpipe.accel.curves.points import file_points
from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.machines.machine import Machine
from zkpipe.accel.msm.bases import Bases, bases_over, prepare


def points_of(bases: Bases) -> Words:
    return file_points(bases.rows, bases.field, bases.machine)[: bases.count]


@pytest.mark.parametrize("words", [8, 16])
@pytest.mark.parametrize("sizes", [(1, 3), (2, 9), (4, 1), (4, 0), (8, 5), (16, 17), (0, 3)])
def test_parts_that_fill_no_block_lie_one_behind_the_other(
    words: int, sizes: tuple[int, int], machine: Machine
) -> None:
    """A fixed fault: over domains of 1, 2 and 4 points L began a block behind H."""
    first, second = sizes
    points = multiple_words(words, 40)[::-1][: first + second]
    order = np.arange(first, dtype=np.uint32)[::-1].copy()
    bases = prepare([(points[:first], order), (points[first:], None)], machine)
    expected = np.concatenate([points[:first][order], points[first:]])
    assert bases.count == first + second
    assert (points_of(bases) == expected).all()
    assert bases.rows.length % machine.width == 0
    assert not len(bases.finite)


@pytest.mark.parametrize("words", [8, 16])
def test_infinity_is_marked_in_every_part(words: int, machine: Machine) -> None:
    points = multiple_words(words, 21).copy()
    points[[0, 7, 13, 20]] = 0
    for cut in (0, 1, 8, 13, 16, 21):
        bases = prepare([(points[:cut], None), (points[cut:], None)], machine)
        assert (points_of(bases) == points).all()
        assert bases.finite.tolist() == points.any(axis=1).tolist()


def test_bases_over_what_is_kept_elsewhere_share_its_words_and_not_its_marks(
    machine: Machine,
) -> None:
    """Marks of a mapped file may change between two passes over them."""
    points = multiple_words(8, 21).copy()
    points[3] = 0
    made = prepare([(points, None)], machine)
    over = bases_over(made.rows.words, made.finite, 21, made.field, machine)
    assert np.shares_memory(over.rows.words, made.rows.words)
    assert not np.shares_memory(over.finite, made.finite)
    assert over.finite.tolist() == made.finite.tolist()
