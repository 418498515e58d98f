"""Segments that are nearly the same: refused as plain Python counts it, before anything is sent."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from tests.exchange.circuits.cases import KEY, OTHER_KEY, committed
from tests.exchange.clients.catalogue.owner import FLOOR, Owner, rows
from tests.exchange.clients.catalogue.test_removal import CASES, many_units
from tests.exchange.some_tables import frame, schema, small_schema
from tests.long_form import IS_LONG
from zkpipe.exchange.clients.catalogue.near_copies import refuse_near_copies
from zkpipe.exchange.clients.catalogue.removal import remove_units
from zkpipe.exchange.errors import CatalogueError, NearCopyError
from zkpipe.exchange.tables import Commitment, commit
from zkpipe.exchange.tables.encoding import encode

Row = tuple[int, ...]


def rows_of(segment: Commitment) -> Counter[Row]:
    """Rows by their cell, unit and values, as often as they are there."""
    columns = [column[0].tolist() for column in segment.table.columns]
    return Counter((s >> 1, *values) for s, *values in zip(*columns, strict=True) if s >= 2)


def may_stand(one: Commitment, other: Commitment, floor: int) -> bool:
    """Whether no cell tells of few units, by the rule as the page has it."""
    a, b = rows_of(one), rows_of(other)
    for cell in {row[0] for row in a & b}:
        for alone in (a - b, b - a):
            here = [row for row in alone if row[0] == cell]
            counts = [
                len({row[1] for row in here if column == 0 or row[column]}) for column in (0, 2, 4)
            ]
            if any(0 < count < floor for count in counts):
                return False
    return True


def changed(rng: np.random.Generator, columns: list[list[int]]) -> list[list[int]]:
    """The same rows, but that some have other values or other units."""
    columns = [list(column) for column in columns]
    for i in np.flatnonzero(rng.random(8) < rng.random()).tolist():
        columns[int(rng.choice([2, 4]))][i] = int(rng.integers(0, 9))
    return columns


def test_copies_are_refused_as_plain_python_counts_it() -> None:
    rng = np.random.default_rng(6)
    seen = Counter[bool]()
    for _ in range((4 if IS_LONG else 2) * CASES):
        columns = many_units(rng)
        one, other = committed(columns, KEY), committed(changed(rng, columns), OTHER_KEY)
        floor = int(rng.integers(0, 5))
        far = committed(many_units(rng), OTHER_KEY)
        try:
            refuse_near_copies([one], [far, other], floor)
            is_fine = True
        except NearCopyError:
            is_fine = False
        assert is_fine == (may_stand(one, other, floor) and may_stand(one, far, floor))
        seen[is_fine] += 1
    assert min(seen[True], seen[False]) > CASES // 4


def test_a_row_that_is_there_once_more_is_another_row() -> None:
    def of(slots: list[int], units: list[int], days: list[int]) -> Commitment:
        filled = [part + [0] * (8 - len(part)) for part in (slots, units, days)]
        return committed([*filled, [1] * 8, filled[2]], KEY)

    twice, once = of([3, 2, 3, 3], [1, 1, 2, 3], [5, 5, 4, 4]), of([3, 3, 3], [1, 2, 3], [5, 4, 4])
    with pytest.raises(NearCopyError):
        refuse_near_copies([once], [twice], 2)
    refuse_near_copies([once], [twice], 1)


def test_text_and_wide_numbers_belong_to_a_row() -> None:
    made = frame(np.random.default_rng(7), 100)
    moved = {**made, "town": ["Köln", *made["town"][1:]]}
    one, other = (
        commit(encode(schema(), some, 10).segment(0), key)
        for some, key in ((made, KEY), (moved, OTHER_KEY))
    )
    refuse_near_copies([one], [other], 1)
    with pytest.raises(NearCopyError, match="fewer units than the floor, 2"):
        refuse_near_copies([one], [other], 2)


def test_a_table_with_one_row_more_is_not_published_beside_the_old_one(owner: Owner) -> None:
    lineage = owner.lineage()
    owner.publisher.publish(lineage, [owner.commit(rows(range(6)))])
    sent = owner.session.sender.pending()
    for frame_ in (
        rows(range(7)),  # one more
        rows(range(5)),  # one fewer
        rows(range(6), days=[None] * 5 + [1]),  # one is told another value
    ):
        with pytest.raises(NearCopyError, match=r"share rows of the cell of 'well' '0'"):
            owner.publisher.publish(lineage, [owner.commit(frame_)])
    with pytest.raises(NearCopyError):  # nor do two that come together
        owner.publisher.publish(
            owner.lineage(), [owner.commit(rows(range(4))), owner.commit(rows(range(5)))]
        )
    assert owner.session.sender.pending() == sent
    done = owner.publisher.publish(
        lineage,
        [
            owner.commit(rows(range(6))),  # the same rows tell nothing more
            owner.commit(rows(range(2, 6 + FLOOR))),  # two others on each side
            owner.commit(rows(range(6, 8))),  # only those that are new
            owner.commit(rows(range(6), wells=[True] * 6)),  # another cell
        ],
    )
    assert len(done.added) == 4


def test_an_update_is_not_nearly_another_segment(owner: Owner) -> None:
    lineage = owner.lineage()
    made = owner.commit(rows(range(8)))
    other = owner.commit(rows(range(1, 7)))
    owner.publisher.publish(lineage, [made, other])
    gone = remove_units(
        owner.holdings, [made.segments[0].root], {"person": [0, 6]}, FLOOR, small_schema()
    )
    with pytest.raises(CatalogueError) as caught:
        owner.publisher.publish(lineage, [gone])
    assert isinstance(caught.value, NearCopyError)
