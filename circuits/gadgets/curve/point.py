"""Points of Baby Jubjub as values: inputs and outputs of circuits, and on integers anywhere.

Cost: three rows for a point that enters, six for a sum, three with a constant point, five for a
double, two for a check that two are equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NoReturn, TypeVar

from zkpipe.accel.bn254 import R
from zkpipe.accel.curves import baby_jubjub
from zkpipe.circuits.gadgets.arguments import bits as checked_bits
from zkpipe.circuits.gadgets.arguments import element, misuse
from zkpipe.circuits.gadgets.bits import to_bits
from zkpipe.circuits.gadgets.curve import edwards, multiples
from zkpipe.circuits.language.values.as_field import as_field
from zkpipe.circuits.language.values.functions import check
from zkpipe.circuits.language.values.signal import Signal, plain_integer
from zkpipe.circuits.language.values.structure import SelfChecking, leaves, make_record
from zkpipe.circuits.language.values.types import Field
from zkpipe.ground.kinds import describe, is_of

OFF = "not a point of Baby Jubjub"
OPERATION = "An operation on points"  # begins an error outside of circuits
_COORDINATES = "Give the coordinates of a point, in Edwards form as circomlib has them."


@dataclass(frozen=True, init=False)
class Point(SelfChecking):
    """A point of Baby Jubjub, A x^2 + y^2 = 1 + D x^2 y^2 with A = 168700 and D = 168696.

    p + q, p - q, -p, p == q; p * k or k * p, where k is an integer, or a circuit's value from 0;
    Point.IDENTITY, Point.BASE (circomlib's BASE8).

    One that enters a circuit is proved to be on the curve, but not in the subgroup of prime order.
    p * 8 is in the subgroup.

    Raises InputError, or in a circuit CompileError, for numbers that are no point, and for what is
    no field element.
    """

    x: Field
    y: Field

    is_compared_as_one = True
    _is_checked: ClassVar[bool] = False  # True of an object whose rows say that it is on the curve

    def __init__(self, x: Any, y: Any) -> None:
        given = element("Point()", "x", x), element("Point()", "y", y)
        if all(isinstance(value, int) for value in given):
            if not baby_jubjub.is_on_curve(*given):  # type: ignore[arg-type] # both are integers
                raise misuse("Point()", f"has coordinates that are {OFF}.", _COORDINATES, "x", x)
            object.__setattr__(self, "x", given[0])
            object.__setattr__(self, "y", given[1])
            return
        object.__setattr__(self, "x", as_field(given[0]))
        object.__setattr__(self, "y", as_field(given[1]))
        self.check_entry()

    def check_entry(self) -> None:
        """Constrain the coordinates to be on the curve: three rows."""
        check(edwards.curve_equation(self._pair), OFF)
        object.__setattr__(self, "_is_checked", True)

    @classmethod
    def _fault(cls, *integers: int) -> tuple[str, str] | None:
        """As SelfChecking has it."""
        x, y = integers
        return None if baby_jubjub.is_on_curve(x % R, y % R) else (f"is {OFF}", _COORDINATES)

    @property
    def _pair(self) -> tuple[Any, Any]:
        """Its coordinates, without the bounds that a choice among constants gives to values."""
        x, y = (as_field(c) if isinstance(c, Signal) else c for c in (self.x, self.y))
        return x, y

    @property
    def _constant(self) -> baby_jubjub.Pair | None:
        """Its coordinates if both are known integers."""
        x, y = self.x, self.y
        return None if isinstance(x, Signal) or isinstance(y, Signal) else (x, y)

    def __add__(self, other: object) -> Point:
        q = _point(other)
        if self._constant and q._constant:
            return _made(baby_jubjub.add(self._constant, q._constant))
        return _made(edwards.total(self._pair, q._pair))

    def __radd__(self, other: object) -> Point:
        return _point(other) + self

    def __sub__(self, other: object) -> Point:
        return self + -_point(other)

    def __rsub__(self, other: object) -> Point:
        return _point(other) - self

    def __neg__(self) -> Point:
        if self._constant:
            return _made(baby_jubjub.negative(self._constant))
        return _made(edwards.opposite(self._pair))

    def double(self) -> Point:
        """The point twice."""
        if self._constant:
            return _made(baby_jubjub.add(self._constant, self._constant))
        return _made(edwards.double(self._pair))

    def __mul__(self, number: Any) -> Point:
        known = None if isinstance(number, Signal) else plain_integer(number)
        if known is not None:
            return _times(self, known)
        if isinstance(number, Signal):
            low, high = number.low, number.high
            if number.scale is None and low is not None and low >= 0 and high is not None:
                return self.times(to_bits(number, max(1, high.bit_length())))
            kind = number.kind()
            raise misuse(OPERATION, f"multiplies a point by {kind}.", _number_fix(number))
        kind = describe(number)
        raise misuse(
            OPERATION, f"multiplies a point by {kind}.", "Give a whole number or a UInt[n]."
        )

    def __rmul__(self, number: Any) -> Point:
        return self.__mul__(number)

    def times(self, bits: Sequence[Any]) -> Point:
        """The point times the number that bits stand for, the lowest first.

        A point of a circuit that is no constant must have no low order, as the identity has: no
        witness is found for one that has, by two bits or more. A constant must be in the subgroup
        of prime order.

        Cost: for a point that is computed, three rows more, which say that it is on the curve.
        """
        listed = checked_bits("times()", "bits", bits)
        if all(isinstance(bit, int) for bit in listed):
            return _times(self, sum(int(bit) << i for i, bit in enumerate(listed)))
        point = self._constant
        if point is None:
            if not self._is_checked and len(listed) > 1:
                check(edwards.curve_equation(self._pair), OFF)  # so that the analysis knows it
            return _made(multiples.of_point(self._pair, listed))
        if baby_jubjub.is_in_subgroup(point) and point != baby_jubjub.IDENTITY:
            return _made(multiples.of_constant(point, listed))
        raise misuse(
            OPERATION,
            "multiplies a constant point by a value of the circuit. The point is the identity, or "
            "outside the subgroup of prime order.",
            "Take another point of the subgroup. For every p, p * 8 is in the subgroup.",
        )

    def __eq__(self, other: object) -> Any:
        q = _point(other)
        if self._constant and q._constant:
            return self._constant == q._constant
        (x, y), (u, v) = self._pair, q._pair
        return (x == u) & (y == v)

    def __ne__(self, other: object) -> Any:
        same = self == other
        return ~same if isinstance(same, Signal) else not same

    def __bool__(self) -> NoReturn:
        raise misuse(
            "bool()",
            "takes a point for a condition.",
            "Compare points: p == q, or p == Point.IDENTITY.",
        )

    def __hash__(self) -> int:
        return hash(self._pair)

    IDENTITY: ClassVar[Point]
    BASE: ClassVar[Point]


def _made(pair: tuple[Any, Any]) -> Point:
    """A point of coordinates that are known to be one's."""
    return make_record(Point, {"x": pair[0], "y": pair[1]})


def _point(value: object) -> Point:
    if is_of(value, Point):
        return value
    given = value.kind() if isinstance(value, Signal) else describe(value)
    raise misuse(
        OPERATION,
        f"needs two points, and one is {given}.",
        "Give another Point. To add a list of them write sum(points, Point.IDENTITY).",
    )


Record = TypeVar("Record")


def record_of(gadget: str, name: str, class_: type[Record], value: object) -> Record:
    """A Point, or another record, as it is.

    Raises InputError, or in a circuit CompileError, for anything else; it shows no value.
    """
    if is_of(value, class_):
        return value
    given = value.kind() if isinstance(value, Signal) else describe(value)
    article = "an" if class_.__name__[0] in "AEIOU" else "a"
    raise misuse(gadget, f"has {given} for {name}.", f"Give {article} {class_.__name__}.", name)


def plain_record(gadget: str, name: str, class_: type[Record], value: object) -> Record:
    """As record_of, of plain integers. Raises InputError for one of a circuit's values."""
    record = record_of(gadget, name, class_, value)
    if any(isinstance(leaf, Signal) for leaf in leaves(record)):
        fix = "Call it on plain values, outside of the circuit."
        raise misuse(gadget, f"has a circuit's {class_.__name__} for {name}.", fix, name)
    return record


def _number_fix(number: Signal) -> str:
    """What to do with a circuit's value that does not multiply a point."""
    if number.scale is not None:
        return "Multiply by its number of units, x.units."
    if number.low is None:
        return "Declare it a UInt[n], or multiply by its bits: p.times(to_bits(k, 254))."
    return "Declare it a UInt[n], or multiply by abs(k): select(k < 0, -p, p) * abs(k)."


def _times(point: Point, number: int) -> Point:
    if number < 0:
        return -_times(point, -number)
    if point._constant:
        return _made(baby_jubjub.multiply(point._constant, number))
    return _made(multiples.by_constant(point._pair, number))


Point.IDENTITY = _made(baby_jubjub.IDENTITY)
Point.BASE = _made(baby_jubjub.BASE)
