"""What the analysis answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from zkpipe.circuits.witness import Witness


class Verdict(Enum):
    """Whether the inputs determine what they must.

    SAFE     proved: any two witnesses that agree on the inputs agree on every wire asked about
    UNSAFE   refuted: two witnesses that satisfy every constraint, agree on the inputs and differ
    UNKNOWN  neither
    """

    SAFE = "safe"
    UNSAFE = "unsafe"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, eq=False)
class Counterexample:
    """Two witnesses that satisfy every constraint and agree on the inputs.

    wires  where they differ, of those that must be determined
    """

    first: Witness
    second: Witness
    wires: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """The verdict on a system.

    question        what was asked, in words: whether the inputs determine ...
    wires           that must be determined and were not proved to be, by number
    undetermined    their names
    internal        other wires that were not proved to be determined: information only
    counterexample  for UNSAFE
    contradiction   rows that show that there is no witness, perhaps none of many; None if no
                    contradiction was found. Then every verdict is SAFE, and says nothing.
    """

    verdict: Verdict
    question: str
    wires: tuple[int, ...]
    undetermined: tuple[str, ...]
    internal: tuple[int, ...]
    counterexample: Counterexample | None = None
    contradiction: tuple[int, ...] | None = None
