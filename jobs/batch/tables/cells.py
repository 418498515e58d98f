"""A cell as a value of a declared type: what `flat_inputs` takes, or an InputError.

A text means the same in every format:

    number  as in INPUT.json: decimal digits without leading zeros, perhaps behind a minus sign;
            0x and up to 64 hex digits; for a Fixed digits with a point
    Bool    true or false in any case, 0 or 1
    list, record   JSON, as it stands in INPUT.json: [1, 2, 3]
    empty   no value, as null is

Nothing is trimmed, rounded or guessed. A space beside a number is refused, since readers disagree
on which characters are spaces, and a proof must be about the digits that an auditor sees in the
file. For the same reason 007, +5, 1,000, 1e3 and 5.0 are no integers: a program wrote them that
took them for something else, often with a loss. The types and ranges of numbers are checked by
`flat_inputs`.

The errors name the input and never show a cell, nor a part of one.
"""

from __future__ import annotations

import re
from decimal import Decimal

from zkpipe.circuits.errors import InputError
from zkpipe.circuits.language.values.inputs import Parameter, from_json, too_long
from zkpipe.circuits.language.values.types import (
    ArrayType,
    FixedType,
    IntegerType,
    RecordType,
    ScalarType,
    Type,
    leaf_count,
)
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.strict_json import Json, is_decimal, parse_json
from zkpipe.ground.kinds import DATES
from zkpipe.jobs.batch.tables.rows import BYTES, BYTES_A_VALUE, SMALL

_BOOLS = {"true": True, "false": False}
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def value_of(path: str, type_: Type, cell: object) -> object:
    """The value that a cell holds for an input, or for a part of one.

    path  of the input: `age`, `loans[2].rate`

    Raises InputError for a cell without a value and for a text that is no value of the type.
    """
    if isinstance(cell, str) and cell and isinstance(type_, ArrayType | RecordType):
        cell = _parsed(path, type_, cell)
    return _value(path, type_, cell)


def _value(path: str, type_: Type, value: object) -> object:
    if value is None or value == "":
        raise InputError(f"`{path}` has no value.", "Give one, or leave out the row.", path)
    if isinstance(type_, ArrayType):
        if not isinstance(value, list):
            return value  # flat_inputs says what it should be
        return [_value(f"{path}[{i}]", type_.element, item) for i, item in enumerate(value)]
    if isinstance(type_, RecordType):
        return _fields(path, type_, value) if isinstance(value, dict) else value
    return _number(path, type_, value) if isinstance(value, str) else value


def _fields(path: str, type_: RecordType, value: dict[str, object]) -> object:
    types = dict(type_.fields)
    if not value.keys() <= types.keys():  # a name in a cell is not repeated: it may be anything
        names = ", ".join(f"`{name}`" for name in types)
        raise InputError(
            f"`{path}` has a field that {type_} does not have.",
            f"Give these and no other: {names}.",
            path,
            value,
        )
    return {name: _value(f"{path}.{name}", types[name], part) for name, part in value.items()}


def _number(path: str, type_: ScalarType, text: str) -> object:
    if is_decimal(text):  # nearly all are, and this takes a tenth of what follows
        return int(text)
    if text != text.strip():
        raise InputError(
            f"`{path}` has spaces around its value.",
            "Take them out of the table, which is read exactly as it is written.",
            path,
            text,
        )
    if isinstance(type_, IntegerType) and type_.name == "Bool":
        found = _BOOLS.get(text.lower())
        if found is None:
            raise InputError(
                f"`{path}` is a text that is no Bool.", "Write true, false, 0 or 1.", path, text
            )
        return found
    try:
        return from_json((Parameter(path, type_, public=False),), {path: text})[path]
    except InputError:  # it speaks of quotes, which a table may not have
        raise too_long(path, text) or InputError(
            f"`{path}` is a text that is not a number.", _how_to_write(type_, text), path, text
        ) from None


def _how_to_write(type_: ScalarType, text: str) -> str:
    if _DATE.match(text):
        return DATES
    if isinstance(type_, FixedType):
        return (
            "Write digits and a point, as in -3.25: without a comma, an exponent, a plus sign or "
            "leading zeros."
        )
    return (
        "Write an integer in decimal digits, without a point, separators, an exponent, a plus sign "
        "or leading zeros; or its hex digits, 64 at most, after 0x."
    )


def _parsed(path: str, type_: ArrayType | RecordType, text: str) -> Json:
    """The value of a cell that holds a whole list or record as JSON."""
    limit = SMALL + BYTES * leaf_count(type_)
    try:
        return parse_json(
            text.encode("utf-8", "surrogatepass"),
            path,
            limit=limit,
            values=limit // BYTES_A_VALUE,
            floats=True,
            number=Decimal,
        )
    except FormatError:  # its text may hold a name from the cell
        raise InputError(
            f"`{path}` is a text that is not JSON.", _how_to_give(path, type_), path, text
        ) from None


def _how_to_give(path: str, type_: ArrayType | RecordType) -> str:
    if isinstance(type_, ArrayType):
        return (
            f"Write the list as [1, 2, 3], or give each value a column: `{path}[0]`, `{path}[1]`."
        )
    names = [name for name, _ in type_.fields]
    example = names[0] if names else "field"
    return (
        f'Write the record as {{"{example}": ...}}, or give each field a column: '
        f"`{path}.{example}`."
    )
