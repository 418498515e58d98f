"""What a catalogue has: found by a word, shown by an id, and compared between versions.

All is of the index; nothing is asked but the chain. Names of columns are known of schemas that the
home has: the chain has their digests only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from zkpipe.exchange.clients.facts import Row, id_in, provenance_word
from zkpipe.exchange.clients.holdings import SCHEMA
from zkpipe.exchange.clients.uses.approvers import told_approvers
from zkpipe.exchange.clients.view import View
from zkpipe.exchange.errors import CatalogueError, UnknownSubjectError
from zkpipe.exchange.index import State
from zkpipe.exchange.states import CircuitState, Kind, LineageState
from zkpipe.exchange.structs import ZERO


@dataclass(frozen=True, slots=True)
class Found:
    """An entry of the catalogue.

    kind   lineage, circuit or segment
    id     0x and hexadecimal
    facts  what the index has of it, and what follows from that
    """

    kind: str
    id: str
    facts: dict[str, Any]


def search(view: View, word: str) -> list[Found]:
    """The lineages and circuits that have a word: in an id, an account, a state, or a schema."""
    state = view.latest
    wanted = word.lower()
    entries = [lineage_facts(state, row) for row in state.rows("lineages")]
    entries += [circuit_facts(row) for row in state.rows("circuits")]
    return [one for one in entries if any(wanted in text for text in _texts(view, one))]


def show(view: View, which: bytes) -> Found:
    """A lineage with its segments, a circuit, or a segment. Raises UnknownSubjectError.

    Of a lineage also who approves its grants; None if the home lacks the list.
    """
    state = view.latest
    row = state.row("lineages", which)
    if row is not None:
        found = lineage_facts(state, row)
        segments = state.rows("segments", lineage=found.id)
        allowed = state.rows("allowed", lineage=found.id)
        found.facts["segments"] = [
            {name: one[name] for name in ("root", "added", "rows", "units", "circuit")}
            for one in sorted(segments, key=lambda one: (one["added"], one["root"]))
            if not one["withdrawn"]
        ]
        found.facts["allowed"] = [one["circuit"] for one in allowed if one["is_on"]]
        by = told_approvers(view, which)
        found.facts["approved_by"] = (
            None if by is None else {"members": list(by.members), "need": by.need}
        )
        return found
    row = state.row("circuits", which)
    if row is not None:
        return circuit_facts(row)
    row = state.row("segments", which)
    if row is not None:
        return Found("segment", row["root"], _plain(row, "root"))
    raise UnknownSubjectError(
        f"The catalogue has no lineage, circuit or segment 0x{which.hex()}.",
        "Check the id. `zkpipe catalogue search` lists what there is.",
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """What a version has that another has not.

    added     rows of `segments`
    removed   rows of `segments`; what an update took the place of among them
    """

    added: tuple[Row, ...]
    removed: tuple[Row, ...]


def diff(view: View, lineage: bytes, first: int, second: int) -> Difference:
    """What came and went from a version to another. 0 is the version without segments.

    Raises UnknownSubjectError, CatalogueError for a version that there is not.
    """
    state = view.latest
    row = state.row("lineages", lineage)
    if row is None:
        raise UnknownSubjectError(
            f"The catalogue has no lineage 0x{lineage.hex()}.", "Check the id."
        )
    for version in (first, second):
        if not 0 <= version <= row["head"]:
            raise CatalogueError(
                f"Lineage {row['lineage']} has no version {version}.",
                f"Give versions from 0 to {row['head']}.",
            )
    segments = state.rows("segments", lineage=row["lineage"])
    before = {one["root"]: one for one in segments if in_version(one, first)}
    after = {one["root"]: one for one in segments if in_version(one, second)}
    return Difference(
        tuple(one for root, one in after.items() if root not in before),
        tuple(one for root, one in before.items() if root not in after),
    )


def roots_now(view: View, lineage: bytes) -> list[bytes]:
    """The roots that the newest version of a lineage holds."""
    rows = view.latest.rows("segments", lineage="0x" + lineage.hex())
    return [id_in(row["root"]) for row in rows if not row["withdrawn"]]


def lineage_of(view: View, roots: Sequence[bytes]) -> bytes:
    """The lineage that segments are in. Raises CatalogueError unless it is one."""
    state = view.latest
    rows = [state.row("segments", root) for root in roots]
    found = {row["lineage"] for row in rows if row is not None}
    if None in rows or len(found) != 1:
        raise CatalogueError(
            "The segments are not all in one lineage.",
            "Publish them first, and describe those of one lineage at a time.",
        )
    return id_in(found.pop())


def in_version(segment: Row, version: int) -> bool:
    """Whether a version holds a segment."""
    left = segment["withdrawn"]
    return segment["added"] <= version and (not left or version < left)


def lineage_facts(state: State, row: Row) -> Found:
    """A lineage with its owner and its budget."""
    facts = _plain(row, "lineage")
    subject = state.row("subjects", _asset(id_in(row["lineage"])))
    budget = state.row("budgets", id_in(row["lineage"])) or {}
    facts["owner"] = row["set_by"] if subject is None else subject["owner"]
    facts["state"] = LineageState(row["state"]).name.lower()
    facts["keyed"] = bool(row["keyed"])
    facts |= {name: budget.get(name, 0) for name in ("held", "spent")}
    return Found("lineage", row["lineage"], facts)


def circuit_facts(row: Row) -> Found:
    """A circuit, its kind, its state and the provenance of its key in words."""
    facts = _plain(row, "circuit")
    facts["state"] = CircuitState(row["state"]).name.lower()
    facts["kind"] = Kind(row["kind"]).name.lower()
    facts["provenance"] = provenance_word(row["provenance"])
    facts |= {name: bool(row[name]) for name in ("floor_safe", "development")}
    return Found("circuit", row["circuit"], facts)


def _plain(row: Row, key: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != key}


def _texts(view: View, one: Found) -> Iterator[str]:
    """What a word is looked for in, in small letters."""
    yield one.kind
    yield one.id
    for value in one.facts.values():
        if isinstance(value, str):
            yield value.lower()
    digest = str(one.facts.get("schema_hash", "")).removeprefix("0x")
    documents = view.documents
    if documents is not None and digest != ZERO.hex() and digest in documents.names(SCHEMA):
        yield documents.get(SCHEMA, digest).decode().lower()


def _asset(lineage: bytes) -> str:
    from eth_utils.address import to_checksum_address

    return str(to_checksum_address(lineage[12:]))
