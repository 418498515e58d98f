"""The functions of the language that choose among values: select, lookup, member, minimum, maximum.

They take signals and constants mixed; on constants alone they compute.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from typing import Any

from zkpipe.circuits.language.values import bounds
from zkpipe.circuits.language.values.fixed import (
    exact_units,
    in_common_units,
    is_number,
    of_units,
    plain_number,
)
from zkpipe.circuits.language.values.refusals import DEFINED_ANEW, is_defined_anew, refused
from zkpipe.circuits.language.values.signal import (
    Signal,
    difference_bounds,
    in_reach,
    plain_integer,
    spare,
    stated,
)
from zkpipe.circuits.language.values.structure import (
    fields_of,
    is_record,
    leaves,
    make_record,
    map_structure,
    with_lists,
)
from zkpipe.ground.kinds import DATES, MOST, describe, is_date, items, unordered, whole_number


def select(condition: Any, if_true: Any, if_false: Any) -> Any:
    """if_true where the condition is 1, if_false where it is 0; lists and records part by part.

    Cost: one row for each number in them.
    """
    if _is_nest(if_true) or _is_nest(if_false):
        return _select_nests(condition, with_lists(if_true), with_lists(if_false))
    return _select_numbers(condition, if_true, if_false)


def _select_numbers(condition: Any, if_true: Any, if_false: Any) -> Any:
    if not isinstance(condition, Signal):
        value = plain_integer(condition)
        if value not in (0, 1):
            fix = _EACH if items(condition) is not None else _COMPARE
            raise refused(f"chooses by {describe(condition)}, which is not a Bool.", fix)
        options = [_plain(option, "chooses") for option in (if_false, if_true)]
        chosen = options.pop(value or 0)
        spare(options)
        return chosen
    if not condition.is_flag:
        raise refused(f"chooses by {condition.kind()}, which is not a Bool.", _COMPARE)
    (x, y), scale = in_common_units(condition, [if_true, if_false])
    engine = in_reach(condition)
    if x.low is None or y.low is None or x.high is None or y.high is None:
        return Signal(
            engine, engine.select(condition.payload, x.payload, y.payload, True), None, None
        )
    value = engine.select(condition.payload, x.payload, y.payload, False)
    return of_units(Signal(engine, value, min(x.low, y.low), max(x.high, y.high)), scale)


_COMPARE = "Compare: select(x != 0, a, b)."
_EACH = (
    "Choose item by item: [select(x, a, b) for x in xs]; or join the items to one Bool with "
    "all_of(xs) or any_of(xs)."
)


def _is_nest(value: object) -> bool:
    return not isinstance(value, Signal | int) and (items(value) is not None or is_record(value))


def _plain(value: object, does: str) -> Any:
    """A constant as Python's own number, a signal as it is."""
    if isinstance(value, Signal):
        return value
    number = plain_number(value)
    if number is None:
        raise refused(f"{does} {describe(value)}.", DATES if is_date(value) else _NUMBERS)
    return number


_NUMBERS = "Give signals and finite numbers, or lists and records of them."


def _select_nests(condition: Any, if_true: Any, if_false: Any) -> Any:
    if is_record(if_true) and type(if_true) is type(if_false):
        parts = {
            name: _select_nests(condition, x, getattr(if_false, name))
            for name, x in fields_of(if_true)
        }
        return make_record(type(if_true), parts)
    if not _is_nest(if_true) and not _is_nest(if_false):
        return _select_numbers(condition, if_true, if_false)
    both = type(if_true) in (list, tuple) and type(if_false) in (list, tuple)
    if not both or len(if_true) != len(if_false):
        is_anew = is_record(if_true) and is_defined_anew(if_false, type(if_true))
        raise refused(
            "chooses between values of different shapes.",
            DEFINED_ANEW if is_anew else "Give lists of one length, or records of one class.",
        )
    chosen = [_select_nests(condition, x, y) for x, y in zip(if_true, if_false, strict=True)]
    return tuple(chosen) if isinstance(if_true, tuple) else chosen


def lookup(array: Any, *indices: Any) -> Any:
    """The entry of a list at an index that is a circuit's value, or of nested lists at several.

    Entries may be lists and records, all of one shape. An index out of range, below 0 too, means
    that there is no proof.

    Cost: bits of each index, none if they are known; then for each number in an entry a row less
    than there are entries, or for constants some three times the root of their number.
    """
    if not indices:
        raise refused("looks up without an index.", "Give one: lookup(values, i).")
    table = _Table(indices)
    table.fill(array, 0)
    return table.entry()


