"""What a command answers: facts for machines, text for people, and whether it is a yes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from zkpipe.ground.quick_dataclass import dataclass

Fact: TypeAlias = "bool | int | str | Sequence[Fact] | Mapping[str, Fact] | None"

YES, NO = 0, 1
LONGEST_NAME = 64  # characters of a contributor's name
SHOWN = 8  # names in a line of text; --json has all


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of a command.

    facts   printed as one JSON object with --json; integers past 2^53 stand in it as text
    text    printed without --json
    status  of the process: YES, NO, or another that the command documents
    """

    facts: Mapping[str, Fact]
    text: str
    status: int = YES

    def rendered(self, as_json: bool) -> str:
        """What goes to standard output."""
        return json.dumps(self.facts, indent=1) if as_json else printable(self.text)


DEVELOPMENT_WARNING = (
    "A development key: whoever made it can forge proofs under it. For tests and demonstrations "
    "only, never for anything of value. A real key is from a ceremony: docs/ceremony.md."
)
STALE = (
    "If the circuit was changed, the key or the proof may be of its older version: make both again."
)


def development_row(development: bool) -> list[tuple[str, object]]:
    """The row of a table that warns of a development key; none for another key."""
    return [("warning", DEVELOPMENT_WARNING)] if development else []


def named_values(names: Sequence[str] | None, values: Sequence[object]) -> list[str]:
    """Public values in words, with their names where they are known."""
    if names is None:
        return [str(value) for value in values]
    return [f"{name} = {value}" for name, value in zip(names, values, strict=True)]


def names_row(names: Sequence[str] | None) -> list[tuple[str, object]]:
    """The row of a table with the names of public values; none if they are not known."""
    if not names:
        return []
    more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    return [("their names", ", ".join(names[:SHOWN]) + more)]


def table(rows: Sequence[tuple[str, object]]) -> str:
    """Labels and values in two columns, a line each: a value from outside begins no row."""
    width = max(len(label) for label, _ in rows) + 2
    return "\n".join(one_line(f"{label:<{width}}{value}") for label, value in rows)


def shown_name(name: str) -> str:
    """The name of a contributor, as long as ours are: a longer one could hold a line of a listing.

    Terminals break long lines, and spaces in a name would choose where.
    """
    words = " ".join(word for word in name.split(" ") if word)
    return words if len(words) <= LONGEST_NAME else f"{words[:LONGEST_NAME]}..."


def one_line(text: str) -> str:
    """The text without the ends of lines that a name or a value from outside may have."""
    return text.replace("\n", "\\n")


def printable(text: str) -> str:
    """The text with what a terminal might take for a command written as escapes.

    Names of files and what nodes and compilers say come from outside.
    """
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)
