"""What all views have: the snapshot, the verdicts, which exchange it is, the part of a list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Generic, TypeVar

from zkpipe.exchange.evidence import AcceptedProof
from zkpipe.exchange.index.rows import Row
from zkpipe.exchange.page.checking import Check, Checker, Round
from zkpipe.exchange.page.deployment import Deployment
from zkpipe.exchange.page.following import Following
from zkpipe.exchange.page.plain import shown, shown_bytes, shown_name
from zkpipe.exchange.page.snapshot import Snapshot, asset_of
from zkpipe.exchange.states import (
    CircuitState,
    GrantState,
    JobState,
    Kind,
    Level,
    LineageState,
    Stage,
    TemplateState,
)

PART = 50  # rows of a list on one page
NEWEST = 20  # rows of a list that is a part of a page
TITLE = "name"  # the attribute of a data set that its owner calls it by

LONGEST_TITLE = 60  # characters of it

Item = TypeVar("Item")

_PREFIXES: dict[type[IntEnum], str] = {
    CircuitState: "circuit",
    LineageState: "lineage",
    GrantState: "grant",
    JobState: "job",
    TemplateState: "template",
    Kind: "kind",
    Level: "level",
    Stage: "stage",
}
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Part(Generic[Item]):
    """A part of a list: `number` of `count`, from 1; `total` items in all."""

    items: Sequence[Item]
    number: int
    count: int
    total: int


@dataclass(frozen=True, slots=True)
class Proven:
    """A proof, what was found of it now, and the name of its page."""

    proof: AcceptedProof
    check: Check
    name: str


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the exchange.

    seen       what the index says
    checker    says whether proofs hold
    following  how the index goes
    number     the part of the list that is asked for, from 1
    """

    seen: Snapshot
    checker: Checker
    deployment: Deployment
    following: Following
    number: int = 1

    def part(self, items: Sequence[Item]) -> Part[Item]:
        """The part of a list that is asked for, or the last one."""
        count = max(1, -(-len(items) // PART))
        number = min(max(1, self.number), count)
        return Part(items[PART * (number - 1) : PART * number], number, count, len(items))

    def newest(self, items: Sequence[Item]) -> Part[Item]:
        """The last of a list that stands on the page of something else, the newest first."""
        shown = items[::-1][:NEWEST]
        return Part(shown, 1, 1, len(items))

    def proven(self, proofs: Iterable[AcceptedProof]) -> tuple[list[Proven], Round]:
        """Some proofs, verified now."""
        listed = list(proofs)
        found = self.checker.check(listed)
        together = zip(listed, found.checks, strict=True)
        return [Proven(proof, check, name_of(proof)) for proof, check in together], found

    def owner(self, lineage: str) -> str:
        """Who owns a lineage."""
        asset = asset_of(lineage)
        row = self.seen.row("subjects", asset)
        return asset if row is None else str(row["owner"])

    def title(self, lineage: str) -> str:
        """What the owner of a lineage calls it on the chain; nothing if it has no name there."""
        for row in self.attributes(asset_of(lineage)):
            if row["name"] == TITLE and row["is_valid"]:
                return shown(str(row["value"]), LONGEST_TITLE)
        return ""

    def attributes(self, subject: str) -> list[Row]:
        """The attributes of a subject, as text that is harmless."""
        return [
            {
                "name": shown_name(raw(row["name"])),
                "value": shown_bytes(raw(row["value"])),
                "valid_to": row["valid_to"],
                "is_valid": int(row["valid_to"]) > self.seen.time,
            }
            for row in self.seen.rows("attributes", subject=subject)
        ]

    def when(self, block: int) -> int | None:
        """The time of a block that has events."""
        return self.seen.times.get(block)

    def is_final(self, block: int) -> bool:
        """Whether a block is final."""
        return block <= self.seen.final


def key_of(kind: type[IntEnum], number: Any) -> str:
    """The key of the text for a state, a kind, a level or a stage."""
    try:
        return f"{_PREFIXES[kind]}.{kind(int(number)).name.lower()}"
    except ValueError:
        return UNKNOWN


def name_of(proof: AcceptedProof) -> str:
    """The name of a proof's page: where its event stands."""
    return f"{proof.block}-{proof.log}-{proof.number}"


def raw(text: str) -> bytes:
    """The bytes of 0x and hexadecimal."""
    return bytes.fromhex(text[2:])
