"""What a run says, failures included, so that two runs can be compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.circuits.oracles import rows
from zkpipe.accel.fields.limbs import ints_from_words
from zkpipe.circuits import UnsatisfiedError, Witness
from zkpipe.circuits.solve.many import solve_many
from zkpipe.circuits.system import ConstraintSystem


def outcome(run: Callable[..., Any], **inputs: Any) -> Any:
    """What a run returns, or that it is unsatisfied."""
    try:
        return run(**inputs)
    except UnsatisfiedError:
        return "unsatisfied"


def solved(system: ConstraintSystem, *inputs: int) -> list[int] | str:
    """The outputs of the oracle's run of the tape, or that a row fails."""
    values = rows.solve(system, list(inputs))
    if rows.failing_rows(system, values):
        return "unsatisfied"
    return values[1 : 1 + system.output_count]


def outputs_of_many(system: ConstraintSystem, given: list[list[Any]]) -> list[list[int]]:
    """The outputs for each row of flat inputs, which all have a witness; in bounded memory."""
    found = []
    for start in range(0, len(given), 1000):
        for witness in solve_many(system, given[start : start + 1000]):
            assert isinstance(witness, Witness)
            found.append(ints_from_words(witness.values[1 : 1 + system.output_count]))
    return found
