"""The declared columns of a schema, each with the checks of what it says.

type      values                                    says beside its name
int       whole numbers                             low high width nulls listed
decimal   numbers of so many places, as texts       low high places width nulls listed
bool      false and true                            nulls listed
category  texts of a list                           values nulls
date      days                                      low high width nulls
time      seconds, in UTC                           low high width nulls
text      any, as 123 bits of its digest            nulls
digest    32 bytes in hex, of which 123 bits count  nulls

Of a listed column `stats` may tell the sums. A date is written 2026-11-30, a time
2026-11-30T08:00:00Z.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from zkpipe.exchange.errors import SchemaError
from zkpipe.exchange.tables.formats import FIRST_HALF, NARROW, SECOND_HALF, WIDE, Format
from zkpipe.ground.files.strict_json import Json
from zkpipe.ground.shown import shown

FARTHEST = 1 << 62  # of a bound from 0, so that value - low has 64 bits
MOST_PLACES = 18
LONGEST_NAME = 64
_COMMON = {"name", "type", "nulls"}
_RANGED = _COMMON | {"low", "high", "width"}
_MEMBERS = {
    "int": _RANGED | {"listed"},
    "decimal": _RANGED | {"listed", "places"},
    "bool": _COMMON | {"listed"},
    "category": _COMMON | {"values"},
    "date": _RANGED,
    "time": _RANGED,
    "text": _COMMON,
    "digest": _COMMON,
}
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,18})(?:\.([0-9]{1,18}))?")
_DAY = datetime.timedelta(days=1)
_SECOND = datetime.timedelta(seconds=1)
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


@dataclass(frozen=True, slots=True)
class Column:
    """A declared column.

    type    int, decimal, bool, category, date, time, text or digest
    low     the least value in units: of a decimal's last place, of days or seconds since 1970
    high    the greatest
    width   of its slots: 15 or 62 bits
    nulls   whether a row may have no value
    listed  whether `stats` may tell its sums
    places  of a decimal, behind its point
    values  of a category
    """

    name: str
    type: str
    low: int
    high: int
    width: int
    nulls: bool
    listed: bool = False
    places: int = 0
    values: tuple[str, ...] = ()

    @property
    def formats(self) -> tuple[Format, ...]:
        """Of the columns that it is committed in: one, or two for 123 bits."""
        if self.type in ("text", "digest"):
            return FIRST_HALF, SECOND_HALF
        return (Format(self.width, self.low, self.high),)

    @staticmethod
    def read(value: Json, where: str) -> Column:
        """A column as a schema's file declares it. Raises SchemaError.

        where  names the declaration in errors: "column 3 of FILE"
        """
        if not isinstance(value, dict):
            raise SchemaError(f"{where} is no object.", 'Write {"name": .., "type": .., ..}.')
        name = read_name(value.get("name"), where)
        where = f"{where}, {shown(name)},"
        type_ = value.get("type")
        if not isinstance(type_, str) or type_ not in _MEMBERS:
            raise SchemaError(
                f"{where} has no type that there is.", f"Write one of {', '.join(_MEMBERS)}."
            )
        require_members(value, _MEMBERS[type_], f"{where} of type {type_}")
        nulls, listed = (read_flag(value, key, where) for key in ("nulls", "listed"))
        if type_ in ("text", "digest"):
            return Column(name, type_, 0, FIRST_HALF.high, WIDE, nulls)
        if type_ == "bool":
            return Column(name, type_, 0, 1, NARROW, nulls, listed)
        if type_ == "category":
            values = _categories(value["values"], where)
            return Column(name, type_, 0, len(values) - 1, NARROW, nulls, values=values)
        places = _places(value["places"], where) if type_ == "decimal" else 0
        read = _bound_reader(type_, places)
        low, high = (_bound(value[key], read, type_, f"{where} {key}") for key in ("low", "high"))
        width = value["width"]
        if width not in (NARROW, WIDE) or isinstance(width, bool):
            raise SchemaError(f"{where} has no width that there is.", "Write 15 or 62, of bits.")
        most = (1 << int(width)) - 2
        if not 0 <= high - low <= most:
            wider = " or the width 62" if width == NARROW else ""
            raise SchemaError(
                f"{where} has {high - low + 1:,} values from low to high, and {width} bits hold 1 "
                f"to {most + 1:,}.",
                f"Write other bounds{wider}.",
            )
        return Column(name, type_, low, high, int(width), nulls, listed, places)


def require_members(value: Mapping[str, Json], members: set[str], where: str) -> None:
    """Raise SchemaError if an object has other members than these."""
    for name in sorted(members - value.keys()):
        raise SchemaError(f'{where} lacks "{name}".', f"Write {_listed(members)}.")
    for name in sorted(value.keys() - members):
        raise SchemaError(f"{where} has a member {shown(name)}.", f"Write {_listed(members)}.")


def read_name(value: Json, where: str) -> str:
    """A name of a column. Raises SchemaError."""
    fine = isinstance(value, str) and value.strip() == value and value.isprintable()
    if not fine or not isinstance(value, str) or not 0 < len(value) <= LONGEST_NAME:
        raise SchemaError(
            f"{where} has no name.",
            f'Write "name": 1 to {LONGEST_NAME} printed characters, without spaces around them.',
        )
    return value


def read_flag(value: Mapping[str, Json], key: str, where: str) -> bool:
    """A member that is true or false; false if it is not there. Raises SchemaError."""
    found = value.get(key, False)
    if not isinstance(found, bool):
        raise SchemaError(f'{where} has for "{key}" neither true nor false.', "Write one of them.")
    return found


def _listed(members: set[str]) -> str:
    return "the members " + ", ".join(f'"{name}"' for name in sorted(members)) + ", and no other"


def _categories(value: Json, where: str) -> tuple[str, ...]:
    most = (1 << NARROW) - 1
    fine = isinstance(value, list) and 0 < len(value) <= most
    names = [name for name in value if isinstance(name, str)] if isinstance(value, list) else []
    if not fine or not isinstance(value, list) or len(names) < len(value):
        raise SchemaError(
            f"{where} has no list of texts for its values.", f"List 1 to {most:,} of them."
        )
    if len(set(names)) < len(names):
        raise SchemaError(f"{where} lists a value twice.", "List each value once.")
    return tuple(names)


def _places(value: Json, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_PLACES:
        raise SchemaError(
            f"{where} has no number of places.", f'Write "places": 0 to {MOST_PLACES}.'
        )
    return value


def _bound(value: Json, read: Callable[[Json], int | None], type_: str, where: str) -> int:
    found = read(value)
    if found is None:
        raise SchemaError(f"{where} is no {type_}.", _EXAMPLES[type_])
    if not -FARTHEST <= found <= FARTHEST:
        raise SchemaError(f"{where} is out of reach.", "Write one from -2^62 to 2^62, in units.")
    return found


_EXAMPLES = {
    "int": "Write a whole number.",
    "decimal": 'Write a text with exactly its places, as "12.50" for 2 of them.',
    "date": 'Write it as "2026-11-30".',
    "time": 'Write it as "2026-11-30T08:00:00Z".',
}


def _bound_reader(type_: str, places: int) -> Callable[[Json], int | None]:
    if type_ == "decimal":
        return lambda value: _units(value, places)
    return {"int": _whole, "date": _days, "time": _seconds}[type_]


def _whole(value: Json) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _units(value: Json, places: int) -> int | None:
    found = _DECIMAL.fullmatch(value) if isinstance(value, str) else None
    if found is None or len(found[2] or "") != places or value == f"-{0:.{places}f}":
        return None
    return int(str(value).replace(".", ""))


def _days(value: Json) -> int | None:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return None
    return _since_epoch(f"{value}T00:00:00", _DAY)


def _seconds(value: Json) -> int | None:
    form = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"
    if not isinstance(value, str) or not re.fullmatch(form, value):
        return None
    return _since_epoch(value[:-1], _SECOND)


def _since_epoch(text: str, unit: datetime.timedelta) -> int | None:
    try:
        moment = datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC)
    except ValueError:
        return None
    return (moment - _EPOCH) // unit
