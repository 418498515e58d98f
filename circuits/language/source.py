"""Places in the user's text: the file, the line and the expression that an operation stands in.

A place is the innermost frame outside this package; within a component's trace the frames of its
caller do not count, since the trace serves many calls.
"""

from __future__ import annotations

import ast
import dis
import linecache
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from circuits.errors import Source

PACKAGE = str(Path(__file__).resolve().parent.parent) + os.sep
LANGUAGE = (PACKAGE + "language" + os.sep, PACKAGE + "compile" + os.sep)
Positions = list[tuple[int | None, int | None, int | None, int | None]]
_last_asked: tuple[CodeType, Positions] | None = None
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

    def tree(self) -> ast.expr | None:
        """The expression parsed, over several lines too; None if its text cannot be read."""
        line, last, start, end = self._positions()
        if line is None or last is None or start is None or end is None:
            return None
        lines = [linecache.getline(self.code.co_filename, n) for n in range(line, last + 1)]
        data = [text.encode() for text in lines]
        data[-1] = data[-1][:end]
        data[0] = data[0][start:]
        try:
            return ast.parse("(" + b"".join(data).decode(errors="replace") + ")", mode="eval").body
        except (SyntaxError, ValueError):
            return None

    def assertion(self) -> str | None:
        """What an assert statement asserts, if the place is in one."""
        first, last, _, _ = self._positions()
        text = "".join(linecache.getlines(self.code.co_filename))
        if first is None or last is None or "assert" not in text:
            return None
        try:
            nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Assert)]
        except (SyntaxError, ValueError):
            return None
        for node in nodes:
            if node.test.lineno <= first and last <= (node.test.end_lineno or node.test.lineno):
                shown = ast.unparse(node.test)
                return shown if len(shown) <= SHOWN else "..."
        return None

    def is_in_loop(self) -> bool:
        """Whether a loop of the code goes back over it."""
        return any(
            instruction.opname.startswith("JUMP_BACKWARD")
            and instruction.argval <= self.instruction < instruction.offset
            for instruction in dis.get_instructions(self.code)
        )

    def _positions(self) -> tuple[int | None, int | None, int | None, int | None]:
        positions = _positions_of(self.code)
        number = self.instruction // 2
        return positions[number] if number < len(positions) else (None, None, None, None)


def _positions_of(code: CodeType) -> Positions:
    """Where each instruction stands in the text; kept for the code that was asked about last."""
    global _last_asked
    last = _last_asked
    if last is None or last[0] is not code:
        last = _last_asked = code, list(code.co_positions())
    return last[1]


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


def caller(boundary: CodeType | None = None) -> tuple[Place | None, str | None]:
    """The place that the user's text is at, and the gadget that it called to come here, if any."""
    gadget = None
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        if code is boundary:
            break
        if not code.co_filename.startswith(PACKAGE):
            if not _of_dataclass(code):
                return Place(code, frame.f_lasti), gadget
        elif not code.co_filename.startswith(LANGUAGE):
            gadget = code.co_name
        frame = frame.f_back
    return None, gadget


def is_of_package(code: CodeType) -> bool:
    """Whether it is code of this package."""
    return code.co_filename.startswith(PACKAGE)


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
