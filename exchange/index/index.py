"""The index of an exchange: its events in SQLite, and the tables that they are folded into.

    with Index.of(home.place("index.sqlite"), chain, manifest) as index:
        index.follow()
        for job in index.rows("jobs", state=JobState.OPEN): ...
        with index.deep(12) as final: final.rows("jobs")

It is made of the chain alone and can be removed, or folded again by `rebuild`, at any time: the
digest stays the same. The tables and their columns are in exchange.index.tables.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from zkpipe.exchange.deployment.chain_identity import genesis_of
from zkpipe.exchange.deployment.manifest import Manifest
from zkpipe.exchange.errors import IndexingError
from zkpipe.exchange.index.events import Decoder, Event, EventSource, Log
from zkpipe.exchange.index.folds.dispatch import VERSION
from zkpipe.exchange.index.reading import Block, Piece, Reader
from zkpipe.exchange.index.rows import Row, Rows
from zkpipe.exchange.index.store import Store
from zkpipe.ground.closing import Closing
from zkpipe.verifier_contracts.chain import Chain

TURNS = 100  # that one call of `follow` begins anew, as the chain changed under it
PAUSE = 0.02  # seconds before it does


class State:
    """The folded tables after a block; `block` is its number, -1 before the first."""

    def __init__(self, rows: Rows, block: int) -> None:
        self._rows, self.block = rows, block

    def row(self, table: str, *key: object) -> Row | None:
        """The row with a key; None if there is none."""
        return self._rows.find(table, *key)

    def rows(self, table: str, **wanted: object) -> list[Row]:
        """The rows whose columns have these values, in the order of their keys."""
        return self._rows.all(table, **wanted)

    def digest(self) -> str:
        """SHA-256 over all rows, hexadecimal. It depends on the events alone."""
        return self._rows.digest()


class Index(Closing):
    """An index in a file. See the module; `with` closes it.

    sources  the contracts whose events are kept
    start    the block in which the first of them was created
    depth    a block is final when so many lie on it

    Raises IndexingError if the file is damaged or is the index of another exchange.
    """

    def __init__(
        self, path: Path, chain: Chain, sources: Sequence[EventSource], start: int, depth: int
    ) -> None:
        self._start, self._depth = start, depth
        self._reader = Reader(chain, [source.address for source in sources])
        chain_id = chain.chain_id
        self._decoder = Decoder(chain_id, sources)
        self._store = Store(path, self._decoder)
        try:
            self._pin(path, [chain_id, genesis_of(chain), start, sorted(_places(sources))])
        except BaseException:
            self._store.close()
            raise

    @classmethod
    def of(cls, path: Path, chain: Chain, manifest: Manifest) -> Index:
        """The index of a manifest's exchange. The manifest is to be checked before."""
        sources = [
            EventSource(name, address, manifest.contract(chain, name).abi)
            for name, address in manifest.addresses.items()
            if name not in ("PoseidonT3",)
        ]
        return cls(path, chain, sources, manifest.block, manifest.depth)

    def _pin(self, path: Path, what: list[object]) -> None:
        """Remember which exchange it is; fold anew if the folds are other ones now."""
        said, version = json.dumps(what), str(VERSION)
        with self._store.transaction():
            known = self._store.fact("exchange")
            if known is None:
                self._store.keep("exchange", said)
                self._store.keep("folds", version)
            elif known != said:
                raise IndexingError(
                    f"{path} is the index of another exchange, or of another chain.",
                    "Give another path, or remove the file: it is read anew from the chain.",
                )
            elif self._store.fact("folds") != version:
                self._store.fold_anew()
                self._store.keep("folds", version)

    def close(self) -> None:
        """Let go of the file."""
        self._store.close()

    # Reading the chain.

    def follow(self) -> int:
        """Read what is new, up to the last block; the number of that block.

        What a reorganisation took back is forgotten. A node that is behind changes nothing.

        Raises NodeMissingError or TransactionError if the node fails: what was read is kept.
        IndexingError if it tells what cannot be.
        """
        for turn in range(TURNS):
            time.sleep(PAUSE if turn else 0)
            head = self._reader.block("latest")
            if head is None:
                raise self._unsteady()
            tip = self._common(head)
            begin = self._start if tip is None else tip.number + 1
            final = head.number - self._depth
            is_whole = True
            for piece in self._reader.pieces(begin, head.number, final):
                is_whole = self._append(tip, piece, final)
                if not is_whole:
                    break
                tip = piece.blocks[-1]
            reached = self._start - 1 if tip is None else tip.number
            if is_whole and reached >= head.number:
                self._settle(tip, final)
                return -1 if tip is None else tip.number
        raise self._unsteady()

    def _common(self, head: Block) -> Block | None:
        """The last block that we and the chain have; what lies above is forgotten."""
        known = self._store.tip()
        compared = here = self._store.below(head.number)
        while here is not None and not self._is_there(here):
            here = self._store.below(here.number - 1)
        if here == compared:
            return known  # all is there, but for what a node that is behind does not know
        self._go_back(-1 if here is None else here.number, known)
        return here

    def _is_there(self, block: Block) -> bool:
        there = self._reader.block(block.number)
        return there is not None and there.hash == block.hash

    def _go_back(self, number: int, known: Block | None) -> None:
        with self._store.transaction():
            if self._store.tip() == known:  # else another process has done it
                self._store.go_back(number)

    def _append(self, tip: Block | None, piece: Piece, final: int) -> bool:
        """Add a piece behind the tip, if it follows on it and the tip still is one."""
        before = tip
        for block in piece.blocks:
            is_next = before is not None and block.number == before.number + 1
            if is_next and before is not None and block.parent != before.hash:
                return False
            before = block
        with self._store.transaction():
            if self._store.tip() != tip:
                return False  # another process follows, too
            self._store.add(piece)
            self._store.settle(min(final, piece.blocks[-1].number))
        return True

    def _settle(self, tip: Block | None, final: int) -> None:
        if tip is not None and min(final, tip.number) > self._store.final:
            with self._store.transaction():
                self._store.settle(min(final, tip.number))

    def rebuild(self) -> str:
        """Fold everything that was read again, in one transaction; the digest, which is the same.

        Cost: half a millisecond an event.
        """
        with self._store.transaction():
            self._store.fold_anew()
        return self.digest()

    # Reading the tables.

    @property
    def tip(self) -> int:
        """The number of the last block that was read; -1 before the first."""
        tip = self._store.tip()
        return -1 if tip is None else tip.number

    @property
    def head(self) -> Block | None:
        """The last block that was read; None before the first."""
        return self._store.tip()

    @property
    def mark(self) -> tuple[int, bytes]:
        """What tells whether an event came or went: how many there are, and the last one's block.

        The block's hash tells of all events before it.
        """
        return self._store.mark()

    def reading(self) -> AbstractContextManager[None]:
        """All that is read in the block is of one moment, whatever other processes write."""
        return self._store.reading()

    @property
    def state(self) -> State:
        """The tables after the last block. A reorganisation may take back what they say."""
        return State(self._store.tip_rows, self.tip)

    @property
    def final(self) -> State:
        """The tables after the last final block."""
        return State(self._store.final_rows, self._store.final)

    @contextmanager
    def snapshot(self) -> Iterator[State]:
        """The tables after the last block, all of one moment, whatever other processes read on.

        Without it, two tables may be of two blocks. `events` in the block are of the moment, too;
        nothing can be followed in it.
        """
        with self._store.reading():
            yield self.state

    @contextmanager
    def deep(self, blocks: int) -> Iterator[State]:
        """The tables after the block on which so many lie; they are of the block's life only.

        Cost: a copy of the final tables in memory; all events again where it lies below them.
        """
        database = sqlite3.connect(":memory:", isolation_level=None)
        try:
            rows = Rows(database)
            rows.make()
            with self._store.reading():
                number = self.tip - blocks
                self._store.copy_into(rows, number)
            yield State(rows, number)
        finally:
            database.close()

    def row(self, table: str, *key: object) -> Row | None:
        """The row with a key after the last block; None if there is none."""
        return self.state.row(table, *key)

    def rows(self, table: str, **wanted: object) -> list[Row]:
        """The rows after the last block whose columns have these values."""
        return self.state.rows(table, **wanted)

    def events(self) -> list[tuple[Log, Event]]:
        """All events that were read, in the chain's order, with the logs that they stand in.

        Cost: 0.3 ms an event.
        """
        return self._store.events()

    def told(self, begin: int, end: int) -> list[Event]:
        """What all contracts told in the blocks from `begin` to `end`, the last included."""
        with self._store.reading():
            found = (self._decoder.event(log, time) for log, time in self._store.logs(begin, end))
            return [event for event in found if event is not None]

    def events_of(self, contract: str, *names: str, first: bytes | None = None) -> list[Event]:
        """What a contract told up to the last block, in the chain's order; nothing is folded.

        contract  its name in the exchange
        names     of events; without any, of all
        first     what the first indexed argument is, as a topic of 32 bytes; without it, any

        Cost: a look at each log of the contract.
        """
        logs = self._store.logs_of(self._decoder.place_of(contract), first, self.tip)
        found = (self._decoder.event(log, time) for log, time in logs)
        return [event for event in found if event and (not names or event.name in names)]

    def digest(self) -> str:
        """That of the tables after the last block."""
        with self._store.reading():
            return self.state.digest()

    def _unsteady(self) -> IndexingError:
        return IndexingError(
            "The chain changes faster than it can be read.",
            "Check the node: it may be one of several that know different blocks.",
        )


def _places(sources: Sequence[EventSource]) -> list[list[str]]:
    return [[source.name, source.address] for source in sources]
