"""Schemas and frames for tests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from zkpipe.exchange.tables import Schema
from zkpipe.exchange.tables.encoding import encode
from zkpipe.exchange.tables.segments import Table

VISITS = {
    "name": "visits", "type": "int", "low": -5, "high": 100, "width": 15, "nulls": True,
    "listed": True,
}  # fmt: skip
COST = {
    "name": "cost", "type": "decimal", "low": "0.00", "high": "90000000.00", "width": 62,
    "places": 2, "nulls": True, "listed": True,
}  # fmt: skip
PLAN = {"name": "plan", "type": "category", "values": ["a", "b", "c"], "nulls": False}
WELL = {"name": "well", "type": "bool", "nulls": False, "listed": False}
TOWN = {"name": "town", "type": "text", "nulls": True}
MEMBERS: Mapping[str, Any] = {
    "format": "zkpipe schema 1",
    "columns": [VISITS, PLAN, WELL, COST, TOWN],
    "cell": ["plan", "well"],
    "unit": {"name": "person", "type": "int"},
}


def members(**others: Any) -> dict[str, Any]:
    """The members of a schema, some of them others."""
    return {**MEMBERS, **others}


def schema_of(**others: Any) -> Schema:
    return Schema.of(json.dumps(members(**others)))


@cache
def schema() -> Schema:
    return schema_of()


@cache
def small_schema() -> Schema:
    """Two cells, and two columns that are listed: for circuits."""
    return schema_of(columns=[VISITS, WELL, {**VISITS, "name": "days"}], cell=["well"])


def frame(rng: np.random.Generator, rows: int, people: int | None = None) -> dict[str, Any]:
    """Random rows; each person is in one cell, as in most data, but for a few."""
    persons = rng.integers(0, people or max(1, rows // 3), rows)
    moved = rng.random(rows) < 0.1
    number = np.where(moved, rng.integers(0, 6, rows), persons % 6)

    def holed(values: Any) -> list[Any]:
        return [
            None if gone else value
            for value, gone in zip(values, rng.random(rows) < 0.2, strict=True)
        ]

    return {
        "person": persons.tolist(),
        "visits": holed(rng.integers(-5, 101, rows).tolist()),
        "days": holed(rng.integers(-5, 101, rows).tolist()),
        "plan": np.array(["a", "b", "c"])[number // 2].tolist(),
        "well": (number % 2 == 1).tolist(),
        "cost": holed((rng.integers(0, 10**9, rows) / 100).tolist()),
        "town": holed(np.array(["Rome", "Ulm", "北京"])[rng.integers(0, 3, rows)].tolist()),
    }


def table(rng: np.random.Generator, rows: int, segment_class: int = 10) -> Table:
    return encode(schema(), frame(rng, rows), segment_class)
