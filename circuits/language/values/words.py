"""Integers as words of bits: the operators `& | ^ ~ << >>` of a circuit's values, as Python's.

Of Bools `& | ^ ~` are logic, and give a Bool. Of integers they go bit by bit; one that may be
negative has its sign in all places above its bits, so `~x` is -1 - x. `x & 1` has bounds 0 and 1,
and so it is a Bool too. `&` of a Bool and a wider integer is refused: whoever writes (x == 1) & y
means y != 0, and would get the lowest bit of y.

    x & y, x | y, x ^ y     a row for each pair of bits that are not constants, and the bits of both
    ~x, x << n              no row
    x >> n                  no row where the bits of x are known, else about as many as x has
    x << y                  the bits of y, and a row for each of them
    x >> y                  the bits of both, and a row for each place that y may shift by

The bits of a value are taken once, and a result keeps its own, but for `x << y` and `x >> y`.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from zkpipe.circuits.language.text.operators import parenthesised
from zkpipe.circuits.language.values import bounds
from zkpipe.circuits.language.values.bounds import MAX_BITS, sign_bits
from zkpipe.circuits.language.values.refusals import NotPlain, refused
from zkpipe.ground.kinds import describe, integer, is_bool

_FAR = 2 * MAX_BITS  # places by which only 0 can be shifted to the left


class Words(NotPlain):
    """The base of signals: their operators on bits."""

    __slots__ = ()
    payload: Any
    high: int | None

    @property
    @abstractmethod
    def interval(self) -> tuple[int, int]:
        """The bounds of an integer."""

    @abstractmethod
    def kind(self) -> str:
        """What it is, for messages."""

    @abstractmethod
    def _paired(self, other: object) -> Any:
        """The second operand of an operator, of the same engine."""

    @abstractmethod
    def _made(self, value: Any, low: int | None, high: int | None) -> Any:
        """A value of the same engine."""

    def __and__(self, other: object) -> Any:
        return self._joined("&", other)

    __rand__ = __and__

    def __or__(self, other: object) -> Any:
        return self._joined("|", other)

    __ror__ = __or__

    def __xor__(self, other: object) -> Any:
        return self._joined("^", other)

    __rxor__ = __xor__

    def __invert__(self) -> Any:
        if not self.is_flag:
            self._require_integer("applies `~` to")
            return self._paired(-1) - self
        opposite = self._made(None, 0, 1)
        opposite.payload = self.engine.stated(self.engine.negation(self.payload))
        return opposite

    def __lshift__(self, other: object) -> Any:
        return _shifted_left(self, other)

    def __rlshift__(self, other: object) -> Any:
        return _shifted_left(self._paired(other), self)

    def __rshift__(self, other: object) -> Any:
        return _shifted_right(self, other)

    def __rrshift__(self, other: object) -> Any:
        return _shifted_right(self._paired(other), self)

    def _joined(self, operation: str, other: object) -> Any:
        y = self._paired(other)
        if self.is_flag and y.is_flag:
            return self._made(_logic(self.engine, operation, self.payload, y.payload), 0, 1)
        for x in (self, y):
            x._require_integer(f"applies `{operation}` to")
        is_mixed = is_bool(other) or any(x.is_flag and x.low != x.high for x in (self, y))
        if operation == "&" and is_mixed:
            wide = y if self.is_flag else self
            raise refused(
                f"applies `&` to a Bool and {wide.kind()}.",
                parenthesised() or "Compare first, as in flag & (x != 0); a bit is x >> i & 1.",
            )
        low, high = bounds.bitwise(operation, self.interval, y.interval)
        return self._made(self.engine.bitwise(operation, self, y), low, high)

    def _require_integer(self, does: str) -> None:
        if self.scale is not None:
            raise refused(f"{does} {self.kind()}.", "Take its number of units, x.units.")
        if self.low is None:
            raise refused(
                f"{does} a Field, which has no bits of its own.",
                "Declare it a UInt[n], or narrow() it to one.",
            )
        if _width(self) > MAX_BITS:
            raise refused(
                f"{does} {self.kind()}, but {MAX_BITS} bits are the most that have one meaning.",
                "Give a narrower type.",
            )


def _logic(engine: Any, operation: str, x: Any, y: Any) -> Any:
    """A Bool of two, which something must use."""
    if operation == "^":
        return engine.stated(engine.difference(x, y))
    combine = engine.conjunction if operation == "&" else engine.disjunction
    return engine.stated(combine([x, y]))


def _width(x: Words) -> int:
    """The bits that stand for x, with one for its sign if it may be negative."""
    low, high = x.interval
    return sign_bits(low, high) + (low < 0)


def _shifted_left(x: Words, amount: object) -> Any:
    """x * 2^amount, with the bounds of that."""
    places = _places(x, amount)
    ends = [min(end, _FAR) for end in _ends(places)]
    low = min(x.interval[0] << end for end in ends)
    high = max(x.interval[1] << end for end in ends)
    if not bounds.fits(low, high):
        raise bounds.too_wide(low, high)
    if low == high == 0:  # places that may be any number have no power
        for operand in (x, places):
            if isinstance(operand, Words):
                x.engine.use(operand.payload)
        return x._made(x.engine.constant(0), 0, 0)
    if isinstance(places, int):
        return x._made(x.engine.shifted(x, places), low, high)
    return x._made(x.engine.multiply(x, _power(places), False), low, high)


def _ends(places: int | Words) -> tuple[int, int]:
    return (places, places) if isinstance(places, int) else places.interval


def _power(places: Words) -> Any:
    """2^places mod r: a factor of 2^(2^i) for each bit that is 1."""
    engine, power = places.engine, None
    for i, bit in enumerate(engine.bits(places, places.interval[1].bit_length())):
        scaled = engine.linear_combination([(1 << (1 << i)) - 1, 1], [bit, engine.constant(1)])
        factor = places._made(scaled, None, None)
        if power is not None:
            factor = places._made(engine.multiply(power, factor, True), None, None)
        power = factor
    return power


def _shifted_right(x: Words, amount: object) -> Any:
    """x // 2^amount, floored also below zero."""
    places = _places(x, amount)
    number: Any = x
    if not isinstance(places, int):
        return _shifted_right_by(number, places)
    if places < sign_bits(*x.interval):
        return number // (1 << places)
    x.engine.use(x.payload)
    return -(number < 0) if x.interval[0] < 0 else x._made(x.engine.constant(0), 0, 0)


