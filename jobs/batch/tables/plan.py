"""How the columns of a table make up the inputs of a circuit.

A column is named after an input (`age`), or after a part of one: `loan.rate` for a field of a
record, `prices[0]` for a value of an array, `loans[2].rate` for both. A column may hold a whole
list or record. Each value is given once: `prices` beside `prices[0]` is an error, and so is
`prices[8]` where `prices` has 8 values, since the circuit would silently prove about the first 8.
Other columns are no input.

A plan is made once for a header. It costs a step for each column and each value, then a step for
each value of a row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from zkpipe.circuits.language.values.inputs import Parameter
from zkpipe.circuits.language.values.types import (
    ArrayType,
    RecordType,
    Type,
    leaf_count,
    leaf_paths,
)
from zkpipe.jobs.batch.tables.cells import value_of
from zkpipe.jobs.batch.tables.names import MOST, listed, nearest, shown
from zkpipe.jobs.errors import JobError

_ROOT = re.compile(r"[^.\[\]]+")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(0|[1-9][0-9]{0,9})\]")
ADVISED = 3  # misspelt names that get advice

Step: TypeAlias = "str | int"


@dataclass(frozen=True, slots=True)
class Cell:
    """A value that one column holds, a whole list or record perhaps."""

    column: str
    path: str
    type: Type


@dataclass(frozen=True, slots=True)
class Parts:
    """A value whose parts are given: a list if it has no names, else a record."""

    parts: tuple[Given, ...]
    names: tuple[str, ...] | None


Given: TypeAlias = "Cell | Parts"


@dataclass(frozen=True, slots=True)
class Plan:
    """From which column each value is taken.

    columns  all that the plan was made for
    used     those that are an input or a part of one
    """

    columns: frozenset[str]
    used: frozenset[str]
    inputs: Mapping[str, Given]

    def arguments(self, cells: Mapping[str, object]) -> dict[str, object]:
        """The arguments by name. Raises InputError for a cell that holds none."""
        return {name: _argument(given, cells) for name, given in self.inputs.items()}


def plan(parameters: Sequence[Parameter], columns: Iterable[str], subject: str) -> Plan:
    """The plan for a table's columns.

    subject  begins the sentences of errors: the table, or one of its rows

    Raises JobError for inputs without a column, twice given ones, and values beyond an array's end.
    """
    names = tuple(columns)
    trees = {parameter.name: _Tree(parameter.type) for parameter in parameters}
    used = frozenset(name for name in names if _is_placed(trees, name, subject))
    missing = _Missing()
    inputs = {}
    for parameter in parameters:
        tree = trees[parameter.name]
        given = _given(tree if tree.is_given else None, parameter.type, parameter.name, missing)
        if given is not None:
            inputs[parameter.name] = given
    if missing.count:
        raise missing.error([name for name in names if name not in used], subject)
    return Plan(frozenset(names), used, inputs)


def _argument(given: Given, cells: Mapping[str, object]) -> object:
    if isinstance(given, Cell):
        return value_of(given.path, given.type, cells[given.column])
    parts = [_argument(part, cells) for part in given.parts]
    return parts if given.names is None else dict(zip(given.names, parts, strict=True))


# --- columns in their places


@dataclass(slots=True)
class _Tree:
    """A value and its parts, with the columns that give them."""

    type: Type
    column: str | None = None
    children: dict[Step, _Tree] = field(default_factory=dict)

    @property
    def is_given(self) -> bool:
        return self.column is not None or bool(self.children)


def _is_placed(trees: Mapping[str, _Tree], column: str, subject: str) -> bool:
    """Put a column in its place; False if it has none."""
    root = _ROOT.match(column)
    if root is None or root[0] not in trees:
        return False
    steps = _steps(column, root.end())
    if steps is None or not _is_part(trees[root[0]].type, steps, column, subject):
        return False
    tree = trees[root[0]]
    whole = tree.column
    for step in steps:
        part = _part(tree.type, step)
        assert part is not None  # noqa: S101 - for the type checker: it is a part
        tree = tree.children.setdefault(step, _Tree(part))
        whole = whole or tree.column
    if whole is not None or tree.children:
        other = whole if whole is not None else _any_column(tree)
        raise JobError(
            f"{subject} gives a value twice: in the columns {shown(other)} and {shown(column)}.",
            "Keep the whole value or its parts, and rename or take out the other.",
        )
    tree.column = column
    return True


def _any_column(tree: _Tree) -> str:
    """A column among a tree's."""
    while tree.column is None:
        tree = next(iter(tree.children.values()))
    return tree.column


