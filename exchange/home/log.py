"""The log of a home: what happened, by ids and states.

    logs/2026-11.jsonl    a line for each entry, JSON

An entry can hold a time, words without digits for the event and the state, public ids of 32 bytes,
addresses, small numbers of the chain, and the class of an error. There is no place for a text, a
value, a score, a salt, a key or a consent. Bytes that the vault has given out as a secret are
refused, should somebody take one for an id.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from zkpipe.exchange.canonical import written
from zkpipe.exchange.errors import HomeError
from zkpipe.exchange.home.locks import Access
from zkpipe.exchange.home.vault import Vault
from zkpipe.ground.errors import FormatError, ZkpipeError
from zkpipe.ground.files.reading import file_failure
from zkpipe.ground.files.strict_json import parse_json
from zkpipe.ground.process.posix import BYTES, NO_LINK

FOLDER = "logs"
EVENT = re.compile("[a-z]{1,24}( [a-z]{1,24}){0,4}")
STATE = re.compile("[A-Za-z]{1,24}")
ADDRESS = re.compile("0x[0-9a-fA-F]{40}")
IDS = ("transaction", "job", "grant", "lineage", "segment", "circuit", "entry")
ADDRESSES = ("account", "contract")
NUMBERS = ("chain", "block", "nonce", "attempt", "step", "version")
MOST_NUMBER = 1 << 63
LONGEST = 1 << 12  # bytes of a line
LIMIT = 1 << 28  # bytes of a file


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry of the log.

    event  what happened: one to five words of small letters
    state  the state after it: one word
    error  the class of the error that ended it, without its text

    transaction, job, grant, lineage, segment (its root), circuit, entry (of the ledger) are ids of
    32 bytes. account and contract are addresses. chain, block, nonce, attempt, step and version are
    numbers from 0.

    Raises HomeError for anything of another form.
    """

    event: str
    state: str | None = None
    error: type[ZkpipeError] | None = None
    transaction: bytes | None = None
    job: bytes | None = None
    grant: bytes | None = None
    lineage: bytes | None = None
    segment: bytes | None = None
    circuit: bytes | None = None
    entry: bytes | None = None
    account: str | None = None
    contract: str | None = None
    chain: int | None = None
    block: int | None = None
    nonce: int | None = None
    attempt: int | None = None
    step: int | None = None
    version: int | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if (value is not None or field.name == "event") and not _fits(field.name, value):
                raise HomeError(
                    f"An entry of the log was given another thing for {field.name} than it holds.",
                    "Give ids, addresses, numbers and states as Entry has them, and nothing else.",
                )

    def shown(self) -> dict[str, str | int]:
        """The fields that it has, as they stand in a line."""
        found: dict[str, str | int] = {}
        for field in fields(self):
            value: Any = getattr(self, field.name)
            if value is not None:
                found[field.name] = _shown(value)
        return found


def _fits(name: str, value: object) -> bool:
    """Whether a value is of the form that its field has."""
    if name in IDS:
        return type(value) is bytes and len(value) == 32
    if name in NUMBERS:
        return type(value) is int and 0 <= value < MOST_NUMBER
    if name == "error":
        return isinstance(value, type) and issubclass(value, ZkpipeError)
    pattern = {"event": EVENT, "state": STATE}.get(name, ADDRESS)
    return type(value) is str and pattern.fullmatch(value) is not None


def _shown(value: Any) -> str | int:
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, type):
        return value.__name__
    return value  # type: ignore[no-any-return] # a text or a number, as __post_init__ has seen


class Log:
    """The log of a home: see the module. `Home.log` is one."""

    def __init__(self, access: Access, vault: Vault) -> None:
        self._access = access
        self._vault = vault

    def __repr__(self) -> str:
        return f"Log({str(self._access.path)!r})"

    def write(self, entry: Entry) -> None:
        """Add an entry with the time. Raises HomeError if an id is a secret; FileError."""
        if any(self._vault.knows(getattr(entry, name) or b"") for name in IDS):
            raise HomeError(
                "A secret was given to the log as an id.", "Log the public id of what it is for."
            )
        now = datetime.now(UTC)
        line = written({"time": now.strftime("%Y-%m-%dT%H:%M:%SZ"), **entry.shown()})
        path = self._access.path / FOLDER / f"{now:%Y-%m}.jsonl"
        with self._access.changing():
            try:
                _append(path, line)
            except OSError as error:
                raise file_failure("written", path, error) from error

    def entries(self) -> Iterator[dict[str, Any]]:
        """All entries, the oldest first. A line that a killed process left cut is left out.

        Raises FileError.
        """
        self._access.check()
        for path in sorted((self._access.path / FOLDER).glob("*.jsonl")):
            try:
                with path.open("rb") as file:
                    for line in iter(lambda: file.readline(LONGEST), b""):
                        with suppress(FormatError):
                            found = parse_json(line, str(path))
                            if isinstance(found, dict):
                                yield found
            except OSError as error:
                raise file_failure("read", path, error) from error


def _append(path: Path, line: bytes) -> None:
    """Add a line in one write; after a cut one, on a line of its own."""
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | NO_LINK | BYTES
    handle = os.open(path, flags, 0o600)
    try:
        size = os.fstat(handle).st_size
        if size and os.pread(handle, 1, size - 1) != b"\n":
            line = b"\n" + line
        os.write(handle, line)
    finally:
        os.close(handle)
