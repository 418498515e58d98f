"""When a verified key is from a ceremony, and what is kept of it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.prover.provenance.conftest import Made, trusting
from zkpipe.ground.files.reading import FileError
from zkpipe.prover import DEVELOPMENT, Provenance, ProvingKey, setup
from zkpipe.prover.ceremony import PreparedPowers, deciding, verify_key
from zkpipe.prover.ceremony.deciding import (
    BEACON_OF_A_PERSON,
    NO_LIST,
    NOBODY_IN_KEY,
    NOBODY_IN_POWERS,
    OPEN_END,
    decide_provenance,
)
from zkpipe.prover.errors import CeremonyError

CEREMONY, UNVERIFIED = Provenance.CEREMONY, Provenance.UNVERIFIED


def test_the_numbers_are_those_of_the_contract() -> None:
    assert [(one.word, int(one)) for one in Provenance] == [
        ("Development", 1),
        ("Unverified", 2),
        ("Ceremony", 3),
    ]


def test_a_person_of_the_list_in_each_phase_makes_a_key_of_a_ceremony(
    made: Made, home: Path
) -> None:
    found, powers = made.verified()
    assert ProvingKey.load(made.key).provenance is UNVERIFIED
    decided = decide_provenance(found, powers, trusting(made.phase1[0], found.hashes[0]))
    assert (decided.provenance, decided.because) == (CEREMONY, "")
    assert (decided.phase1, decided.phase2) == ((0,), (0,))
    assert ProvingKey.load(made.key).provenance is CEREMONY
    [record] = (home / "state" / "zkpipe" / "keys").iterdir()
    assert record.stem == hashlib.sha256(made.key.read_bytes()).hexdigest() == found.sha256
    assert record.stat().st_mode & 0o777 == 0o600
    assert record.parent.stat().st_mode & 0o777 == 0o700
    kept = json.loads(record.read_text())
    assert kept["circuit"] == made.statement.system.digest
    assert kept["key_digest"] == ProvingKey.load(made.key).verifying_key.digest


@pytest.mark.parametrize(
    ("names", "because"),
    [
        ("", NOBODY_IN_KEY),
        ("foreign", NOBODY_IN_KEY),
        ("alice", NOBODY_IN_KEY),
        ("alice beacon1 beacon2", NOBODY_IN_KEY),  # a beacon's secret is known to all
        ("bob", NOBODY_IN_POWERS),
        ("bob beacon1 beacon2", NOBODY_IN_POWERS),
        ("bob foreign", NOBODY_IN_POWERS),
    ],
)
def test_who_is_missing_is_told(made: Made, home: Path, names: str, because: str) -> None:
    found, powers = made.verified()
    hashes = {
        "alice": made.phase1[0],
        "beacon1": made.phase1[1],
        "bob": found.hashes[0],
        "beacon2": found.hashes[1],
        "foreign": hashlib.blake2b(b"another ceremony").digest(),
    }
    decided = decide_provenance(found, powers, trusting(*(hashes[n] for n in names.split())))
    assert (decided.provenance, decided.because) == (UNVERIFIED, because)
    assert ProvingKey.load(made.key).provenance is UNVERIFIED
    assert not (home / "state").exists()


@pytest.mark.parametrize("phase", [1, 2])
def test_a_list_that_takes_a_beacon_for_a_person_is_to_be_mended(made: Made, phase: int) -> None:
    found, powers = made.verified()
    people, beacon = (made.phase1[0], found.hashes[0]), (made.phase1[1], found.hashes[1])[phase - 1]
    decided = decide_provenance(found, powers, trusting(*people, beacon))
    assert decided.because == BEACON_OF_A_PERSON.format(hash=beacon.hex())
    assert decided.provenance is UNVERIFIED
    assert decide_provenance(found, powers, trusting(*people, beacons=[beacon])).because == ""


def test_nobody_is_trusted_without_a_list(made: Made) -> None:
    decided = decide_provenance(*made.verified(), None)
    assert (decided.provenance, decided.because) == (UNVERIFIED, NO_LIST)


def test_a_later_answer_of_unverified_forgets_the_key(made: Made) -> None:
    found, powers = made.verified()
    both = trusting(made.phase1[0], found.hashes[0])
    assert decide_provenance(found, powers, both).provenance is CEREMONY
    decide_provenance(found, powers, trusting(made.phase1[0]))
    assert ProvingKey.load(made.key).provenance is UNVERIFIED


def test_a_key_that_cannot_be_forgotten_is_an_error(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its old record would go on to be believed. Where there is none, nothing is wrong."""

    def refuses(_: object) -> None:
        raise FileError("It cannot be removed.", "See to that.")

    found, powers = made.verified()
    both = trusting(made.phase1[0], found.hashes[0])
    monkeypatch.setattr(deciding, "forget_key", refuses)
    assert decide_provenance(found, powers, None).provenance is UNVERIFIED
    assert decide_provenance(found, powers, both).provenance is CEREMONY
    with pytest.raises(FileError, match="cannot be removed"):
        decide_provenance(found, powers, None)


def test_of_truncated_powers_the_last_contribution_is_vouched_for_too(made: Made) -> None:
    """Its hash is over powers that are gone; alone it does not do, being a beacon's."""
    found, powers = made.verified(cut=True)
    assert powers.ptau.truncated
    alice, last = made.phase1
    for people, beacons, because in (
        ((alice,), (), OPEN_END),
        ((last,), (), NOBODY_IN_POWERS),
        ((), (last,), NOBODY_IN_POWERS),
        ((alice,), (last,), ""),
    ):
        trusted = trusting(found.hashes[0], *people, beacons=beacons)
        decided = decide_provenance(found, powers, trusted)
        assert decided.because == because
        assert (decided.provenance is CEREMONY) is (because == "")


