"""What a run measured of a user's own circuit: the steps around its proofs, and gas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from zkpipe.benchmarks.records.ranges import (
    COMMAND,
    FIX,
    LIBRARY,
    Count,
    Seconds,
    Size,
    check_times,
)
from zkpipe.benchmarks.records.records import Within
from zkpipe.ground.errors import RangeError
from zkpipe.ground.kinds import shown_text

COMPILE, SETUP, SOLVE, BOTH, VERIFY = "compile", "set up", "solve", "solve and prove", "verify"
STEPS = (COMPILE, SETUP, SOLVE, BOTH, VERIFY)


@dataclass(frozen=True, slots=True)
class StepTime:
    """A step from the circuit to the verified proof, but for the proof alone, which is a ProofTime.

    way         library: in a process that has done it once before; command: a process each time
    peak_bytes  the most memory that the process held; None for a library's, which does all of them
    """

    step: str
    way: str
    seconds: Seconds
    peak_bytes: Size | None

    def __post_init__(self) -> None:
        check_times(self.seconds)
        if self.step not in STEPS or self.way not in (LIBRARY, COMMAND):
            what = f"{shown_text(self.step)}, {shown_text(self.way)}"
            raise RangeError(f"No run measures the step {what}.", FIX)


@dataclass(frozen=True, slots=True)
class Gas:
    """What the circuit's verifier costs on an EVM chain, each as a whole transaction.

    verification  of the proof that was measured
    deployment    of the contract
    code_bytes    of the contract
    compiler      solc's version
    """

    verification: Count
    deployment: Count
    code_bytes: Size
    compiler: str


@dataclass(frozen=True, slots=True)
class OwnCircuit:
    """A user's own circuit; its size is the run's CircuitSize of the same name.

    source         its file or module, without folders
    public_values  of a proof
    backend        of zkpipe, with `threads`, for all steps
    gas            None if it was not measured
    """

    name: str
    source: str
    public_values: Annotated[int, Within(0, 1 << 28)]
    backend: str
    threads: Annotated[int, Within(1, 1 << 16)]
    steps: tuple[StepTime, ...]
    gas: Gas | None
