"""Places in the user's text: the file, the line and the expression that an operation stands in.

A place is in the innermost frame of the user's (frames); within a component's trace the frames of
its caller do not count, since the trace serves many calls.
"""

from __future__ import annotations

import ast
import dis
import linecache
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import CodeType, FrameType
from typing import Any

from zkpipe.circuits.errors import Source
from zkpipe.circuits.language.text.frames import (
    LANGUAGE,
    Owner,
    frames_here,
    of_dataclass,
    owner_of,
    shown_file,
)
from zkpipe.circuits.language.text.listings import Positions, listing_of
from zkpipe.circuits.language.text.parsing import expression_of

SHOWN = 60  # characters of an expression in a sentence


@dataclass(frozen=True, slots=True)
class SentPlace:
    """A place as another process told it: what a compiled circuit says of its rows."""

    text: Source
    instruction: int

    def source(self) -> Source:
        """The file, the line and the line's text, as they were there."""
        return self.text


@dataclass(frozen=True, slots=True)
class Place:
    """A point in compiled code: cheap to take, turned into text only when someone asks."""

    code: CodeType
    instruction: int

    def __reduce__(self) -> tuple[Any, ...]:
        """To another process goes the text: code goes to none."""
        return SentPlace, (self.source(), self.instruction)

    def source(self) -> Source:
        """The file (its name only), the line and the line's text."""
        line = self.positions()[0] or self.code.co_firstlineno
        text = linecache.getline(self.code.co_filename, line).strip()
        return Source(shown_file(self.code.co_filename), line, text)

    def expression(self) -> str | None:
        """The text of the very expression, if the code says where it stands on one line."""
        line, last, start, end = self.positions()
        if line is None or line != last or start is None or end is None:
            return None
        data = linecache.getline(self.code.co_filename, line).encode()[start:end]
        text = data.decode(errors="replace")
        return text if 0 < len(text) <= SHOWN else None

    def tree(self) -> ast.expr | None:
        """The expression parsed, over several lines too; None if its text cannot be read."""
        line, last, start, end = self.positions()
        if line is None or last is None or start is None or end is None:
            return None
        lines = [linecache.getline(self.code.co_filename, n) for n in range(line, last + 1)]
        data = [text.encode() for text in lines]
        data[-1] = data[-1][:end]
        data[0] = data[0][start:]
        return expression_of("(" + b"".join(data).decode(errors="replace") + ")")

    def is_in_loop(self) -> bool:
        """Whether a loop of the code goes back over it."""
        return any(
            "JUMP_BACKWARD" in instruction.opname  # Python 3.11 has others that test
            and instruction.argval <= self.instruction < instruction.offset
            for instruction in dis.get_instructions(self.code)
        )

    def positions(self) -> Positions:
        """First line, last line, first column and last column of its text; bytes, as ast's."""
        positions = listing_of(self.code).positions
        number = self.instruction // 2
        return positions[number] if number < len(positions) else (None, None, None, None)


def caller(boundary: CodeType | None = None) -> tuple[Place | None, str | None]:
    """The place that the user's text is at, and the gadget that it called to come here, if any."""
    gadget = None
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        if code is boundary:
            return None, gadget
        owner = owner_of(code)
        if owner is Owner.USER and not of_dataclass(code):
            return Place(code, frame.f_lasti), gadget
        if owner is not Owner.OURS:
            break
        if not code.co_filename.startswith(LANGUAGE):
            gadget = code.co_name
        frame = frame.f_back
    return here(boundary), gadget


def here(boundary: CodeType | None = None) -> Place | None:
    """The place that the user's text is at."""
    frame = frames_here(boundary)[0]
    return None if frame is None else Place(frame.f_code, frame.f_lasti)


def source_here() -> Source | None:
    """The user's line, and the library's that it is running."""
    frame, library = frames_here()
    if frame is None:
        return None
    inner = None if library is None else Place(library.f_code, library.f_lasti).source()
    return replace(Place(frame.f_code, frame.f_lasti).source(), library=inner)


def source_of(error: BaseException) -> Source | None:
    """The user's line that raised an error, and the library's in it; None if there is no such."""
    places = [
        Place(frame.f_code, instruction)
        for frame, instruction in _traced(error)
        if not of_dataclass(frame.f_code)
    ]
    owners = [owner_of(place.code) for place in places]
    if Owner.USER not in owners:
        return None
    last = len(owners) - 1 - owners[::-1].index(Owner.USER)
    inner = places[-1].source() if owners[-1] is Owner.LIBRARY else None
    return replace(places[last].source(), library=inner)


def _traced(error: BaseException) -> Iterator[tuple[FrameType, int]]:
    step = error.__traceback__
    while step is not None:
        yield step.tb_frame, step.tb_lasti
        step = step.tb_next
