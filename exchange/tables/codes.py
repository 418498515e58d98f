"""A column of Arrow as codes, on arrays. What a column does not hold is refused by row.

    int       integers; floats and decimals that are whole; texts of digits
    decimal   decimals, integers, texts; floats that are written with so many places at the most
    bool      bools; 0 and 1; the texts true, false, 0 and 1
    category  texts of the list; integers and bools as they are written
    date      dates; timestamps at midnight; texts as 2026-11-30
    time      timestamps of whole seconds; those without a zone are UTC; texts in ISO 8601
    text      texts
    digest    32 bytes; texts of 64 hex digits

NaN is null, as pandas has it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkpipe.exchange.errors import TableError
from zkpipe.exchange.tables.columns import Column
from zkpipe.exchange.tables.formats import NARROW
from zkpipe.exchange.tables.texts import (
    DIGEST,
    codes_of_digests,
    digests_from_hex,
    digests_of_texts,
)
from zkpipe.exchange.tables.values import (
    Flags,
    Integers,
    in_units,
    is_text,
    joined,
    none,
    nulls_of,
    numbers,
    refuse,
    unfit,
)
from zkpipe.ground.shown import shown

Bytes = NDArray[np.uint8]
_DAY = 86_400
_UNITS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}  # in a second


def codes_of(column: Column, values: Any) -> list[NDArray[Any]]:
    """The codes of a declared column: one array, or two of a text or digest.

    values  a chunked array of Arrow

    Raises TableError.
    """
    array = joined(values)
    is_null = nulls_of(array)
    if not column.nulls:
        refuse(column.name, is_null, "has no value", "Give one, or let the column have nulls.")
    if column.type in ("text", "digest"):
        read = text_digests if column.type == "text" else given_digests
        halves = codes_of_digests(read(column.name, array, is_null))
        return [np.where(is_null, np.uint64(0), half) for half in halves]
    numbers = _READERS[column.type](column, array, is_null)
    is_out = ~is_null & ((numbers < column.low) | (numbers > column.high))
    refuse(column.name, is_out, "has a value out of its range", "Correct it, or widen the range.")
    codes = np.where(is_null, 0, numbers - column.low + 1)
    return [codes.astype(np.uint16 if column.width == NARROW else np.uint64)]


def _in_places(column: Column, array: Any, is_null: Flags) -> Integers:
    return in_units(column.name, column.type, column.places, array, is_null)


def _bools(column: Column, array: Any, is_null: Flags) -> Integers:
    import pyarrow as pa
    import pyarrow.compute as pc

    if is_text(array.type):
        lower = pc.utf8_lower(pc.fill_null(array, "0"))
        allowed = pa.array(["0", "1", "false", "true"], lower.type)
        place = numbers(pc.fill_null(pc.index_in(lower, value_set=allowed), -1), pa.int64())
        refuse(column.name, place < 0, "is no bool", "Write true, false, 0 or 1.")
        return place & 1
    if pa.types.is_boolean(array.type):
        return numbers(array.cast(pa.int8()), pa.int64())
    return in_units(column.name, "bool", 0, array, is_null)


def _categories(column: Column, array: Any, is_null: Flags) -> Integers:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_floating(array.type):  # as pandas has integers with nulls
        whole = pa.array(in_units(column.name, "category", 0, array, is_null), mask=is_null)
        array = whole
    if pa.types.is_null(array.type):
        return none(array)
    kinds = pa.types
    is_fit = is_text(array.type) or kinds.is_integer(array.type) or kinds.is_boolean(array.type)
    if not is_fit:
        raise unfit(column.name, "category", array)
    texts = array.cast(pa.string())
    place = pc.index_in(texts, value_set=pa.array(column.values, pa.string()))
    found = numbers(pc.fill_null(place, -1), pa.int64())
    refuse(
        column.name,
        ~is_null & (found < 0),
        "has none of the listed values",
        "Correct it, or list its value in the schema.",
    )
    return found


def _dates(column: Column, array: Any, is_null: Flags) -> Integers:
    import pyarrow as pa

    if is_text(array.type):
        array = _parsed(column, array, r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", pa.date32())
    if pa.types.is_date32(array.type):
        return numbers(array.cast(pa.int32()), pa.int64())
    if pa.types.is_date64(array.type):
        array = array.cast(pa.timestamp("ms"))
    return _whole_parts(column, array, is_null, _DAY, "has a time of day")


def _times(column: Column, array: Any, is_null: Flags) -> Integers:
    import pyarrow as pa

    if is_text(array.type):
        form = (
            r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:?[0-9]{2})?$"
        )
        is_zoned = _any_zone(array)
        array = _parsed(column, array, form, pa.timestamp("s", "UTC" if is_zoned else None))
    return _whole_parts(column, array, is_null, 1, "has parts of a second")


def _any_zone(array: Any) -> bool:
    import pyarrow.compute as pc

    return bool(pc.any(pc.match_substring_regex(array, r"(Z|[+-][0-9]{2}:?[0-9]{2})$")).as_py())


def _parsed(column: Column, array: Any, form: str, type_: Any) -> Any:
    """Texts as dates or times."""
    import pyarrow as pa
    import pyarrow.compute as pc

    matches = pc.fill_null(pc.match_substring_regex(array, form), True)
    fits = np.asarray(matches.to_numpy(zero_copy_only=False))
    example = "2026-11-30" if column.type == "date" else "2026-11-30T08:00:00Z"
    refuse(column.name, ~fits, f"is no {column.type}", f"Write it as {example}.")
    try:
        return array.cast(pa.string()).cast(type_)
    except pa.ArrowInvalid:  # its words quote the value
        raise TableError(
            f"The column {shown(column.name)} has a {column.type} that no calendar has, or times "
            "with and without a zone.",
            f"Write each as {example}.",
        ) from None


def _whole_parts(
    column: Column, array: Any, is_null: Flags, seconds: int, problem: str
) -> Integers:
    """Timestamps in units of so many seconds since 1970."""
    import pyarrow as pa

    if pa.types.is_null(array.type):
        return none(array)
    if not pa.types.is_timestamp(array.type):
        raise unfit(column.name, column.type, array)
    ticks = numbers(array.cast(pa.int64()), pa.int64())
    unit = seconds * _UNITS[array.type.unit]
    refuse(column.name, ~is_null & (ticks % unit != 0), problem, "Round it as you mean it.")
    return ticks // unit


_Reader = Callable[[Column, Any, Flags], Integers]
_READERS: dict[str, _Reader] = {
    "int": _in_places,
    "decimal": _in_places,
    "bool": _bools,
    "category": _categories,
    "date": _dates,
    "time": _times,
}


def text_digests(name: str, array: Any, is_null: Flags) -> Bytes:
    """The digests of texts, (n, 32); each distinct text is digested once. Any for null."""
    import pyarrow as pa

    if pa.types.is_null(array.type):
        return np.zeros((len(array), DIGEST), np.uint8)
    if not is_text(array.type):
        raise unfit(name, "text", array)
    coded = array.dictionary_encode()
    distinct = digests_of_texts(coded.dictionary.to_pylist())
    if not len(distinct):
        return np.zeros((len(array), DIGEST), np.uint8)
    found: Bytes = distinct[numbers(coded.indices, pa.int64())]
    return found


def given_digests(name: str, array: Any, is_null: Flags) -> Bytes:
    """The 32 bytes that are given, (n, 32). Any for null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_null(array.type):
        return np.zeros((len(array), DIGEST), np.uint8)
    is_bytes = pa.types.is_binary(array.type) or pa.types.is_large_binary(array.type)
    if is_bytes or pa.types.is_fixed_size_binary(array.type):
        filled = pc.fill_null(array.cast(pa.binary()), bytes(DIGEST))
        sizes = pc.binary_length(filled).to_numpy(zero_copy_only=False)
        refuse(name, sizes != DIGEST, "has other than 32 bytes", "Give digests of 32 bytes.")
        data = filled.cast(pa.binary(DIGEST))
        start = DIGEST * data.offset
        flat: Bytes = np.frombuffer(data.buffers()[1], np.uint8, DIGEST * len(data), start)
        return flat.reshape(-1, DIGEST)
    if not is_text(array.type):
        raise unfit(name, "digest", array)
    digests, is_other = digests_from_hex(pc.fill_null(array.cast(pa.string()), "0" * 2 * DIGEST))
    refuse(name, is_other, "has no digest", "Write 64 hex digits, perhaps after 0x.")
    return digests
