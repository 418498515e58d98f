"""What comes of one statement's inputs: a proof that verifies, or why there is none.

Both go from a child process to its parent as JSON, and neither holds a private value; an
explanation, which may, is made only where somebody asked for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias

from zkpipe.ground.errors import ZkpipeError


class Cause(Enum):
    """Why there is no proof, as far as it decides whether to try again."""

    INPUTS = "inputs"  # they do not fit, or satisfy no circuit: never again
    MEMORY = "memory"  # once more, with less beside it
    WORKER = "worker"  # the process ended: again, a few times
    TIME = "time"  # it took longer than it may: never again
    MACHINE = "machine"  # something is missing, full or unreadable here: in the next run


@dataclass(frozen=True, slots=True)
class Proved:
    """A proof that was verified.

    proof   as snarkjs' proof.json holds it
    public  the public values: outputs, then public inputs
    """

    proof: Mapping[str, Any]
    public: tuple[int, ...]

    def as_json(self) -> dict[str, Any]:
        """For another process."""
        return {"proof": self.proof, "public": [str(value) for value in self.public]}


@dataclass(frozen=True, slots=True)
class Failed:
    """Why there is no proof.

    problem, fix, evidence  as of a ZkpipeError: public values only
    explanation             with private values, where it was asked for
    """

    cause: Cause
    kind: str
    problem: str
    fix: str
    evidence: tuple[str, ...] = ()
    explanation: str | None = None

    @classmethod
    def of(cls, error: ZkpipeError, cause: Cause, *, explained: bool = False) -> Failed:
        """What an error says; `explained` also what it says of private values."""
        explanation = error.explain() if explained else None
        kind = type(error).__name__
        return cls(cause, kind, error.problem, error.fix, tuple(error.evidence), explanation)

    @classmethod
    def for_want_of_memory(cls) -> Failed:
        """What a MemoryError says; Python's has no words."""
        return cls(
            Cause.MEMORY,
            "MemoryError",
            "There is not enough memory for this proof.",
            "Use fewer workers, or a machine with more memory.",
        )

    def as_json(self) -> dict[str, Any]:
        """For another process."""
        return {
            "cause": self.cause.value,
            "kind": self.kind,
            "problem": self.problem,
            "fix": self.fix,
            "evidence": list(self.evidence),
            "explanation": self.explanation,
        }


Outcome: TypeAlias = Proved | Failed


def outcome_from_json(value: Mapping[str, Any]) -> Outcome:
    """What `as_json` gave on the other side."""
    if "proof" in value:
        return Proved(value["proof"], tuple(map(int, value["public"])))
    return Failed(
        Cause(value["cause"]),
        value["kind"],
        value["problem"],
        value["fix"],
        tuple(value["evidence"]),
        value["explanation"],
    )
