"""What a schema's file may say, and its digest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.exchange.some_tables import COST, MEMBERS, PLAN, TOWN, VISITS, WELL, members, schema_of
from zkpipe.exchange.errors import SchemaError
from zkpipe.exchange.tables import Schema
from zkpipe.exchange.tables.formats import CELL, UNIT, Format
from zkpipe.exchange.words import keccak
from zkpipe.ground.errors import FormatError, ZkpipeError

ROOT = Path(__file__).parents[3]


def test_the_digest_is_of_the_canonical_text_whatever_the_file_looks_like(tmp_path):
    shuffled = dict(reversed(MEMBERS.items()))
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(shuffled, indent=3, ensure_ascii=True), encoding="utf-8")
    text = json.dumps(MEMBERS, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    loaded = Schema.load(path)
    assert loaded == schema_of()
    assert loaded.canonical == text.encode()
    assert loaded.hash == keccak(text.encode())
    assert loaded.word == int.from_bytes(loaded.hash, "big") >> 8


def test_every_member_changes_the_digest():
    others = [
        members(columns=[{**VISITS, key: value}, PLAN, WELL, COST, TOWN])
        for key, value in {
            "low": -6,
            "high": 99,
            "width": 62,
            "nulls": False,
            "listed": False,
        }.items()
    ]
    others += [members(cell=["plan"]), members(unit={"name": "person", "type": "text"})]
    words = {Schema.of(json.dumps(other)).word for other in [MEMBERS, *others]}
    assert len(words) == len(others) + 1


def test_committed_columns_are_cell_unit_and_the_declared_ones():
    schema = schema_of()
    visits, cost = Format(15, -5, 100), Format(62, 0, 9_000_000_000)
    plan, well, town = Format(15, 0, 2), Format(15, 0, 1), Format(62, 0, 2**61 - 1)
    assert schema.formats == (CELL, UNIT, visits, plan, well, cost, town, UNIT)
    assert [schema.place(name) for name in ("person", "visits", "cost", "town")] == [1, 2, 5, 6]
    assert schema.cell_count == 6
    assert (visits.most, visits.bits) == (106, 7)


def test_a_keyed_set_has_the_unit_in_two_columns():
    schema = schema_of(unit={"name": "holder", "type": "holder"}, cell=[])
    assert schema.is_keyed
    assert schema.formats[:4] == (CELL, UNIT, UNIT, Format(15, -5, 100))
    assert schema.place("visits") == 3


def test_dates_and_times_are_days_and_seconds_since_1970():
    born = {
        "name": "born", "type": "date", "low": "1969-12-31", "high": "1970-01-02", "width": 15,
        "nulls": False,
    }  # fmt: skip
    seen = {
        "name": "seen", "type": "time", "low": "1970-01-01T00:01:00Z", "width": 62,
        "high": "2026-11-30T00:00:00Z", "nulls": False,
    }  # fmt: skip
    first, second = schema_of(columns=[born, seen], cell=[]).columns
    assert (first.low, first.high) == (-1, 1)
    assert (second.low, second.high) == (60, 1_795_996_800)


WRONG = {
    "another format": (members(format="zkpipe schema 2"), '"format": "zkpipe schema 1"'),
    "no columns": (members(columns=[]), "List one or more."),
    "a member more": ({**MEMBERS, "note": 1}, "has a member 'note'"),
    "a member less": ({k: v for k, v in MEMBERS.items() if k != "cell"}, 'lacks "cell"'),
    "an unknown type": (members(columns=[{**VISITS, "type": "float"}]), "has no type"),
    "a width that is none": (members(columns=[{**VISITS, "width": 16}]), "Write 15 or 62"),
    "a width that is true": (members(columns=[{**VISITS, "width": True}]), "Write 15 or 62"),
    "too many values": (
        members(columns=[{**VISITS, "high": 2**15}], cell=[]),
        "15 bits hold 1 to 32,767",
    ),
    "no values": (members(columns=[{**VISITS, "high": -6}]), "has 0 values"),
    "a bound far away": (members(columns=[{**VISITS, "low": -(2**63)}]), "out of reach"),
    "a bound of another kind": (members(columns=[{**VISITS, "low": "0"}]), "is no int"),
    "a bound that is a bool": (members(columns=[{**VISITS, "low": False}]), "is no int"),
    "a decimal without its places": (members(columns=[{**COST, "low": "0.0"}]), "exactly its"),
    "a decimal of minus zero": (members(columns=[{**COST, "low": "-0.00"}]), "is no decimal"),
    "a member of another type": (members(columns=[{**PLAN, "low": 0}]), "has a member 'low'"),
    "a flag that is a number": (members(columns=[{**VISITS, "nulls": 1}]), "neither true nor"),
    "categories twice": (members(columns=[{**PLAN, "values": ["a", "a"]}]), "lists a value twice"),
    "no category": (members(columns=[{**PLAN, "values": []}]), "no list of texts"),
    "a name twice": (members(columns=[VISITS, VISITS], cell=[]), "two columns 'visits'"),
    "the unit's name twice": (members(unit={"name": "plan", "type": "int"}), "two columns 'plan'"),
    "a name of spaces": (members(columns=[{**VISITS, "name": " "}]), "has no name"),
    "no such cell": (members(cell=["plam"]), "Did you mean 'plan'?"),
    "a cell with nulls": (members(cell=["visits"]), "it has nulls"),
    "too many cells": (
        members(
            columns=[PLAN, {**PLAN, "name": "p"}, {**PLAN, "name": "q"}], cell=["plan", "p", "q"]
        ),
        "have 27 combinations",
    ),
    "a keyed set with cells": (members(unit={"name": "h", "type": "holder"}), "keyed set"),
    "no unit": (members(unit="person"), "has no unit"),
    "a unit of another type": (members(unit={"name": "person", "type": "float"}), "has no type"),
    "too many columns": (
        members(columns=[PLAN, WELL, *({**TOWN, "name": str(i)} for i in range(31))]),
        "66 committed columns",
    ),
    "no date": (
        members(columns=[{"name": "d", "type": "date", "low": "2026-02-30", "high": "2026-03-01",
                          "width": 15, "nulls": False}], cell=[]),
        "is no date",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_schema_that_no_table_can_have_is_refused_with_what_to_write(name):
    wrong, said = WRONG[name]
    with pytest.raises(SchemaError) as caught:
        Schema.of(json.dumps(wrong))
    assert said in str(caught.value)


@pytest.mark.parametrize("text", ['{"format": 1.5}', "[", '{"a": 1, "a": 2}', "NaN"])
def test_a_file_that_is_no_strict_json_is_refused(text):
    with pytest.raises(FormatError):
        Schema.of(text)


def test_an_unknown_column_has_a_near_one():
    with pytest.raises(ZkpipeError, match="Did you mean 'visits'"):
        schema_of().column("visit")
    with pytest.raises(ZkpipeError, match="Did you mean 'person'"):
        schema_of().place("persons")


OF_FILES = json.loads((ROOT / "docs" / "schemas" / "table-schema.schema.json").read_text("utf-8"))
SEEN_BY_PYTHON_ALONE = {  # what a JSON schema cannot say of the members together
    "too many values", "no values", "a decimal without its places", "a decimal of minus zero",
    "a name twice", "the unit's name twice", "a name of spaces", "no such cell",
    "a cell with nulls", "too many cells", "a keyed set with cells", "too many columns", "no date",
}  # fmt: skip


def test_the_json_schema_of_the_docs_takes_what_python_takes():
    validator = Draft202012Validator(OF_FILES)
    Draft202012Validator.check_schema(OF_FILES)
    keyed = members(cell=[], unit={"name": "h", "type": "holder"})
    for vector in json.loads((ROOT / "tests/vectors/exchange/commitments.json").read_text("utf-8")):
        validator.validate(vector["schema"])
    for good in (MEMBERS, keyed):
        validator.validate(good)


@pytest.mark.parametrize("name", sorted(WRONG.keys() - SEEN_BY_PYTHON_ALONE))
def test_the_json_schema_of_the_docs_refuses_what_python_refuses(name):
    assert not Draft202012Validator(OF_FILES).is_valid(WRONG[name][0])
