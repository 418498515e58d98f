"""The files of a home are as the JSON schemas in docs/schemas say, by jsonschema's word."""

from __future__ import annotations

from typing import Any

import pytest

from tests.exchange.home.own import OTHER, PASSWORD, WORK, created, record
from tests.exchange.home.test_backup import opened_by_hand
from tests.exchange.home.test_log import WHOLE
from tests.exchange.schema_checks import SCHEMAS, check_fit, check_refusals
from zkpipe.exchange.home import Entry, Home, backup, restore

OURS = ("home", "secret", "restored", "backup", "backup-contents", "log-entry")


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
    check_fit(name, files[name])


@pytest.mark.parametrize("name", OURS)
def test_a_schema_refuses_what_has_another_field_or_lacks_one(
    name: str, files: dict[str, list[dict[str, Any]]]
) -> None:
    check_refusals(name, files[name][0], wrong={"a": 1})
