"""Two values in one order or the other, and an index as a list of Bools.

An entry of a table is the language's lookup(table, i): a tree of 2^k - 1 rows among 2^k values, and
fewer among constants. With the bits of an index, lookup(table, from_bits(bits)) takes no others.
"""

from __future__ import annotations

from typing import Any

from zkpipe.accel.bn254 import R
from zkpipe.circuits.gadgets.arguments import bit, element, whole
from zkpipe.circuits.language.values.choices import lookup, select
from zkpipe.circuits.language.values.signal import Signal

MOST = 1 << 16


def switcher(swapped: Any, a: Any, b: Any) -> tuple[Any, Any]:
    """(b, a) if the Bool is 1, else (a, b). One row.

    a, b  values and integers

    Raises InputError, or in a circuit CompileError, for what is none.
    """
    gadget = "switcher()"
    flag = bit(gadget, "swapped", swapped)
    x, y = _number(gadget, "a", a), _number(gadget, "b", b)
    if not isinstance(flag, Signal):
        return (y, x) if flag else (x, y)
    first = select(flag, y, x)
    rest = x + y - first
    return first, first.moved(first.engine, rest.payload)  # it lies within the same bounds


def _number(gadget: str, name: str, value: Any) -> Any:
    if isinstance(value, Signal):
        return element(gadget, name, value)
    return whole(gadget, name, value, 1 - R, R - 1, "Give a circuit's value, or an integer.")


def one_hot(index: Any, size: int) -> list[Any]:
    """A list of `size` Bools: 1 at the index, else 0. An index out of range has no proof.

    Cost: the bits of the index, and 2^k - k - 1 rows for a size of 2^k.

    Raises InputError, or in a circuit CompileError, for another size or index.
    """
    count = whole("one_hot()", "size", size, 1, MOST, "Give the length of the list.")
    place: Any = element("one_hot()", "index", index)
    if not isinstance(place, Signal):
        place = whole("one_hot()", "index", index, 0, count - 1, "Give a place in the list.")
        return [int(i == place) for i in range(count)]
    found: list[Any] = lookup([[int(i == j) for j in range(count)] for i in range(count)], place)
    return found
