"""Places in the user's text: the file, the line and the expression that an operation stands in.

A place is the innermost frame outside this package; within a component's trace the frames of its
caller do not count, since the trace serves many calls.
"""

from __future__ import annotations

import linecache
import os
import sys
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import CodeType, FrameType

from circuits.errors import Source

PACKAGE = str(Path(__file__).resolve().parent.parent) + os.sep
SHOWN = 60  # characters of an expression in a sentence


@dataclass(frozen=True, slots=True)
class Place:
    """A point in compiled code: cheap to take, turned into text only when someone asks."""

    code: CodeType
    instruction: int

    def source(self) -> Source:
        """The file (its name only), the line and the line's text."""
        line = self._positions()[0] or self.code.co_firstlineno
        text = linecache.getline(self.code.co_filename, line).strip()
        return Source(Path(self.code.co_filename).name, line, text)

    def expression(self) -> str | None:
        """The text of the very expression, if the code says where it stands on one line."""
        line, last, start, end = self._positions()
        if line is None or line != last or start is None or end is None:
            return None
        data = linecache.getline(self.code.co_filename, line).encode()[start:end]
        text = data.decode(errors="replace")
        return text if 0 < len(text) <= SHOWN else None

    def _positions(self) -> tuple[int | None, int | None, int | None, int | None]:
        positions = self.code.co_positions()
        return next(islice(positions, self.instruction // 2, None), (None, None, None, None))


def user_frame(boundary: CodeType | None = None) -> FrameType | None:
    """The innermost frame outside this package; None if the boundary's code comes first."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        if code is boundary:
            return None
        if not code.co_filename.startswith(PACKAGE) and not _of_dataclass(code):
            return frame
        frame = frame.f_back
    return None


def _of_dataclass(code: CodeType) -> bool:
    """Whether it is a method that a dataclass got, such as its __eq__."""
    return code.co_filename == "<string>" and code.co_name.startswith("__")


def here(boundary: CodeType | None = None) -> Place | None:
    """The place that the user's text is at."""
    frame = user_frame(boundary)
    return None if frame is None else Place(frame.f_code, frame.f_lasti)


def expression_here() -> tuple[str, Source | None]:
    """The expression being executed, in back quotes, and its source."""
    place = here()
    if place is None:
        return "an expression", None
    text = place.expression()
    return (f"`{text}`" if text else "an expression"), place.source()
