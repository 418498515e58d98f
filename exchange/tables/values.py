"""Columns of Arrow as numbers and flags, on arrays: what `codes` reads all types by.

Whole numbers and decimals come as integers, floats, decimals or texts, and leave as 64-bit integers
in units of a last place. What does not is refused by the number of its row, counted from 1.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkpipe.exchange.errors import TableError
from zkpipe.ground.shown import shown

Flags = NDArray[np.bool_]
Integers = NDArray[np.int64]
EXACT = 1 << 53  # integers below have floats of their own


def joined(values: Any) -> Any:
    """A chunked array as one, its dictionary decoded."""
    import pyarrow as pa

    array = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    if isinstance(array, pa.ChunkedArray):  # as some versions leave what has no chunk
        array = pa.concat_arrays(array.chunks)
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array


def nulls_of(array: Any) -> Flags:
    """Which values are null, or NaN."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_null(array.type):
        return np.ones(len(array), bool)
    found = pc.is_null(array, nan_is_null=pa.types.is_floating(array.type))
    return np.array(found.to_numpy(zero_copy_only=False))


def refuse(name: str, rows: Flags, problem: str, fix: str) -> None:
    """Raise TableError if there is a row, with the first one's number from 1."""
    found = np.flatnonzero(rows)
    if len(found):
        more = f", and so have {len(found) - 1:,} more rows" if len(found) > 1 else ""
        raise TableError(f"Row {found[0] + 1:,} {problem} in the column {shown(name)}{more}.", fix)


def unfit(column_name: str, type_: str, array: Any) -> TableError:
    """The error for a column of values that a declared type does not take."""
    return TableError(
        f"The column {shown(column_name)} holds {array.type} values, which are no {type_}.",
        "Convert it, or declare another type in the schema.",
    )


def is_text(type_: Any) -> bool:
    """Whether a type of Arrow is of texts."""
    from pyarrow import types

    return bool(types.is_string(type_) or types.is_large_string(type_))


def numbers(array: Any, type_: Any) -> NDArray[Any]:
    """Numbers as numpy has them, 0 for null."""
    import pyarrow.compute as pc

    cast = array if array.type == type_ else array.cast(type_)
    return np.array(pc.fill_null(cast, 0).to_numpy(zero_copy_only=False))


def _int64(values: NDArray[Any]) -> Integers:
    found: Integers = values.astype(np.int64, copy=False)
    return found


def none(array: Any) -> Integers:
    """Zeros for a column of nulls alone."""
    return np.zeros(len(array), np.int64)


def in_units(name: str, type_: str, places: int, array: Any, is_null: Flags) -> Integers:
    """Numbers in units of a last place."""
    import pyarrow as pa

    kinds = pa.types
    if kinds.is_null(array.type):
        return none(array)
    unit = 10**places
    if kinds.is_integer(array.type):
        if array.type == pa.uint64():
            large = numbers(array, pa.uint64())
            refuse(name, large > np.uint64((1 << 62) // unit), _OUT, _WIDEN)
            return _int64(large * np.uint64(unit))
        whole = numbers(array, pa.int64())
        refuse(name, ~is_null & (np.abs(whole // 2) > (1 << 61) // unit), _OUT, _WIDEN)
        return _int64(whole * unit)
    if kinds.is_floating(array.type):
        floats = np.where(is_null, 0.0, numbers(array, pa.float64()))
        near = np.rint(floats * unit)
        fine = (np.abs(near) < EXACT) & (near / unit == floats)
        problem = (
            f"has a number with more than {places} places" if places else "has no whole number"
        )
        refuse(name, ~fine, problem, "Round it as you mean it, or give decimals or texts.")
        return _int64(near)
    if kinds.is_decimal(array.type):
        return _of_decimals(name, places, array)
    if is_text(array.type):
        return _of_texts(name, places, array)
    raise unfit(name, type_, array)


_OUT, _WIDEN = "has a value out of its range", "Correct it, or widen the range."


def _of_texts(name: str, places: int, array: Any) -> Integers:
    import pyarrow as pa
    import pyarrow.compute as pc

    form = r"^-?(0|[1-9][0-9]{0,18})" + (rf"([.][0-9]{{1,{places}}})?$" if places else "$")
    fits = pc.match_substring_regex(pc.fill_null(array, "0"), form).to_numpy(zero_copy_only=False)
    most = f"with at most {places} decimal place{'s' * (places > 1)}"
    problem = f"has no number {most}" if places else "has no whole number"
    form = "-12.5" if places else "-12"
    refuse(name, ~np.asarray(fits), problem, f"Write a number such as {form}, and nothing else.")
    return _of_decimals(name, places, array.cast(pa.string()).cast(pa.decimal128(38, places)))


def _of_decimals(name: str, places: int, array: Any) -> Integers:
    import pyarrow as pa
    import pyarrow.compute as pc

    filled = pc.fill_null(array, pa.scalar(Decimal(0), array.type))
    try:
        exact = filled.cast(pa.decimal128(38, places))
    except pa.ArrowInvalid:  # its words quote the value
        wide = filled.cast(pa.decimal256(76, array.type.scale))  # rounding may need a digit more
        rounded = pc.round(wide, ndigits=places) if array.type.scale > places else wide
        lost = pc.not_equal(rounded, wide).to_numpy(zero_copy_only=False)
        problem = f"has a number with more than {places} places"
        refuse(name, np.asarray(lost), problem, "Round it as you mean it.")
        raise TableError(
            f"The column {shown(name)} has numbers of more than 38 digits.", _WIDEN
        ) from None
    words = np.frombuffer(exact.buffers()[1], np.int64, 2 * len(exact), 16 * exact.offset)
    low, high = words[::2], words[1::2]
    refuse(name, high != low >> 63, _OUT, _WIDEN)
    refuse(name, (low > 1 << 62) | (low < -(1 << 62)), _OUT, _WIDEN)
    return low.copy()
