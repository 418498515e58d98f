"""One wrong point among all of a section, or two whose errors cancel: each is found where it is."""

from __future__ import annotations

import secrets
from pathlib import Path

import numpy as np
import pytest

from tests.long_form import IS_LONG
from tests.oracles.curves import from_words, negate, to_words
from tests.prover.ceremony.transcripts import POWER, with_points
from tests.prover.ceremony.wrong_points import (
    OUTSIDE_G2,
    of_small_order,
    ways,
    with_cancelling_pair,
    with_neighbours_swapped,
    with_wrong_point,
)
from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.msm.multi_scalar import add_points
from zkpipe.prover.ceremony.phase1 import challenge
from zkpipe.prover.ceremony.phase1.prepare import prepare_ptau
from zkpipe.prover.ceremony.phase1.verify import verify_ptau
from zkpipe.prover.ceremony.points.subgroup import MANY, first_outside_g2
from zkpipe.prover.ceremony.ptau_file import (
    BETA_G2,
    IN_G2,
    LAGRANGE,
    POWERS,
    point_count,
    point_words,
    read_ptau,
)
from zkpipe.prover.errors import CeremonyError

RUNS = 100 if IS_LONG else 1
SECTIONS = (*POWERS, *LAGRANGE)
SMALL = 640  # bytes of a chunk: ten points of G1, five of G2


@pytest.fixture(scope="module")
def prepared(transcript: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("prepared") / "final.ptau"
    prepare_ptau(transcript, path)
    return path


@pytest.fixture(params=[False, True], ids=["whole", "in chunks"])
def in_chunks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Sections of this size are one chunk; larger ones are several."""
    if request.param:
        monkeypatch.setattr(challenge, "CHUNK_BYTES", SMALL)
    return bool(request.param)


def points_of(path: Path, section: int) -> Words:
    return read_ptau(path).points(section, 0, point_count(section, POWER))


def assert_found(path: Path, section: int, index: int) -> None:
    with pytest.raises(CeremonyError) as caught:
        verify_ptau(path)
    assert (caught.value.section, caught.value.index) == (section, index)
    assert f"Section {section}, " in caught.value.problem
    assert f"point {index} " in caught.value.problem


def test_the_file_holds(prepared: Path) -> None:
    assert verify_ptau(prepared).prepared


@pytest.mark.parametrize("section", SECTIONS)
def test_one_wrong_point_is_found_where_it_is(
    section: int, in_chunks: bool, prepared: Path, tmp_path: Path
) -> None:
    """At any place, wrong in any way."""
    points = points_of(prepared, section)
    all_ways = ways(point_words(section))
    half = len(all_ways) // 2 + 1
    for run in range(100) if IS_LONG else range(half * in_chunks, half * (1 + in_chunks)):
        index = secrets.randbelow(len(points))
        changed = with_wrong_point(points, index, all_ways[run % len(all_ways)])
        assert_found(with_points(prepared, section, changed, tmp_path / "a"), section, index)


@pytest.mark.parametrize("section", [one for one in SECTIONS if one != BETA_G2])
def test_neighbours_that_change_places_are_found(
    section: int, in_chunks: bool, prepared: Path, tmp_path: Path
) -> None:
    """Of two bases of a section, too: the last point of one and the first of the next."""
    points = points_of(prepared, section)
    for _ in range(RUNS):
        index = secrets.randbelow(len(points) - 1)
        changed = with_neighbours_swapped(points, index)
        assert_found(with_points(prepared, section, changed, tmp_path / "a"), section, index)


@pytest.mark.parametrize("section", [one for one in SECTIONS if one != BETA_G2])
def test_errors_that_cancel_are_found(section: int, prepared: Path, tmp_path: Path) -> None:
    """In a sum with coefficients that are alike, and in that of the next points, they would not."""
    points = points_of(prepared, section)
    for _ in range(RUNS):
        first, second = two_of_one_sum(section)
        changed = with_cancelling_pair(points, first, second)
        path = with_points(prepared, section, changed, tmp_path / "a")
        assert_found(path, section, min(first, second))


def two_of_one_sum(section: int) -> tuple[int, int]:
    """Two points of the last basis, or of the powers but for those that records hold."""
    begin, end = 2, point_count(section, POWER) - 1  # the last is in one of the two sums alone
    if section in LAGRANGE:
        begin, end = end // 2, end + 1
    first, second = secrets.SystemRandom().sample(range(begin, end), 2)
    return first, second


@pytest.mark.parametrize("section", sorted(IN_G2 - {BETA_G2}))
def test_points_outside_g2_whose_sum_is_inside_are_found(
    section: int, prepared: Path, tmp_path: Path
) -> None:
    points = points_of(prepared, section)
    for _ in range(RUNS):
        first, second = sorted(two_of_one_sum(section))
        path = with_points(
            prepared, section, outside_in_pairs(points, [(first, second)]), tmp_path / "a"
        )
        assert_found(path, section, first)


def outside_in_pairs(points: Words, pairs: list[tuple[int, int]]) -> Words:
    """Points of G2, some of them moved out of it, by opposite points of small order."""
    changed = points.copy()
    for first, second in pairs:
        error = of_small_order(points[first])
        changed[first] = add_points([points[first], error])
        changed[second] = add_points([points[second], opposite(error)])
    return changed


def opposite(point: Words) -> Words:
    """Of any point of the twist: negated() multiplies, and takes the order to be r."""
    return to_words([negate(from_words(point.reshape(1, 16))[0])], 16)[0]


def test_errors_outside_g2_are_found_among_many(prepared: Path) -> None:
    """Where sums with random coefficients tell, and not each point by itself."""
    points = np.tile(points_of(prepared, 13), (2 * MANY // 15 + 1, 1))
    for _ in range(RUNS):
        first, second = sorted(secrets.SystemRandom().sample(range(len(points)), 2))
        changed = outside_in_pairs(points, [(first, second)])
        assert first_outside_g2(changed) == first
        for way in OUTSIDE_G2:
            assert first_outside_g2(with_wrong_point(points, second, way)) == second
