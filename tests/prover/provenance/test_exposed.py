"""Files that somebody else can write to while they are verified."""

from __future__ import annotations

import hashlib
import mmap
import os
import shutil
import tempfile
import time
from pathlib import Path

import pytest

from tests.prover.provenance.conftest import Made, trusting
from zkpipe.ground.files.reading import FileError
from zkpipe.prover import Provenance
from zkpipe.prover.ceremony import PreparedPowers, verify_key
from zkpipe.prover.ceremony.deciding import EXPOSED, decide_provenance, keep_verified_powers
from zkpipe.prover.ceremony.ptau_file import read_ptau
from zkpipe.prover.provenance.kept import kept_ptau

STRANGER = 65534


def test_bytes_that_change_through_a_map_make_no_ceremony(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """They change between the look at the points and the hash, and no time of the file shows it."""
    from zkpipe.prover.ceremony.phase2 import verify as module

    memory = Path("/dev/shm")  # noqa: S108 # a folder of its own is made in it
    folder = memory if os.access(memory, os.W_OK) else tmp_path  # there nothing is written back
    path = Path(tempfile.mkdtemp(dir=folder)) / "key.zkey"
    shutil.copy(made.key, path)
    path.chmod(0o666)
    request.addfinalizer(lambda: shutil.rmtree(path.parent))
    whole = module.check_beacons
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as bytes_:
        place = len(bytes_) // 2
        good = bytes_[place]
        bytes_[:] = bytes_[:]  # every page is dirty now: the next write leaves no trace
        time.sleep(0.02)

        def change(*arguments: object) -> None:
            bytes_[place] = good ^ 1
            whole(*arguments)

        monkeypatch.setattr(module, "check_beacons", change)
        powers = PreparedPowers.load(made.whole)
        try:
            found = verify_key(path, made.statement.system, powers)
        except FileError:
            pytest.skip("the system wrote the pages to the disk just now, and so marked the change")
        assert found.sha256 != hashlib.sha256(made.key.read_bytes()).hexdigest()
    decided = decide_provenance(found, powers, trusting(made.phase1[0], found.hashes[0]))
    problem = f"{path} can be written to by others"
    assert decided.provenance is Provenance.UNVERIFIED
    assert decided.because == EXPOSED.format(problem=problem)


@pytest.mark.parametrize("which", ["key", "powers"])
@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes files of another user")
def test_files_of_another_user_make_no_ceremony(made: Made, tmp_path: Path, which: str) -> None:
    paths = {"key": tmp_path / "key.zkey", "powers": tmp_path / "powers.ptau"}
    shutil.copy(made.key, paths["key"])
    shutil.copy(made.whole, paths["powers"])
    os.chown(paths[which], STRANGER, STRANGER)
    powers = PreparedPowers.load(paths["powers"])
    found = verify_key(paths["key"], made.statement.system, powers)
    decided = decide_provenance(found, powers, trusting(made.phase1[0], found.hashes[0]))
    problem = f"{paths[which]} belongs to user {STRANGER}"
    assert decided.because == EXPOSED.format(problem=problem)
    shutil.copy(paths[which], tmp_path / "mine")
    shutil.move(tmp_path / "mine", paths[which])
    powers = PreparedPowers.load(paths["powers"])
    found = verify_key(paths["key"], made.statement.system, powers)
    decided = decide_provenance(found, powers, trusting(made.phase1[0], found.hashes[0]))
    assert decided.provenance is Provenance.CEREMONY


def test_powers_that_others_can_write_to_are_not_remembered(made: Made, tmp_path: Path) -> None:
    path = tmp_path / "powers.ptau"
    shutil.copy(made.whole, path)
    path.chmod(0o666)
    with pytest.raises(FileError, match="can be written to by others"):
        keep_verified_powers(read_ptau(path))
    assert not kept_ptau(hashlib.sha256(path.read_bytes()).hexdigest())
