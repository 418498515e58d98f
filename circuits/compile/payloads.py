"""What a traced value holds: a combination or a condition, which has no rows yet, and claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zkpipe.circuits.compile.conditions import Payload
from zkpipe.circuits.compile.forgotten.claims import Claim


@dataclass(frozen=True, slots=True, eq=False)
class Claimed:
    """A payload that was computed from claims."""

    content: Payload
    claim: Claim


TracedPayload = Payload | Claimed


def content_of(payload: TracedPayload) -> Payload:
    """The payload without its claim."""
    return payload.content if type(payload) is Claimed else payload  # type: ignore[return-value]


def claims_of(payloads: Sequence[TracedPayload]) -> list[Claim]:
    """The claims of payloads, each once."""
    found = (payload.claim for payload in payloads if type(payload) is Claimed)
    return list(dict.fromkeys(found))


def use(payload: TracedPayload) -> None:
    """Mark the claims of a payload as used."""
    if type(payload) is Claimed:
        payload.claim.use()


def derived(value: Payload, operands: Sequence[TracedPayload]) -> TracedPayload:
    """A value that was computed from payloads, with their claims."""
    for operand in operands:
        if type(operand) is Claimed:
            break
    else:
        return value
    claims = claims_of(operands)
    return Claimed(value, claims[0] if len(claims) == 1 else Claim(claims))