def _shifted_right_by(x: Any, places: Words) -> Any:
    """A tree of x >> 0, x >> 1, ..., which are sums of the bits of x."""
    x._require_integer("shifts")
    engine = x.engine
    least = 1 << sign_bits(*x.interval) if x.low < 0 else 0
    bits = engine.bits(x + least, _width(x))
    most_places = places.interval[1]
    last = min(most_places, sign_bits(*x.interval))  # from here on it is 0 or -1
    tree = [
        engine.subtract(engine.number(bits[i:]), engine.constant(least >> i), False)
        for i in range(last + 1)
    ]
    size = last.bit_length()
    tree += [tree[-1]] * (min(most_places + 1, 1 << size) - len(tree))
    address = engine.bits(places, most_places.bit_length())
    for place in address[:size]:
        pairs = [tree[i : i + 2] for i in range(0, len(tree), 2)]
        tree = [engine.select(place, pair[-1], pair[0], False) for pair in pairs]
    (found,) = tree
    if address[size:]:
        far = engine.subtract(engine.number(bits[last:]), engine.constant(least >> last), False)
        found = engine.select(engine.disjunction(address[size:]), far, found, False)
    ends = places.interval
    return x._made(found, min(x.low >> k for k in ends), max(x.high >> k for k in ends))


def _places(x: Words, amount: object) -> int | Words:
    """By how many places: known, or a value of the circuit."""
    if x.scale is not None:
        raise refused(f"shifts {x.kind()}.", "Multiply or divide it by a power of two.")
    if x.low is None:
        raise refused(
            "shifts a Field, which has no bits of its own.",
            "Declare it a UInt[n], or narrow() it to one.",
        )
    if not isinstance(amount, Words):
        known = integer(amount)
        if known is None or known < 0:
            kind = describe(amount) if known is None else "a negative number"
            raise refused(f"shifts by {kind}.", "Shift by a whole number from 0, or by a UInt[n].")
        x._paired(0)  # it is in reach
        return known
    places: Words = x._paired(amount)
    if places.scale is not None or places.low is None or places.low < 0:
        raise refused(f"shifts by {places.kind()}.", "Shift by a UInt[n], or by a constant from 0.")
    return places.low if places.low == places.high else places
