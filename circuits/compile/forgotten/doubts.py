"""Checks that always hold, told if they do so each time that their line runs.

A helper, a loop or a component with many shapes has checks that say nothing for some arguments and
much for others; so a line is in doubt only if none of its runs constrained anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from zkpipe.circuits.errors import CircuitWarning
from zkpipe.circuits.language.text.source import Place
from zkpipe.circuits.language.text.syntax import is_identity


@dataclass(slots=True)
class _Line:
    place: Place
    is_plain: bool
    always_holds: bool


class Doubts:
    """The checks of a circuit's text by their place, and whether one of their runs said something.

    remarks  what only lint tells
    """

    def __init__(self) -> None:
        self._lines: dict[tuple[int, int], _Line] = {}  # by the code's id: its hash reads it all
        self.remarks: list[CircuitWarning] = []

    def checked(self, place: Place | None, *, always_holds: bool, is_plain: bool = False) -> None:
        """Note that a check ran.

        always_holds  whether it holds for all inputs, so that it constrains nothing
        is_plain      whether it was given Python's True instead of a signal
        """
        if place is None:  # in the library
            return
        key = (id(place.code), place.instruction)  # the line keeps the code alive
        line = self._lines.get(key)
        if line is None:
            self._lines[key] = _Line(place, is_plain, always_holds)
        else:
            line.always_holds &= always_holds
            line.is_plain &= is_plain

    def warnings(self) -> Iterator[CircuitWarning]:
        """A warning for each line whose checks say nothing."""
        for line in self._lines.values():
            if not line.always_holds and not is_identity(line.place.tree()):
                continue
            text = line.place.expression()
            shown = f"`{text}`" if text else "A check"
            if line.is_plain:
                yield CircuitWarning(
                    "constant-check",
                    f"{shown} checks what Python knows when the circuit is compiled, so it "
                    "constrains nothing.",
                    "Compare values of the circuit, item by item; for a condition on Python's own "
                    "values write an if that raises.",
                    line.place.source(),
                )
            else:
                yield CircuitWarning(
                    "vacuous-check",
                    f"{shown} holds for all inputs, so it constrains nothing.",
                    "Correct the condition or the types, or take it away.",
                    line.place.source(),
                )
