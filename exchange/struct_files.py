"""Structs as files: canonical JSON, with the names that Solidity has for the fields.

    struct_json   a struct's fields as JSON
    struct_in     the struct in a JSON value
    struct_file   the bytes of a file
    read_struct   the struct in the bytes of a file

A file holds `format`, such as "zkpipe terms 1", beside the fields. An address stands as 0x and
hexadecimal, with or without the capitals of its checksum; bytes as 0x and hexadecimal; a number as
JSON's up to 2^53 - 1, and as decimal text above, since other readers round it; both are read.
A field that has a default may be missing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

from zkpipe.exchange.canonical import written
from zkpipe.exchange.errors import StructError
from zkpipe.exchange.structs import Struct
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.strict_json import Json, is_decimal, parse_json

S = TypeVar("S", bound=Struct)

LARGEST_NUMBER = (1 << 53) - 1  # that every reader of JSON keeps
LIMIT = 1 << 22  # bytes of a file
HEX = re.compile("0x([0-9a-fA-F]{2})*")
_LETTER = re.compile("_([a-z0-9])")


def format_of(cls: type[Struct]) -> str:
    """What `format` is in a file of a struct."""
    return f"zkpipe {cls.__name__.lower()} 1"


def camel(name: str) -> str:
    """max_uses becomes maxUses: the name in Solidity."""
    return _LETTER.sub(lambda match: match[1].upper(), name)


def struct_json(struct: Struct) -> dict[str, Json]:
    """The fields, by Solidity's names."""
    return {camel(field.name): plain_json(getattr(struct, field.name)) for field in fields(struct)}  # type: ignore[arg-type] # each subclass is a dataclass


def plain_json(value: Any) -> Json:
    """A value of a struct or a call as JSON."""
    if isinstance(value, Struct):
        return struct_json(value)
    if isinstance(value, (tuple, list)):
        return [plain_json(entry) for entry in value]
    if isinstance(value, (bytes, bytearray)):
        return "0x" + value.hex()
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > LARGEST_NUMBER:
        return str(value)
    return value  # type: ignore[no-any-return] # a text, a bool or a number


def struct_in(cls: type[S], value: Json, name: str) -> S:
    """The struct in a JSON value; `name` stands in the errors.

    Raises FormatError for other fields than the struct's; StructError for a value that does not
    fit its field.
    """
    hints = get_type_hints(cls, include_extras=True)
    known = {camel(field.name): field for field in fields(cls)}  # type: ignore[arg-type] # a dataclass
    if not isinstance(value, dict):
        raise FormatError(f"{name} is no JSON object.", "Give an object with the fields by name.")
    for found in value:
        if found not in known:
            raise FormatError(
                f"{name} has a field {found[:40]!a}, which a {cls.__name__} has not.",
                f"Its fields are {', '.join(known)}.",
            )
    given: dict[str, Any] = {}
    for said, field in known.items():
        if said in value:
            given[field.name] = _plain(hints[field.name], value[said], f"{said} of {name}")
        elif field.default is MISSING and field.default_factory is MISSING:
            raise FormatError(f"{name} has no field {said}.", f"Give it: {', '.join(known)}.")
    return cls(**given)


def struct_file(struct: Struct) -> bytes:
    """The bytes of a file that holds a struct."""
    return written({"format": format_of(type(struct)), **struct_json(struct)})


def read_struct(
    cls: type[S], data: bytes, name: str, defaults: Mapping[str, Json] | None = None
) -> S:
    """The struct in the bytes of a file, which people may have written.

    defaults  fields that count where the file lacks them

    Raises FormatError, StructError.
    """
    value = parse_json(data, name, limit=LIMIT)
    wanted = format_of(cls)
    if not isinstance(value, dict) or value.get("format") != wanted:
        raise FormatError(
            f'{name} does not say "format": "{wanted}".',
            "Give a file of that format; docs/exchange.md shows one.",
        )
    given = {key: val for key, val in value.items() if key != "format"}
    return struct_in(cls, {**(defaults or {}), **given}, name)


def _plain(kind: Any, value: Json, name: str) -> Any:
    """JSON as the value of an annotation; the struct itself checks its range."""
    if get_origin(kind) is tuple:
        if not isinstance(value, list):
            raise _misfit(name, "a list")
        return tuple(_plain(get_args(kind)[0], entry, name) for entry in value)
    if get_origin(kind) is not Annotated:
        return struct_in(kind, value, name)
    return plain_value(str(get_args(kind)[1]), value, name)


def plain_value(kind: str, value: Json, name: str) -> Any:
    """JSON as a value of a type of an ABI: bool, address, bytes, bytes32, uint, or lists of them.

    Raises StructError if it is of another kind; lengths and ranges are not checked.
    """
    if kind.endswith("]"):
        if not isinstance(value, list):
            raise _misfit(name, "a list")
        return tuple(plain_value(kind[: kind.rindex("[")], entry, name) for entry in value)
    if kind == "bool":
        if not isinstance(value, bool):
            raise _misfit(name, "true or false")
        return value
    if kind.startswith("uint"):
        return _number(value, name)
    if not isinstance(value, str):
        raise _misfit(name, "text")
    if kind.startswith("bytes"):
        if not HEX.fullmatch(value):
            raise _misfit(name, "0x and hexadecimal digits")
        return bytes.fromhex(value[2:])
    return value


def _number(value: Json, name: str) -> int:
    if type(value) is int and value >= 0:
        return value
    if isinstance(value, str) and is_decimal(value):
        return int(value)
    raise _misfit(name, "a number, or its decimal text")


def _misfit(name: str, wanted: str) -> StructError:
    return StructError(f"{name} is not {wanted}.", f"Give {wanted}.")


def said_fields(values: Mapping[str, Any]) -> dict[str, Json]:
    """Values by name as a command prints them with --json."""
    return {name: plain_json(value) for name, value in values.items()}
