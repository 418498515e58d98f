"""What a run says, failures included, so that two runs can be compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.circuits.oracles import rows
from zkpipe.circuits import UnsatisfiedError
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
