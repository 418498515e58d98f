"""An owner with lineages of small segments, and circuits that the council approved."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from tests.exchange.clients.circuits.some_circuits import CLASS, key_of, own_words
from tests.exchange.clients.parties import Parties
from tests.exchange.some_tables import small_schema
from zkpipe.exchange.clients.catalogue.committing import commit_data
from zkpipe.exchange.clients.catalogue.descriptions import Description
from zkpipe.exchange.clients.catalogue.lineages import register
from zkpipe.exchange.clients.catalogue.publishing import Publisher
from zkpipe.exchange.clients.circuits import Circuits, source_of
from zkpipe.exchange.clients.circuits.checking import Checked, check
from zkpipe.exchange.clients.circuits.proposing import propose
from zkpipe.exchange.clients.holdings import Holdings
from zkpipe.exchange.structs import Policy, Record

FLOOR = 2
NAMES = ("register", "update", "stats")
__all__ = ["CLASS", "FLOOR", "Owner", "rows"]


def rows(people: range, *, wells: Any = None, days: Any = None, each: int = 1) -> dict[str, Any]:
    """A frame of small_schema: `each` rows a person; wells and days of each person, or None."""
    persons = np.repeat(np.arange(people.start, people.stop), each)
    count = len(persons)
    return {
        "person": persons.tolist(),
        "visits": (persons % 90).tolist(),
        "well": [False] * count if wells is None else np.repeat(wells, each).tolist(),
        "days": [None] * count if days is None else np.repeat(days, each).tolist(),
    }


def words_of(folder: Path, name: str) -> str:
    """The words of one of the circuits, with a schema's file in a folder."""
    return own_words(folder, name, "visits" if name == "stats" else "")


@cache
def checked_of(name: str, folder: Path) -> Checked:
    """One of the circuits with a key, checked once for a folder."""
    words = words_of(folder, name)
    return check(source_of(words), key_of(words, folder / f"checked-{name}.zkey"))


class Owner:
    """Whoever publishes; `session` is the owner's.

    made_in  where keys lie that several owners share
    """

    def __init__(self, parties: Parties, made_in: Path) -> None:
        self.parties = parties
        self.session = parties.session("owner")
        self.holdings = Holdings(self.session.home)
        self.circuits = Circuits(self.session.home)
        self.records: dict[str, Record] = {}
        self.words: dict[str, str] = {}
        for name in NAMES:
            record = propose(self.session, self.circuits, checked_of(name, made_in))
            parties.decide("CircuitRegistry", "approve", [record.circuit])
            self.records[name], self.words[name] = record, words_of(parties.folder, name)
        self._limit = 1000

    def lineage(self, floor: int = FLOOR) -> bytes:
        """A new lineage; each has another limit, so that its policy is its own."""
        self._limit += 1
        policy = Policy(
            schema_hash=small_schema().hash, limit_bits=self._limit, floor=floor, keyed=False
        )
        return register(self.session, policy, new_budget=True)

    def commit(self, frame: dict[str, Any]) -> Description:
        return commit_data(self.session.home, small_schema(), frame, CLASS)

    @property
    def publisher(self) -> Publisher:
        return Publisher(self.session, self.circuits, self.holdings)

    def segment(self, root: bytes) -> dict[str, Any]:
        names = ("lineage", "added", "withdrawn", "rows", "units")
        said = self.session.call("DataCatalogue", "segment", root)
        return dict(zip(names, said, strict=True))
