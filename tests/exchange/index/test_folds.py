"""Every row of the folded tables is what the contracts' own views say."""

from __future__ import annotations

import json

import pytest

from tests.exchange.contracts.setting.world import World
from tests.exchange.index.conftest import Indexed
from tests.exchange.index.histories import walked
from tests.exchange.index.views import counts, unlike_views
from tests.long_form import IS_LONG
from zkpipe.exchange.index import reading

STEPS = 200 if IS_LONG else 120


@pytest.mark.parametrize("seed", range(1, 11 if IS_LONG else 2))
def test_after_a_random_history_each_row_is_what_the_views_say(
    world: World, indexed: Indexed, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = walked(world, STEPS, seed)
    index = indexed()
    index.follow()
    assert unlike_views(world, index.state) == []
    if seed == 1:  # it has everything; others may open no job
        assert [table for table, count in counts(index.state).items() if not count] == []
        updates = {row["replaces"] for row in index.rows("segments")} - {"0x" + "00" * 32}
        assert updates & {row["root"] for row in index.rows("segments") if row["withdrawn"]}
    for (template, issuer), indices in history.revoked.items():
        row = index.row("issuers", str(template), str(issuer))
        assert row is not None
        assert row["revoked"] == json.dumps(list(map(str, indices)))
    digest = index.digest()
    assert index.rebuild() == digest
    monkeypatch.setattr(reading, "WIDEST", 7)
    for depth in (0, 12, 10_000):
        other = indexed(depth=depth)
        other.follow()
        assert other.digest() == digest
        assert other.rebuild() == digest
