"""Files of a home that have one text only, so that no byte of them can change unseen.

A file holds one object: names sorted, no spaces, ASCII, and the end of a line. Its `format` says
what it is and of which version: "zkpipe home 1". What has other bytes than its value would be
written with is refused, and so are fields that the reader does not know.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from contextlib import suppress

from zkpipe.exchange.canonical import canonical, written
from zkpipe.exchange.errors import DamagedError, TruncatedError
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.strict_json import Json, parse_json

END = b"}\n"
RESTORE = "Restore the home from a backup, or put the file back as it was."


def digest(value: Mapping[str, Json]) -> str:
    """SHA-256 of an object, in hex: a file's own field of it tells damage, not forgery."""
    return hashlib.sha256(canonical(value)).hexdigest()


class Fields:
    """The fields of an object of a file, each read as what it must be.

    where  how errors name the file

    Every reader raises DamagedError for a field that is missing or of another form.
    """

    def __init__(self, values: dict[str, Json], where: str) -> None:
        self._values = values
        self._where = where

    def names(self, *expected: str) -> None:
        """Raises DamagedError unless these fields are there, and no others."""
        if set(self._values) != set(expected):
            raise damaged(self._where)

    def text(self, name: str, pattern: str) -> str:
        """A text of a form, which is a regular expression for all of it."""
        value = self._values.get(name)
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise damaged(self._where)
        return value

    def number(self, name: str, least: int, most: int) -> int:
        """A whole number in a range."""
        value = self._values.get(name)
        if type(value) is not int or not least <= value <= most:
            raise damaged(self._where)
        return value

    def data(self, name: str, size: int | None = None) -> bytes:
        """Bytes that stand there in hex, of a size or of any."""
        value = self._values.get(name)
        if not isinstance(value, str) or not re.fullmatch(r"(?:[0-9a-f]{2})*", value):
            raise damaged(self._where)
        data = bytes.fromhex(value)
        if size is not None and len(data) != size:
            raise damaged(self._where)
        return data

    def inner(self, name: str) -> Fields:
        """An object."""
        value = self._values.get(name)
        if not isinstance(value, dict):
            raise damaged(self._where)
        return Fields(value, self._where)

    def listed(self, name: str) -> list[Fields]:
        """A list of objects."""
        value = self._values.get(name)
        if not isinstance(value, list):
            raise damaged(self._where)
        found = []
        for entry in value:
            if not isinstance(entry, dict):
                raise damaged(self._where)
            found.append(Fields(entry, self._where))
        return found

    def without(self, *names: str) -> dict[str, Json]:
        """All fields but these."""
        return {name: value for name, value in self._values.items() if name not in names}


def read_fields(data: bytes, where: str, form: str, limit: int) -> Fields:
    """The fields of a file of the format `form`, like "zkpipe home 1".

    Raises TruncatedError if it is cut short, FormatError if it is of a version that this zkpipe
    does not know, and DamagedError for anything else that is not as it is written.
    """
    if not data.endswith(END):
        raise TruncatedError(f"{where} is cut short.", RESTORE)
    value: Json = None
    with suppress(FormatError):  # whose cause may hold the file: what is raised comes after it
        value = parse_json(data, where, limit=limit)
    if not isinstance(value, dict) or written(value) != data:
        raise damaged(where)
    found = value.get("format")
    if found != form:
        kind = form.rpartition(" ")[0]
        if isinstance(found, str) and re.fullmatch(re.escape(kind) + " [0-9]{1,6}", found):
            raise FormatError(
                f"{where} has the format {found!a}, which this zkpipe does not know.",
                "Use a newer zkpipe.",
            )
        raise DamagedError(f"{where} is no {kind} file.", RESTORE)
    return Fields(value, where)


def damaged(where: str) -> DamagedError:
    """The error for a file of which a part was changed."""
    return DamagedError(f"{where} is damaged: it is not what was written.", RESTORE)
