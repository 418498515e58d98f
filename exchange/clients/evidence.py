"""The evidence about an asset, read again from the chain and recomputed.

    evidence = evidence_of(view, asset)
    evidence.is_whole                # the chain of its heads is the one that the contract has
    lineage_of(view, asset)          # its entries and all that they follow from

Entries of the owner, a delegate or a board are chained: each has a number, and the head is a digest
over all of them. What anyone else says of an asset is an entry too, at level 0, and is not chained.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterable
from dataclasses import dataclass

from zkpipe.exchange.clients.facts import Row, id_in
from zkpipe.exchange.clients.view import View
from zkpipe.exchange.ids import chained_entry, head_after, loose_entry
from zkpipe.exchange.states import Level, Stage
from zkpipe.exchange.words import ZERO

LEDGER = "EvidenceLedger"
TRIES = 3  # a reorganisation may come between the tables and the contract


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the ledger.

    entry         its id
    sequence      its number in the asset's chain, from 1; 0 if it is not chained
    stage         None for a board's
    author        who added it
    signers       the digest of who shall confirm it, and how many; zeros for nobody
    is_confirmed  whether they have
    parents       entries that it follows from
    is_right      whether its id is the digest of its content
    """

    entry: bytes
    asset: str
    sequence: int
    stage: Stage | None
    level: Level
    digest: bytes
    author: str
    signers: bytes
    is_confirmed: bool
    parents: tuple[bytes, ...]
    block: int
    is_right: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """All entries about an asset after a block, the chained ones first, in their order.

    head        of the chain, recomputed from the entries
    told        the head as the contract has it
    length      how many entries the contract says are chained
    """

    asset: str
    block: int
    entries: tuple[Entry, ...]
    head: bytes
    told: bytes
    length: int

    @property
    def is_whole(self) -> bool:
        """Whether the entries are all that were chained, each as it was added."""
        numbers = [entry.sequence for entry in self.entries if entry.sequence]
        return (
            self.head == self.told
            and numbers == list(range(1, self.length + 1))
            and all(entry.is_right for entry in self.entries)
        )


def evidence_of(view: View, asset: str) -> Evidence:
    """The entries about an asset, and its chain recomputed. Raises what View.latest raises."""
    for _ in range(TRIES):
        found = _recomputed(view, asset)
        if found.is_whole:
            break
    return found


def _recomputed(view: View, asset: str) -> Evidence:
    with view.moment() as state:
        block, rows = state.block, state.rows("entries", asset=asset)
    found = [_entry(view, row) for row in rows]
    chained = sorted((e for e in found if e.sequence), key=lambda entry: entry.sequence)
    loose = sorted((e for e in found if not e.sequence), key=lambda e: (e.block, e.entry))
    head = ZERO
    for entry in chained:
        head = head_after(head, entry.entry)
    told, length, _ = view.call(LEDGER, "head", asset, block=max(block, 0))
    return Evidence(asset, block, (*chained, *loose), head, bytes(told), int(length))


def lineage_of(view: View, asset: str) -> tuple[Entry, ...]:
    """The entries about an asset and all that they follow from, of any asset; parents come first.

    Each entry comes once. Raises what View.latest raises.
    """
    found: dict[bytes, Entry] = {}
    with view.moment() as state:
        waiting = [id_in(row["entry"]) for row in state.rows("entries", asset=asset)]
        while waiting:
            key = waiting.pop()
            row = None if key in found else state.row("entries", key)
            if row is not None:
                found[key] = _entry(view, row)
                waiting.extend(found[key].parents)
    return tuple(_in_order(found))


def _in_order(found: dict[bytes, Entry]) -> Iterable[Entry]:
    """Parents before what follows from them; else by block, number and id."""
    children: dict[bytes, list[bytes]] = {key: [] for key in found}
    missing = dict.fromkeys(found, 0)
    for entry in found.values():
        for parent in set(entry.parents) & found.keys():
            children[parent].append(entry.entry)
            missing[entry.entry] += 1
    ready = [_place(found[key]) for key, count in missing.items() if not count]
    heapq.heapify(ready)
    while ready:
        entry = found[heapq.heappop(ready)[-1]]
        yield entry
        for child in children[entry.entry]:
            missing[child] -= 1
            if not missing[child]:
                heapq.heappush(ready, _place(found[child]))


def _place(entry: Entry) -> tuple[int, int, bytes]:
    return entry.block, entry.sequence, entry.entry


def _entry(view: View, row: Row) -> Entry:
    parents = tuple(id_in(one) for one in json.loads(row["parents"]))
    key, digest, author = id_in(row["entry"]), id_in(row["digest"]), str(row["author"])
    chain_id, ledger = view.manifest.chain_id, view.manifest.addresses[LEDGER]
    asset, sequence = str(row["asset"]), int(row["sequence"])
    if sequence:
        wanted = chained_entry(chain_id, ledger, asset, sequence, digest, author)
    else:
        wanted = loose_entry(chain_id, ledger, asset, parents, digest, author)
    return Entry(
        entry=key,
        asset=asset,
        sequence=sequence,
        stage=Stage(row["stage"]) if row["stage"] else None,
        level=Level(row["level"]),
        digest=digest,
        author=author,
        signers=id_in(row["signers"]),
        is_confirmed=bool(row["is_confirmed"]),
        parents=parents,
        block=int(row["block"]),
        is_right=key == wanted,
    )
