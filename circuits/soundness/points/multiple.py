"""A point as a multiple of another, and what follows from the range of its number.

Let P have no low order, so that its order is L, 2 L, 4 L or 8 L, and T be the point of order 2. A
*multiple* of P says of two forms that they are, in every witness, the pair (u, v) of k P or of
k P + T, for an integer k in a range, which may be another in each witness.

The difference of k P and m P is the identity only if L divides k - m, and that of k P and m P + T
only if (k - m) P = T: then 2 (k - m) P is the identity, so L divides k - m, and k is not m. So the
two differ if |k - m| < L, and k and m are never equal or one of the points has T. They are not
equal if one is odd and the other even, if their ranges do not meet, or those of |k| and |m|.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple


class Multiple(NamedTuple):
    """A multiple as above.

    base      of what: P
    low       the least k
    high      the greatest
    is_odd    whether k is odd; None if it is odd or even
    is_moved  whether it is k P + T
    least     what |k| is at least
    """

    base: Hashable
    low: int
    high: int
    is_odd: bool | None
    is_moved: bool
    least: int = 0

    @property
    def most(self) -> int:
        """What |k| is at most."""
        return max(abs(self.low), abs(self.high))

    def negative(self) -> Multiple:
        """The opposite point, with -v: T is its own."""
        return self._replace(low=-self.high, high=-self.low)

    def of_part(self, base: Hashable, factor: int) -> Multiple:
        """The same point as a multiple of a part of P, of which P is an odd multiple."""
        low, high, least = (factor * x for x in (self.low, self.high, self.least))
        return self._replace(base=base, low=low, high=high, least=least)

    def __add__(self, other: object) -> Multiple:
        """The sum of two multiples of one point."""
        if not isinstance(other, Multiple):
            return NotImplemented
        is_odd = None
        if self.is_odd is not None and other.is_odd is not None:
            is_odd = self.is_odd != other.is_odd
        low, high = self.low + other.low, self.high + other.high
        least = max(0, self.least - other.most, other.least - self.most)
        return Multiple(self.base, low, high, is_odd, self.is_moved != other.is_moved, least)

    def is_never(self, other: Multiple, order: int) -> bool:
        """Whether the two, of one point, differ in every witness."""
        difference = self + other.negative()
        low, high, is_odd = difference.low, difference.high, difference.is_odd
        is_small = -order < low and high < order
        is_zero = low <= 0 <= high and is_odd is not True and difference.least == 0
        return is_small and (difference.is_moved or not is_zero)


def one_of(cases: list[Multiple | None]) -> Multiple | None:
    """What is one of several multiples, if they are of one point and all or none has T."""
    found = [case for case in cases if case is not None]
    first = found[0] if found else None
    if first is None or len(found) < len(cases):
        return None
    if any((x.base, x.is_moved) != (first.base, first.is_moved) for x in found):
        return None
    parities = {x.is_odd for x in found}
    is_odd = first.is_odd if len(parities) == 1 else None
    low, high = min(x.low for x in found), max(x.high for x in found)
    return Multiple(first.base, low, high, is_odd, first.is_moved, min(x.least for x in found))
