"""What a trace keeps beside its rows: where each came from, how to solve, what wires are called.

The solver's tape is a list of operations of five numbers, (operation, source, slot, count, skip):

    SOLVE     row               slot   the one unknown of the row
    BITS      combination       slot   bits skip, skip + 1, ... of it, `count` of them
    INVERSE   combination       slot   its inverse, 0 for 0
    QUOTIENT  two combinations  slot   floor of the first by the second, 0 if that is 0
    RATIO     two combinations  slot   the first over the second in the field, 0 if that is 0
    HINT      call              slot   results of a Python function
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal, NamedTuple

from zkpipe.circuits.language.plain.hint_call import HintCall
from zkpipe.circuits.language.text.source import Place


class Operation(IntEnum):
    """Operations of the solver's tape."""

    SOLVE = 0
    BITS = 1
    INVERSE = 2
    QUOTIENT = 3
    HINT = 4
    RATIO = 5


OF_TWO = (Operation.QUOTIENT, Operation.RATIO)  # combinations


class WireKind(IntEnum):
    """What an internal wire holds: the last part of its name.

    FREE is advice that checks need and that may be anything where they hold without it.
    """

    INPUT = 0
    PRODUCT = 1
    SUM = 2
    BIT = 3
    INVERSE = 4
    QUOTIENT = 5
    HINT = 6
    FREE = 7


Purpose = Literal["product", "sum", "check", "input", "narrow", "hint", "bits", "division", "ratio"]


@dataclass(frozen=True, slots=True)
class Site:
    """Where a row comes from in the user's text, and why it is there.

    place    None within a component of the library: the call's place counts
    purpose  what the row proves: of a quotient with a remainder "division", of one of field
             elements "ratio"
    message  the check's message, or the name of what is proven to lie in a type
    """

    place: Place | None
    purpose: Purpose
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """One use of a site: the two sides of a check as numbers of recorded combinations, or -1."""

    site: Site
    left: int = -1
    right: int = -1


class Call(NamedTuple):
    """A component used once: its name, where it is called, and what is its own.

    origins  the first of its checks' origins and the one after the last; a row of its own whose
             origin is another's belongs to a check outside that took it
    """

    name: str
    place: Place | None
    first_slot: int
    last_slot: int
    first_row: int
    last_row: int
    origins: tuple[int, int]

    def moved(self, slots: int, rows: int, origins: int) -> Call:
        """The same call with its ranges moved."""
        return Call(
            self.name,
            self.place,
            self.first_slot + slots,
            self.last_slot + slots,
            self.first_row + rows,
            self.last_row + rows,
            (self.origins[0] + origins, self.origins[1] + origins),
        )


@dataclass(slots=True)
class HintUse:
    """One call of a hint's function: its arguments are combinations from `first` on.

    slot   of the first of `count` results
    """

    call: HintCall
    first: int
    slot: int
    count: int
