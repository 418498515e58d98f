"""Keys of a ceremony that hold, and every way in which one does not: the place is named."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.long_form import IS_LONG
from tests.prover.ceremony.phase2.conftest import BEACON, Ceremony
from tests.prover.ceremony.powers import ALPHA, TAU, write_powers
from tests.prover.groth16.statements import chain
from zkpipe.accel.bn254 import BN254, P, R
from zkpipe.accel.fields.limbs import Words, to_montgomery, words_from_ints
from zkpipe.accel.msm.fixed_base import FixedBase
from zkpipe.ground.errors import FormatError, RangeError
from zkpipe.ground.files.binfile import read_binfile
from zkpipe.prover import setup
from zkpipe.prover.ceremony import (
    CeremonyKey,
    PreparedPowers,
    beacon_key,
    contribute_key,
    verify_key,
)
from zkpipe.prover.ceremony.phase2 import transcript
from zkpipe.prover.contributions import HASH_BYTES, Contribution
from zkpipe.prover.errors import CeremonyError, InsecureKeyError

G1 = to_montgomery(BN254.g1_generator, P).reshape(8)
G2 = to_montgomery(BN254.g2_generator, P).reshape(16)
ROWS = {3: 64, 5: 64, 6: 64, 7: 128, 8: 64, 9: 64}  # bytes, by section


def g1(factor: int) -> Words:
    return FixedBase(G1, 1).multiples(words_from_ints([factor % R]))[0]


def g2(factor: int) -> Words:
    return FixedBase(G2, 1).multiples(words_from_ints([factor % R]))[0]


def with_sections(source: Path, path: Path, **sections: bytes) -> Path:
    """A copy of a key in which some sections, of their old sizes or last, are others."""
    file = read_binfile(source, b"zkey", 1)
    out = bytearray(struct.pack("<4sII", b"zkey", 1, len(file.extents)))
    for kind in file.extents:
        data = sections.get(f"s{kind}", file.section(kind).tobytes())
        out += struct.pack("<IQ", kind, len(data)) + data
    path.write_bytes(out)
    return path


def history(key: CeremonyKey, steps: list[Contribution], circuit: bytes | None = None) -> bytes:
    head = (circuit or key.circuit_hash) + struct.pack("<I", len(steps))
    return head + b"".join(step.record() for step in steps)


def test_a_key_holds_after_each_contribution(ceremony: Ceremony) -> None:
    final = verify_key(ceremony.final, ceremony.system, ceremony.powers)
    assert [step.name for step in final.contributions] == [
        "party 1",
        "party 2",
        "a beacon",
        "party 4",
        "party 5",
    ]
    assert [step.beacon for step in final.contributions] == [False, False, True, False, False]
    for i, path in enumerate(ceremony.keys[1:], 1):
        assert verify_key(path, ceremony.system, ceremony.powers).hashes == final.hashes[:i]
    assert len(set(final.hashes)) == 5


def test_what_is_done_is_told_up_to_all_of_it(ceremony: Ceremony) -> None:
    told: list[tuple[int, int]] = []
    verify_key(
        ceremony.final, ceremony.system, ceremony.powers, lambda done, of: told.append((done, of))
    )
    assert told[-1][0] == told[-1][1] > 0
    assert [done for done, _ in told] == sorted(done for done, _ in told)


# --- contributions


def test_a_point_of_the_twist_outside_g2_proves_nothing(ceremony: Ceremony, tmp_path: Path) -> None:
    """Its part in G2 may be right."""
    key = CeremonyKey.load(ceremony.final)
    step = key.steps[1]
    moved = replace(step, g2_spx=outside_g2())
    steps = [key.steps[0], moved, *key.steps[2:]]
    path = with_sections(ceremony.final, tmp_path / "k.zkey", s10=history(key, steps))
    with pytest.raises(CeremonyError, match="not a point of G2") as caught:
        verify_key(path, ceremony.system, ceremony.powers)
    assert caught.value.contribution == 2


def outside_g2() -> Words:
    """A point of the twist's curve; nearly none is of order r."""
    from tests.oracles.curves import to_words

    x0 = 1
    while True:
        x = (x0, 0)
        y = _root(_add(_cube(x), BN254.g2_b))
        if y is not None:
            return to_words([(x, y)], 16)[0]
        x0 += 1


