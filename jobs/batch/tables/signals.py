"""The columns of a table as the input signals of circom's program.

A program knows its inputs by hashes, so the table's names are asked for one by one. An array has as
many dimensions as its columns have indices; in a column of its own it may be nested in any way. All
are taken to be private: the program does not say which are public.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from zkpipe.circuits.circom.calculator import WitnessCalculator
from zkpipe.circuits.language.values.inputs import Parameter
from zkpipe.circuits.language.values.types import ArrayType, Field, Type
from zkpipe.jobs.batch.tables.names import listed
from zkpipe.jobs.errors import JobError

_COLUMN = re.compile(r"([A-Za-z_$][A-Za-z0-9_$]*)((?:\[[0-9]{1,10}\])*)")
_INDEX = re.compile(r"[0-9]+")


def signal_parameters(
    calculator: WitnessCalculator, columns: Iterable[str], subject: str
) -> list[Parameter]:
    """A parameter for each input signal that has columns, in their order.

    subject  begins the sentences of errors: the table

    Raises JobError if an input has no column, or an array has others than its values.
    """
    indices: dict[str, list[tuple[int, ...]]] = {}
    for column in columns:
        match = _COLUMN.fullmatch(column)
        if match is not None:
            places = tuple(map(int, _INDEX.findall(match[2])))
            indices.setdefault(match[1], []).append(places)
    sizes = calculator.sizes(indices)
    found = [
        Parameter(name, _type(name, indices[name], size, subject), public=False)
        for name, size in sizes.items()
        if size
    ]
    given = sum(size for size in sizes.values() if size)
    if given != calculator.input_count:
        names = {parameter.name for parameter in found}
        missing = [name for name in calculator.input_names() if name not in names]
        what = f": {listed(missing)}" if missing else ""
        raise JobError(
            f"{subject} has columns for {given} of the {calculator.input_count} input values of "
            f"{calculator.name}{what}.",
            "Name a column after each input signal of the main component, or after each of its "
            "values: in[0], in[1].",
        )
    return found


def _type(name: str, places: list[tuple[int, ...]], size: int, subject: str) -> Type:
    """The type of a signal whose columns have these indices."""
    if () in places:  # the plan refuses others beside it
        return Field if size == 1 else ArrayType(Field, size)
    depth = len(places[0])
    if any(len(place) != depth for place in places):
        raise JobError(
            f"{subject} has columns for `{name}` with more indices and with fewer.",
            "Give each value of an array a column with all its indices.",
        )
    lengths = [1 + max(place[i] for place in places) for i in range(depth)]
    values = 1
    for length in lengths:
        values *= length
    if values != size:
        raise JobError(
            f"{subject} has columns for an array `{name}` of {values} values; the circuit's has "
            f"{size}.",
            "Give each value of the array a column, from index 0 on.",
        )
    type_: Type = Field
    for length in reversed(lengths):
        type_ = ArrayType(type_, length)
    return type_
