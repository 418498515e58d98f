"""Contributions to a key: what they make, what they refuse, and what they leave behind."""

from __future__ import annotations

import resource
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.prover.ceremony.phase2.conftest import BEACON, Ceremony
from tests.prover.ceremony.phase2.test_verify_key import outside_g2, with_sections
from zkpipe.accel.fields.limbs import Words
from zkpipe.ground.errors import FormatError, RangeError
from zkpipe.ground.files.binfile import read_binfile
from zkpipe.prover import DEVELOPMENT, ProvingKey, prove, setup, verify
from zkpipe.prover.ceremony import CeremonyKey, beacon_key, contribute_key
from zkpipe.prover.ceremony.chacha import ChaCha
from zkpipe.prover.ceremony.phase2 import contribute as contributing
from zkpipe.prover.errors import CeremonyError, InsecureKeyError


def test_proofs_hold_under_a_key_after_a_contribution_and_not_under_others(
    ceremony: Ceremony,
) -> None:
    first, last = ProvingKey.load(ceremony.keys[1]), ProvingKey.load(ceremony.final)
    public = ceremony.statement.public
    proof = prove(last, ceremony.statement.witness)
    assert verify(last.verifying_key, proof, public)
    assert not verify(first.verifying_key, proof, public)
    with pytest.raises(InsecureKeyError, match="Nobody contributed"):
        ProvingKey.load(ceremony.keys[0])


def test_a_contribution_changes_delta_l_h_and_the_history_alone(ceremony: Ceremony) -> None:
    before, after = (read_binfile(path, b"zkey", 1) for path in ceremony.keys[:2])
    assert [*after.extents] == [*range(1, 11)]
    for kind in range(1, 11):
        same = before.section(kind).tobytes() == after.section(kind).tobytes()
        assert same == (kind not in (2, 8, 9, 10)), kind
    header = [file.section(2).tobytes() for file in (before, after)]
    assert header[0][:468] == header[1][:468]


def test_what_is_published_is_what_the_next_contributor_sees(
    ceremony: Ceremony, tmp_path: Path
) -> None:
    one, two = tmp_path / "1.zkey", tmp_path / "2.zkey"
    first = contribute_key(ceremony.keys[0], one, "first")
    second = contribute_key(one, two, "")
    assert (first.number, first.name, first.is_beacon) == (1, "first", False)
    assert first.previous_hash == bytes(64)
    assert (second.number, second.name) == (2, "")
    assert second.previous_hash == first.hash
    assert first.circuit_hash == CeremonyKey.load(two).circuit_hash


def test_two_contributions_draw_different_secrets(ceremony: Ceremony, tmp_path: Path) -> None:
    """Whatever the user gives, it is mixed into the system's chance and does not replace it."""
    paths = [tmp_path / f"{i}.zkey" for i in range(2)]
    for path in paths:
        contribute_key(ceremony.keys[0], path, given=b"the same")
    one, two = (CeremonyKey.load(path).steps[0] for path in paths)
    for name in ("delta", "g1_s", "g1_sx", "g2_spx"):
        assert not np.array_equal(getattr(one, name), getattr(two, name))


def test_two_beacons_of_one_value_are_the_same(ceremony: Ceremony, tmp_path: Path) -> None:
    paths = [tmp_path / f"{i}.zkey" for i in range(3)]
    for path, exponent in zip(paths, (10, 10, 11), strict=True):
        beacon_key(ceremony.keys[1], path, BEACON, exponent, "beacon")
    assert paths[0].read_bytes() == paths[1].read_bytes() != paths[2].read_bytes()


