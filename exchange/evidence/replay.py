"""Events of a bundle, decoded and folded as the index folds them, with the index's own folds."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass

from zkpipe.exchange.deployment.manifest import Manifest
from zkpipe.exchange.errors import BundleError, IndexingError
from zkpipe.exchange.evidence.chain.encoding import AGAIN
from zkpipe.exchange.index.events import Decoder, Event, EventSource, Log
from zkpipe.exchange.index.folds.dispatch import fold
from zkpipe.exchange.index.rows import Row, Rows
from zkpipe.exchange.index.tables import TABLES

LEFT_OUT = ("PoseidonT3",)  # it has no events


def sources_of(manifest: Manifest) -> list[EventSource]:
    """The contracts of an exchange, with the ABIs that come with zkpipe."""
    from zkpipe.verifier_contracts.shipped.exchange import exchange_contracts

    compiled = exchange_contracts()
    return [
        EventSource(name, address, compiled[name].abi)
        for name, address in manifest.addresses.items()
        if name not in LEFT_OUT
    ]


def event_addresses(manifest: Manifest) -> list[str]:
    """Of the contracts that have events, with checksums."""
    return [at for name, at in manifest.addresses.items() if name not in LEFT_OUT]


@dataclass(frozen=True, slots=True)
class Replayed:
    """What logs say: their events, and the tables after the last.

    rows    by the table's name, in the order of their keys
    digest  that an index of the same events has
    """

    events: list[tuple[Log, Event]]
    rows: dict[str, list[Row]]
    digest: str


def replayed(manifest: Manifest, logs: Iterable[tuple[Log, int]]) -> Replayed:
    """Decode and fold logs, which are given with their blocks' times, in the chain's order.

    Raises BundleError, with the place, if one does not say what its event says, or speaks of what
    no log before it made.
    """
    decoder = Decoder(manifest.chain_id, sources_of(manifest))
    events = []
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        rows = Rows(database)
        rows.make()
        for log, time in logs:
            event = _event(decoder, log, time)
            try:
                fold(rows, event)
            except (LookupError, ValueError, OverflowError) as error:
                raise BundleError(
                    place_of(log, event), f"it speaks of what was never there: {error}.", AGAIN
                ) from error
            events.append((log, event))
        tables = {table.name: rows.all(table.name) for table in TABLES}
        return Replayed(events, tables, rows.digest())


def _event(decoder: Decoder, log: Log, time: int) -> Event:
    try:
        event = decoder.event(log, time)
    except IndexingError as error:
        raise BundleError(_place(log), error.problem, AGAIN) from error
    if event is None:
        raise BundleError(_place(log), "this is no event of the contract.", AGAIN)
    return event


def _place(log: Log) -> str:
    return f"block {log.block}, log {log.number}"


def place_of(log: Log, event: Event) -> str:
    """Where an event stands, for a person."""
    return f"{_place(log)}, {event.name} of {event.contract}"