class _Table:
    """Entries in the order of the indices that are signals, with gaps up to powers of two."""

    def __init__(self, indices: tuple[Any, ...]) -> None:
        self.given = indices
        self.entries: list[Any] = []
        self.indices: dict[int, tuple[Signal, int, int]] = {}

    def fill(self, array: Any, depth: int) -> None:
        """Add what the indices from `depth` on may choose of an array."""
        if depth == len(self.given):
            self.entries.append(array)
            return
        listed = None if isinstance(array, Signal) else items(array)
        if not listed:
            shown = describe(array) if listed is None else "an empty list"
            shown = array.kind() if isinstance(array, Signal) else shown
            raise refused(f"looks up in {shown}.", "Give a list, and an index for each dimension.")
        if len(listed) > MOST:
            raise refused(f"looks up among more than {MOST} entries.", "Give fewer.")
        index = self.given[depth]
        if not isinstance(index, Signal):
            place = whole_number(index)
            if place is None or not 0 <= place < len(listed):
                raise refused(
                    f"has an index that is not from 0 to {len(listed) - 1}.",
                    "Give a signal, or a whole number in range.",
                )
            spare([item for i, item in enumerate(listed) if i != place])
            self.fill(listed[place], depth + 1)
            return
        low, size = self._reach(index, len(listed))
        if self.indices.setdefault(depth, (index, low, size)) != (index, low, size):
            raise refused("looks up in lists of different lengths.", _ONE_SHAPE)
        spare([*listed[:low], *listed[low + size :]])
        for item in listed[low : low + size]:
            self.fill(item, depth + 1)
        below = 1 << sum((n - 1).bit_length() for d, (_, _, n) in self.indices.items() if d > depth)
        self.entries += [_GAP] * (below * ((1 << (size - 1).bit_length()) - size))

    def _reach(self, index: Signal, length: int) -> tuple[int, int]:
        """The least place that an index may have, and how many there are."""
        if index.scale is not None:
            raise refused(f"has {index.kind()} for an index.", "Take its whole part: x // 1.")
        low, high = index.interval
        if not bounds.fits(min(low, 0), max(high, length - 1)):
            raise bounds.too_wide(low, high)
        first, last = max(low, 0), min(high, length - 1)
        if first > last:
            raise refused(
                f"has {index.kind()} for an index, which is never from 0 to {length - 1}.",
                "Correct the index or the list.",
            )
        return first, last - first + 1

    def entry(self) -> Any:
        """The entry that the indices choose."""
        self.entries = [entry if entry is _GAP else _plain_entry(entry) for entry in self.entries]
        first = self.entries[0]
        if not self.indices:
            return first
        shape = map_structure(_nothing, first)
        index = next(iter(self.indices.values()))[0]
        rows: list[list[Any] | None] = []
        for entry in self.entries:
            if entry is _GAP:
                rows.append(None)
                continue
            if map_structure(_nothing, entry) != shape:
                raise refused("looks up among entries of different shapes.", _ONE_SHAPE)
            rows.append(list(leaves(entry)))
        columns, fractions = [], []
        for k in range(len(rows[0] or [])):
            units, scale = in_common_units(index, [row[k] for row in rows if row is not None])
            following = iter(units)
            columns.append([None if row is None else next(following) for row in rows])
            fractions.append(scale)
        payloads = in_reach(index).lookup(list(self.indices.values()), columns)
        found = iter(
            of_units(_hull(index, payload, column), scale)
            for payload, column, scale in zip(payloads, columns, fractions, strict=True)
        )
        return map_structure(lambda _: next(found), first)


_GAP = object()
_ONE_SHAPE = "Give entries of one shape: lists of one length, records of one class."


def _plain_entry(entry: object) -> Any:
    """An entry with lists for arrays, and Python's own numbers."""
    if isinstance(entry, Signal) or type(entry) is int:
        return entry
    return map_structure(lambda leaf: _plain(leaf, "looks up"), with_lists(entry))


def _nothing(_: object) -> None:
    """A leaf's place in a shape."""


