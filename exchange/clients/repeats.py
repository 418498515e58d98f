"""Changes that may be made again: each time is a task of its own, and none is done twice.

    repeat(session, Change("Settlement", "allow", (board, 5), "Allowed", first, is_it))

The sender does a task once. A change that can be undone and made again, such as an attribute, or
repeated, such as an issue of points, is another task each time: a counter that the chain keeps
tells the times apart. Here it is how often the events tell the very same change.

A command that was killed may have sent its transaction, so the counter may have moved when the
same command runs again. Its attempt is then still open in the outbox. So an open attempt at the
same change is gone on with, and the counter is asked only where there is none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from zkpipe.exchange.clients.session import Session
from zkpipe.exchange.index.events import Event
from zkpipe.exchange.words import keccak
from zkpipe.verifier_contracts import Receipt
from zkpipe.verifier_contracts.errors import TransactionError

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
    """The number of the time whose attempt a command began and did not end; None if none is.

    what  of the change: `digest_of`, or the `what` of a Change
    """
    address = session.manifest.addresses[contract]
    for attempt in session.sender.pending():
        task = attempt.task
        is_it = (task.contract, task.function) == (address, function)
        if is_it and len(task.subject) == 2 * SIZE and task.subject[:SIZE] == what:
            return int.from_bytes(task.subject[SIZE:], "big")
    return None


@dataclass(frozen=True, slots=True)
class Change:
    """A call that can be made again.

    what   32 bytes that tell it from all other calls of the function, if the arguments do not
    event  that tells of the change, of the same contract
    first  the event's first indexed argument, as a topic of 32 bytes
    is_it  whether an event of that name tells of this very change
    mark   a number that is drawn anew each time and stands in the event, such as a salted digest.
           It takes the place of the counter
    """

    contract: str
    function: str
    arguments: tuple[Any, ...]
    event: str
    first: bytes
    is_it: Callable[[Event], bool]
    what: bytes = b""
    mark: int | None = None


def repeat(session: Session, change: Change) -> Receipt | None:
    """Make a change once more, and wait until it is final.

    An attempt that is open, of a command that did not end, is gone on with instead. None if the
    change was made meanwhile without a transaction of this home. Raises what Session.send raises.
    """
    count = begun(session, change)
    if count is None:
        count = _times(session, change) if change.mark is None else change.mark
    before = 0 if change.mark is not None else count
    return session.send(
        change.contract,
        change.function,
        change.arguments,
        subject=subject_of(_what(session, change), count),
        effect=lambda block: _times(session, change, block) > before,
    )


def begun(session: Session, change: Change) -> int | None:
    """The number of the time whose attempt is open; None if none is."""
    return unfinished(session, change.contract, change.function, _what(session, change))


def _what(session: Session, change: Change) -> bytes:
    if change.what:
        return change.what
    data = session.contract(change.contract).calldata(change.function, *change.arguments)
    return digest_of(change.contract, change.function, bytes.fromhex(data[2:]))


def _times(session: Session, change: Change, block: int | None = None) -> int:
    """How often the change was made up to a block; without one, up to the last."""
    reached = session.index.follow()
    if block is not None and reached < block:
        raise TransactionError(
            f"The index has come to block {reached:,}; block {block:,} is asked for.",
            "Ask again; if it stays so, ask another node.",
        )
    events = session.index.events_of(change.contract, change.event, first=change.first)
    return sum(
        1 for event in events if (block is None or event.block <= block) and change.is_it(event)
    )


def topic(address: str) -> bytes:
    """An address as the topic of an indexed argument, 32 bytes."""
    return bytes(12) + bytes.fromhex(address[2:])
