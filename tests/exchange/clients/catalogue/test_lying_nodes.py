"""A node that says that segments left, or are another lineage's: nothing is erased on its word."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.exchange.clients.catalogue.owner import Owner, rows
from zkpipe.exchange.clients.catalogue.asked import KIND, Asked
from zkpipe.exchange.clients.catalogue.lineages import Lineage, destroy
from zkpipe.exchange.clients.session import Session
from zkpipe.exchange.errors import CatalogueError, DamagedError, IndexingError
from zkpipe.exchange.states import LineageState

NONE = bytes(32)


@pytest.fixture
def lie(owner: Owner) -> Iterator[Callable[..., None]]:
    """Rows of the index as a node that tells made-up events would have made them."""
    session = owner.session
    session.index.follow()

    def told(root: bytes, **values: Any) -> None:
        with sqlite3.connect(session.home.path / "index.sqlite") as database:
            for name, value in values.items():
                for table in ("segments", "final_segments"):
                    change = f"UPDATE {table} SET {name} = ? WHERE root = ?"  # noqa: S608
                    assert database.execute(change, (value, f"0x{root.hex()}")).rowcount == 1

    yield told
    session.index.rebuild()


@contextmanager
def also_by_the_contract(answers: dict[bytes, tuple[Any, ...]]) -> Iterator[None]:
    """The node also says of some segments what DataCatalogue does not: lineage, added, left."""
    with pytest.MonkeyPatch.context() as patch:
        real = Session.call

        def call(self: Session, name: str, function: str, *arguments: Any, **more: Any) -> Any:
            said = real(self, name, function, *arguments, **more)
            if (name, function) == ("DataCatalogue", "segment") and arguments[0] in answers:
                return (*answers[arguments[0]], *said[3:])
            return said

        patch.setattr(Session, "call", call)
        yield


def published(owner: Owner, first: int) -> tuple[bytes, bytes]:
    """A lineage with one segment, and its root."""
    lineage, made = owner.lineage(), owner.commit(rows(range(first, first + 8)))
    owner.publisher.publish(lineage, [made])
    return lineage, made.segments[0].root


def test_a_segment_that_left_by_the_events_alone_is_kept(
    owner: Owner, lie: Callable[..., None]
) -> None:
    lineage, root = published(owner, 1000)
    lie(root, withdrawn=1)
    assert owner.publisher.tidy(lineage) == ((root,), (root,))  # the owner never asked
    Asked(owner.session.home.documents, lineage).note([], {root: NONE})
    with pytest.raises(IndexingError, match="DataCatalogue itself says otherwise"):
        owner.publisher.tidy(lineage)  # and now he did, and the contract has not done it
    assert owner.holdings.segment(root).root == int.from_bytes(root, "big")


def test_a_node_that_lies_in_both_erases_nothing_that_the_owner_did_not_ask_for(
    owner: Owner, lie: Callable[..., None]
) -> None:
    lineage, root = published(owner, 2000)
    more = owner.commit(rows(range(2100, 2108)))
    lie(root, withdrawn=1)
    with also_by_the_contract({root: (lineage, 1, 1)}):
        done = owner.publisher.publish(lineage, [more])
    assert (done.withdrawn, done.kept) == ((root,), (root,))
    owner.session.index.rebuild()
    done = owner.publisher.publish(lineage, [], [root])  # he asks for it
    assert (done.withdrawn, done.kept) == ((root,), ())
    assert root not in owner.holdings.roots()


def test_a_withdrawal_by_another_home_is_erased_when_the_owner_names_it(owner: Owner) -> None:
    """As after a backup that is older than the withdrawal."""
    lineage, root = published(owner, 3000)
    call = [lineage, [], [root], NONE]
    owner.session.send(
        "DataCatalogue", "publish", call, subject=root, effect=lambda block: False
    )  # fmt: skip
    before = owner.publisher.tidy(lineage)
    assert before == ((root,), (root,))
    done = owner.publisher.publish(lineage, [], [root])
    assert (done.sent, done.kept) == (0, ())
    assert root not in owner.holdings.roots()


def test_an_update_is_no_update_by_the_events_alone(owner: Owner, lie: Callable[..., None]) -> None:
    """Else units that left would not be remembered, and could come back beside one new one."""
    lineage, root = published(owner, 4000)
    same = owner.commit(rows(range(4000, 4008), days=[*range(8)]))
    other = owner.lineage()
    owner.publisher.publish(other, [same])
    new = same.segments[0].root
    publisher, noted = owner.publisher, _Noted()
    publisher._returns = noted  # type: ignore[assignment] # its `note` alone is called
    publisher._session.send(
        "DataCatalogue", "publish", [lineage, [], [root], NONE], subject=root,
        effect=lambda block: False,
    )  # fmt: skip
    Asked(owner.session.home.documents, lineage).note([], {root: NONE})
    owner.session.index.follow()
    lie(new, replaces=f"0x{root.hex()}", lineage=f"0x{lineage.hex()}")
    publisher.tidy(lineage)
    assert noted.pairs == [(root, None)]


class _Noted:
    """Takes note of what is to be remembered."""

    def __init__(self) -> None:
        self.pairs: list[tuple[bytes, bytes | None]] = []

    def note(self, old: Any, new: Any = None) -> None:
        root = None if new is None else new.root.to_bytes(32, "big")
        self.pairs.append((old.root.to_bytes(32, "big"), root))


def test_the_segments_of_another_lineage_are_not_destroyed_with_this_one(
    owner: Owner, lie: Callable[..., None]
) -> None:
    (lineage, mine), (other, theirs) = published(owner, 5000), published(owner, 6000)
    session, holdings = owner.session, owner.holdings
    lie(theirs, lineage=f"0x{lineage.hex()}")
    with pytest.raises(IndexingError, match="DataCatalogue itself says otherwise"):
        destroy(session, holdings, lineage)
    with (
        also_by_the_contract({theirs: (lineage, 1, 0)}),
        pytest.raises(CatalogueError, match="Only the node says"),
    ):
        destroy(session, holdings, lineage)
    assert Lineage.of(session, lineage).state == LineageState.PUBLISHED  # not even frozen
    assert {mine, theirs} <= set(holdings.roots())
    session.index.rebuild()
    lie(mine, lineage=f"0x{other.hex()}")  # and what a node hides is not called destroyed
    with pytest.raises(IndexingError, match="lacks"):
        destroy(session, holdings, lineage)
    session.index.rebuild()
    assert destroy(session, holdings, lineage) == [mine]
    assert theirs in holdings.roots()


def test_what_the_home_did_not_publish_is_destroyed_if_it_is_named(owner: Owner) -> None:
    """As after a backup that is older than the publication."""
    lineage, root = published(owner, 7000)
    owner.session.home.documents.erase(KIND, lineage.hex())
    with pytest.raises(CatalogueError, match="Only the node says"):
        destroy(owner.session, owner.holdings, lineage)
    assert destroy(owner.session, owner.holdings, lineage, [root]) == [root]
    assert root not in owner.holdings.roots()


def test_a_damaged_record_of_what_was_asked_is_told(owner: Owner) -> None:
    documents, lineage = owner.session.home.documents, b"d" * 32
    Asked(documents, lineage).note([b"a" * 32], {b"b" * 32: b"a" * 32})
    data = documents.get(KIND, lineage.hex())
    assert Asked(documents, lineage).left == {b"b" * 32: b"a" * 32}
    for other in (b"{}", b"[]", data.replace(b"added", b"addad"), data.replace(b"61", b"6"), b"7"):
        documents.put(KIND, lineage.hex(), other)
        with pytest.raises(DamagedError):
            Asked(documents, lineage)
    documents.erase(KIND, lineage.hex())
