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
    CIRCUIT_DIFFERS = "its circuit is not the one that this home has checked, or of another table"
    WRONG_QUESTION = "its circuit takes no such question, or keeps no floor"
    KEYS_OFF_CURVE = "a key that its answer is to be sealed for is nobody's"
    TOO_LATE = "it cannot be proved in time"
    DELIVERY_TOO_NEAR = "its answer could be proved and then not be delivered in time"
    FAILED = "it failed three times"
    SECRET_LOST = "it is proved, and the secret that opens the answer is not in this vault"  # noqa: S105 # no secret
    NOT_DELIVERED = "the time to deliver its answer is over"


@dataclass(frozen=True, slots=True)
class Status:
    """A job after a round.

    reason  why it is refused or dead; None for others
    """

    job: bytes
    stage: Stage
    reason: Reason | None = None
