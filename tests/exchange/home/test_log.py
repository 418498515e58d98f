"""The log takes ids, numbers and states; there is no way to give it anything else."""

from __future__ import annotations

import inspect
import json
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.exchange.home.own import PASSWORD
from zkpipe.exchange.errors import DamagedError, HomeError
from zkpipe.exchange.home import Entry, Home
from zkpipe.exchange.home.log import ADDRESSES, IDS, NUMBERS

ID = bytes(range(32))
ADDRESS = "0x" + "aB" * 20
WHOLE: dict[str, Any] = {
    "event": "job proved",
    "state": "Proved",
    "error": DamagedError,
    **dict.fromkeys(IDS, ID),
    **dict.fromkeys(ADDRESSES, ADDRESS),
    **dict.fromkeys(NUMBERS, 7),
}


def test_an_entry_has_a_time_and_what_it_was_given(home: Home) -> None:
    home.log.write(Entry(event="sent"))
    home.log.write(Entry(**WHOLE))
    *_, first, last = home.log.entries()
    assert sorted(first) == ["event", "time"]
    moment = datetime.strptime(last.pop("time"), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert datetime.now(UTC) - moment < timedelta(minutes=1)
    assert last == {
        **WHOLE,
        "error": "DamagedError",
        **dict.fromkeys(IDS, "0x" + ID.hex()),
    }


def test_the_fields_of_an_entry_are_ids_addresses_numbers_and_words() -> None:
    fields = set(inspect.signature(Entry).parameters)
    assert fields == {"event", "state", "error", *IDS, *ADDRESSES, *NUMBERS}
    with pytest.raises(TypeError):
        Entry(event="sent", score=412)  # type: ignore[call-arg] # on purpose
    with pytest.raises(TypeError):
        Entry("sent", "Proved")  # type: ignore[misc] # by position, on purpose


NO_IDS = (ID[:31], ID + b"\0", "0x" + ID.hex(), 5, ID[:16])
WRONG: list[tuple[str, Any]] = [
    *(
        (name, value)
        for name in IDS
        for value in (ID[:31], ID + b"\0", "0x" + ID.hex(), 5, ID[:16])
    ),
    *((name, value) for name in ADDRESSES for value in ("alice", "0x12", ADDRESS + "0", ID, 5)),
    *((name, value) for name in NUMBERS for value in (-1, 1 << 63, 1 << 250, "7", 7.0, True)),
    ("event", "score 412"),
    ("event", "Score"),
    ("event", ""),
    ("event", None),
    ("event", "a b c d e f"),
    ("event", "a" * 25),
    ("event", "sent\n"),
    ("event", b"sent"),
    ("state", "412"),
    ("state", "two words"),
    ("state", "a" * 25),
    ("error", DamagedError("a", "b")),
    ("error", ValueError),
    ("error", "DamagedError"),
]


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_another_thing_is_refused_and_not_quoted(field: str, value: object) -> None:
    with pytest.raises(HomeError, match=f"another thing for {field}") as raised:
        Entry(**{"event": "sent", field: value})
    if value:
        assert str(value) not in str(raised.value)


@pytest.mark.parametrize("field", IDS)
def test_a_secret_of_the_vault_is_refused_as_an_id(place: Path, field: str) -> None:
    with Home.open(place, PASSWORD) as home:
        old, new, put = (
            home.vault.get("job", "a1"),
            home.vault.new("job", "2"),
            secrets.token_bytes(32),
        )
        home.vault.put("other", "3", put)
        before = list(home.log.entries())
        for secret in (old, new, put):
            with pytest.raises(HomeError, match="A secret was given to the log"):
                home.log.write(Entry(**{"event": "sent", field: secret}))
        assert list(home.log.entries()) == before


def test_a_cut_line_costs_itself_only(home: Home) -> None:
    home.log.write(Entry(event="first"))
    (path,) = (home.path / "logs").glob("*.jsonl")
    with path.open("ab") as file:
        file.write(b'{"event":"sec')
    home.log.write(Entry(event="third"))
    assert [entry["event"] for entry in home.log.entries()][-2:] == ["first", "third"]
    assert path.read_bytes().count(b"\n") == path.read_bytes().rstrip().count(b"\n") + 1
    for line in path.read_bytes().splitlines():
        assert line == b'{"event":"sec' or json.loads(line)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_reader_reads_and_does_not_write(place: Path) -> None:
    with Home.open(place, PASSWORD) as home, Home.read(place, PASSWORD) as reader:
        home.log.write(Entry(event="sent", job=ID))
        *_, last = reader.log.entries()
        assert last["job"] == "0x" + ID.hex()
        with pytest.raises(HomeError, match="opened to read"):
            reader.log.write(Entry(event="sent"))


def test_what_a_home_does_itself_is_in_its_log(place: Path) -> None:
    with Home.open(place, PASSWORD) as home:
        events = [entry["event"] for entry in home.log.entries()]
    assert events == ["home made"]
