"""What lint finds beside the verdict: a sentence each, with its wires and its line."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from zkpipe.circuits.errors import Source


class Severity(Enum):
    """How much a finding matters: a warning asks to be corrected, a note to be known."""

    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding.

    kind    for machines: unused-input, loose-public-input, ...
    text    a sentence
    fix    what to do about it
    names   of the wires it is about
    source  the author's line, if there is one
    """

    kind: str
    severity: Severity
    text: str
    fix: str
    names: tuple[str, ...] = ()
    source: Source | None = None
