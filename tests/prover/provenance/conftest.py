"""A ceremony of both phases, small and real, and a home of one's own for each test."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.prover.groth16.statements import Statement, sum_of_powers
from zkpipe.prover import setup
from zkpipe.prover.ceremony import (
    PreparedPowers,
    VerifiedKey,
    beacon_key,
    contribute_key,
    verify_key,
)
from zkpipe.prover.ceremony.phase1.contribute import beacon_ptau, contribute_ptau
from zkpipe.prover.ceremony.phase1.create import new_ptau
from zkpipe.prover.ceremony.phase1.prepare import prepare_ptau
from zkpipe.prover.ceremony.phase1.truncate import truncate_ptau
from zkpipe.prover.ceremony.phase1.verify import contributions_of
from zkpipe.prover.ceremony.ptau_file import read_ptau
from zkpipe.prover.ceremony.records import Beacon
from zkpipe.prover.provenance.trusted import TrustedList

BEACON = bytes(range(32))


@dataclass(frozen=True)
class Made:
    """A key whose contributors, and those of its powers, are a person and then a beacon.

    whole, cut   the powers as they were made, and truncated to half
    """

    folder: Path
    statement: Statement
    whole: Path
    cut: Path
    key: Path
    key_of_cut: Path

    def verified(self, cut: bool = False) -> tuple[VerifiedKey, PreparedPowers]:
        powers = PreparedPowers.load(self.cut if cut else self.whole)
        key = self.key_of_cut if cut else self.key
        return verify_key(key, self.statement.system, powers), powers

    @property
    def phase1(self) -> list[bytes]:
        """Hashes of the contributions to the powers: a person's, a beacon's."""
        return [one.response_hash for one in contributions_of(read_ptau(self.whole).records)]


def trusting(*hashes: bytes) -> TrustedList:
    return TrustedList(dict.fromkeys(hashes, "somebody"), frozenset())


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("both phases")
    statement = sum_of_powers()
    new_ptau(4, folder / "0.ptau")
    contribute_ptau(folder / "0.ptau", folder / "1.ptau", "Alice", b"of a test")
    beacon_ptau(folder / "1.ptau", folder / "2.ptau", Beacon(BEACON, 10), "the last")
    truncate_ptau(folder / "2.ptau", folder / "3.ptau", 3)
    keys = []
    for before, name in (("2", "whole"), ("3", "cut")):
        prepare_ptau(folder / f"{before}.ptau", folder / f"{name}.ptau")
        start, middle, end = (folder / f"{name}{i}.zkey" for i in range(3))
        setup(statement.system, folder / f"{name}.ptau").save(start)
        contribute_key(start, middle, "Bob")
        beacon_key(middle, end, BEACON, 10, "the last")
        keys.append(end)
    return Made(folder, statement, folder / "whole.ptau", folder / "cut.ptau", *keys)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folders for state and configuration that only this test has."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    return home