def test_a_public_file_of_powers_needs_no_line(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those files are large: another is taken for one here."""
    monkeypatch.setattr(deciding, "is_public", lambda file: True)
    found, powers = made.verified(cut=True)
    decided = decide_provenance(found, powers, trusting(found.hashes[0]))
    assert (decided.provenance, decided.public) == (CEREMONY, True)
    assert ProvingKey.load(made.key_of_cut).provenance is CEREMONY
    assert decide_provenance(found, powers, trusting(*made.phase1)).because == NOBODY_IN_KEY


def test_contributors_to_the_powers_are_found_though_nobody_of_the_key_is_trusted(
    made: Made,
) -> None:
    decided = decide_provenance(*made.verified(), trusting(made.phase1[0]))
    assert (decided.because, decided.phase1, decided.phase2) == (NOBODY_IN_KEY, (0,), ())


def test_powers_are_verified_once(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    whole = deciding.verify_opened
    monkeypatch.setattr(deciding, "verify_opened", lambda *a: (calls.append(1), whole(*a))[1])
    found, powers = made.verified()
    both = trusting(made.phase1[0], found.hashes[0])
    for _ in range(2):
        assert decide_provenance(found, powers, both).provenance is CEREMONY
    assert len(calls) == 1


def test_powers_whose_transcript_does_not_hold_make_no_ceremony(made: Made, tmp_path: Path) -> None:
    """One point that the circuit does not use is another: the key holds, the powers do not."""
    from tests.circuits.formats.hostile_files import section

    data = bytearray(made.whole.read_bytes())
    place = section(bytes(data), 2)  # powers of tau in G1; the last two change places
    end = place.body + place.size
    data[end - 128 : end] = data[end - 64 : end] + data[end - 128 : end - 64]
    path = tmp_path / "bad.ptau"
    path.write_bytes(data)
    powers = PreparedPowers.load(path)
    found = verify_key(made.key, made.statement.system, powers)
    with pytest.raises(CeremonyError):
        decide_provenance(found, powers, trusting(made.phase1[0], found.hashes[0]))
    assert ProvingKey.load(made.key).provenance is UNVERIFIED


def test_a_key_that_changes_while_it_is_verified_is_refused(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even one that is changed and put back, with its old time: the record is of what was read."""
    from zkpipe.prover.ceremony.phase2 import verify as module

    path = tmp_path / "key.zkey"
    shutil.copy(made.key, path)
    whole = module.check_beacons

    def swap(*arguments: object) -> None:
        status = path.stat()
        data = path.read_bytes()
        with path.open("r+b") as file:
            file.write(data)
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        whole(*arguments)

    monkeypatch.setattr(module, "check_beacons", swap)
    with pytest.raises(FileError, match="was changed while it was in use"):
        verify_key(path, made.statement.system, PreparedPowers.load(made.whole))


def test_a_record_is_of_one_file_alone(made: Made, tmp_path: Path) -> None:
    found, powers = made.verified()
    both = trusting(made.phase1[0], found.hashes[0])
    decide_provenance(found, powers, both)
    copy = tmp_path / "copy.zkey"
    shutil.copy(made.key, copy)
    assert ProvingKey.load(copy).provenance is CEREMONY  # by what it is, not by its name
    key = ProvingKey.load(made.key)
    replace_names = replace(key.verifying_key, public_names=None)
    assert replace_names.provenance is UNVERIFIED  # of a verifying key the list alone tells
    renamed = tmp_path / "named.zkey"
    data = bytearray(made.key.read_bytes())
    data += bytes([9, 4, 0, 0]) + (0).to_bytes(8, "little")  # a section that nobody reads
    data[8] += 1
    renamed.write_bytes(data)
    assert ProvingKey.load(renamed).provenance is UNVERIFIED


def test_a_development_key_is_one_wherever_it_says_so(made: Made, home: Path) -> None:
    key = setup(made.statement.system, DEVELOPMENT)
    assert key.provenance is key.verifying_key.provenance is Provenance.DEVELOPMENT
    folder = home / "config" / "zkpipe"
    folder.mkdir(parents=True, mode=0o700)
    (folder / "trusted.txt").write_text(f"vkey {key.verifying_key.digest}\n")
    assert key.provenance is key.verifying_key.provenance is Provenance.DEVELOPMENT
    (folder / "trusted.txt").write_text("")
    unmarked = replace(key.verifying_key, development=False)
    assert unmarked.provenance is UNVERIFIED


def test_the_user_s_list_names_verifying_keys(made: Made, home: Path) -> None:
    key = ProvingKey.load(made.key)
    folder = home / "config" / "zkpipe"
    folder.mkdir(parents=True, mode=0o700)
    (folder / "trusted.txt").write_text(f"vkey {'ab' * 32}\n")
    assert key.verifying_key.provenance is UNVERIFIED
    (folder / "trusted.txt").write_text(f"vkey 0x{key.verifying_key.digest} the bank's\n")
    assert key.verifying_key.provenance is key.provenance is CEREMONY


def test_a_state_folder_that_others_can_write_to_keeps_nothing(made: Made, home: Path) -> None:
    state = home / "state"
    state.mkdir(mode=0o700)
    state.chmod(0o777)
    found, powers = made.verified()
    decided = decide_provenance(found, powers, trusting(made.phase1[0], found.hashes[0]))
    assert decided.provenance is UNVERIFIED
    assert "can be written to by others" in decided.because
    assert (decided.phase1, decided.phase2) == ((0,), (0,))
    assert list(state.iterdir()) == []
