"""What an index says at one moment, in memory: all tables, and the events that made them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from zkpipe.exchange.errors import IndexingError
from zkpipe.exchange.evidence import AcceptedProof, accepted_proofs
from zkpipe.exchange.index import Index
from zkpipe.exchange.index.events import Event, Log
from zkpipe.exchange.index.rows import Row
from zkpipe.exchange.index.tables import BY_NAME, TABLES

TURNS = 20  # that a snapshot is begun anew, as the index changed under it

Happening = tuple[Log, Event]


class Contents:
    """The tables and the events; they are the same until an event comes or goes.

    mark  is another one then
    """

    def __init__(self, mark: object, tables: dict[str, list[Row]], events: list[Happening]) -> None:
        self.mark, self.tables, self.events = mark, tables, events
        self._found: dict[str, dict[tuple[Any, ...], Row]] = {}
        self._groups: dict[tuple[str, str], dict[Any, list[Row]]] = {}

    def group(self, table: str, column: str, value: Any) -> list[Row]:
        """The rows whose column has a value, in the order of their keys."""
        if (table, column) not in self._groups:
            groups: dict[Any, list[Row]] = {}
            for row in self.tables[table]:
                groups.setdefault(row[column], []).append(row)
            self._groups[table, column] = groups
        return self._groups[table, column].get(value, [])

    def row(self, table: str, key: tuple[Any, ...]) -> Row | None:
        """The row with a key; None if there is none."""
        if table not in self._found:
            keys = BY_NAME[table].keys
            self._found[table] = {tuple(row[k] for k in keys): row for row in self.tables[table]}
        return self._found[table].get(key)

    @cached_property
    def proofs(self) -> list[AcceptedProof]:
        """See Snapshot.proofs."""
        return list(accepted_proofs(self.events))

    @cached_property
    def lineages(self) -> dict[str, str]:
        """Lineages by the addresses that stand for them as assets."""
        return {asset_of(row["lineage"]): str(row["lineage"]) for row in self.tables["lineages"]}

    @cached_property
    def times(self) -> dict[int, int]:
        """See Snapshot.times."""
        return {event.block: event.time for _, event in self.events}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The tables after a block. Texts and numbers are as exchange.index.tables says.

    block, time  of the last block that was read; -1 and 0 before the first
    final        the last final block
    """

    block: int
    time: int
    final: int
    contents: Contents

    @classmethod
    def of(cls, index: Index, before: Snapshot | None = None) -> Snapshot:
        """What an index says now; what did not change since the one before is not read again.

        Cost: 20 us a row and 0.3 ms an event, if an event came or went. Raises IndexingError.
        """
        for _ in range(TURNS):
            mark = index.mark
            kept = before.contents if before is not None and before.contents.mark == mark else None
            events = index.events() if kept is None else kept.events
            with index.reading():
                if index.mark != mark:
                    continue
                head, final = index.head, index.final.block
                if kept is None:
                    state = index.state
                    tables = {table.name: state.rows(table.name) for table in TABLES}
                    kept = Contents(mark, tables, events)
            return cls(*((-1, 0) if head is None else (head.number, head.time)), final, kept)
        raise IndexingError("The index changes faster than it is read.", "Look again in a moment.")

    def rows(self, table: str, **wanted: Any) -> list[Row]:
        """The rows whose columns have these values, in the order of their keys."""
        listed = list(wanted.items())
        found = self.contents.group(table, *listed[0]) if listed else self.contents.tables[table]
        return [row for row in found if all(row[name] == value for name, value in listed[1:])]

    def row(self, table: str, *key: Any) -> Row | None:
        """The row with a key; None if there is none."""
        return self.contents.row(table, key)

    def happened(self, is_of: Callable[[Event], bool]) -> list[Happening]:
        """The events of a sort, in the chain's order."""
        return [(log, event) for log, event in self.contents.events if is_of(event)]

    @property
    def proofs(self) -> list[AcceptedProof]:
        """All proofs that the contracts accepted, in the chain's order. Raises IndexingError."""
        return self.contents.proofs

    def lineage_of(self, asset: str) -> str:
        """The lineage that an address stands for as an asset; empty if there is none."""
        return self.contents.lineages.get(asset, "")

    @property
    def times(self) -> dict[int, int]:
        """The times of the blocks that have events."""
        return self.contents.times


def asset_of(lineage: str) -> str:
    """The address that stands for a lineage as an asset: its last 20 bytes."""
    from eth_utils.address import to_checksum_address

    return str(to_checksum_address(f"0x{lineage[26:]}"))
