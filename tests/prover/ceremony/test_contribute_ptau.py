"""Contributions: what they make of the powers, and what they refuse. Equality with snarkjs' is
tested in tests/interop."""

from __future__ import annotations

import hashlib
import resource
import struct
from pathlib import Path

import numpy as np
import pytest

from tests.accel.known_points import multiple_words
from tests.circuits.formats import hostile_files
from tests.long_form import IS_LONG
from tests.prover.ceremony.transcripts import BEACON, POWER, with_point
from tests.prover.formats.key_material import g1, g2, torsion_point
from zkpipe.accel.bn254 import BN254, P, R
from zkpipe.accel.fields.limbs import from_montgomery, to_montgomery
from zkpipe.ground.errors import RangeError
from zkpipe.prover.ceremony.blake2b import BLANK, Blake2b
from zkpipe.prover.ceremony.generators import beacon_generator
from zkpipe.prover.ceremony.phase1 import contribute
from zkpipe.prover.ceremony.phase1.challenge import first_challenge, hash_of_generators
from zkpipe.prover.ceremony.phase1.contribute import beacon_ptau, contribute_ptau
from zkpipe.prover.ceremony.phase1.create import new_ptau
from zkpipe.prover.ceremony.phase1.first_challenges import FIRST_CHALLENGES
from zkpipe.prover.ceremony.phase1.truncate import truncate_ptau
from zkpipe.prover.ceremony.phase1.verify import verify_ptau
from zkpipe.prover.ceremony.points.as_bytes import uncompressed
from zkpipe.prover.ceremony.ptau_file import (
    CONTRIBUTIONS,
    LEAST_POWER,
    MOST_POWER,
    POWERS,
    point_count,
    read_ptau,
)
from zkpipe.prover.ceremony.records import Beacon
from zkpipe.prover.errors import CeremonyError
from zkpipe.prover.points import g1_words, g2_words


def test_the_powers_are_those_of_the_secrets(tmp_path: Path) -> None:
    """Of a beacon, whose secrets the test computes; the points come from py_ecc."""
    new_ptau(2, tmp_path / "0.ptau")
    beacon_ptau(tmp_path / "0.ptau", tmp_path / "1.ptau", BEACON)
    generator = beacon_generator(BEACON.value, BEACON.exponent)
    tau, alpha, beta = (from_montgomery(generator.scalar(), R)[0] for _ in range(3))
    file = read_ptau(tmp_path / "1.ptau")
    for section, first in ((2, 1), (4, alpha), (5, beta)):
        due = [g1_words(g1(first * pow(tau, i, R)), BN254) for i in range(point_count(section, 2))]
        assert np.array_equal(file.points(section, 0, len(due)), np.stack(due))
    due = [g2_words(g2(pow(tau, i, R)), BN254) for i in range(4)]
    assert np.array_equal(file.points(3, 0, 4), np.stack(due))
    assert np.array_equal(file.points(6, 0, 1)[0], g2_words(g2(beta), BN254))


def test_a_new_file_holds_generators(tmp_path: Path) -> None:
    new_ptau(POWER, tmp_path / "0.ptau")
    file = read_ptau(tmp_path / "0.ptau")
    for section in POWERS:
        points = file.points(section, 0, point_count(section, POWER))
        assert (points == multiple_words(points.shape[1], 2)[1]).all()
    assert file.records == ()


def test_the_first_challenge_is_the_hash_of_generators(tmp_path: Path) -> None:
    assert new_ptau(POWER, tmp_path / "0.ptau") == first_challenge(POWER)
    file = read_ptau(tmp_path / "0.ptau")
    hash_ = hashlib.blake2b(BLANK)
    for section in POWERS:
        hash_.update(uncompressed(file.points(section, 0, point_count(section, POWER))))
    assert first_challenge(POWER) == hash_.digest()


