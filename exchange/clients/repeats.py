"""The subject of a change that may be made again: what it is, and how often it was made before.

    what = digest_of("Settlement", "allow", [board, 5])
    subject_of(what, 3)         # its fourth time: 64 bytes
    unfinished(session, "Settlement", "allow", what)

The sender does a task once. A change that can be undone and made again, such as an attribute, or
repeated, such as an issue of points, is another task each time: a counter that the chain keeps
tells the times apart.

A command that was killed may have sent its transaction, so the counter may have moved when the
same command runs again. Its attempt is then still open in the outbox. So an open attempt at the
same change is gone on with, and the counter is asked only where there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zkpipe.exchange.clients.session import Session
from zkpipe.exchange.words import keccak

SIZE = 32  # bytes of each half of a subject


def digest_of(contract: str, function: str, data: bytes) -> bytes:
    """What a change is, however often it is made: 32 bytes.

    data  tells it from all other calls of the function, such as the encoded arguments
    """
    return keccak(f"{contract}.{function}:".encode("ascii") + data)


def subject_of(what: bytes, count: int) -> bytes:
    """The subject of the task that makes a change for the time that has this number."""
    return what + count.to_bytes(SIZE, "big")


def unfinished(session: Session, contract: str, function: str, what: bytes) -> int | None:
    """The number of the time whose attempt is open, of whoever began it; None if none is."""
    address = session.manifest.addresses[contract]
    for attempt in session.sender.pending():
        task = attempt.task
        is_it = (task.contract, task.function) == (address, function)
        if is_it and len(task.subject) == 2 * SIZE and task.subject[:SIZE] == what:
            return int.from_bytes(task.subject[SIZE:], "big")
    return None


def encoded_arguments(session: Session, contract: str, function: str, args: Sequence[Any]) -> bytes:
    """The bytes of a call, which tell its arguments. Raises ArgumentError."""
    return bytes.fromhex(session.contract(contract).calldata(function, *args)[2:])