def _hull(index: Signal, payload: Any, column: list[Signal | None]) -> Signal:
    """One of the column's signals, with the bounds of all."""
    lows = [signal.low for signal in column if signal is not None]
    highs = [signal.high for signal in column if signal is not None]
    if None in lows or None in highs:
        return Signal(index.engine, payload, None, None)
    low, high = min(x for x in lows if x is not None), max(x for x in highs if x is not None)
    return Signal(index.engine, payload, low, high)


def member(value: Any, values: Iterable[Any]) -> Any:
    """Whether a value is one of several; a Bool.

    values  a list, an array, a set or an iterator: order means nothing here

    Cost, for n values: n - 1 rows in a check, n + 1 as a Bool; fewer for constants where the value
    has few bits, or where they are all integers from one to another.
    """
    if isinstance(values, Signal):
        raise refused("looks for a value in a single one.", "Give a list: member(x, [a, b, c]).")
    candidates = unordered(values)
    if candidates is None:
        raise refused(
            f"looks for a value in {describe(values)}.",
            "Give a list or a set: member(x, [a, b, c]); of a dict d, d.keys() or d.values().",
        )
    for item in [value, *candidates]:
        if not isinstance(item, Signal) and exact_units(item) is None:
            raise refused(
                f"looks for {_kind(value)} among values with {_kind(item)}"
                f"{' that no units hold' if is_number(item) else ''}.",
                "Give signals and whole numbers: any_of(...) combines comparisons of other things.",
            )
    if isinstance(values, Set):  # whose order is not the author's: the same source, the same bytes
        candidates.sort(key=lambda item: exact_units(item) or (0, 0))
    signals = [item for item in [value, *candidates] if isinstance(item, Signal)]
    if not signals:
        return int(exact_units(value) in {exact_units(item) for item in candidates})
    (x, *others), _ = in_common_units(signals[0], [value, *candidates])
    engine = in_reach(x)
    possible: list[Signal] = []
    constants: set[int] = set()
    for y in others:
        difference_bounds(x, y)
        if x.low is not None and y.low is not None and _apart(x.interval, y.interval):
            spare([x, y])
            continue
        if y.low is not None and y.low == y.high:
            if y.low in constants:
                spare(y)
                continue
            constants.add(y.low)
        possible.append(y)
    return stated(engine, engine.member(x, possible)) if possible else 0


def _kind(value: object) -> str:
    return value.kind() if isinstance(value, Signal) else describe(value)


def _apart(x: tuple[int, int], y: tuple[int, int]) -> bool:
    return x[1] < y[0] or y[1] < x[0]


def minimum(*values: Any) -> Any:
    """The least of integers, given one by one, or as a list, a set or an iterator."""
    return _extreme("minimum", values, lambda x, y: (x <= y, x, y), min)


def maximum(*values: Any) -> Any:
    """The greatest of integers, given one by one, or as a list, a set or an iterator."""
    return _extreme("maximum", values, lambda x, y: (x >= y, x, y), max)


def _extreme(
    name: str,
    values: tuple[Any, ...],
    order: Callable[[Any, Any], tuple[Any, Any, Any]],
    choose: Callable[..., int],
) -> Any:
    found: Iterable[Any] | None = values
    if len(values) == 1 and not isinstance(values[0], Signal) and plain_number(values[0]) is None:
        found = unordered(values[0])
    if found is None:
        raise refused(
            f"takes the {name} of {describe(values[0])}.",
            f"Give values, or a list of them: {name}(a, b), {name}([a, b, c]).",
        )
    if any(_is_nest(value) for value in found):
        raise refused(
            f"takes the {name} of a list and of values.",
            f"Give all in one list: {name}([*xs, y]).",
        )
    given = [_plain(value, f"takes the {name} of") for value in found]
    if not given:
        raise refused(f"takes the {name} of nothing.", "Give at least one value.")
    result = given[0]
    for item in given[1:]:
        if not isinstance(result, Signal) and not isinstance(item, Signal):
            result = choose(result, item)
            continue
        condition, x, y = order(result, item)
        result = _tighter(select(condition, x, y), x, y, choose)
    return result


def _tighter(chosen: Any, x: Any, y: Any, choose: Callable[..., int]) -> Any:
    """What was chosen of two, with the bounds that an extreme of them has."""
    if not isinstance(chosen, Signal):
        return chosen
    both, scale = in_common_units(chosen, [x, y])
    low, high = zip(*(signal.interval for signal in both), strict=True)
    return of_units(Signal(chosen.engine, chosen.payload, choose(*low), choose(*high)), scale)