@pytest.mark.parametrize("power", range(1, 21 if IS_LONG else 15))
def test_the_first_challenges_that_are_kept_are_right(power: int) -> None:
    assert FIRST_CHALLENGES[power] == hash_of_generators(power).hex()


def test_none_is_left_to_be_computed() -> None:
    """That of 2^27 takes a minute, and a file of a few kilobytes may claim such a ceremony."""
    assert list(FIRST_CHALLENGES) == list(range(LEAST_POWER, MOST_POWER + 1))
    assert len(set(FIRST_CHALLENGES.values())) == MOST_POWER
    assert all(len(bytes.fromhex(known)) == 64 for known in FIRST_CHALLENGES.values())


def test_contributions_differ_each_time(tmp_path: Path) -> None:
    new_ptau(2, tmp_path / "0.ptau")
    made = [contribute_ptau(tmp_path / "0.ptau", tmp_path / "1.ptau") for _ in range(3)]
    assert len({one.response_hash for one in made}) == 3
    assert {one.number for one in made} == {1}
    assert {one.previous_hash for one in made} == {BLANK}
    assert {one.challenge for one in made} == {first_challenge(2)}


def test_a_beacon_gives_one_file(tmp_path: Path) -> None:
    new_ptau(2, tmp_path / "0.ptau")
    for name in ("1.ptau", "2.ptau"):
        beacon_ptau(tmp_path / "0.ptau", tmp_path / name, BEACON, "x")
    assert (tmp_path / "1.ptau").read_bytes() == (tmp_path / "2.ptau").read_bytes()


def test_what_is_published_is_what_the_file_says(transcript: Path, tmp_path: Path) -> None:
    made = contribute_ptau(transcript, tmp_path / "7.ptau", "Grace")
    file = read_ptau(tmp_path / "7.ptau")
    assert made.response_hash == file.records[-1].response_hash()
    assert made.previous_hash == file.records[-2].response_hash()
    assert made.challenge == file.records[-2].next_challenge
    assert (made.number, made.name) == (7, "Grace")


def test_the_state_is_over_challenge_and_points(transcript: Path) -> None:
    """A response: 64 bytes, and every point compressed."""
    n = 1 << POWER
    for record in read_ptau(transcript).records:
        length = 64 + 32 * (2 * n - 1) + 64 * n + 32 * n + 32 * n + 64
        assert Blake2b.from_state(record.state).length == length


def test_nobody_contributes_to_a_truncated_file(transcript: Path, tmp_path: Path) -> None:
    truncate_ptau(transcript, tmp_path / "small.ptau", 2)
    for make in (
        lambda: contribute_ptau(tmp_path / "small.ptau", tmp_path / "new.ptau"),
        lambda: beacon_ptau(tmp_path / "small.ptau", tmp_path / "new.ptau", BEACON),
    ):
        with pytest.raises(RangeError, match="truncated"):
            make()
    assert not (tmp_path / "new.ptau").exists()


@pytest.mark.parametrize("kind", POWERS)
def test_nothing_outside_its_group_is_multiplied(
    transcript: Path, tmp_path: Path, kind: int
) -> None:
    """Its multiples would give the secrets away, bit by bit: on other curves, in small groups."""
    index = point_count(kind, POWER) - 1
    in_g2 = kind in (3, 6)
    off = to_montgomery((1, 2, 3, 4) if in_g2 else (1, 3), P)
    bad = [off.reshape(-1), np.zeros(16 if in_g2 else 8, np.uint64)]
    if in_g2:
        bad.append(g2_words(torsion_point(5), BN254))
    for point in bad:
        with_point(transcript, kind, index, point, tmp_path / "bad.ptau")
        with pytest.raises(CeremonyError) as caught:
            contribute_ptau(tmp_path / "bad.ptau", tmp_path / "new.ptau")
        assert (caught.value.section, caught.value.index) == (kind, index)
    assert not (tmp_path / "new.ptau").exists()


