"""JSON from outside, read strictly.

Python's own reader takes more than JSON's standard and than is safe: repeated names (the last
wins), NaN and Infinity, integers of any length (until a limit raises ValueError), nesting until
the recursion limit. Here each of them is a FormatError. Size, depth and the number of values are
checked before anything is parsed: a value takes 60 bytes of memory, and as text perhaps two. Who
knows how much a file may hold says so. The texts of errors hold names, places and lengths, never
values: an input may be private.

Source: RFC 8259; CVE-2020-10735 for the length of integers.
"""

from __future__ import annotations

import json
import re
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.containers import CONTAINERS, described
from zkpipe.ground.files.reading import Source, read_file, read_head
from zkpipe.ground.files.writing import write_file

if TYPE_CHECKING:
    from decimal import Decimal

Json: TypeAlias = "bool | int | float | Decimal | str | list[Json] | dict[str, Json] | None"
Number: TypeAlias = "type[float] | type[Decimal]"

MAX_BYTES = 1 << 26  # 64 MiB, where the reader knows no better
MAX_VALUES = 1 << 20
HEAD = 8  # bytes that tell what a file is
CHUNK = 1 << 20  # bytes whose depth is found at once
MAX_DEPTH = 32  # of nesting; Python's reader recurses, and stops near 1000
MAX_DIGITS = 78  # 2^256 has 78
MAX_CHARACTERS = 400  # of a number with a point: 2^-253 has 253 digits behind it

_PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")  # gzip, zip, ...
_STRINGS = rb'(?s)"(?:[^"\\]++|\\.?)*+(?:"|\Z)'  # possessive, hence linear
_STRUCTURE = rb'(?s)"(?:[^"\\]++|\\.?)*+(?:"|\Z)|[,\[{\]}]'
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_DECIMAL = re.compile(r"(?:0|[1-9][0-9]{0,77})")


def read_json(
    path: Source,
    *,
    limit: int = MAX_BYTES,
    values: int = MAX_VALUES,
    floats: bool = False,
    number: Number = float,
) -> Json:
    """The value of a JSON file.

    limit   the most bytes that it may have
    values  the most values: numbers, texts, lists and objects
    floats  lets numbers with a point or an exponent pass
    number  what these become: a float, the nearest to the text, or a Decimal, which is the text's

    Raises FileError if it cannot be read, FormatError if it is no JSON as described above.
    """
    if isinstance(path, Path):
        _check_head(read_head(path, HEAD), str(path))  # before its size: a key may have gigabytes
    data = read_file(path, limit)
    return parse_json(data, str(path), limit=limit, values=values, floats=floats, number=number)


def parse_json(
    data: bytes,
    name: str,
    *,
    limit: int = MAX_BYTES,
    values: int = MAX_VALUES,
    floats: bool = False,
    number: Number = float,
) -> Json:
    """The value of a JSON text in UTF-8 without a byte order mark; `name` stands in the errors.

    The rest is as in `read_json`. Raises FormatError.
    """
    if len(data) > limit:
        raise FormatError(
            f"{name} has {len(data)} bytes, more than {limit}.", "Give a smaller JSON text."
        )
    _check_head(data[:HEAD], name)
    _check_count(data, name, values)
    _check_depth(data, name)
    try:
        text = data.decode("utf-8")
        value = _Reader(name, floats, number).decode(text)
        if _SURROGATE.search(text):  # a lone half of a pair is no text: it cannot be printed
            json.dumps(value, ensure_ascii=False, default=str).encode("utf-8")
    except UnicodeEncodeError:
        raise FormatError(
            f"{name} has a string with half of a surrogate pair.", "Write whole characters."
        ) from None  # the causes hold the whole text, which may be private
    except UnicodeDecodeError as error:
        raise FormatError(
            f"{name} is not UTF-8: byte {error.start} does not fit.", "Save it as UTF-8."
        ) from None
    except json.JSONDecodeError as error:
        from zkpipe.ground.files.json_fixes import fix

        raise FormatError(
            f"{name} is not JSON: line {error.lineno}, column {error.colno}: {error.msg}.",
            fix(error.doc, error.pos, error.msg),
        ) from None
    result: Json = value
    return result


def _check_head(head: bytes, name: str) -> None:
    """Refuse what is no JSON by its first bytes."""
    if not head:
        from zkpipe.ground.files.json_fixes import EMPTY

        raise FormatError(f"{name} is empty.", EMPTY)
    if head.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise FormatError(f"{name} begins with a byte order mark.", "Save it as UTF-8 without one.")
    if head.startswith(_PACKED):
        raise FormatError(f"{name} is compressed.", "Unpack it first.")
    if head[:4] in CONTAINERS:
        raise FormatError(
            f"{name} is {described(head)}, not JSON.", "Give the JSON file that belongs here."
        )


