"""A description says what everybody may know of segments, and is refused if it does not fit."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from tests.exchange.some_tables import table
from zkpipe.exchange.clients.catalogue.descriptions import Description
from zkpipe.exchange.tables import Commitment, commit_segments, segment_key
from zkpipe.ground.errors import FormatError


def made() -> list[Commitment]:
    encoded = table(np.random.default_rng(7), 40, 4)
    return commit_segments(encoded, [segment_key() for _ in range(len(encoded))])


def test_a_description_comes_back_and_says_nothing_else() -> None:
    commitments = made()
    description = Description.of(commitments, {commitments[1].root: commitments[0].root})
    data = description.to_bytes()
    assert Description.from_bytes(data, "a file") == description
    value = json.loads(data)
    assert set(value) == {"format", "schema", "class", "segments"}
    assert set(value["segments"][0]) == {"root", "rows", "units", "columns"}
    assert value["segments"][1]["replaces"] == value["segments"][0]["root"]
    assert sum(one["rows"] for one in value["segments"]) == 40


def changed(**others: Any) -> dict[str, Any]:
    return {**json.loads(Description.of(made()).to_bytes()), **others}


def in_first(**others: Any) -> dict[str, Any]:
    value = changed()
    value["segments"][0].update(others)
    return value


@pytest.mark.parametrize(
    "value",
    [
        changed(format="zkpipe segments 2"),
        changed(more=1),
        changed(segments=[]),
        changed(segments=changed()["segments"][:1] * 2),
        changed(**{"class": 0}),
        changed(**{"class": True}),
        in_first(root="0x" + "1" * 64),
        in_first(columns=[]),
        in_first(rows=17),
        in_first(units=-1),
        in_first(rows=True),
        in_first(replaces="0x12"),
        in_first(salt=1),
    ],
)
def test_what_does_not_fit_together_is_refused(value: dict[str, Any]) -> None:
    with pytest.raises(FormatError, match="no description"):
        Description.from_bytes(json.dumps(value).encode(), "a file")
