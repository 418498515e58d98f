"""The digests of a segment, one text for integers and for a circuit's values.

    element  the sum of its slots << (width s), s = 0, 1, ..
    chunk    P[CHUNK](8 elements, salt)
    node     P[NODE.level](8 children), from level 0 up to one node
    column   P[COL](top, width, class, low, high)
    group    P[COLS.0](8 columns)
    root     P[ROOT](schema, P[COLS.1](8 groups))

What is absent is 0: an element, a child, a column, and a group without columns, which is not
hashed. P[TAG] is `words.tagged`. Of arrays `commitment` computes the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from zkpipe.accel.bn254 import R
from zkpipe.exchange.tables.formats import CHILDREN, ELEMENTS, SLOTS, Format
from zkpipe.exchange.words import tagged


def column_digest(
    slots: Sequence[Any], salts: Sequence[Any], format_: Format, segment_class: int
) -> Any:
    """The digest of a column: 2^segment_class slots, and a salt for each chunk."""
    width = format_.width
    elements = [
        sum(slot * (1 << width * s) for s, slot in enumerate(part))
        for part in _parts(slots, SLOTS[width])
    ]
    level = [
        tagged("CHUNK", [*_filled(part, ELEMENTS), salt])
        for part, salt in zip(_parts(elements, ELEMENTS), salts, strict=True)
    ]
    for depth in range(len(level)):
        level = [tagged(f"NODE.{depth}", _filled(part, CHILDREN)) for part in _parts(level, 8)]
        if len(level) == 1:
            break
    (top,) = level
    return tagged("COL", [top, width, segment_class, format_.low % R, format_.high % R])


def group_digest(columns: Sequence[Any]) -> Any:
    """The digest of up to eight columns."""
    return tagged("COLS.0", _filled(columns, CHILDREN))


def root_of_groups(schema_word: Any, groups: Sequence[Any]) -> Any:
    """The root over up to eight groups of columns."""
    return tagged("ROOT", [schema_word, tagged("COLS.1", _filled(groups, CHILDREN))])


def root_of_columns(schema_word: Any, columns: Sequence[Any]) -> Any:
    """The root over the digests of up to 64 columns."""
    groups = [group_digest(part) for part in _parts(columns, CHILDREN)]
    return root_of_groups(schema_word, groups)


def sibling_count(columns: int, opened: Collection[int]) -> int:
    """How many digests `root_of_opened` takes beside those of the opened columns."""
    return sum(1 for _ in _siblings(range(columns), opened))


def siblings(digests: Sequence[Any], opened: Collection[int], columns: int = 0) -> list[Any]:
    """What stands beside the opened columns: the others of their groups, and the other groups.

    columns  as many as a circuit has room for, if that is more than there are
    """
    absent = [None] * (columns - len(digests))
    found = []
    for entry in _siblings([*digests, *absent], opened):
        if isinstance(entry, Sequence):
            present = [digest for digest in entry if digest is not None]
            found.append(group_digest(present) if present else 0)
        else:
            found.append(0 if entry is None else entry)
    return found


def root_of_opened(
    schema_word: Any, opened: Mapping[int, Any], beside: Sequence[Any], columns: int
) -> Any:
    """The root over `columns` columns, of some of which the digests are computed.

    opened  the digests of these, by number
    beside  as `siblings` gives them
    """
    given = iter(beside)
    groups = []
    for numbers in _parts(range(columns), CHILDREN):
        if opened.keys() & set(numbers):
            groups.append(
                group_digest([opened[j] if j in opened else next(given) for j in numbers])
            )
        else:
            groups.append(next(given))
    return root_of_groups(schema_word, groups)


def _siblings(columns: Sequence[Any], opened: Collection[int]) -> Iterator[Any]:
    """The columns beside those that are opened, and as lists the groups in which none is."""
    for first in range(0, len(columns), CHILDREN):
        numbers = range(first, min(first + CHILDREN, len(columns)))
        if any(j in opened for j in numbers):
            yield from (columns[j] for j in numbers if j not in opened)
        else:
            yield columns[first : numbers.stop]


def _parts(values: Sequence[Any], size: int) -> list[Sequence[Any]]:
    return [values[i : i + size] for i in range(0, len(values), size)]


def _filled(values: Sequence[Any], size: int) -> list[Any]:
    return [*values, *[0] * (size - len(values))]
