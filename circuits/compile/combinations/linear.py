"""Linear combinations that may be long: a long one is kept as what it is made of.

When such a sum is read, and when it gets a wire, circuits.compile.sums says.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from zkpipe.accel.bn254 import R
from zkpipe.circuits.compile.combinations.combination import ONE, Combination, add, scale

SHORT = 16  # entries up to which a sum is copied: some microseconds
_numbers = count()


class Sum:
    """A linear combination of more than SHORT entries: weighted parts, or the entries themselves.

    number  of two Sums the newer has the greater; parts are older than what they are part of
    parts   combinations and Sums with their weights; none once it has a form
    form    its entries, once something has read them
    copies  how many times rows have had its entries, by itself or as part of another
    is_lent whether the solver has had them, apart from rows
    bits    what was made of bits: an integer, and the bits of the sum with it added; else None
    """

    __slots__ = ("bits", "copies", "form", "is_lent", "number", "parts")

    def __init__(self, parts: tuple[tuple[Linear, int], ...], form: Combination | None) -> None:
        self.number = next(_numbers)
        self.parts = parts
        self.form = form
        self.copies = 0
        self.is_lent = False
        self.bits: tuple[int, Sequence[Combination]] | None = None


Linear = Combination | Sum


def kept(x: Combination) -> Linear:
    """A combination that others may be made of: a Sum if it is long."""
    return x if len(x) <= SHORT else Sum((), x)


def plus(x: Linear, y: Linear) -> Linear:
    """x + y."""
    x, y = _brief(x), _brief(y)
    if type(x) is dict and type(y) is dict:
        return kept(add(x, y))
    return Sum(((x, 1), (y, 1)), None)


def minus(x: Linear, y: Linear) -> Linear:
    """x - y."""
    return plus(x, times(y, R - 1))


def times(x: Linear, factor: int) -> Linear:
    """factor * x."""
    x, factor = _brief(x), factor % R
    if factor == 1:
        return x
    if type(x) is dict:
        return scale(x, factor)
    return Sum(((x, factor),), None) if factor else {}


def known(x: Linear) -> int | None:
    """The value of a combination that is constant, as far as it shows without a walk."""
    x = x if type(x) is dict else _brief(x)
    if type(x) is not dict or len(x) > 1:
        return None
    return x.get(ONE) if x else 0


def length(x: Linear) -> int:
    """The entries of a combination, or more than any short one has."""
    x = _brief(x)
    return len(x) if type(x) is dict else SHORT + 1


def _brief(x: Linear) -> Linear:
    if type(x) is Sum and x.form is not None and len(x.form) <= SHORT:
        return x.form
    return x
