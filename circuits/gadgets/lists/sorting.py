"""Lists in their order, and the place of the least or the greatest.

A list is sorted by Batcher's merge exchange: pairs at fixed places are compared and put in order,
so that whatever comes in, what comes out is a permutation of it that ascends. Every value follows
from the ones before; no advice is taken, and there is none to lie about.

Source: Knuth, The Art of Computer Programming 3, section 5.2.2, algorithm M, for any length.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from zkpipe.circuits.gadgets.arguments import listed, misuse
from zkpipe.circuits.language.values.choices import select
from zkpipe.circuits.language.values.fixed import in_common_units, of_units, plain_number
from zkpipe.circuits.language.values.signal import Signal
from zkpipe.ground.kinds import describe


def sort(values: Sequence[Any]) -> list[Any]:
    """The values in ascending order.

    values  integers of known bounds, or Fixed numbers: values of a circuit and constants

    Cost: for each pair that is compared the row of a comparison for each bit of the difference, and
    two; n = 4, 8, 16, 32 and 64 values take 5, 19, 63, 191 and 543 pairs.

    Raises InputError, or in a circuit CompileError, for what has no order.
    """
    numbers = _numbers("sort()", values)
    beside = next((x for x in numbers if isinstance(x, Signal)), None)
    if beside is None:
        return sorted(numbers)
    places, scale = in_common_units(beside, numbers)
    for i, j in exchanges(len(places)):
        places[i], places[j] = _ordered(places[i], places[j])
    return [of_units(x, scale) for x in places]


def exchanges(count: int) -> Iterator[tuple[int, int]]:
    """The places i < j that are put in order one after the other."""
    top = 1 << max(0, (count - 1).bit_length() - 1)
    p = top if count > 1 else 0
    while p:
        q, r, d = top, 0, p
        while True:
            yield from ((i, i + d) for i in range(count - d) if i & p == r)
            if q == p:
                break
            d, q, r = q - p, q >> 1, p
        p >>= 1


def _ordered(x: Signal, y: Signal) -> tuple[Signal, Signal]:
    """The less and the greater of two."""
    less = select(x <= y, x, y)
    return _extreme(x, y, less, min), _extreme(x, y, x + y - less, max)


def _extreme(x: Signal, y: Signal, chosen: Signal, of: Callable[[int, int], int]) -> Signal:
    """The less or the greater of two, with the bounds that it has."""
    low, high = map(of, x.interval, y.interval)
    return Signal(x.engine, chosen.payload, low, high)


def argmin(values: Sequence[Any]) -> Any:
    """The place of the least value, of several that are equal the first.

    Cost: for each value but one a comparison, and two rows.

    Raises InputError, or in a circuit CompileError, for an empty list, and for what has no order.
    """
    return _place("argmin()", values, is_least=True)


def argmax(values: Sequence[Any]) -> Any:
    """The place of the greatest value, of several that are equal the first; as argmin()."""
    return _place("argmax()", values, is_least=False)


def _place(gadget: str, values: Sequence[Any], *, is_least: bool) -> Any:
    numbers = _numbers(gadget, values)
    if not numbers:
        raise misuse(gadget, "has an empty list.", "Give at least one value.", "values")
    beside = next((x for x in numbers if isinstance(x, Signal)), None)
    if beside is None:
        return numbers.index((min if is_least else max)(numbers))
    best, *others = in_common_units(beside, numbers)[0]
    place: Any = 0
    for i, x in enumerate(others, start=1):
        is_better = x < best if is_least else x > best
        place = select(is_better, i, place)
        if i < len(others):
            best = _extreme(x, best, select(is_better, x, best), min if is_least else max)
    return place


def _numbers(gadget: str, values: object) -> list[Any]:
    """The values as signals and Python's own numbers."""
    found = []
    for i, value in enumerate(listed(gadget, "values", values, "numbers")):
        number = value if isinstance(value, Signal) else plain_number(value)
        if number is None:
            raise misuse(
                gadget,
                f"has {describe(value)} for values[{i}].",
                "Give numbers.",
                f"values[{i}]",
                value,
            )
        found.append(number)
    return found
