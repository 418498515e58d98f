"""A circuit's ceremony of five contributions, made once."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from tests.prover.ceremony.powers import write_powers
from tests.prover.groth16.statements import Statement, sum_of_powers
from zkpipe.circuits.system import ConstraintSystem
from zkpipe.prover import setup
from zkpipe.prover.ceremony import PreparedPowers, beacon_key, contribute_key

BEACON = bytes(range(32))


@dataclass(frozen=True)
class Ceremony:
    """Keys from the initial one on; contribution 3 of the five is a beacon."""

    folder: Path
    statement: Statement
    system: ConstraintSystem
    ptau: Path
    keys: tuple[Path, ...]

    @property
    def powers(self) -> PreparedPowers:
        return PreparedPowers.load(self.ptau)

    @property
    def final(self) -> Path:
        return self.keys[-1]


@pytest.fixture(scope="session")
def ceremony(tmp_path_factory: pytest.TempPathFactory) -> Ceremony:
    folder = tmp_path_factory.mktemp("ceremony")
    statement, ptau = sum_of_powers(), write_powers(folder / "final.ptau", 3)
    system = statement.system
    keys = [folder / f"{i}.zkey" for i in range(6)]
    setup(system, ptau).save(keys[0])
    for i, (before, after) in enumerate(pairwise(keys), 1):
        if i == 3:
            beacon_key(before, after, BEACON, 10, "a beacon")
        else:
            contribute_key(before, after, f"party {i}")
    return Ceremony(folder, statement, system, ptau, tuple(keys))
