"""JSON to frozen dataclasses and back, strictly: what is missing, unknown or of another type ends.

The types of the fields are the schema, so that there is no second text to keep in step. Fields may
be str, bool, int, float, records, and tuples and dictionaries by name of these. An int or a float
may have a range: `Annotated[int, Within(1, 64)]`. Texts are printable and bounded, because they
stand in reports.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from functools import cache
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from zkpipe.ground.errors import FormatError, RangeError
from zkpipe.ground.files.strict_json import Json
from zkpipe.ground.kinds import shown_number, shown_text

Record = TypeVar("Record")

LONGEST = 1_000  # characters of a text
SHOWN = 5  # names in an error
MOST = 10_000  # entries of a tuple or a dictionary
_FIX = "Give the file as it was written. If it was changed by hand, undo that, or measure again."
_JSON = {  # types in the words of JSON
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    list: "a list",
    dict: "an object",
    type(None): "null",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Within:
    """The least and the greatest value of a number."""

    least: int
    greatest: int


@dataclasses.dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands, for errors: `results.json: proofs[0].threads`."""

    owner: str
    path: str = ""

    def __str__(self) -> str:
        return f"{self.owner}: {self.path}" if self.path else self.owner

    def field(self, name: str) -> _Place:
        return _Place(self.owner, f"{self.path}.{name}" if self.path else name)

    def entry(self, key: object) -> _Place:
        return _Place(self.owner, f"{self.path}[{key}]")


def as_json(value: Any) -> Json:
    """A record as JSON values."""
    if dataclasses.is_dataclass(value):
        return {f.name: as_json(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(name): as_json(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(part) for part in value]
    plain: Json = value
    return plain


def from_json(kind: type[Record], value: Json, place: str) -> Record:
    """A record from JSON values; `place`, a file's name, stands in the errors.

    Raises FormatError.
    """
    made: Record = _value(kind, value, _Place(place))
    return made


def check(record: Any, place: str | _Place) -> None:
    """Hold the fields of a record that was made here against their types, at any depth.

    Raises FormatError, so that whatever exists can be saved, and read again.
    """
    made: Any = type(record)
    whole = _Place(place) if isinstance(place, str) else place
    for name, kind in _types(made).items():
        _value(kind, getattr(record, name), whole.field(name))


def printable(text: str) -> str:
    """A text that others wrote (a version, an error) as a record may have it."""
    shown = "".join(c if c.isprintable() or c.isspace() else "?" for c in text)
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 3]}..."


@cache
def _types(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def _value(kind: Any, value: Any, place: _Place) -> Any:
    if dataclasses.is_dataclass(kind):
        if type(value) is kind:  # made here
            check(value, place)
            return value
        return _record(kind, value, place)
    origin = get_origin(kind)
    if origin is Annotated:
        plain, within = get_args(kind)
        return _within(within, _value(plain, value, place), place)
    if origin is tuple:
        part = get_args(kind)[0]
        items = _bounded(list(value) if type(value) is tuple else value, list, place)
        return tuple(_value(part, item, place.entry(i)) for i, item in enumerate(items))
    if origin is dict:
        part = get_args(kind)[1]
        pairs = _bounded(value, dict, place).items()
        return {
            _value(str, name, place): _value(part, item, place.entry(shown_text(name)))
            for name, item in pairs
        }
    if origin in (Union, UnionType):  # of a type and None
        return None if value is None else _value(get_args(kind)[0], value, place)
    if kind is float and type(value) is int:
        return float(value)  # no integer of a file has more than 78 digits
    if kind is str:
        return _text(_expect(str, value, place), place)
    return _expect(kind, value, place)


def _record(kind: Any, value: Json, place: _Place) -> Any:
    found = _expect(dict, value, place)
    wanted = [field.name for field in dataclasses.fields(kind)]  # in order: so are errors
    if missing := sorted(set(wanted) - set(found)):
        raise FormatError(f"{place} has no {', '.join(missing)}.", _FIX)
    if unknown := sorted(set(found) - set(wanted)):
        shown = ", ".join(map(shown_text, unknown[:SHOWN])) + ", ..." * (len(unknown) > SHOWN)
        raise FormatError(f"{place} has {shown}, which is unknown.", _FIX)
    hints = _types(kind)
    values = {name: _value(hints[name], found[name], place.field(name)) for name in wanted}
    try:
        return kind(**values)
    except RangeError as error:  # values that do not go together
        raise FormatError(f"{place}: {error.problem}", error.fix) from error


def _expect(kind: type[Any], value: Json, place: _Place) -> Any:
    if type(value) is not kind:
        found = _JSON.get(type(value), f"of type {type(value).__name__}")
        found = json.dumps(value) if type(value) is bool else found
        raise FormatError(f"{place} is {found}, where {_JSON[kind]} is expected.", _FIX)
    return value


def _bounded(value: Any, kind: type[Any], place: _Place) -> Any:
    if len(_expect(kind, value, place)) > MOST:
        raise FormatError(f"{place} has more than {MOST:,} entries.", _FIX)
    return value


def _within(range_: Within, value: Any, place: _Place) -> Any:
    if not range_.least <= value <= range_.greatest:  # false for NaN
        bounds = f"{range_.least:,} to {range_.greatest:,}"
        shown = shown_number(value) if type(value) is int else f"{value:g}"
        raise FormatError(f"{place} is {shown}, not from {bounds}.", _FIX)
    return value


def _text(text: str, place: _Place) -> str:
    if len(text) > LONGEST:
        raise FormatError(f"{place} has a text of more than {LONGEST:,} characters.", _FIX)
    if not all(c.isprintable() or c.isspace() for c in text):
        raise FormatError(f"{place} has characters that cannot be printed.", _FIX)
    return text
