"""S9: whatever bytes a file holds, its reader gives a value or an error of ours, soon, in bounds.

What is accepted is compared with the formats as they are read number by number (plain), and, where
we write such files, written again. In the suite some hundred files of each kind; in the long form
more than 2,000 of each, and every truncation of a small one.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from tests.hostile.bounded import process
from tests.hostile.formats import FORMATS
from tests.long_form import IS_LONG

COUNT = 2000 if IS_LONG else 60  # structured ones; as many again of other kinds
SEED = int(os.environ.get("FUZZ_FROM", "18"))
ENOUGH = 2000 if IS_LONG else 100
RECORD = "deployment"


def told(folder: Path, kinds: list[str]) -> dict[str, Any]:
    """What a bounded process makes of hostile files of these kinds."""
    words = [word for kind in kinds for word in (kind, str(SEED), str(COUNT))]
    return process("tests.hostile.child", folder, words)


def holds(found: dict[str, Any], kinds: list[str]) -> None:
    assert list(found) == kinds
    for kind in kinds:
        assert sum(found[kind]["counted"].values()) >= ENOUGH, kind
        assert found[kind]["counted"].get("accepted", 0) > 0, kind


def test_every_hostile_file_gives_a_value_or_an_error_of_ours_within_its_bounds(
    seeds: Path,
) -> None:
    kinds = [kind for kind in FORMATS if kind != RECORD]
    holds(told(seeds, kinds), kinds)


def test_every_hostile_record_of_a_deployment_does_too(deployed_seeds: Path) -> None:
    holds(told(deployed_seeds, [RECORD]), [RECORD])
