"""Kind 5, query: a developer's own function of columns and a question; sealed.

    results  lock E.y ct ..    words  ctx root ask floor recipient auditor

    @query(schema, ["poverty", "college"])
    def region_score(poverty, college, ask) -> UInt[10]:
        county = narrow(ask, UInt[10])
        return lookup(poverty.codes, county) + ..

makes a Template of the function. It gets an Opened for each column, in order, and `ask` if it has
one parameter more; without, the circuit checks that ask is 0. What it returns is told in full, so
its type is what an answer costs. Such a circuit keeps no floor: it checks that floor is 0, and
CircuitRegistry takes none of kind 5 as safe for floors.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import FunctionType
from typing import Any, NoReturn, get_args, get_origin
from weakref import WeakValueDictionary

from zkpipe.circuits import check
from zkpipe.circuits.language.text.signature import annotations_of
from zkpipe.circuits.language.values.types import as_type
from zkpipe.exchange.circuits.answering import Slots, answering
from zkpipe.exchange.circuits.openings import Opening
from zkpipe.exchange.circuits.template import QUERY, Template
from zkpipe.exchange.errors import SchemaError
from zkpipe.exchange.tables.formats import SEGMENT_CLASS, Format
from zkpipe.exchange.tables.layout import Layout
from zkpipe.exchange.tables.segments import check_class
from zkpipe.ground.shown import shown


@dataclass(frozen=True, repr=False)
class Opened:
    """A column in a query, a slot for each row of the segment, also where there is no row.

    codes   0 for no value, else 1 + value - low; of the unit its numbers as they are
    second  the second halves of a text's or digest's 123 bits; empty for other columns

    It is no list itself: take one of its lists.
    """

    codes: list[Any]
    second: list[Any]
    _format: Format

    @cached_property
    def present(self) -> list[Any]:
        """Whether each slot has a value, as Bools. Cost: two rows each."""
        return [code != 0 for code in self.codes]

    @property
    def values(self) -> list[Any]:
        """The values in units: of a decimal's last place, days, seconds; low - 1 for no value."""
        if self._format.is_raw:
            return self.codes
        return [code + (self._format.low - 1) for code in self.codes]

    def __repr__(self) -> str:
        return f"<a column of {len(self.codes)} slots>"

    def __iter__(self) -> NoReturn:
        raise _no_list()

    def __getitem__(self, index: object) -> NoReturn:
        raise _no_list()

    def __len__(self) -> NoReturn:
        raise _no_list()


def _no_list() -> SchemaError:
    return SchemaError(
        "A column in a query is used as a list, and is none.",
        "Take .values, a list of numbers, or .present, which says where a value is.",
    )


_queries: WeakValueDictionary[int, Template] = WeakValueDictionary()  # by id


def query(
    schema: Layout, columns: Sequence[str], segment_class: int = SEGMENT_CLASS
) -> Callable[[Callable[..., Any]], Template]:
    """A decorator that makes a Template of a function of columns.

    schema         of the table, such as Schema.load("schema.json")
    columns        names of the schema's columns; its unit's may be among them
    segment_class  a segment has 2^segment_class rows

    Raises SchemaError for names that the schema lacks, and for a function that does not fit.

    Cost: for each column of 15 bits its bits for each slot and 4,200 rows; 4,500 for the seal.
    """
    check_class(segment_class)
    if not columns or len(set(columns)) < len(columns):
        raise SchemaError("A query names no column, or one twice.", "Name each column once.")
    names = list(columns)
    opening = Opening(schema, _committed(schema, names), segment_class)

    def made(function: Callable[..., Any]) -> Template:
        return _made(function, sys._getframe(1).f_locals, names, opening)

    return made


def _made(
    function: Callable[..., Any], scope: dict[str, Any], names: list[str], opening: Opening
) -> Template:
    schema = opening.schema
    takes_ask = _takes_ask(function, len(names))
    types = _return_types(function, scope)

    def told(opened: Slots, ask: Any, floor: Any) -> tuple[Any, ...]:
        check(floor == 0, "this circuit keeps no floor")
        if not takes_ask:
            check(ask == 0, "this circuit takes no question")
        arguments = [_opened(schema, name, opened) for name in names]
        result = function(*arguments, ask) if takes_ask else function(*arguments)
        parts = result if len(types) > 1 else (result,)
        if not isinstance(parts, tuple) or len(parts) != len(types):
            raise SchemaError(
                f"{function.__name__} does not return {len(types)} values, as it declares.",
                "Return a tuple of them.",
            )
        return parts

    template = answering(function.__name__, QUERY, opening, types, told, keeps_floor=False)
    _queries[id(template)] = template
    return template


def is_query(template: Template) -> bool:
    """Whether `query` made it, and nobody put it together, by hand or of the parts of another.

    Only then does its record say what it is. A Template is a plain value: its bits, its kind and
    whether it keeps the floor could be anything.
    """
    return _queries.get(id(template)) is template


def _committed(schema: Layout, names: Sequence[str]) -> list[int]:
    """The numbers of the committed columns that names stand for."""
    return [j for name in names for j in _places(schema, name)]


def _places(schema: Layout, name: str) -> list[int]:
    first = schema.place(name)
    count = (1 + schema.is_keyed) if name == schema.unit else len(schema.column(name).formats)
    return list(range(first, first + count))


def _opened(schema: Layout, name: str, slots: Slots) -> Opened:
    first, *second = _places(schema, name)
    halves = list(slots[second[0]]) if second else []
    return Opened(list(slots[first]), halves, schema.formats[first])


def _takes_ask(function: Callable[..., Any], count: int) -> bool:
    if not isinstance(function, FunctionType):
        raise SchemaError("A query is made of a function.", "Put @query(..) above a `def`.")
    parameters = inspect.signature(function).parameters.values()
    plain = all(p.kind is p.POSITIONAL_OR_KEYWORD and p.default is p.empty for p in parameters)
    if not plain or len(parameters) not in (count, count + 1):
        raise SchemaError(
            f"{function.__name__} has not a parameter for each of {count} columns, and perhaps "
            "one more for the question.",
            "Name them in the order of the columns, without defaults.",
        )
    return len(parameters) == count + 1


def _return_types(function: Any, scope: dict[str, Any]) -> tuple[Any, ...]:
    annotation = annotations_of(function, scope).get("return")
    if annotation is None:
        raise SchemaError(
            f"{function.__name__} does not say what it returns.",
            "Write -> UInt[n]: an answer costs as many bits.",
        )
    parts = get_args(annotation) if get_origin(annotation) is tuple else (annotation,)
    where = f"{shown(function.__name__)} as what it returns"
    return tuple(as_type(part, where) for part in parts)