@pytest.mark.parametrize("power", [-1, 0, 29, 1000])
def test_powers_out_of_range_are_refused(tmp_path: Path, power: int) -> None:
    with pytest.raises(RangeError, match="from 1 to 28"):
        new_ptau(power, tmp_path / "0.ptau")


@pytest.mark.parametrize("power", [0, POWER, POWER + 1])
def test_a_file_is_truncated_to_less_than_it_has(
    transcript: Path, tmp_path: Path, power: int
) -> None:
    with pytest.raises(RangeError, match="cannot be truncated"):
        truncate_ptau(transcript, tmp_path / "small.ptau", power)


@pytest.mark.parametrize(
    "beacon",
    [Beacon(b"", 10), Beacon(bytes(256), 10), Beacon(b"1", 9), Beacon(b"1", 64)],
    ids=["empty", "long", "few", "many"],
)
def test_a_beacon_out_of_range_is_refused(transcript: Path, tmp_path: Path, beacon: Beacon) -> None:
    with pytest.raises(RangeError):
        beacon_ptau(transcript, tmp_path / "new.ptau", beacon)
    assert not (tmp_path / "new.ptau").exists()


def test_a_long_name_is_refused(transcript: Path, tmp_path: Path) -> None:
    with pytest.raises(RangeError, match="65 letters"):
        contribute_ptau(transcript, tmp_path / "new.ptau", "x" * 65)
    with pytest.raises(RangeError, match="256 bytes"):
        contribute_ptau(transcript, tmp_path / "new.ptau", "𝛼" * 64)


def test_a_contributor_dumps_no_core(transcript: Path, tmp_path: Path) -> None:
    contribute_ptau(transcript, tmp_path / "new.ptau")
    assert resource.getrlimit(resource.RLIMIT_CORE)[0] == 0


def test_secrets_are_overwritten(
    transcript: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the work fails in the middle."""
    kept = []
    make = contribute.fresh_generator

    def watched(given: bytes) -> object:
        generator = make(given)
        kept.append(generator)
        return generator

    drawn = []
    scalar = contribute.ChaCha.scalar

    def watched_scalar(self: contribute.ChaCha) -> object:
        drawn.append(scalar(self))
        return drawn[-1]

    def fails(*arguments: object) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(contribute, "fresh_generator", watched)
    monkeypatch.setattr(contribute.ChaCha, "scalar", watched_scalar)
    contribute_ptau(transcript, tmp_path / "new.ptau")
    monkeypatch.setattr(contribute, "_next_challenge", fails)
    with pytest.raises(Exception, match="No space"):
        contribute_ptau(transcript, tmp_path / "other.ptau")
    assert len(kept) == 2
    assert len(drawn) == 6
    assert not any(array.any() for array in drawn)
    for generator in kept:
        arrays = [v for v in vars(generator).values() if isinstance(v, np.ndarray)]
        assert arrays
        assert not any(array.any() for array in arrays)


def test_no_name_of_another_keeps_one_from_contributing(transcript: Path, tmp_path: Path) -> None:
    """255 bytes that are no UTF-8 would be 765 if they were written as they are read."""
    data = transcript.with_name("1.ptau").read_bytes()
    placed = hostile_files.section(data, CONTRIBUTIONS)
    body = data[placed.body : placed.body + placed.size]
    old, name = struct.pack("<IBB", 7, 1, 5) + b"Alice", b"\xff" * 255
    assert body.endswith(old)
    body = body.removesuffix(old) + struct.pack("<IBB", 257, 1, 255) + name
    head = struct.pack("<IQ", CONTRIBUTIONS, len(body))
    path, after = tmp_path / "a.ptau", tmp_path / "b.ptau"
    path.write_bytes(data[: placed.head] + head + body + data[placed.body + placed.size :])
    contribute_ptau(path, after, "Bob")
    assert [one.name for one in verify_ptau(after).contributions] == ["\ufffd" * 255, "Bob"]
    assert body[4:] in after.read_bytes()
