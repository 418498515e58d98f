"""How far a job is in the provider's loop, and why one is refused.

    seen -> checked -> proved -> submitted -> delivered -> erased
      or -> refused                  or -> dead

A job is seen when it is opened, and nothing is proved before that is final. A stage is no memory:
each round finds it again from the chain and the vault.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Stage(Enum):
    """How far a job is. The value is its name in logs."""

    SEEN = "Seen"  # opened, not final
    CHECKED = "Checked"  # to be served, and tried again after a failure
    PROVED = "Proved"  # its proof waits to be sent
    SUBMITTED = "Submitted"  # sent, not final
    DELIVERING = "Delivering"  # proved for good; what opens the answer waits to be sent
    DELIVERED = "Delivered"  # sent, not final
    ERASED = "Erased"  # ended for good, and its secret is gone
    REFUSED = "Refused"
    DEAD = "Dead"  # it failed too often, or cannot be delivered


class Reason(Enum):
    """Why a job is refused or dead. The value says it to people."""

    NOT_OURS = "this account is neither the lineage's owner nor the owner's prover any more"
    GRANT_ENDED = "its grant is revoked, used up or closed"
    SEGMENT_CLOSED = "its segment is withdrawn, or its lineage frozen"
    SEGMENT_UNKNOWN = "this home does not hold its segment"
    CIRCUIT_ENDED = "its circuit is retired"
    CIRCUIT_UNKNOWN = "this home has not checked its circuit"
    CIRCUIT_DAMAGED = "a file of its circuit in this home is damaged: check the circuit again"
    SEGMENT_DAMAGED = "the file of its segment in this home is damaged: put the rows back"
    SECRET_DAMAGED = "the file of its secret in this home is damaged"  # noqa: S105 # no secret
    CIRCUIT_DIFFERS = "its circuit is not the one that this home has checked, or of another table"
    WRONG_QUESTION = "its circuit takes no such question, or keeps no floor"
    KEYS_OFF_CURVE = "a key that its answer is to be sealed for is nobody's"
    TOO_LATE = "it cannot be proved in time"
    DELIVERY_TOO_NEAR = "its answer could be proved and then not be delivered in time"
    FAILED = "it failed too often: zkpipe job run --retry tries it again"
    SECRET_LOST = "it is proved, and the secret that opens the answer is not in this vault"  # noqa: S105 # no secret
    NOT_DELIVERED = "the time to deliver its answer is over"


HELD = {  # what the log says of jobs that wait until somebody mends the home
    Reason.CIRCUIT_DAMAGED: "circuit of job damaged",
    Reason.SEGMENT_DAMAGED: "segment of job damaged",
    Reason.SECRET_DAMAGED: "secret of job damaged",
}


@dataclass(frozen=True, slots=True)
class Status:
    """A job after a round.

    reason  why it is refused or dead; None for others
    """

    job: bytes
    stage: Stage
    reason: Reason | None = None

    @property
    def event(self) -> str:
        """What the log calls it."""
        if self.reason in HELD:
            return HELD[self.reason]
        return "job refused" if self.stage is Stage.REFUSED else "job advanced"
