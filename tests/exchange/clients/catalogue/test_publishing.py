"""An owner publishes, updates and withdraws, with real circuits; nothing twice, none too soon."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.exchange.canaries import Canaries
from tests.exchange.clients.catalogue.owner import FLOOR, Owner, rows
from tests.exchange.some_tables import small_schema
from zkpipe.exchange.clients.catalogue import calls, proving
from zkpipe.exchange.clients.catalogue.removal import remove_units
from zkpipe.exchange.errors import (
    CatalogueError,
    CircuitError,
    RemovalError,
    ReturnsTooSoonError,
    UnknownSubjectError,
)


def test_segments_are_published_in_calls_each_a_version(
    owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zkpipe.exchange.clients.catalogue.publishing.MOST", 2)
    lineage = owner.lineage()
    made = owner.commit(rows(range(24)))
    roots = [one.root for one in made.segments]
    assert len(roots) == 3
    done = owner.publisher.publish(lineage, [made])
    assert (done.head, done.sent, done.added) == (2, 2, tuple(roots))
    for i, one in enumerate(made.segments):
        said = owner.segment(one.root)
        assert said["lineage"] == lineage
        assert (said["added"], said["withdrawn"]) == (1 + i // 2, 0)
        assert (said["rows"], said["units"]) == (one.rows, one.units)
    assert not list((owner.session.home.path / "proofs").iterdir())
    again = owner.publisher.publish(lineage, [made])
    assert (again.head, again.sent) == (2, 0)


def test_nothing_of_a_row_or_a_key_is_in_clear_anywhere(owner: Owner) -> None:
    """Not in the outbox, the index, the proofs, the log, or any other file, and in no text."""
    first, lineage = 10**17, owner.lineage()
    made = owner.commit(rows(range(first, first + 8), days=[*range(8)]))
    canaries = Canaries()
    for one in made.segments:
        kept = owner.holdings.segment(one.root)
        canaries.plant("key", kept.key)
        for j in range(len(one.columns)):
            canaries.plant(f"salt of column {j}", kept.salts(j)[0])
            if j:
                canaries.plant(f"column {j}", kept.table.columns[j][0].tobytes())
    for i in range(8):
        canaries.plant(f"unit {i}", first + i)
    published = owner.publisher.publish(lineage, [made])
    gone = remove_units(
        owner.holdings, [made.segments[0].root], {"person": [first, first + 1]}, FLOOR,
        small_schema(),
    )  # fmt: skip
    published = owner.publisher.publish(lineage, [gone])
    assert canaries.in_folder(owner.parties.folder) == []
    assert canaries.in_texts([made, gone, published, owner.holdings, owner.circuits]) == []
    assert canaries.in_bytes(made.to_bytes() + gone.to_bytes(), "the descriptions") == []


def test_a_stop_after_the_proofs_proves_nothing_again(
    owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    lineage = owner.lineage()
    made = owner.commit(rows(range(20)))
    publisher = owner.publisher

    class Stopped(BaseException):
        pass

    def stop(*_: object, **__: object) -> None:
        raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr(calls.Call, "task", stop)
        with pytest.raises(Stopped):
            publisher.publish(lineage, [made])
    kept = {path: path.read_bytes() for path in (owner.session.home.path / "proofs").iterdir()}
    assert len(kept) == 3
    spoiled = next(iter(kept))  # one of another proof: it is proven again, and no other
    others = [data for path, data in kept.items() if path != spoiled]
    words = others[0].split(b'"proof":')[1]
    spoiled.write_bytes(kept[spoiled].split(b'"proof":')[0] + b'"proof":' + words)
    part = spoiled.with_name(f".{spoiled.name}.1dfff38389c19f11.part")  # of a process then killed
    part.write_bytes(b"half")
    proven: list[int] = []
    batch = proving.prove_batch

    def counted(key: Any, witnesses: Any) -> Any:
        proven.append(len(witnesses))
        return batch(key, witnesses)

    monkeypatch.setattr(proving, "prove_batch", counted)
    done = owner.publisher.publish(lineage, [made])
    assert proven == [1]
    assert (done.head, done.sent) == (1, 1)
    assert not list(part.parent.iterdir())


def test_a_proof_of_another_place_is_not_taken(owner: Owner) -> None:
    made = owner.commit(rows(range(8)))
    session = owner.session
    for lineage in (owner.lineage(), owner.lineage()):
        place = proving.Place(
            chain_id=session.manifest.chain_id,
            catalogue=session.manifest.addresses["DataCatalogue"],
            lineage=lineage,
            schema_hash=small_schema().hash,
            floor=FLOOR,
            submitter=session.me,
        )
        proofs = proving.SegmentProofs(
            session.home.place("proofs"), place, owner.circuits, owner.holdings
        )
        wanted = [proving.Wanted(made.segments[0].root, owner.records["register"].circuit)]
        now = session.now
        (segment,) = proofs.prove(wanted, now=now, deadline=now + 9000).values()
        (same,) = proofs.prove(wanted, now=now, deadline=now + 9999).values()
        assert same == segment
        (later,) = proofs.prove(wanted, now=now + 8000, deadline=now + 9999).values()
        assert later.deadline == now + 9999  # an hour before its end a proof counts no more
    owner.publisher.publish(lineage, [made])
    with pytest.raises(CatalogueError, match="is one of lineage"):
        owner.publisher.publish(owner.lineage(), [made])


def test_units_are_removed_by_an_update_and_their_rows_erased(owner: Owner) -> None:
    lineage = owner.lineage()
    made = owner.commit(rows(range(14), days=[*range(14)]))
    old = [one.root for one in made.segments]
    owner.publisher.publish(lineage, [made])
    gone = remove_units(owner.holdings, old, {"person": [0, 1]}, FLOOR, small_schema())
    assert [one.replaces for one in gone.segments] == old[:1]
    done = owner.publisher.publish(lineage, [gone])
    (new,) = gone.segments
    assert owner.segment(old[0])["withdrawn"] == done.head == 2
    assert owner.segment(new.root) == {
        "lineage": lineage, "added": 2, "withdrawn": 0, "rows": 6, "units": 6,
    }  # fmt: skip
    assert old[0] not in owner.holdings.roots()
    with pytest.raises(UnknownSubjectError, match="no segment"):
        owner.holdings.segment(old[0])
    fork = owner.commit(rows(range(8)))
    forged = replace(fork, segments=(replace(fork.segments[0], replaces=old[0]),))
    with pytest.raises(CatalogueError, match="withdrawn or replaced"):
        owner.publisher.publish(lineage, [forged])
    # those that were removed do not come back beside one new person
    with pytest.raises(ReturnsTooSoonError, match="come back in the cell of"):
        owner.publisher.publish(lineage, [owner.commit(rows(range(2)))])


def test_a_removal_that_would_show_somebody_is_refused(owner: Owner) -> None:
    made = owner.commit(
        rows(range(8), wells=[False] * 4 + [True] * 4, days=[1, None, None, None] * 2)
    )
    roots = [one.root for one in made.segments]

    def removed(*people: int) -> Any:
        return remove_units(owner.holdings, roots, {"person": people}, FLOOR, small_schema())

    with pytest.raises(RemovalError, match=r"Fewer units than the floor, 2, would leave the cell"):
        removed(1)
    with pytest.raises(RemovalError, match="with a value in 'days'"):
        removed(0, 1)
    with pytest.raises(RemovalError, match="None of the segments"):
        removed(99)
    assert removed(1, 2).segments[0].rows == 6
    assert removed(0, 1, 2, 3).segments[0].rows == 4  # a whole cell
    with pytest.raises(RemovalError):
        removed(0, 1, 2, 3, 4)


def test_rows_come_back_only_beside_enough_new_units(owner: Owner) -> None:
    lineage = owner.lineage()
    made = owner.commit(rows(range(6), days=[*range(6)]))
    owner.publisher.publish(lineage, [made])
    old = made.segments[0].root

    def back(frame: dict[str, Any]) -> None:
        owner.publisher.publish(lineage, [owner.commit(frame)], [old])

    for frame in (
        rows(range(6)),  # all, in the call that withdraws them
        rows(range(5)),  # one fewer: what was removed would show
        rows(range(7)),  # beside one new person
        rows(range(8), days=[None] * 7 + [3]),  # of two new ones one has a value
    ):
        with pytest.raises(ReturnsTooSoonError):
            back(frame)
    assert owner.segment(old)["withdrawn"] == 0
    done = owner.publisher.publish(lineage, [], [old])
    assert (done.head, done.withdrawn) == (2, (old,))
    assert old not in owner.holdings.roots()
    with pytest.raises(ReturnsTooSoonError):  # also when their rows are erased
        owner.publisher.publish(lineage, [owner.commit(rows(range(7)))])
    again = owner.publisher.publish(lineage, [], [old])
    assert (again.head, again.sent) == (2, 0)
    # another cell is another answer, and two new ones are enough
    owner.publisher.publish(lineage, [owner.commit(rows(range(6), wells=[True] * 6))])
    owner.publisher.publish(lineage, [owner.commit(rows(range(8), days=[1, 2] * 4))])


def test_what_the_contract_would_refuse_is_not_proved(
    owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(proving, "prove_batch", never)
    lineage, made = owner.lineage(), owner.commit(rows(range(4)))
    root = made.segments[0].root
    with pytest.raises(CatalogueError, match="given twice"):
        owner.publisher.publish(lineage, [made, made])
    with pytest.raises(CatalogueError, match="given twice"):
        owner.publisher.publish(lineage, [made], [root])
    with pytest.raises(CatalogueError, match="is not in lineage"):
        owner.publisher.publish(lineage, [], [root])
    with pytest.raises(UnknownSubjectError, match="no lineage"):
        owner.publisher.publish(b"x" * 32, [made])
    other = type(made)(made.schema, 4, made.segments)
    with pytest.raises(CircuitError, match="no active circuit register"):
        owner.publisher.publish(lineage, [other])
