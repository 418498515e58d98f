"""Arrow's types as inputs of circuits: which can be some, and their values as Python's.

pyarrow is in the process already, and comes in with the type that is asked about.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeAlias

_Read: TypeAlias = Callable[[Any], object]


def unfit(type_: Any) -> str | None:
    """What a column of a type has, if no input can take it; None if one can, or all are null."""
    from pyarrow import types

    if types.is_dictionary(type_):
        return unfit(type_.value_type)
    if _is_list(type_):
        return unfit(type_.value_type)
    if types.is_struct(type_):
        fields = list(type_)
        if len({field.name for field in fields}) < len(fields):
            return "structs with two fields of one name"
        return next((kind for field in fields if (kind := unfit(field.type))), None)
    if types.is_date(type_):
        return "dates"
    if types.is_timestamp(type_) or types.is_time(type_):
        return "times"
    if types.is_duration(type_) or types.is_interval(type_):
        return "lengths of time"
    if _is_text(type_) or types.is_integer(type_) or types.is_floating(type_):
        return None
    if types.is_boolean(type_) or types.is_decimal(type_) or types.is_null(type_):
        return None
    return "binary data" if _is_binary(type_) else "values of another kind"


def reader_of(type_: Any) -> _Read:
    """Makes of a value as pyarrow gives it one that flat_inputs takes, exactly."""
    return _reader(type_) or _as_it_is


def _reader(type_: Any) -> _Read | None:
    """As `reader_of`; None if a value stays as it is."""
    from pyarrow import types

    if types.is_decimal(type_) and type_.scale <= 0:
        return _integer
    if types.is_dictionary(type_):
        return _reader(type_.value_type)
    if _is_list(type_):
        item = _reader(type_.value_type)
        return None if item is None else lambda value: _listed(item, value)
    if types.is_struct(type_):
        parts = {field.name: part for field in type_ if (part := _reader(field.type))}
        return (lambda value: _recorded(parts, value)) if parts else None
    return None


def is_nested(type_: Any) -> bool:
    """Whether a value of a type has parts."""
    from pyarrow import types

    return _is_list(type_) or bool(types.is_struct(type_))


def value_count(array: Any) -> int:
    """How many values without parts there are in an array, where each is counted that is there."""
    if _is_list(array.type):
        return value_count(array.flatten())
    if is_nested(array.type):
        return sum(map(value_count, array.flatten()))
    return len(array)


def _is_list(type_: Any) -> bool:
    from pyarrow import types

    kinds = ("is_list", "is_large_list", "is_fixed_size_list", "is_list_view", "is_large_list_view")
    return _is_one(types, kinds, type_)


def _is_text(type_: Any) -> bool:
    from pyarrow import types

    return _is_one(types, ("is_string", "is_large_string", "is_string_view"), type_)


def _is_binary(type_: Any) -> bool:
    from pyarrow import types

    kinds = ("is_binary", "is_large_binary", "is_fixed_size_binary", "is_binary_view")
    return _is_one(types, kinds, type_)


def _is_one(types: Any, kinds: tuple[str, ...], type_: Any) -> bool:
    """Whether a type is of one of the kinds, of those that this version of pyarrow knows."""
    return any(getattr(types, kind)(type_) for kind in kinds if hasattr(types, kind))


def _as_it_is(value: object) -> object:
    return value


def _integer(value: Decimal | None) -> int | None:
    return None if value is None else int(value)


def _listed(item: _Read, value: list[object] | None) -> list[object] | None:
    return None if value is None else [item(part) for part in value]


def _recorded(parts: dict[str, _Read], value: dict[str, object] | None) -> object:
    if value is None:
        return None
    return {name: parts[name](part) if name in parts else part for name, part in value.items()}