def _steps(column: str, at: int) -> list[Step] | None:
    """The path behind a name: `[2].rate` is 2 and rate. None if it is no path."""
    steps: list[Step] = []
    while at < len(column):
        match = _STEP.match(column, at)
        if match is None:
            return None
        steps.append(match[1] if match[1] is not None else int(match[2]))
        at = match.end()
    return steps


def _is_part(type_: Type, steps: Sequence[Step], column: str, subject: str) -> bool:
    """Whether a type has such a part. Raises JobError for one beyond the end of an array."""
    for step in steps:
        part = _part(type_, step)
        if part is None:
            return False
        if isinstance(type_, ArrayType) and int(step) >= (type_.length or 0):
            raise JobError(
                f"{subject} has the column {shown(column)}, which is beyond the end of an array of "
                f"{type_.length} values.",
                "Take the column out or rename it; or give the circuit a longer array.",
            )
        type_ = part
    return True


def _part(type_: Type, step: Step) -> Type | None:
    if isinstance(type_, ArrayType) and isinstance(step, int):
        return type_.element
    if isinstance(type_, RecordType) and isinstance(step, str):
        return dict(type_.fields).get(step)
    return None


# --- what is not given


@dataclass(slots=True)
class _Missing:
    """The values without a column: how many, and the first of them with their types."""

    count: int = 0
    first: list[tuple[str, Type]] = field(default_factory=list)

    def add(self, path: str, type_: Type) -> None:
        self.count += 1
        if len(self.first) < MOST:
            self.first.append((path, type_))

    def error(self, others: Sequence[str], subject: str) -> JobError:
        """What to tell; `others` are the columns that are no input."""
        paths = [path for path, _ in self.first]
        what = "the input" if self.count == 1 else f"{self.count} inputs or parts of inputs:"
        advice = [
            f"Did you mean {shown(other)} for `{path}`?"
            for path in paths[:ADVISED]
            if (other := nearest(path, others)) is not None
        ]
        fix = " ".join([*advice, _how_to_name(*self.first[0])])
        return JobError(f"{subject} has no column for {what} {listed(paths, self.count)}.", fix)


def _how_to_name(path: str, type_: Type) -> str:
    if isinstance(type_, ArrayType | RecordType):
        leaf = next(leaf_paths(type_, path))[0]
        return (
            f"Give `{path}` a column that holds it whole, or each of its {leaf_count(type_)} "
            f"values a column: `{leaf}` and so on."
        )
    return f"Name a column `{path}`."


def _given(tree: _Tree | None, type_: Type, path: str, missing: _Missing) -> Given | None:
    """From where a value is taken; None if a part of it is missing, which is noted."""
    if tree is None and leaf_count(type_):
        missing.add(path, type_)
        return None
    if tree is not None and tree.column is not None:
        return Cell(tree.column, path, type_)
    children = tree.children if tree is not None else {}
    if isinstance(type_, ArrayType):
        return _array(children, type_, path, missing)
    if isinstance(type_, RecordType):
        names = tuple(name for name, _ in type_.fields)
        parts = [_given(children.get(n), t, f"{path}.{n}", missing) for n, t in type_.fields]
        return _all(parts, names)
    return None


def _array(
    children: Mapping[Step, _Tree], type_: ArrayType, path: str, missing: _Missing
) -> Given | None:
    length = type_.length or 0
    indices: Iterable[Step] = range(length)
    absent = length - len(children) if leaf_count(type_.element) else 0
    if absent > MOST:  # an array may have millions of values, of which nobody wants to read
        near = (i for i in range(length) if i not in children)
        named = [next(near) for _ in range(MOST)]
        missing.count += absent - MOST
        indices = sorted([*named, *(i for i in children if isinstance(i, int))])
    parts = [_given(children.get(i), type_.element, f"{path}[{i}]", missing) for i in indices]
    return _all(parts, None)


def _all(parts: Sequence[Given | None], names: tuple[str, ...] | None) -> Given | None:
    found = tuple(part for part in parts if part is not None)
    return Parts(found, names) if len(found) == len(parts) else None
