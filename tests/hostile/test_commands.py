"""S9 at the command line: a hostile file ends with status 1 or 2, soon, and is never a fault."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.hostile.bounded import process
from tests.hostile.commands import NOWHERE, READERS
from tests.hostile.formats import FORMATS
from tests.hostile.test_readers import SEED
from tests.long_form import IS_LONG

COUNT = 60 if IS_LONG else 4  # hostile files for each command
KINDS = list(dict.fromkeys(reader.kind for reader in READERS))
RECORDS = [kind for kind in KINDS if "deployment" in kind]
NO_READER = "attestation.txt in prove key.zkey FILE OUT MORE"  # it is told what the file is


def survives(desk: Path, kinds: list[str]) -> None:
    found = process("tests.hostile.commands", desk, [str(SEED), str(COUNT), *kinds])
    assert len(found) == sum(reader.kind in kinds for reader in READERS)
    statuses: Counter[str] = Counter()
    for words, facts in found.items():
        if words != NO_READER and NOWHERE not in words:
            assert facts["right"] == "status 0", words
        assert sum(facts["counted"].values()) == COUNT, words
        statuses.update(facts["counted"])
    assert statuses["status 2"] > statuses.total() / 3


def test_every_command_survives_hostile_files(desk: Path) -> None:
    survives(desk, [kind for kind in KINDS if kind not in RECORDS])


def test_commands_survive_hostile_records_of_deployments(desk: Path, deployed_seeds: Path) -> None:
    (desk / "deployment.json").write_bytes((deployed_seeds / "deployment.json").read_bytes())
    survives(desk, RECORDS)


def test_every_kind_that_is_read_is_given_to_a_command() -> None:
    assert {name.split()[-1] for name in FORMATS} <= {kind.split()[-1] for kind in KINDS}
    assert len({(reader.words, reader.seed) for reader in READERS}) == len(READERS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_desk_has_the_right_file(desk: Path, kind: str) -> None:
    if kind != "deployment":
        assert all((desk / reader.seed).is_file() for reader in READERS if reader.kind == kind)
