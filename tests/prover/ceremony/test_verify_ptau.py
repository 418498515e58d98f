"""Transcripts of a ceremony that somebody changed: each is refused, and the place named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.long_form import IS_LONG
from tests.prover.ceremony.transcripts import (
    BEACON,
    NAMES,
    POWER,
    records_of,
    twice,
    with_point,
    with_records,
)
from zkpipe.accel.bn254 import P, R
from zkpipe.accel.fields.limbs import Words, to_montgomery
from zkpipe.ground.errors import RangeError
from zkpipe.prover.ceremony.chacha import ChaCha
from zkpipe.prover.ceremony.phase1.contribute import beacon_ptau, contribute_ptau
from zkpipe.prover.ceremony.phase1.create import new_ptau
from zkpipe.prover.ceremony.phase1.truncate import truncate_ptau
from zkpipe.prover.ceremony.phase1.verify import verify_ptau
from zkpipe.prover.ceremony.ptau_file import POWERS, TAU_G1, point_count, read_ptau
from zkpipe.prover.ceremony.records import Beacon
from zkpipe.prover.errors import CeremonyError

ALPHA, BETA, TAU = 1, 2, 0
SECRET = 5**90  # of a contributor
PEOPLE = range(1, 6)
OFF_G1, OFF_G2 = to_montgomery((1, 3), P).reshape(8), to_montgomery((1, 2, 3, 4), P).reshape(16)
RUNS = 100 if IS_LONG else 2


def refused(path: Path) -> CeremonyError:
    with pytest.raises(CeremonyError) as caught:
        verify_ptau(path)
    return caught.value


def test_a_transcript_holds(transcript: Path) -> None:
    found = verify_ptau(transcript)
    assert (found.power, found.ceremony_power) == (POWER, POWER)
    assert [one.name for one in found.contributions] == [*NAMES, "the last"]
    assert [one.is_beacon for one in found.contributions] == [False] * 5 + [True]
    assert len({one.response_hash for one in found.contributions}) == 6
    assert not found.prepared
    assert not found.truncated


def test_every_step_of_it_holds(transcript: Path) -> None:
    for number in PEOPLE:
        found = verify_ptau(transcript.with_name(f"{number}.ptau"))
        assert len(found.contributions) == number


def test_one_to_which_nobody_contributed_is_refused(transcript: Path) -> None:
    assert "Nobody has contributed" in refused(transcript.with_name("0.ptau")).problem


def test_progress_goes_to_the_end(transcript: Path) -> None:
    told: list[tuple[int, int]] = []
    verify_ptau(transcript, lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1]
    assert [done for done, _ in told] == sorted(done for done, _ in told)


# --- contributions


def test_a_reversed_history_is_seen(transcript: Path, tmp_path: Path) -> None:
    error = refused(with_records(transcript, records_of(transcript)[::-1], tmp_path / "a.ptau"))
    assert error.contribution == 1


# --- beacons


def test_a_beacon_alone_is_refused(tmp_path: Path) -> None:
    new_ptau(2, tmp_path / "0.ptau")
    beacon_ptau(tmp_path / "0.ptau", tmp_path / "1.ptau", BEACON)
    beacon_ptau(tmp_path / "1.ptau", tmp_path / "2.ptau", BEACON)
    for name in ("1.ptau", "2.ptau"):
        assert "beacons or do not change tau" in refused(tmp_path / name).problem


# --- truncated files


def test_a_truncated_transcript_holds_but_for_the_last_hash(
    transcript: Path, tmp_path: Path
) -> None:
    truncate_ptau(transcript, tmp_path / "small.ptau", 2)
    found = verify_ptau(tmp_path / "small.ptau")
    assert (found.power, found.ceremony_power) == (2, POWER)
    assert found.truncated
    assert len(found.contributions) == 6


def test_a_truncated_transcript_is_checked_for_the_rest(transcript: Path, tmp_path: Path) -> None:
    truncate_ptau(transcript, tmp_path / "small.ptau", 2)
    point = twice(read_ptau(transcript).points(5, 3, 4)[0])
    error = refused(with_point(tmp_path / "small.ptau", 5, 3, point, tmp_path / "a.ptau"))
    assert (error.section, error.index) == (5, 3)


def test_contributions_that_cancel_one_another_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    factors = iter([SECRET] * 3 + [pow(SECRET, -1, R)] * 3)
    draw = ChaCha.scalar

    def known(generator: ChaCha) -> Words:
        scalar = draw(generator)
        factor = next(factors, None)
        if factor is not None:
            scalar[:] = to_montgomery([factor], R)[0]
        return scalar

    monkeypatch.setattr(ChaCha, "scalar", known)
    new_ptau(1, tmp_path / "0.ptau")
    contribute_ptau(tmp_path / "0.ptau", tmp_path / "1.ptau", "Alice")
    contribute_ptau(tmp_path / "1.ptau", tmp_path / "2.ptau", "Mallory")
    beacon_ptau(tmp_path / "2.ptau", tmp_path / "3.ptau", BEACON)
    verify_ptau(tmp_path / "1.ptau")
    for name in ("2.ptau", "3.ptau"):
        assert "do not change tau" in refused(tmp_path / name).problem
    contribute_ptau(tmp_path / "3.ptau", tmp_path / "4.ptau", "Bob")
    verify_ptau(tmp_path / "4.ptau")


def test_a_beacon_that_nobody_can_compute_is_refused_at_once(
    transcript: Path, tmp_path: Path
) -> None:
    records = records_of(transcript)
    for exponents in ((63,), (41,), (40, 10)):
        beacons = [replace(records[-1], beacon=Beacon(BEACON.value, e)) for e in exponents]
        path = with_records(transcript, [*records[:-1], *beacons], tmp_path / "a.ptau")
        with pytest.raises(RangeError, match="more hashes") as caught:
            verify_ptau(path)
        assert f"exponent of {max(exponents)} " in caught.value.problem
        assert "40 or less" in caught.value.fix
    with pytest.raises(RangeError, match="more hashes"):
        beacon_ptau(transcript, tmp_path / "b.ptau", Beacon(BEACON.value, 41))
    assert not (tmp_path / "b.ptau").exists()


def test_a_beacon_is_computed_when_all_else_holds(
    transcript: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("it was computed")

    monkeypatch.setattr("zkpipe.prover.ceremony.phase1.verify.beacon_generator", never)
    powers = read_ptau(transcript).points(TAU_G1, 0, 1)[0]
    path = with_point(transcript, TAU_G1, 9, powers, tmp_path / "a.ptau")
    assert (refused(path).section, refused(path).index) == (TAU_G1, 9)


def test_progress_counts_the_hashes_of_a_beacon(transcript: Path) -> None:
    told: list[tuple[int, int]] = []
    verify_ptau(transcript, lambda done, total: told.append((done, total)))
    points = sum(point_count(kind, POWER) for kind in POWERS)
    assert told[-1] == (points + 1, points + 1)  # 2^10 hashes are one part
