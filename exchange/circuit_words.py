"""The names of the exchange's own circuits, as commands take them in place of a file of Python.

    register[@CLASS]
    update[@CLASS]:SCHEMA.json
    stats[@CLASS]:SCHEMA.json:COLUMN

CLASS says how long segments are, 2^CLASS rows: 10 without it, or 1 to 20.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

NAMED = re.compile(
    r"(?P<name>register|update|stats)"
    r"(?:@(?P<class>[1-9]|1[0-9]|20))?"
    r"(?::(?P<schema>.+?\.json)(?::(?P<column>.+))?)?",
    re.DOTALL,
)
STANDARD_CLASS = 10


@dataclass(frozen=True, slots=True)
class OwnCircuit:
    """One of the exchange's own circuits.

    name           register, update or stats
    segment_class  of the segments that it opens
    schema         the schema's file; None for register
    column         that stats sums; None for others
    """

    name: str
    segment_class: int = STANDARD_CLASS
    schema: Path | None = None
    column: str | None = None

    def __str__(self) -> str:
        at = "" if self.segment_class == STANDARD_CLASS else f"@{self.segment_class}"
        rest = [str(part) for part in (self.schema, self.column) if part is not None]
        return ":".join([self.name + at, *rest])


def own_circuit(text: str) -> OwnCircuit | None:
    """The circuit that words name; None if they name none of these."""
    found = NAMED.fullmatch(text)
    if found is None:
        return None
    name, schema, column = found["name"], found["schema"], found["column"]
    wanted = {"register": (False, False), "update": (True, False), "stats": (True, True)}[name]
    if wanted != (schema is not None, column is not None):
        return None
    segment_class = int(found["class"] or STANDARD_CLASS)
    return OwnCircuit(name, segment_class, None if schema is None else Path(schema), column)