def _check_count(data: bytes, name: str, most: int) -> None:
    """Each value but the first stands behind a comma or an opening bracket."""
    if sum(map(data.count, (b",", b"[", b"{"))) < most:
        return  # counted with those in strings, which is quicker
    count = depth = 0
    for match in re.finditer(_STRUCTURE, data):
        mark = match[0][:1]
        count += mark in (b",", b"[", b"{")
        depth += (mark in (b"[", b"{")) - (mark in (b"]", b"}"))
        if depth > MAX_DEPTH:
            raise _too_deep(name, depth)
        if count >= most:
            raise FormatError(
                f"{name} has more than {most} values; such a file has at most as many.",
                "Give the file that is meant here.",
            )


def _check_depth(data: bytes, name: str) -> None:
    if data.count(b"[") + data.count(b"{") <= MAX_DEPTH:
        return
    skeleton = np.frombuffer(re.sub(_STRINGS, b"", data), dtype=np.uint8)
    depth = 0
    for begin in range(0, len(skeleton), CHUNK):
        part = skeleton[begin : begin + CHUNK]
        opening = (part == ord("[")) | (part == ord("{"))
        closing = (part == ord("]")) | (part == ord("}"))
        depths = depth + np.cumsum(opening.astype(np.int32) - closing.astype(np.int32))
        depth = int(depths[-1])
        if (deepest := int(depths.max())) > MAX_DEPTH:
            raise _too_deep(name, deepest)


def _too_deep(name: str, depth: int) -> FormatError:
    return FormatError(
        f"{name} is nested {depth} deep; at most {MAX_DEPTH} is read.", "Give a flatter JSON text."
    )


class _Reader(json.JSONDecoder):
    """Python's reader with the holes closed; its hooks raise FormatError."""

    def __init__(self, name: str, floats: bool, number: Number) -> None:
        self._name = name
        self._number = number
        self._floats = floats
        super().__init__(
            parse_int=self._integer,
            parse_float=self._float,
            parse_constant=self._constant,
            object_pairs_hook=self._object,
        )

    def _integer(self, text: str) -> int:
        if len(text) > MAX_DIGITS + 1:
            raise FormatError(
                f"{self._name} has an integer of {len(text)} characters; the longest has "
                f"{MAX_DIGITS} digits.",
                "Give values below the field's order.",
            )
        return int(text)

    def _float(self, text: str) -> float | Decimal:
        if not self._floats:
            raise FormatError(
                f"{self._name} has a number with a point or an exponent.",
                "Give whole numbers.",
            )
        if len(text) > MAX_CHARACTERS:
            raise FormatError(
                f"{self._name} has a number of {len(text)} characters; the longest has "
                f"{MAX_CHARACTERS}.",
                "Give fewer digits.",
            )
        try:
            value = self._number(text)
        except ArithmeticError:  # an exponent beyond a Decimal's
            raise FormatError(
                f"{self._name} has a number whose exponent is too large.", "Give fewer digits."
            ) from None
        if not isfinite(value):
            raise FormatError(
                f"{self._name} has a number too large for a float.", "Give a smaller number."
            )
        return value

    def _constant(self, text: str) -> float:
        raise FormatError(f"{self._name} has {text}, which is not JSON.", "Give a number.")

    def _object(self, pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        found: dict[str, Json] = {}
        for key, value in pairs:
            if key in found:
                raise FormatError(
                    f"{self._name} gives {_shown(key)} twice.", "Give each name once."
                )
            found[key] = value
        return found


def _shown(text: str) -> str:
    return ascii(text if len(text) <= 60 else text[:57] + "...")


def is_decimal(text: str) -> bool:
    """True for the canonical decimal digits of an integer from 0 to 10^78 - 1, ASCII only."""
    return _DECIMAL.fullmatch(text) is not None


def first_difference(given: dict[str, Json], written: dict[str, Json]) -> str | None:
    """The first member that an object has and we would not write so, or lacks; None for none."""
    for name in (*written, *given):
        if name not in given or name not in written or given[name] != written[name]:
            return name[:60]
    return None


def write_json(path: Path, value: Json) -> None:
    """Write a value as indented ASCII JSON, atomically. Raises FileError."""
    write_file(path, json_bytes(value))


def json_bytes(value: Json) -> bytes:
    """The bytes of a value in a file: indented ASCII JSON and the end of a line."""
    return (json.dumps(value, indent=1, allow_nan=False) + "\n").encode("ascii")
