"""Files that are prepared for phase 2: the right Lagrange bases, and wrong ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.long_form import IS_LONG
from tests.prover.ceremony.transcripts import (
    BEACON,
    POWER,
    with_last_power,
)
from tests.prover.formats.key_material import g1, g2
from zkpipe.accel.bn254 import BN254, R
from zkpipe.accel.fields.limbs import from_montgomery
from zkpipe.prover.ceremony.generators import beacon_generator
from zkpipe.prover.ceremony.phase1.contribute import beacon_ptau
from zkpipe.prover.ceremony.phase1.create import new_ptau
from zkpipe.prover.ceremony.phase1.prepare import prepare_ptau
from zkpipe.prover.ceremony.phase1.truncate import truncate_ptau
from zkpipe.prover.ceremony.phase1.verify import verify_ptau
from zkpipe.prover.ceremony.ptau_file import read_ptau
from zkpipe.prover.errors import CeremonyError
from zkpipe.prover.points import g1_words, g2_words

RUNS = 100 if IS_LONG else 3


@pytest.fixture(scope="module")
def prepared(transcript: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("prepared") / "final.ptau"
    prepare_ptau(transcript, path)
    return path


def refused(path: Path) -> CeremonyError:
    with pytest.raises(CeremonyError) as caught:
        verify_ptau(path)
    return caught.value


def lagrange(tau: int, n: int) -> list[int]:
    """The values at tau of the polynomials that are 1 at one power of w and 0 at the others."""
    w = pow(5, (R - 1) // n, R)
    return [
        (pow(tau, n, R) - 1) * pow(n, -1, R) * pow(w, j, R) * pow(tau - pow(w, j, R), -1, R) % R
        for j in range(n)
    ]


def test_the_bases_are_those_of_the_secrets(tmp_path: Path) -> None:
    """Of a beacon, whose secrets the test computes; the points come from py_ecc."""
    new_ptau(1, tmp_path / "0")
    beacon_ptau(tmp_path / "0", tmp_path / "1", BEACON)
    prepare_ptau(tmp_path / "1", tmp_path / "2")
    generator = beacon_generator(BEACON.value, BEACON.exponent)
    tau, alpha, beta = (from_montgomery(generator.scalar(), R)[0] for _ in range(3))
    file = read_ptau(tmp_path / "2")
    last = pow(tau, 3, R)  # left out of the largest basis
    w = pow(5, (R - 1) // 4, R)
    largest = [
        (value - last * pow(4, -1, R) * pow(w, -3 * j, R)) % R
        for j, value in enumerate(lagrange(tau, 4))
    ]
    values = lagrange(tau, 1) + lagrange(tau, 2)
    for section, factor, due in (
        (12, 1, values + largest),
        (14, alpha, values),
        (15, beta, values),
    ):
        points = [g1_words(g1(factor * value), BN254) for value in due]
        assert np.array_equal(file.points(section, 0, len(points)), np.stack(points))
    points = [g2_words(g2(value), BN254) for value in values]
    assert np.array_equal(file.points(13, 0, len(points)), np.stack(points))


def test_a_prepared_file_holds(prepared: Path) -> None:
    found = verify_ptau(prepared)
    assert found.prepared
    assert len(found.contributions) == 6


def test_a_prepared_file_is_prepared_again_as_it_was(prepared: Path, tmp_path: Path) -> None:
    prepare_ptau(prepared, tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == prepared.read_bytes()


def test_the_last_power_of_the_largest_basis_is_not_free(prepared: Path, tmp_path: Path) -> None:
    """snarkjs' verify leaves it open: tests/interop/test_ptau.py."""
    path = with_last_power(prepared, g1_words(g1(123), BN254), tmp_path / "a.ptau")
    error = refused(path)
    assert error.section == 12


def test_the_true_last_power_of_a_truncated_file_is_taken(
    prepared: Path, transcript: Path, tmp_path: Path
) -> None:
    """It has it from the larger file; one that is prepared after it was truncated has not."""
    truncate_ptau(prepared, tmp_path / "with", 2)
    truncate_ptau(transcript, tmp_path / "small", 2)
    prepare_ptau(tmp_path / "small", tmp_path / "without")
    assert (tmp_path / "with").read_bytes() != (tmp_path / "without").read_bytes()
    for name in ("with", "without"):
        found = verify_ptau(tmp_path / name)
        assert (found.power, found.ceremony_power) == (2, POWER)
        assert found.truncated
        assert found.prepared
