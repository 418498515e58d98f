"""One wrong point or coefficient among all of a section of a key, or two whose errors cancel."""

from __future__ import annotations

import secrets
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.long_form import IS_LONG
from tests.prover.ceremony.phase2.conftest import Ceremony
from tests.prover.ceremony.phase2.test_verify_key import ROWS, with_sections
from tests.prover.ceremony.wrong_points import (
    Wrong,
    another,
    off_the_curve,
    ways,
    with_cancelling_pair,
    with_neighbours_swapped,
    with_wrong_point,
)
from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import Words, ints_from_words, words_from_ints
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.binfile import read_binfile
from zkpipe.prover.ceremony.phase2.key_file import CHANGED
from zkpipe.prover.ceremony.phase2.verify import verify_key
from zkpipe.prover.errors import CeremonyError
from zkpipe.prover.formats.zkey import COEFFICIENTS
from zkpipe.prover.key_shapes import COEFFICIENT

RUNS = 100 if IS_LONG else 3
HEAD = 4  # bytes of section 4 before its records


def points_of(ceremony: Ceremony, section: int) -> Words:
    data = read_binfile(ceremony.final, b"zkey", 1).section(section).tobytes()
    return np.frombuffer(data, "<u8").reshape(-1, ROWS[section] // 8).astype(np.uint64)


def assert_found(
    ceremony: Ceremony, section: int, data: bytes, index: int, folder: Path
) -> CeremonyError | FormatError:
    path = with_sections(ceremony.final, folder / "k.zkey", **{f"s{section}": data})
    with pytest.raises((CeremonyError, FormatError)) as caught:
        verify_key(path, ceremony.system, ceremony.powers)
    error = caught.value
    if isinstance(error, CeremonyError):
        assert (error.section, error.index) == (section, index)
        assert f"Entry {index} of " in error.problem
        assert f", section {section} of the key" in error.problem
    else:
        assert f"section {section}: " in error.problem
        assert f"point {index} " in error.problem or f"record {index} " in error.problem
    return error


def way_for(point: Words, run: int) -> Wrong:
    """Infinity, of a wire in no constraint, is its own double and negative."""
    all_ways = ways(len(point)) if point.any() else (another, off_the_curve)
    return all_ways[run % len(all_ways)]


@pytest.mark.parametrize("section", ROWS)
def test_one_wrong_point_is_found_where_it_is(
    section: int, ceremony: Ceremony, tmp_path: Path
) -> None:
    """At any place, wrong in any way; one off its curve is malformed where it is multiplied."""
    points = points_of(ceremony, section)
    for run in range(RUNS if IS_LONG else len(ways(points.shape[1]))):
        index = secrets.randbelow(len(points))
        way = way_for(points[index], run)
        data = with_wrong_point(points, index, way).tobytes()
        error = assert_found(ceremony, section, data, index, tmp_path)
        malformed = way is off_the_curve and section in CHANGED
        assert isinstance(error, FormatError) == malformed


@pytest.mark.parametrize("section", ROWS)
def test_neighbours_that_change_places_are_found(
    section: int, ceremony: Ceremony, tmp_path: Path
) -> None:
    points = points_of(ceremony, section)
    differ = np.flatnonzero((points[1:] != points[:-1]).any(axis=1))
    for _ in range(RUNS):
        index = int(secrets.choice(differ))
        data = with_neighbours_swapped(points, index).tobytes()
        assert_found(ceremony, section, data, index, tmp_path)


@pytest.mark.parametrize("section", ROWS)
def test_errors_that_cancel_are_found(section: int, ceremony: Ceremony, tmp_path: Path) -> None:
    """In a sum with coefficients that are alike they would not."""
    points = points_of(ceremony, section)
    for _ in range(RUNS):
        first, second = sorted(secrets.SystemRandom().sample(range(len(points)), 2))
        data = with_cancelling_pair(points, first, second).tobytes()
        assert_found(ceremony, section, data, first, tmp_path)


def with_value(records: NDArray[np.void], index: int, add: int) -> NDArray[np.void]:
    changed = records.copy()
    (value,) = ints_from_words(records["value"][index].reshape(1, 4))
    changed["value"][index] = words_from_ints([(value + add) % R])[0]
    return changed


def test_one_wrong_coefficient_is_found_where_it_is(ceremony: Ceremony, tmp_path: Path) -> None:
    """Its matrix, its row, its wire, or its value."""
    data = read_binfile(ceremony.final, b"zkey", 1).section(COEFFICIENTS).tobytes()
    records = np.frombuffer(data[HEAD:], COEFFICIENT)
    for run in range(2 * RUNS):
        index = secrets.randbelow(len(records))
        changed = with_value(records, index, 1 + secrets.randbelow(R - 1))
        if field := ("", "matrix", "constraint", "wire")[run % 4]:
            changed = records.copy()
            changed[field][index] ^= 1
        assert_found(ceremony, COEFFICIENTS, data[:HEAD] + changed.tobytes(), index, tmp_path)


def test_coefficients_whose_errors_cancel_are_found(ceremony: Ceremony, tmp_path: Path) -> None:
    data = read_binfile(ceremony.final, b"zkey", 1).section(COEFFICIENTS).tobytes()
    records = np.frombuffer(data[HEAD:], COEFFICIENT)
    for _ in range(RUNS):
        first, second = sorted(secrets.SystemRandom().sample(range(len(records)), 2))
        error = 1 + secrets.randbelow(R - 1)
        changed = with_value(with_value(records, first, error), second, -error)
        assert_found(ceremony, COEFFICIENTS, data[:HEAD] + changed.tobytes(), first, tmp_path)
