"""How much memory a step of a ceremony may take, and what it does with less than it would like."""

from __future__ import annotations

from zkpipe.ground.errors import RangeError
from zkpipe.ground.process.memory_limits import memory_of_this_machine
from zkpipe.ground.process.settings import thread_count
from zkpipe.ground.sizes import allowed, needed, size_of

SHARE = 2  # of the machine's memory, what a step may take where nobody says: one half
PIECES = 64 << 20  # what reading, checking and hashing points piece by piece takes
THREAD = 16 << 20  # working memory of a thread


def least_room() -> int:
    """Bytes that every step takes beside the program itself, whatever the size of its files."""
    return PIECES + THREAD * thread_count()


def room(function: str, max_memory: int | str | None) -> int:
    """Bytes that a step may take for what grows with its files.

    max_memory  bytes, or a text such as "1.5G", for all that it takes beside the program itself;
                None for half of the machine's memory

    Raises KindError for what is no amount, RangeError for one below `least_room`.
    """
    if max_memory is None:
        most = memory_of_this_machine() // SHARE
    else:
        most = size_of(function, "max_memory", max_memory)
    if most < least_room():
        raise RangeError(
            f"{function} takes at least {needed(least_room())} of memory, and {allowed(most)} are "
            "allowed.",
            "Allow more, or fewer threads.",
        )
    return most - least_room()


def check_room(what: str, need: int, there: int) -> None:
    """Raise RangeError if something needs more than the room there is, before it begins."""
    if need > there:
        raise RangeError(
            f"{what} needs {needed(need + least_room())} of memory, and "
            f"{allowed(there + least_room())} are allowed.",
            "Allow more with --max-memory, or in Python max_memory, if the machine has it.",
        )
