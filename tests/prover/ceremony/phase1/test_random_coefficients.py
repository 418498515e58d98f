"""Coefficients of batch checks: 128 bits of the operating system's chance, new for each check."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.prover.ceremony.phase2.conftest import BEACON
from tests.prover.ceremony.powers import write_powers
from tests.prover.groth16.statements import chain
from zkpipe.accel.fields.limbs import Words
from zkpipe.prover import setup
from zkpipe.prover.ceremony.phase1 import lagrange, sections
from zkpipe.prover.ceremony.phase1.prepare import prepare_ptau
from zkpipe.prover.ceremony.phase1.verify import verify_ptau
from zkpipe.prover.ceremony.phase2 import verify as phase2
from zkpipe.prover.ceremony.phase2.contribute import beacon_key, contribute_key
from zkpipe.prover.ceremony.phase2.prepared_powers import PreparedPowers
from zkpipe.prover.ceremony.points import subgroup

BITS = 128
Sum = Callable[[Words, Words], Words]


class Noted:
    """The coefficients that sums were taken with, one array a sum."""

    def __init__(self) -> None:
        self.sums: list[Words] = []

    def of(self, total: Sum) -> Sum:
        def noted(points: Words, scalars: Words) -> Words:
            self.sums.append(scalars.copy())
            return total(points, scalars)

        return noted

    def rows(self) -> Words:
        return np.concatenate(self.sums)


def assert_random(rows: Words) -> None:
    """Below 2^128, all different, and each bit about as often 1 as 0: within eight deviations."""
    assert not rows[:, BITS // 64 :].any()
    assert len(np.unique(rows, axis=0)) == len(rows)
    bits = np.unpackbits(np.ascontiguousarray(rows[:, : BITS // 64]).view(np.uint8), axis=1)
    assert bits.shape[1] == BITS
    assert (abs(bits.sum(axis=0) - len(rows) / 2) < 4 * len(rows) ** 0.5).all()


def of_powers(path: Path, monkeypatch: pytest.MonkeyPatch) -> Noted:
    noted = Noted()
    with monkeypatch.context() as patched:
        draw = sections.coefficients

        def drawn(count: int) -> Words:
            noted.sums.append(draw(count))
            return noted.sums[-1]

        patched.setattr(sections, "coefficients", drawn)
        patched.setattr(lagrange, "coefficients", drawn)
        verify_ptau(path)
    return noted


def test_a_verification_of_powers_draws_128_bits_for_each_point(
    transcript: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice of the same file: no coefficient is there twice, in one run or in two."""
    prepare_ptau(transcript, tmp_path / "final.ptau")
    one, two = (of_powers(tmp_path / "final.ptau", monkeypatch) for _ in range(2))
    assert len(one.sums) == 4 + 4 * 4 + 1  # sections of steps; bases of four sections
    assert_random(np.concatenate([one.rows(), two.rows()]))


def test_the_drawn_coefficients_are_what_points_are_multiplied_by(
    transcript: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two sums of a check the same, of the next check others."""
    noted, drawn = Noted(), list[Words]()
    draw = sections.coefficients
    monkeypatch.setattr(sections, "weighted_sum", noted.of(sections.weighted_sum))
    monkeypatch.setattr(
        sections, "coefficients", lambda count: drawn.append(draw(count)) or drawn[-1]
    )
    verify_ptau(transcript)
    assert len(noted.sums) == 2 * len(drawn) == 8
    for i, due in enumerate(drawn):
        assert np.array_equal(noted.sums[2 * i], due)
        assert np.array_equal(noted.sums[2 * i + 1], due)


def test_a_verification_of_a_key_draws_128_bits_for_each_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sum of the points before and one after, by the same; others for L, for H, and again."""
    system = chain(60).system
    setup(system, write_powers(tmp_path / "p.ptau", 6)).save(tmp_path / "0")
    contribute_key(tmp_path / "0", tmp_path / "1")
    beacon_key(tmp_path / "1", tmp_path / "2", BEACON, 10)
    noted = Noted()
    monkeypatch.setattr(phase2, "msm_g1", noted.of(phase2.msm_g1))
    for _ in range(2):
        phase2.verify_key(tmp_path / "2", system, PreparedPowers.load(tmp_path / "p.ptau"))
    assert len(noted.sums) == 8
    for before, after in zip(noted.sums[::2], noted.sums[1::2], strict=True):
        assert np.array_equal(before, after)
    assert_random(np.concatenate(noted.sums[::2]))


def test_coefficients_are_the_operating_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many bytes as they have, and nothing else that could be foreseen."""
    asked: list[int] = []

    def chance(size: int) -> bytes:
        asked.append(size)
        return os.urandom(size)

    monkeypatch.setattr(secrets, "token_bytes", chance)
    sections.coefficients(5)
    subgroup._coefficients(7)
    assert asked == [5 * BITS // 8, 7 * subgroup.COEFFICIENT_BITS // 8]


def test_points_are_read_before_their_coefficients_are_drawn(
    transcript: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of each section of powers: whoever writes the file cannot know them."""
    done: list[str] = []
    draw, read = sections.coefficients, sections.PtauFile.points

    def drawn(count: int) -> Words:
        done.append("drawn")
        return draw(count)

    def points(file: sections.PtauFile, section: int, begin: int, end: int) -> Words:
        done.append("read")
        return read(file, section, begin, end)

    monkeypatch.setattr(sections, "coefficients", drawn)
    monkeypatch.setattr(sections.PtauFile, "points", points)
    verify_ptau(transcript)
    assert done.count("drawn") == 4
    for i, what in enumerate(done):
        assert what == "read" or done[i - 1] == "read"
