"""The files of a home are as the JSON schemas in docs/schemas say, by jsonschema's word."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.exchange.home.own import OTHER, PASSWORD, WORK, created, record
from tests.exchange.home.test_backup import opened_by_hand
from tests.exchange.home.test_log import WHOLE
from zkpipe.exchange.home import Entry, Home, backup, restore

SCHEMAS = Path(__file__).resolve().parents[3] / "docs" / "schemas"
OURS = ("home", "secret", "restored", "backup", "backup-contents", "log-entry")


def validator(name: str) -> Draft202012Validator:
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """The files of each format that a home, a backup and a restored home have."""
    base = tmp_path_factory.mktemp("base")
    with created(base / "home") as home:
        home.vault.new("job", "a1")
        home.vault.put("other", "x", b"1")
        home.vault.put("other", "y", b"1" * 65_536)
        home.vault.new("segment", "0" * 64)
        home.documents.put("schema", "s", b"{}")
        home.log.write(Entry(event="sent"))
        home.log.write(Entry(**WHOLE))
        home.change_password(PASSWORD, work=2 * WORK)
        backup(home, base / "b", OTHER, work=WORK)
    restore(base / "b", base / "again", OTHER, work=WORK)
    homes = (base / "home", base / "again")
    logs = []
    for place, password in zip(homes, (PASSWORD, OTHER), strict=True):
        with Home.read(place, password) as home:
            logs += list(home.log.entries())
    return {
        "home": [record(place / "home.json") for place in homes],
        "secret": [record(path) for place in homes for path in (place / "secrets").iterdir()],
        "restored": [record(base / "again" / "restored.json")],
        "backup": [record(base / "b")],
        "backup-contents": [opened_by_hand(base / "b", OTHER)],
        "log-entry": logs,
    }


def test_every_schema_is_one_of_a_file_that_is_tested() -> None:
    found = {path.name.removesuffix(".schema.json") for path in SCHEMAS.iterdir()}
    assert set(OURS) <= found


@pytest.mark.parametrize("name", OURS)
def test_real_files_are_as_their_schema_says(
    name: str, files: dict[str, list[dict[str, Any]]]
) -> None:
    check = validator(name)
    assert files[name]
    for value in files[name]:
        assert list(check.iter_errors(value)) == []


@pytest.mark.parametrize("name", OURS)
def test_a_schema_refuses_what_has_another_field_or_lacks_one(
    name: str, files: dict[str, list[dict[str, Any]]]
) -> None:
    check = validator(name)
    value = files[name][0]
    assert not check.is_valid({**value, "more": 1})
    for field in check.schema["required"]:
        assert not check.is_valid({key: part for key, part in value.items() if key != field})
    for field in value:
        for wrong in (None, 5.5, "?", [1], {"a": 1}):
            assert not check.is_valid({**value, field: wrong}), field
