"""The two tables are what `making_data` makes of public data sets, and are as the schemas say.

RANDHIE and MIDWEST name the files that they are made of, as `making_data` says: with them the
tables are made again. Without them, their digests stand for that.
"""

from __future__ import annotations

import csv
import hashlib
import os
from collections import Counter
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from zkpipe.exchange.cases.open_data import making_data
from zkpipe.exchange.cases.open_data.story import DATA
from zkpipe.exchange.errors import TableError
from zkpipe.exchange.tables import Schema

DIGESTS = {
    "visits": "39f75f237fd5e4d37101be0ed56de9fa51bdefe3813d621d55433c3814cf0f0b",
    "counties": "818de6650cd840d65693076978f6f9a38340b2beb9271c842c57ee5d71ae88ee",
}
SOURCES = {"visits": "RANDHIE", "counties": "MIDWEST"}
PERSONS = {  # of each group: the plan has a deductible, health
    ("false", "excellent"): 128,
    ("false", "good"): 70,
    ("false", "fair or poor"): 17,
    ("true", "excellent"): 39,
    ("true", "good"): 30,
    ("true", "fair or poor"): 12,
}


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", DIGESTS)
def test_a_table_is_what_was_made_of_its_source(name: str) -> None:
    assert hashlib.sha256((DATA / f"{name}.csv").read_bytes()).hexdigest() == DIGESTS[name]


@pytest.mark.parametrize("name", SOURCES)
def test_a_table_is_made_again_of_its_source(name: str) -> None:
    source = os.environ.get(SOURCES[name])
    if source is None:
        pytest.skip(f"Name the file that it is made of in {SOURCES[name]}.")
    made = getattr(making_data, name)(making_data.read(Path(source)))
    assert making_data.written(made).encode() == (DATA / f"{name}.csv").read_bytes()


def test_the_rows_of_visits_are_years_of_persons_in_order() -> None:
    table = rows("visits")
    years = [(int(row["person"]), int(row["year"])) for row in table]
    assert len(years) == 994
    assert len({person for person, _ in years}) == 296
    assert all(before < after for before, after in pairwise(years))
    assert {year for _, year in years} == {1, 2, 3, 4, 5}
    held = {(row["deductible"], row["health"], row["person"]) for row in table}
    assert Counter(group[:2] for group in held) == PERSONS  # so none is in two groups


def test_the_rows_of_counties_are_counties_of_five_states_in_order() -> None:
    table = rows("counties")
    numbers = [int(row["county"]) for row in table]
    assert len(numbers) == len(set(numbers)) == 437
    assert all(before < after for before, after in pairwise(numbers))
    names = [row["name"] for row in table]
    assert len(set(names)) == 437
    states = Counter(name.rsplit(", ", 1)[1] for name in names)
    assert states == {"Illinois": 102, "Indiana": 92, "Michigan": 83, "Ohio": 88, "Wisconsin": 72}


@pytest.mark.parametrize("name", DIGESTS)
def test_every_row_is_under_its_schema(name: str) -> None:
    """The codes of its numbers are their distance from the least value, from 1."""
    schema, table = Schema.load(DATA / f"{name}.schema.json"), rows(name)
    encoded = schema.encode(DATA / f"{name}.csv")
    assert encoded.rows.sum() == len(table)
    checked = {"visits": ("visits", 1), "counties": ("poverty", 10)}
    column, unit = checked[name]
    slots = encoded.columns[schema.place(column)].ravel().tolist()
    codes = sorted(slots)[-len(table) :]
    assert codes == sorted(int(Decimal(row[column]) * unit) + 1 for row in table)


def test_a_row_outside_its_schema_is_refused(tmp_path: Path) -> None:
    text = (DATA / "counties.csv").read_text()
    assert ",13.2," in text
    spoiled = tmp_path / "counties.csv"
    spoiled.write_text(text.replace(",13.2,", ",113.2,", 1))
    with pytest.raises(TableError, match="poverty"):
        Schema.load(DATA / "counties.schema.json").encode(spoiled)