def _mul(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    return (a[0] * b[0] - a[1] * b[1]) % P, (a[0] * b[1] + a[1] * b[0]) % P


def _add(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    return (a[0] + b[0]) % P, (a[1] + b[1]) % P


def _cube(a: tuple[int, int]) -> tuple[int, int]:
    return _mul(_mul(a, a), a)


def _root(a: tuple[int, int]) -> tuple[int, int] | None:
    """A square root in Fp2, by the norm."""
    norm = pow(a[0] * a[0] + a[1] * a[1], (P + 1) // 4, P)
    for sign in (norm, -norm):
        half = (a[0] + sign) * pow(2, -1, P) % P
        y0 = pow(half, (P + 1) // 4, P)
        if y0 and y0 * y0 % P == half:
            y = (y0, a[1] * pow(2 * y0, -1, P) % P)
            if _mul(y, y) == a:
                return y
    return None


def test_a_circuit_s_hash_of_another_circuit_is_refused(ceremony: Ceremony, tmp_path: Path) -> None:
    """The chain of transcripts begins with it."""
    key = CeremonyKey.load(ceremony.final)
    changed = bytes([key.circuit_hash[0] ^ 1]) + key.circuit_hash[1:]
    steps = history(key, list(key.steps), changed)
    path = with_sections(ceremony.final, tmp_path / "k.zkey", s10=steps)
    with pytest.raises(CeremonyError) as caught:
        verify_key(path, ceremony.system, ceremony.powers)
    assert caught.value.contribution == 1
    initial = ceremony.keys[0].read_bytes()
    whole = CeremonyKey.load(ceremony.keys[0])
    begin = whole.file.extent(10).begin
    lied, first = tmp_path / "lied.zkey", tmp_path / "first.zkey"
    lied.write_bytes(initial[:begin] + changed + initial[begin + HASH_BYTES :])
    contribute_key(lied, first)  # a whole chain over a hash that is not the circuit's
    with pytest.raises(CeremonyError, match="hash") as caught:
        verify_key(first, ceremony.system, ceremony.powers)
    assert caught.value.section == 10


# --- who contributed


def test_a_key_without_a_contribution_is_refused(ceremony: Ceremony) -> None:
    with pytest.raises(CeremonyError, match="Nobody contributed"):
        verify_key(ceremony.keys[0], ceremony.system, ceremony.powers)


def test_a_key_of_beacons_alone_is_refused(ceremony: Ceremony, tmp_path: Path) -> None:
    one, two = tmp_path / "one.zkey", tmp_path / "two.zkey"
    beacon_key(ceremony.keys[0], one, BEACON, 10)
    beacon_key(one, two, BEACON, 11)
    for path in (one, two):
        with pytest.raises(CeremonyError, match="are beacons"):
            verify_key(path, ceremony.system, ceremony.powers)


def test_a_contribution_that_changes_nothing_does_not_count(
    ceremony: Ceremony, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its proof of knowledge holds: the secret is 1."""
    from zkpipe.prover.ceremony.chacha import ChaCha

    idle, path = tmp_path / "idle.zkey", tmp_path / "k.zkey"
    with monkeypatch.context() as patched:
        patched.setattr(ChaCha, "scalar", lambda self: to_montgomery([1], R)[0].copy())
        contribute_key(ceremony.keys[0], idle, "idle")
    beacon_key(idle, path, BEACON, 10)
    with pytest.raises(InsecureKeyError, match="beacons or change nothing"):
        verify_key(path, ceremony.system, ceremony.powers)


def test_powers_whose_secrets_are_related_make_no_key(ceremony: Ceremony, tmp_path: Path) -> None:
    """Every step holds, and the points of the key tell that beta is a multiple of alpha."""
    ptau = write_powers(tmp_path / "p.ptau", 3, TAU, ALPHA, 7 * ALPHA % R)
    initial, key = tmp_path / "i.zkey", tmp_path / "k.zkey"
    setup(ceremony.system, ptau).save(initial)
    contribute_key(initial, key)
    with pytest.raises(InsecureKeyError, match="beta = 7 alpha"):
        verify_key(key, ceremony.system, PreparedPowers.load(ptau))


# --- sections


def test_one_wrong_point_of_a_thousand_is_found(tmp_path: Path) -> None:
    """In halves of L and of H, whose coefficients are drawn anew each time."""
    system = chain(900).system
    ptau, initial, key = (tmp_path / n for n in ("p.ptau", "i.zkey", "k.zkey"))
    write_powers(ptau, 10)
    setup(system, ptau).save(initial)
    contribute_key(initial, key)
    powers = PreparedPowers.load(ptau)
    verify_key(key, system, powers)
    file = read_binfile(key, b"zkey", 1)
    draw = np.random.default_rng(1)
    for section in (8, 9):
        rows = np.frombuffer(file.section(section).tobytes(), "<u8").reshape(-1, 8)
        for index in draw.integers(len(rows), size=100 if IS_LONG else 3):
            changed = rows.copy()
            changed[index] = g1(5)
            path = with_sections(key, tmp_path / "m.zkey", **{f"s{section}": changed.tobytes()})
            with pytest.raises(CeremonyError) as caught:
                verify_key(path, system, powers)
            assert (caught.value.section, caught.value.index) == (section, index)


HEADER = {"alpha": (84, g1), "beta in G1": (148, g1), "beta in G2": (212, g2)}
HEADER |= {"gamma": (340, g2), "delta in G1": (468, g1), "delta in G2": (532, g2)}


@pytest.mark.parametrize("name", HEADER)
def test_another_point_in_the_header_is_found(
    name: str, ceremony: Ceremony, tmp_path: Path
) -> None:
    offset, make = HEADER[name]
    file = read_binfile(ceremony.final, b"zkey", 1)
    data, point = file.section(2).tobytes(), make(5).tobytes()
    changed = data[:offset] + point + data[offset + len(point) :]
    path = with_sections(ceremony.final, tmp_path / "k.zkey", s2=changed)
    with pytest.raises(CeremonyError) as caught:
        verify_key(path, ceremony.system, ceremony.powers)
    assert caught.value.section == 2


def test_a_point_off_its_curve_is_malformed(ceremony: Ceremony, tmp_path: Path) -> None:
    file = read_binfile(ceremony.final, b"zkey", 1)
    data = bytearray(file.section(9).tobytes())
    data[64] ^= 1
    path = with_sections(ceremony.final, tmp_path / "k.zkey", s9=bytes(data))
    with pytest.raises(FormatError, match="point 1 is not on its curve"):
        verify_key(path, ceremony.system, ceremony.powers)


# --- other circuits and powers


def test_a_key_of_another_circuit_is_refused(ceremony: Ceremony) -> None:
    """One with other counts, and one with other coefficients."""
    with pytest.raises(CeremonyError, match="another circuit"):
        verify_key(ceremony.final, chain(3).system, ceremony.powers)
    system = ceremony.system
    coefficients = system.coefficients.copy()
    coefficients[-1, 0] += 1
    changed = replace(system, coefficients=coefficients)
    with pytest.raises(CeremonyError):
        verify_key(ceremony.final, changed, ceremony.powers)


def test_a_key_from_other_powers_is_refused(ceremony: Ceremony, tmp_path: Path) -> None:
    """Of another tau, and larger: the same tau, but H of a file that just suffices is its own."""
    for power, tau in ((3, TAU + 1), (4, TAU)):
        powers = PreparedPowers.load(write_powers(tmp_path / "other.ptau", power, tau))
        with pytest.raises(CeremonyError) as caught:
            verify_key(ceremony.final, ceremony.system, powers)
        assert caught.value.section in (3, 9)


def test_a_beacon_that_nobody_can_compute_is_refused_at_once(
    ceremony: Ceremony, tmp_path: Path
) -> None:
    key = CeremonyKey.load(ceremony.final)
    steps = list(key.steps)
    for exponent in (41, 63):
        steps[2] = replace(steps[2], exponent=exponent)
        path = with_sections(ceremony.final, tmp_path / "k.zkey", s10=history(key, steps))
        with pytest.raises(RangeError, match=f"exponent of {exponent} .* more hashes"):
            verify_key(path, ceremony.system, ceremony.powers)
    with pytest.raises(RangeError, match="more hashes"):
        beacon_key(ceremony.final, tmp_path / "b.zkey", BEACON, 63)


def test_a_beacon_is_computed_when_all_else_holds(
    ceremony: Ceremony, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("it was computed")

    monkeypatch.setattr("zkpipe.prover.ceremony.phase2.transcript.beacon_generator", never)
    data = read_binfile(ceremony.final, b"zkey", 1).section(9).copy()
    data[:64] = data[64:128]
    path = with_sections(ceremony.final, tmp_path / "k.zkey", s9=data.tobytes())
    with pytest.raises(CeremonyError) as caught:
        verify_key(path, ceremony.system, ceremony.powers)
    assert caught.value.section == 9


def test_each_contribution_is_hashed_once_however_many_there_are(
    ceremony: Ceremony, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Contribution] = []
    part = transcript._public_part  # where the cost is

    def counted(step: Contribution) -> bytes:
        seen.append(step)
        return part(step)

    monkeypatch.setattr(transcript, "_public_part", counted)
    steps = CeremonyKey.load(ceremony.final).steps
    transcript.check_steps(CeremonyKey.load(ceremony.final).circuit_hash, steps)
    assert len(seen) == 2 * len(steps)  # for the chain, and for its own hash
