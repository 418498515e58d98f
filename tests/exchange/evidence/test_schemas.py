"""The JSON files of a bundle are as the JSON schemas in docs/schemas say, by jsonschema's word."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.exchange.evidence.conftest import Bundle
from tests.exchange.evidence.witnessed import key_of
from tests.exchange.home.own import created
from tests.exchange.schema_checks import validator
from zkpipe.exchange.clients.circuits.public import keep_key, keep_source, kept_keys, kept_sources
from zkpipe.exchange.home import Home
from zkpipe.ground.errors import FormatError

SCHEMA_OF = {
    "bundle.json": "audit-bundle",
    "manifest.json": "manifest",
    "keys": "audit-key",
    "events": "audit-events",
}
OURS = ("audit-bundle", "audit-events", "audit-key", "circuit-source")


def json_files(path: Path) -> list[Path]:
    return sorted(path.rglob("*.json"))


def read(file: Path) -> Any:
    return json.loads(file.read_text())


@pytest.fixture
def home(tmp_path: Path) -> Home:
    with created(tmp_path / "home") as home:
        keep_source(home.documents, b"\x01" * 32, "def f(): ...\n")
        keep_key(home.documents, b"\x01" * 32, key_of(4))
        yield home


def test_every_json_file_of_both_bundles_is_as_its_schema_says(
    bundle: Bundle, events_bundle: Bundle
) -> None:
    seen = set()
    for path in (bundle.path, events_bundle.path):
        for file in json_files(path):
            name = SCHEMA_OF[str(file.relative_to(path)).split("/")[0]]
            assert list(validator(name).iter_errors(read(file))) == [], file
            seen.add(name)
    assert seen == set(SCHEMA_OF.values())


def test_a_schema_refuses_what_has_another_field_or_lacks_one(
    bundle: Bundle, events_bundle: Bundle, home: Home
) -> None:
    files = {
        "audit-bundle": bundle.path / "bundle.json",
        "audit-key": json_files(bundle.path / "keys")[0],
        "audit-events": json_files(events_bundle.path / "events")[0],
        "circuit-source": home.path / "documents" / f"source-{'01' * 32}.json",
    }
    assert set(files) == set(OURS)
    for name, file in files.items():
        check, value = validator(name), read(file)
        assert check.is_valid(value)
        assert not check.is_valid({**value, "more": 1})
        for field in check.schema["required"]:
            assert not check.is_valid({key: part for key, part in value.items() if key != field})
        for field in value:
            for wrong in (None, 5.5, [1], {"a": 1}):
                assert not check.is_valid({**value, field: wrong}), field
    check, value = validator("audit-events"), read(files["audit-events"])
    for field in value["logs"][0]:
        for wrong in (None, 5.5, "?", [1], {"a": 1}):
            assert not check.is_valid({**value, "logs": [{**value["logs"][0], field: wrong}]})


def test_a_home_gives_back_the_keys_and_sources_that_it_keeps(home: Home) -> None:
    assert kept_keys(home.documents) == [key_of(4)]
    assert kept_sources(home.documents) == [b"def f(): ...\n"]
    for wrong in (b"{}", b"[]", b'{"format":"zkpipe circuit source 1","text":5}'):
        home.documents.put("source", "1", wrong)
        with pytest.raises(FormatError, match="not the source of a circuit"):
            kept_sources(home.documents)
