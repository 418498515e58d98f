"""A circuit that goes through a set of texts is warned of, and no other."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.circuits.surroundings import sets_program


def digests(seed: int) -> dict[str, list[object]]:
    """What another process compiles, in which texts hash by this seed."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.circuits.surroundings.sets_program"],
        cwd=Path(__file__).parents[3],
        env={**os.environ, "PYTHONHASHSEED": str(seed)},
        capture_output=True,
        check=True,
    )
    found: dict[str, list[object]] = json.loads(ran.stdout)
    return found


def test_what_has_other_rows_in_another_process_is_warned_of() -> None:
    ran = [digests(seed) for seed in (1, 2, 3)]
    for name in sets_program.CIRCUITS:
        differs = len({str(each[name][0]) for each in ran}) > 1
        assert [each[name][1] for each in ran] == [differs] * 3, name


def test_the_line_and_the_set_are_named() -> None:
    system = sets_program.CIRCUITS["in_a_function"].trace()
    warning = next(w for w in system.program.warnings if w.kind == "unordered")  # type: ignore[union-attr]
    assert warning.problem.startswith("product_of_lengths goes through the set `NAMES`")
    assert "sorted(NAMES)" in warning.fix
    assert warning.source is not None
    assert warning.source.text.startswith("for value, name in zip(values, NAMES")
