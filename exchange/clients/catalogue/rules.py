"""What an owner may publish in a lineage: looked at before anything is proved.

The contract has its own rules, which cost gas to break. That rows do not come back too soon and are
not repeated beside few others only the owner can know.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from zkpipe.exchange.clients.catalogue.descriptions import Described, Description
from zkpipe.exchange.clients.catalogue.lineages import Lineage
from zkpipe.exchange.clients.catalogue.near_copies import refuse_near_copies
from zkpipe.exchange.clients.catalogue.returning import Returns
from zkpipe.exchange.clients.facts import id_in
from zkpipe.exchange.clients.holdings import Holdings
from zkpipe.exchange.errors import CatalogueError
from zkpipe.exchange.index import State
from zkpipe.exchange.structs import ZERO


class Rules:
    """The rules of a lineage, as it is in a state of the index."""

    def __init__(self, state: State, lineage: Lineage, holdings: Holdings, returns: Returns):
        self._state, self._lineage = state, lineage
        self._holdings, self._returns = holdings, returns
        self._rows = state.rows("segments", lineage="0x" + lineage.id.hex())

    def check(
        self, descriptions: Sequence[Description], withdrawn: Sequence[bytes]
    ) -> tuple[set[bytes], list[bytes]]:
        """The roots that are not published yet, and those that have not left yet.

        Raises CatalogueError, ReturnsTooSoonError, NearCopyError; UnknownSubjectError if the home
        lacks a segment.
        """
        segments = [one for description in descriptions for one in description.segments]
        _refuse_twice([one.root for one in segments], withdrawn)
        new = [one for one in segments if not self._is_published(one.root)]
        leaving = [root for root in withdrawn if not self._has_left(root)]
        for description in descriptions:
            if description.schema.hash != self._lineage.schema_hash:
                raise CatalogueError(
                    f"The segments are of schema 0x{description.schema.hash.hex()}; lineage "
                    f"0x{self._lineage.id.hex()} is of 0x{self._lineage.schema_hash.hex()}.",
                    "Publish them in a lineage of their own schema.",
                )
        for one in new:
            self._check_one(one)
        self._check_returns([one.root for one in new if one.replaces == ZERO], leaving)
        self._check_copies(new, leaving)
        return {one.root for one in new}, leaving

    def _is_published(self, root: bytes) -> bool:
        row = self._state.row("segments", root)
        if row is not None and id_in(row["lineage"]) != self._lineage.id:
            raise CatalogueError(
                f"Segment 0x{root.hex()} is one of lineage {row['lineage']} already.",
                "Commit to the data again, which gives another root.",
            )
        return row is not None

    def _has_left(self, root: bytes) -> bool:
        row = self._state.row("segments", root)
        if row is None or id_in(row["lineage"]) != self._lineage.id:
            raise CatalogueError(
                f"Segment 0x{root.hex()} is not in lineage 0x{self._lineage.id.hex()}.",
                "Withdraw or update a segment that `zkpipe catalogue show` lists.",
            )
        return bool(row["withdrawn"])

    def _check_one(self, one: Described) -> None:
        if self._lineage.keyed and one.rows != one.units:
            raise CatalogueError(
                f"Segment 0x{one.root.hex()} has {one.rows} rows of {one.units} holders; the "
                "lineage has one row a holder.",
                "Keep one row of each holder.",
            )
        if one.replaces != ZERO and self._has_left(one.replaces):
            raise CatalogueError(
                f"Segment 0x{one.replaces.hex()}, which 0x{one.root.hex()} is to replace, was "
                "withdrawn or replaced already.",
                "Update the segment that took its place.",
            )

    def _check_returns(self, fresh: Sequence[bytes], leaving: Sequence[bytes]) -> None:
        """That no units come back with too few new ones, also not those that leave now."""
        left = self._returns.of(id_in(row["root"]) for row in self._rows if row["withdrawn"])
        held = set(self._holdings.roots())
        for root in leaving:
            if root in held:
                left |= self._returns.units_of(self._holdings.segment(root))
        if left:
            for root in fresh:
                self._returns.check(self._holdings.segment(root), left, self._lineage.floor)

    def _check_copies(self, new: Sequence[Described], leaving: Sequence[bytes]) -> None:
        """That no segment is nearly another one, of those that stay and those that come."""
        gone = {*leaving, *(one.replaces for one in new)}
        stay = {id_in(row["root"]) for row in self._rows if not row["withdrawn"]} - gone
        there = stay & set(self._holdings.roots())
        refuse_near_copies(
            [self._holdings.segment(one.root) for one in new],
            [self._holdings.segment(root) for root in sorted(there)],
            self._lineage.floor,
        )


def _refuse_twice(added: Sequence[bytes], withdrawn: Iterable[bytes]) -> None:
    seen: set[bytes] = set()
    for root in [*added, *withdrawn]:
        if root in seen:
            raise CatalogueError(
                f"Segment 0x{root.hex()} is given twice.", "Give each segment once."
            )
        seen.add(root)
