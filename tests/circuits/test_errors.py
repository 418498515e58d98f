"""Every message as its user sees it: errors/CASE/circuit.py raises errors/CASE/expected.txt.

To accept new texts after reading them: python -m tests.circuits.test_errors
"""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from zkpipe.ground.errors import ZkpipeError

CASES = Path(__file__).parent / "errors"

# Circuits made to fail later, of inputs that nothing uses.
pytestmark = pytest.mark.filterwarnings("ignore::zkpipe.circuits.CircuitWarning")


def shown(case: Path) -> str:
    """The error's class and text, and what explain() adds."""
    try:
        runpy.run_path(str(case / "circuit.py"))
    except ZkpipeError as error:
        text = f"{type(error).__name__}: {error}\n"
        explained = error.explain()
        if explained != str(error):
            text += f"\n--- explain()\n{explained}\n"
        return text
    return "nothing is raised\n"


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda case: case.name)
def test_the_message_reads_as_it_was_approved(case: Path) -> None:
    assert shown(case) == (case / "expected.txt").read_text(encoding="utf-8")


if __name__ == "__main__":
    for case in sorted(CASES.iterdir()):
        (case / "expected.txt").write_text(shown(case), encoding="utf-8")
