"""Every row of the folded tables is what the contracts' own views say."""

from __future__ import annotations

import pytest

from tests.exchange.contracts.world import World
from tests.exchange.index.conftest import Indexed
from tests.exchange.index.histories import walked
from tests.exchange.index.views import counts, unlike_views
from tests.long_form import IS_LONG
from zkpipe.exchange.index import reading

STEPS = 250 if IS_LONG else 140


@pytest.mark.parametrize("seed", range(1, 11 if IS_LONG else 2))
def test_after_a_random_history_each_row_is_what_the_views_say(
    world: World, indexed: Indexed, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    walked(world, STEPS, seed)
    index = indexed()
    index.follow()
    assert unlike_views(world, index.state) == []
    empty = [table for table, count in counts(index.state).items() if not count]
    assert empty == []
    updates = {row["replaces"] for row in index.rows("segments")} - {"0x" + "00" * 32}
    assert updates & {row["root"] for row in index.rows("segments") if row["withdrawn"]}
    digest = index.digest()
    assert index.rebuild() == digest
    monkeypatch.setattr(reading, "WIDEST", 7)
    for depth in (0, 12, 10_000):
        other = indexed(depth=depth)
        other.follow()
        assert other.digest() == digest
        assert other.rebuild() == digest
