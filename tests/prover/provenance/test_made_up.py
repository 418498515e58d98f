"""Histories that one person makes up around a contribution that others know."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.prover.ceremony.transcripts import records_of, with_records
from tests.prover.provenance.conftest import BEACON, Made, trusting
from zkpipe.prover import Provenance, setup
from zkpipe.prover.ceremony import (
    PreparedPowers,
    contribute_key,
    verify_key,
    verify_ptau,
)
from zkpipe.prover.ceremony.deciding import (
    NOBODY_IN_POWERS,
    decide_provenance,
)
from zkpipe.prover.ceremony.phase1.contribute import beacon_ptau, contribute_ptau
from zkpipe.prover.ceremony.phase1.create import new_ptau
from zkpipe.prover.ceremony.phase1.prepare import prepare_ptau
from zkpipe.prover.ceremony.phase1.truncate import truncate_ptau
from zkpipe.prover.ceremony.points.as_bytes import uncompressed
from zkpipe.prover.ceremony.ptau_file import POWERS, point_count, read_ptau
from zkpipe.prover.ceremony.records import Beacon


@pytest.fixture(scope="session")
def behind_a_beacon(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Powers of which Mallory knows everything; their last hash is that of `made`'s beacon.

    Mallory contributes alone, and says in the record that the next challenge is the one that the
    real beacon answered. So the beacon's proofs are the real ones. The state of the hash is taken
    over too. Then the beacon is called a contribution: no hash says what it is.
    """
    folder = tmp_path_factory.mktemp("made up")
    alice, beacon = records_of(made.whole)
    new_ptau(4, folder / "0.ptau")
    contribute_ptau(folder / "0.ptau", folder / "1.ptau", "Alice", b"Mallory's")
    (mine,) = records_of(folder / "1.ptau")
    mine = replace(mine, next_challenge=alice.next_challenge)
    with_records(folder / "1.ptau", [mine], folder / "1a.ptau")
    beacon_ptau(folder / "1a.ptau", folder / "2.ptau", Beacon(BEACON, 10))
    last = replace(records_of(folder / "2.ptau")[1], state=beacon.state)
    assert last.response_hash() == beacon.response_hash()
    last = replace(
        last,
        beacon=None,
        name="Bob",
        next_challenge=_challenge(folder / "2.ptau", last.response_hash()),
    )
    with_records(folder / "2.ptau", [mine, last], folder / "3.ptau")
    prepare_ptau(folder / "3.ptau", folder / "whole.ptau")
    truncate_ptau(folder / "3.ptau", folder / "cut.ptau", 3)
    prepare_ptau(folder / "cut.ptau", folder / "prepared.ptau")
    return folder


def _challenge(path: Path, response: bytes) -> bytes:
    file, hash_ = read_ptau(path), hashlib.blake2b(response)
    for section in POWERS:
        points = file.points(section, 0, point_count(section, file.power))
        hash_.update(np.asarray(uncompressed(points)).tobytes())
    return hash_.digest()


@pytest.mark.parametrize("name", ["whole", "prepared"])
def test_a_beacon_that_is_called_a_contribution_is_nobody(
    made: Made, behind_a_beacon: Path, tmp_path: Path, name: str
) -> None:
    """Its hash is published, and the list of truncated powers has it; its secrets are public."""
    path = behind_a_beacon / f"{name}.ptau"
    found = verify_ptau(path)  # nothing in the file shows it
    person, beacon = made.phase1
    assert found.contributions[-1].response_hash == beacon
    assert not any(one.is_beacon for one in found.contributions)
    setup(made.statement.system, path).save(tmp_path / "0.zkey")
    contribute_key(tmp_path / "0.zkey", tmp_path / "1.zkey", "Carol")  # in good faith
    powers = PreparedPowers.load(path)
    key = verify_key(tmp_path / "1.zkey", made.statement.system, powers)
    decided = decide_provenance(key, powers, trusting(person, key.hashes[0], beacons=[beacon]))
    assert (decided.provenance, decided.because) == (Provenance.UNVERIFIED, NOBODY_IN_POWERS)
    mistaken = decide_provenance(key, powers, trusting(key.hashes[0], beacon))
    assert mistaken.provenance is Provenance.CEREMONY  # so lists tell people from beacons
