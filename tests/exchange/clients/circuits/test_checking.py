"""A circuit that proves too little is not taken, however well its key fits it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.exchange.clients.circuits.some_circuits import SCORE, developer_file
from zkpipe.circuits import UnderconstrainedError
from zkpipe.exchange.clients.circuits import source_of
from zkpipe.exchange.clients.circuits.checking import Checked, check
from zkpipe.exchange.errors import CircuitError
from zkpipe.prover import DEVELOPMENT, setup_to_file

HINT = "hint(lambda x: 1, visits.codes[0], returns=UInt[10]"


def checked_of(folder: Path, answer: str) -> Checked:
    """The developer's circuit with another answer, and a key that is its own."""
    begun = SCORE[: SCORE.rindex("    return")]
    text = f"{begun}    from zkpipe import hint\n    return {answer}\n"
    source = source_of(str(developer_file(folder, text)))
    setup_to_file(source.template().circuit.trace(), DEVELOPMENT, folder / "it.zkey")
    return check(source, folder / "it.zkey")


def test_an_answer_that_nothing_determines_is_refused(tmp_path: Path) -> None:
    """Any answer would have a proof. The error is the compiler's, which names the line."""
    with pytest.raises(UnderconstrainedError, match=r"score\.py"):
        checked_of(tmp_path, f"{HINT})")


def test_an_answer_whose_author_waives_the_question_is_objected_to(tmp_path: Path) -> None:
    checked = checked_of(tmp_path, f"{HINT}, waive='it is right')")
    assert any("waived" in objection for objection in checked.objections)
    with pytest.raises(CircuitError, match="is refused"):
        checked.require_fine()
