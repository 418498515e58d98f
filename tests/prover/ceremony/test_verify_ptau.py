"""Transcripts of a ceremony that somebody changed: each is refused, and the place named."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.long_form import IS_LONG
from tests.prover.ceremony.transcripts import (
    BEACON,
    NAMES,
    POWER,
    flipped,
    records_of,
    twice,
    with_point,
    with_powers,
    with_proof,
    with_records,
)
from tests.prover.formats.key_material import torsion_point, twist_point_outside_g2
from zkpipe.accel.bn254 import BN254, P, R
from zkpipe.accel.fields.limbs import Words, to_montgomery
from zkpipe.accel.msm.multi_scalar import add_points
from zkpipe.ground.errors import RangeError
from zkpipe.prover.ceremony.chacha import ChaCha
from zkpipe.prover.ceremony.phase1.contribute import beacon_ptau, contribute_ptau
from zkpipe.prover.ceremony.phase1.create import new_ptau
from zkpipe.prover.ceremony.phase1.truncate import truncate_ptau
from zkpipe.prover.ceremony.phase1.verify import verify_ptau
from zkpipe.prover.ceremony.ptau_file import POWERS, TAU_G1, point_count, point_words, read_ptau
from zkpipe.prover.ceremony.records import Beacon, Record
from zkpipe.prover.errors import CeremonyError
from zkpipe.prover.points import g2_words

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

Change = Callable[[list[Record], int], Record]


def others(records: list[Record], at: int) -> Record:
    return records[at - 1 if at else 1]


CHANGES: dict[str, tuple[Change, str]] = {
    "another tau in G1": (
        lambda r, i: with_powers(r[i], tau_g1=twice(r[i].powers.tau_g1)),
        "tau in G1 after it does not follow",
    ),
    "another tau in G2": (
        lambda r, i: with_powers(r[i], tau_g2=twice(r[i].powers.tau_g2)),
        "tau in G2 after it does not follow",
    ),
    "another alpha": (
        lambda r, i: with_powers(r[i], alpha_g1=twice(r[i].powers.alpha_g1)),
        "alpha in G1 after it does not follow",
    ),
    "another beta in G1": (
        lambda r, i: with_powers(r[i], beta_g1=twice(r[i].powers.beta_g1)),
        "beta in G1 after it does not follow",
    ),
    "another beta in G2": (
        lambda r, i: with_powers(r[i], beta_g2=twice(r[i].powers.beta_g2)),
        "beta in G2 after it does not follow",
    ),
    "a missing proof": (
        lambda r, i: with_proof(
            r[i],
            BETA,
            g1_s=np.zeros(8, np.uint64),
            g1_sx=np.zeros(8, np.uint64),
            g2_spx=np.zeros(16, np.uint64),
        ),
        "its proof that beta is known does not hold: its s is infinity",
    ),
    "a proof of another contribution": (
        lambda r, i: replace(r[i], proofs=(others(r, i).proofs[0], *r[i].proofs[1:])),
        "its proof that tau is known does not hold",
    ),
    "a proof of another secret": (
        lambda r, i: replace(r[i], proofs=(r[i].proofs[0], r[i].proofs[0], r[i].proofs[2])),
        "its proof that alpha is known does not hold",
    ),
    "a point outside G2 in a proof": (
        lambda r, i: with_proof(
            r[i],
            TAU,
            g2_spx=add_points([r[i].proofs[TAU].g2_spx, g2_words(torsion_point(i + 1), BN254)]),
        ),
        "its proof that tau is known does not hold: its sp x is not a point of G2",
    ),
    "alpha at infinity": (
        lambda r, i: with_powers(r[i], alpha_g1=np.zeros(8, np.uint64)),
        "alpha in G1 after it is infinity",
    ),
    "tau off the curve": (
        lambda r, i: with_powers(r[i], tau_g1=OFF_G1),
        "tau in G1 after it is not on the curve",
    ),
    "beta off the twist": (
        lambda r, i: with_powers(r[i], beta_g2=OFF_G2),
        "beta in G2 after it is not on the curve",
    ),
    "tau of small order": (
        lambda r, i: with_powers(r[i], tau_g2=g2_words(torsion_point(1), BN254)),
        "tau in G2 after it is on the curve but not in G2",
    ),
}


@pytest.mark.parametrize("what", CHANGES)
@pytest.mark.parametrize("number", PEOPLE if IS_LONG else (1, 3, 5))
def test_a_changed_contribution_is_refused(
    transcript: Path, tmp_path: Path, what: str, number: int
) -> None:
    change, says = CHANGES[what]
    records = records_of(transcript)
    records[number - 1] = change(records, number - 1)
    error = refused(with_records(transcript, records, tmp_path / "a.ptau"))
    assert error.contribution == number
    assert f"Contribution {number}: {says}" in error.problem


@pytest.mark.parametrize("number", PEOPLE)
def test_a_left_out_contribution_is_missed(transcript: Path, tmp_path: Path, number: int) -> None:
    records = records_of(transcript)
    del records[number - 1]
    error = refused(with_records(transcript, records, tmp_path / "a.ptau"))
    assert error.contribution == number  # the one that came to stand there answers to another


@pytest.mark.parametrize("number", PEOPLE)
def test_a_doubled_contribution_is_seen(transcript: Path, tmp_path: Path, number: int) -> None:
    records = records_of(transcript)
    records.insert(number, records[number - 1])
    error = refused(with_records(transcript, records, tmp_path / "a.ptau"))
    assert error.contribution == number + 1


@pytest.mark.parametrize("number", PEOPLE)
def test_exchanged_contributions_are_seen(transcript: Path, tmp_path: Path, number: int) -> None:
    records = records_of(transcript)
    records[number - 1], records[number] = records[number], records[number - 1]
    error = refused(with_records(transcript, records, tmp_path / "a.ptau"))
    assert error.contribution == number


def test_a_reversed_history_is_seen(transcript: Path, tmp_path: Path) -> None:
    error = refused(with_records(transcript, records_of(transcript)[::-1], tmp_path / "a.ptau"))
    assert error.contribution == 1


@pytest.mark.parametrize("number", [*PEOPLE, 6])
def test_a_changed_challenge_is_seen(transcript: Path, tmp_path: Path, number: int) -> None:
    """By the contribution that answers to it; the last by the hash of the powers."""
    records = records_of(transcript)
    changed = replace(
        records[number - 1], next_challenge=flipped(records[number - 1].next_challenge, number)
    )
    records[number - 1] = changed
    error = refused(with_records(transcript, records, tmp_path / "a.ptau"))
    assert error.contribution == min(number + 1, 6)


def test_a_contribution_of_another_ceremony_is_refused(transcript: Path, tmp_path: Path) -> None:
    new_ptau(POWER, tmp_path / "0.ptau")
    contribute_ptau(tmp_path / "0.ptau", tmp_path / "1.ptau", "Alice")
    records = records_of(transcript)
    records[0] = records_of(tmp_path / "1.ptau")[0]
    error = refused(with_records(transcript, records, tmp_path / "a.ptau"))
    assert error.contribution == 2


def test_a_contribution_of_the_future_is_missed(transcript: Path, tmp_path: Path) -> None:
    """The powers are those after the last contribution, which is left out."""
    error = refused(with_records(transcript, records_of(transcript)[:-1], tmp_path / "a.ptau"))
    assert (error.section, error.index) == (2, 1)


def test_the_last_state_counts(transcript: Path, tmp_path: Path) -> None:
    records = records_of(transcript)
    records[-1] = replace(records[-1], state=flipped(records[-1].state, 130))
    error = refused(with_records(transcript, records, tmp_path / "a.ptau"))
    assert error.contribution == 6
    assert "the hash of the powers" in error.problem


# --- beacons


def test_a_beacon_alone_is_refused(tmp_path: Path) -> None:
    new_ptau(2, tmp_path / "0.ptau")
    beacon_ptau(tmp_path / "0.ptau", tmp_path / "1.ptau", BEACON)
    beacon_ptau(tmp_path / "1.ptau", tmp_path / "2.ptau", BEACON)
    for name in ("1.ptau", "2.ptau"):
        assert "beacons or do not change tau" in refused(tmp_path / name).problem


def test_a_beacon_that_is_none_is_refused(transcript: Path, tmp_path: Path) -> None:
    """Somebody knows the secrets, and says they come from a beacon."""
    records = records_of(transcript)
    records[-1] = replace(records[-1], beacon=Beacon(BEACON.value[::-1], BEACON.exponent))
    error = refused(with_records(transcript, records, tmp_path / "a.ptau"))
    assert error.contribution == 6
    assert "does not come from its beacon" in error.problem


def test_a_contribution_relabelled_as_a_beacon_is_refused(transcript: Path, tmp_path: Path) -> None:
    records = records_of(transcript)
    records[2] = replace(records[2], beacon=BEACON)
    error = refused(with_records(transcript, records, tmp_path / "a.ptau"))
    assert error.contribution == 3


# --- powers


@pytest.mark.parametrize("kind", POWERS)
def test_one_wrong_point_is_found_where_it_is(transcript: Path, tmp_path: Path, kind: int) -> None:
    file = read_ptau(transcript)
    count = point_count(kind, POWER)
    for run in range(RUNS):
        index = secrets.randbelow(count) if run else count - 1
        wrong = twice(file.points(kind, index, index + 1)[0])
        error = refused(with_point(transcript, kind, index, wrong, tmp_path / "a.ptau"))
        assert (error.section, error.index) == (kind, index)
        assert f"Section {kind}" in error.problem
        assert f"point {index}" in error.problem


@pytest.mark.parametrize("kind", POWERS)
def test_infinity_is_no_power(transcript: Path, tmp_path: Path, kind: int) -> None:
    index = point_count(kind, POWER) - 1
    blank = np.zeros(point_words(kind), np.uint64)
    error = refused(with_point(transcript, kind, index, blank, tmp_path / "a.ptau"))
    assert (error.section, error.index) == (kind, index)
    assert "infinity" in error.problem


@pytest.mark.parametrize("kind", POWERS)
def test_a_point_off_the_curve_is_no_power(transcript: Path, tmp_path: Path, kind: int) -> None:
    index = point_count(kind, POWER) // 2
    off = OFF_G1 if point_words(kind) == 8 else OFF_G2
    error = refused(with_point(transcript, kind, index, off, tmp_path / "a.ptau"))
    assert (error.section, error.index) == (kind, index)
    assert "not on the curve" in error.problem


@pytest.mark.parametrize("kind", [3, 6])
def test_a_point_outside_g2_is_no_power(transcript: Path, tmp_path: Path, kind: int) -> None:
    """Also one that differs from the right point by one of small order."""
    file = read_ptau(transcript)
    index = point_count(kind, POWER) - 1
    right = file.points(kind, index, index + 1)[0]
    near = add_points([right, g2_words(torsion_point(2), BN254)])
    for point in (near, g2_words(twist_point_outside_g2(7), BN254)):
        error = refused(with_point(transcript, kind, index, point, tmp_path / "a.ptau"))
        assert (error.section, error.index) == (kind, index)
        assert "not in G2" in error.problem


def test_exchanged_powers_are_found(transcript: Path, tmp_path: Path) -> None:
    """As a sum with coefficients that are all alike would not."""
    one, other = read_ptau(transcript).points(4, 5, 7)
    path = with_point(transcript, 4, 5, other, tmp_path / "a.ptau")
    error = refused(with_point(path, 4, 6, one, path))
    assert (error.section, error.index) == (4, 5)


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