def test_secrets_are_overwritten_whether_it_ends_well_or_not(
    ceremony: Ceremony, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets: list[Words] = []
    generators: list[ChaCha] = []
    draw, invert = ChaCha.scalar, contributing.inverses

    def drawn(self: ChaCha) -> Words:
        generators.append(self)
        secrets.append(draw(self))
        assert secrets[-1].any()
        return secrets[-1]

    def inverted(secret: Words) -> Words:
        secrets.append(invert(secret))
        return secrets[-1]

    monkeypatch.setattr(ChaCha, "scalar", drawn)
    monkeypatch.setattr(contributing, "inverses", inverted)
    contribute_key(ceremony.keys[0], tmp_path / "k.zkey")
    data = spoil(ceremony.keys[0], 9)  # found when the secret is there
    spoilt = with_sections(ceremony.keys[0], tmp_path / "spoilt.zkey", s9=data)
    with pytest.raises(FormatError, match="is not on its curve"):
        contribute_key(spoilt, tmp_path / "out.zkey")
    assert len(secrets) == 4
    assert not any(secret.any() for secret in secrets)
    for generator in generators:
        held = [v for v in vars(generator).values() if isinstance(v, np.ndarray)]
        assert held
        assert not any(array.any() for array in held)


def spoil(path: Path, kind: int) -> bytes:
    data = bytearray(read_binfile(path, b"zkey", 1).section(kind).tobytes())
    data[0] ^= 1
    return bytes(data)


def test_the_process_dumps_no_core_from_then_on(
    ceremony: Ceremony, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[tuple[int, tuple[int, int]]] = []
    monkeypatch.setattr(resource, "setrlimit", lambda kind, limits: calls.append((kind, limits)))
    contribute_key(ceremony.keys[0], tmp_path / "k.zkey")
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    assert calls == [(resource.RLIMIT_CORE, (0, hard))]


DELTA_G2 = 532  # where it lies in section 2


def delta_outside(data: bytes) -> bytes:
    return data[:DELTA_G2] + outside_g2().tobytes() + data[DELTA_G2 + 128 :]


BAD_DELTAS: dict[str, Callable[[bytes], bytes]] = {
    "outside G2": delta_outside,
    "infinity in G2": lambda data: data[:DELTA_G2] + bytes(128),
    "off its curve in G2": lambda data: data[:DELTA_G2] + bytes([1]) + data[DELTA_G2 + 1 :],
    "off its curve in G1": lambda data: data[:468] + bytes([1]) + data[469:],
    "infinity in G1": lambda data: data[:468] + bytes(64) + data[DELTA_G2:],
}


@pytest.mark.parametrize("name", BAD_DELTAS)
def test_a_delta_that_would_give_the_secret_away_is_not_multiplied(
    name: str, ceremony: Ceremony, tmp_path: Path
) -> None:
    header = read_binfile(ceremony.keys[0], b"zkey", 1).section(2).tobytes()
    path = with_sections(ceremony.keys[0], tmp_path / "k.zkey", s2=BAD_DELTAS[name](header))
    with pytest.raises(CeremonyError, match="not a point of its group") as caught:
        contribute_key(path, tmp_path / "out.zkey")
    assert caught.value.section == 2
    assert not (tmp_path / "out.zkey").exists()


@pytest.mark.parametrize("section", [8, 9])
def test_points_off_the_curve_are_not_multiplied(
    section: int, ceremony: Ceremony, tmp_path: Path
) -> None:
    data = spoil(ceremony.keys[0], section)
    path = with_sections(ceremony.keys[0], tmp_path / "k.zkey", **{f"s{section}": data})
    with pytest.raises(FormatError, match=f"section {section}: point 0 is not on its curve"):
        contribute_key(path, tmp_path / "out.zkey")
    assert not (tmp_path / "out.zkey").exists()


def test_development_keys_and_long_names_are_refused(ceremony: Ceremony, tmp_path: Path) -> None:
    development, out = tmp_path / "dev.zkey", tmp_path / "out.zkey"
    setup(ceremony.system, DEVELOPMENT).save(development)
    with pytest.raises(InsecureKeyError, match="development key"):
        contribute_key(development, out)
    contribute_key(ceremony.keys[0], out, "é" * 64)
    assert CeremonyKey.load(out).steps[0].name == "é" * 64
    for make in (contribute_key, lambda a, b, n: beacon_key(a, b, BEACON, 10, n)):
        with pytest.raises(RangeError, match="65 letters"):
            make(ceremony.keys[0], out, "a" * 65)
        for name in ("\N{GRINNING FACE}" * 64, "\udc80"):
            with pytest.raises(RangeError, match="name of a contribution"):
                make(ceremony.keys[0], out, name)
    for value, exponent in ((b"", 10), (bytes(256), 10), (BEACON, 9), (BEACON, 64)):
        with pytest.raises(RangeError):
            beacon_key(ceremony.keys[0], out, value, exponent)


def test_a_key_without_a_history_is_none_of_a_ceremony(ceremony: Ceremony, tmp_path: Path) -> None:
    file = read_binfile(ceremony.keys[0], b"zkey", 1)
    data = struct.pack("<4sII", b"zkey", 1, 9)
    for kind in range(1, 10):
        section = file.section(kind).tobytes()
        data += struct.pack("<IQ", kind, len(section)) + section
    path = tmp_path / "k.zkey"
    path.write_bytes(data)
    with pytest.raises(FormatError, match="no section 10"):
        contribute_key(path, tmp_path / "out.zkey")
