"""Comparisons that are not yet constraints: what they cost depends on how they are used.

    check(a == b)    one row, or the row of a product in a - b       as a value  two rows
    check(a != b)    one row                                        as a value  the same two
    check(a >= b)    n rows                                          as a value  n + 1 rows

n being the bits of the bounds: d = a - b from -2^n to 2^n - 1 is not negative iff bit n of d + 2^n
is 1; for a check it is enough that d has n bits. With n + 1 <= 253 neither can be forged. Where
bits are known already both cost less (`bits`).

A condition remembers its value once it has one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from zkpipe.accel.bn254 import R
from zkpipe.circuits.compile import bits
from zkpipe.circuits.compile.combinations.combination import (
    ONE,
    Combination,
    complement,
    is_constant,
    shift,
    subtract,
)
from zkpipe.circuits.compile.combinations.linear import Linear, known, minus, plus, times
from zkpipe.circuits.compile.flags import conjunction, is_zero
from zkpipe.circuits.compile.sums import read
from zkpipe.circuits.compile.tracer import LONG, Tracer


class Condition(ABC):
    """A condition on combinations; `sides` are what a failed check shows, in the user's order."""

    def __init__(self, left: Combination, right: Combination) -> None:
        self.left, self.right = left, right
        self.sides = (left, right)
        self.known: Combination | None = None

    def value(self, tracer: Tracer) -> Combination:
        """The condition as a combination that is 0 or 1."""
        waiting: list[Condition] = [self]  # a chain of a thousand conditions is nested as deeply
        while waiting:
            condition = waiting[-1]
            needed = [] if condition.known is not None else condition.unsettled()
            if needed:
                waiting += needed[::-1]
                continue
            if condition.known is None:
                condition.known = condition.settle(tracer)
            waiting.pop()
        assert self.known is not None  # noqa: S101 - for the type checker
        return self.known

    def unsettled(self) -> list[Condition]:
        """Facts without a value whose values settle() asks for, in its order."""
        return []

    @abstractmethod
    def settle(self, tracer: Tracer) -> Combination:
        """Rows for the value."""

    def require(self, tracer: Tracer, origin: int) -> bool:
        """Rows that hold only if the condition does; False if it never can."""
        return tracer.equate(shift(self.value(tracer), -1), origin)

    def refute(self, tracer: Tracer, origin: int) -> bool:
        """Rows that hold only if the condition does not; False if it always does."""
        return tracer.equate(self.value(tracer), origin)

    def is_always(self, value: int) -> bool:
        """Whether its own text says that it is 0, or 1, for all values of the circuit."""
        return self.known == ({ONE: 1} if value else {})


Payload = Linear | Condition


def flag_value(tracer: Tracer, payload: Payload) -> Combination:
    """A flag as a combination."""
    return payload.value(tracer) if isinstance(payload, Condition) else read(tracer, payload)


class Equal(Condition):
    """left = right; bounds are those of left - right, None for a Field."""

    def __init__(
        self, left: Combination, right: Combination, bounds: tuple[int, int] | None
    ) -> None:
        super().__init__(left, right)
        self.bounds = bounds

    def is_always(self, value: int) -> bool:
        """Whether the difference is a constant, zero for 1."""
        d = subtract(self.left, self.right)
        return is_constant(d) and bool(d) != bool(value)

    def settle(self, tracer: Tracer) -> Combination:
        """Whether the difference is zero."""
        return is_zero(tracer, subtract(self.left, self.right), self.bounds)

    def require(self, tracer: Tracer, origin: int) -> bool:
        """left - right = 0."""
        if self.known is not None:
            return super().require(tracer, origin)
        return tracer.equate(subtract(self.left, self.right), origin)

    def refute(self, tracer: Tracer, origin: int) -> bool:
        """d m = 1: d has an inverse. A difference of 0 or 1 is 1."""
        d = tracer.resolve(subtract(self.left, self.right))
        if self.known is not None:
            return super().refute(tracer, origin)
        if is_constant(d):
            return bool(d)
        low, high = self.bounds or (0, R)
        if (low >= 0 and high <= 1) or (low >= -1 and high <= 0):
            return tracer.equate(shift(d, -1 if high == 1 else 1), origin)
        d = tracer.factor(d)
        m = tracer.advice_inverse(d)
        tracer.closed_product(d, {m: 1}, {ONE: 1}, origin)
        return True


class AtLeast(Condition):
    """left >= right + offset as integers; low and high bound left - right - offset.

    opposite  the condition that holds if and only if this one does not, once someone asked for it
    """

    def __init__(
        self, left: Combination, right: Combination, offset: int, low: int, high: int
    ) -> None:
        super().__init__(left, right)
        self.offset, self.low, self.high = offset, low, high
        self.opposite: AtLeast | None = None

    def _excess(self) -> Combination:
        return shift(subtract(self.left, self.right), -self.offset)

    def is_always(self, value: int) -> bool:
        """Whether the excess is a constant, within its bounds for 1."""
        excess = self._excess()
        return is_constant(excess) and (excess.get(ONE, 0) <= self.high) == bool(value)

    def settle(self, tracer: Tracer) -> Combination:
        """Whether the excess is not negative; or what the opposite already is not."""
        if self.opposite is not None and self.opposite.known is not None:
            return complement(self.opposite.known)
        origin = tracer.product_origin()
        return bits.is_not_negative(tracer, self._excess(), self.low, self.high, origin)

    def require(self, tracer: Tracer, origin: int) -> bool:
        """The excess has as many bits as its bound."""
        if self.known is not None:
            return super().require(tracer, origin)
        return bits.range_check(tracer, self._excess(), self.high.bit_length(), origin)

    def negated(self) -> AtLeast:
        """right >= left + 1 - offset: as many bits, and no 1 - bit."""
        if self.opposite is None:
            low, high = -self.high - 1, -self.low - 1
            self.opposite = AtLeast(self.right, self.left, 1 - self.offset, low, high)
            self.opposite.opposite = self
            self.opposite.sides = self.sides
        return self.opposite


class All(Condition):
    """Every one of the flags is 1.

    passes       how many times its flags have been looked through, by itself or as part of another
    is_split     whether that has been asked of itself, or may not be
    is_required  whether rows hold each of its flags to 1, or an error says that they cannot
    is_constant  whether each of its flags is known to be 1
    """

    def __init__(self, flags: Sequence[Payload]) -> None:
        super().__init__({}, {})
        self.flags = list(flags)
        self.passes = 0
        self.is_split = False
        self.is_required = False
        self.is_constant = False

    def gathered(self) -> list[Payload]:
        """The flags, with those of every All among them that has no value."""
        found: list[Payload] = []
        waiting: list[Payload] = [self]
        while waiting:
            flag = waiting.pop()
            if type(flag) is All and flag.known is None:
                waiting += flag.flags[::-1]
            else:
                found.append(flag)
        return found

    def required(self) -> list[Payload]:
        """The flags that rows must hold to 1 from now on, but for those that an earlier call gave.

        So a check of `ok = ok & x` in each step of a loop is a check of x.
        """
        found: list[Payload] = []
        waiting: list[Payload] = [self]
        while waiting:
            flag = waiting.pop()
            if type(flag) is not All:
                found.append(flag)
            elif not flag.is_required:
                flag.is_required = True
                if flag.known is None:
                    waiting += flag.flags[::-1]
                else:
                    found.append(flag.known)
        return found

    def is_always(self, value: int) -> bool:
        """Whether each of them is 1."""
        if self.known is not None or not value:
            return super().is_always(value)
        waiting: list[Payload] = [self]
        while waiting:
            flag = waiting.pop()
            if type(flag) is All and flag.known is None:
                waiting += [] if flag.is_constant else flag.flags
            elif not always_holds(flag):
                return False
        self.is_constant = True
        return True

    def unsettled(self) -> list[Condition]:
        """Of its flags; before those, of an All among them whose flags others have gathered."""
        shared = self._shared()
        if shared is not None:
            return [shared]
        return [f for f in self.gathered() if isinstance(f, Condition) and f.known is None]

    def _shared(self) -> All | None:
        """An All among the flags that is worth a value of its own, if there is one.

        The outermost that another has gathered, so that many of `all_before & x` do not have its
        flags each; if it is gathered for the third time, one half as deep.
        """
        if self.is_split:
            return None
        self.is_split = True
        met: list[All] = []
        count = 0
        waiting: list[Payload] = [self]
        while waiting:
            flag = waiting.pop()
            if type(flag) is All and flag.known is None:
                if flag.passes:
                    met.append(flag)
                flag.passes += 1
                waiting += flag.flags[::-1]
            else:
                count += 1
        if not met or count <= LONG:
            return None
        chosen = met[0] if met[0].passes == 2 else met[len(met) // 2]
        chosen.is_split = True
        return None if chosen is self else chosen

    def settle(self, tracer: Tracer) -> Combination:
        """Their conjunction."""
        return conjunction(tracer, [flag_value(tracer, flag) for flag in self.gathered()])

    def require(self, tracer: Tracer, origin: int) -> bool:
        """Each of them."""
        fine = [require(tracer, flag, origin) for flag in self.required()]
        return all(fine)


class Not(Condition):
    """The opposite of a condition, sharing its value."""

    def __init__(self, condition: Condition) -> None:
        super().__init__(condition.left, condition.right)
        self.sides = condition.sides
        self.condition = condition

    def is_always(self, value: int) -> bool:
        """Whether the condition is always the other."""
        return self.condition.is_always(1 - value)

    def unsettled(self) -> list[Condition]:
        """The condition."""
        return [] if self.condition.known is not None else [self.condition]

    def settle(self, tracer: Tracer) -> Combination:
        """1 - the value."""
        return complement(self.condition.value(tracer))

    def require(self, tracer: Tracer, origin: int) -> bool:
        """The condition refuted."""
        return self.condition.refute(tracer, origin)

    def refute(self, tracer: Tracer, origin: int) -> bool:
        """The condition required."""
        return self.condition.require(tracer, origin)


def negation(payload: Payload) -> Payload:
    """1 - flag, not yet as rows."""
    if isinstance(payload, Not):
        return payload.condition
    if isinstance(payload, AtLeast):
        return payload.negated()
    if isinstance(payload, Condition):
        return Not(payload)
    return minus({ONE: 1}, payload)


def require(tracer: Tracer, payload: Payload, origin: int) -> bool:
    """Constrain a flag to be 1; False if it never can be."""
    if isinstance(payload, Condition):
        return payload.require(tracer, origin)
    return tracer.equate(shift(read(tracer, payload), -1), origin)


def always_holds(payload: Payload) -> bool:
    """Whether a flag that was just required holds for all values, as far as its own text says.

    What earlier checks imply does not count: a check that is written twice is no check of nothing.
    """
    return payload.is_always(1) if isinstance(payload, Condition) else known(payload) == 1


def difference(tracer: Tracer, x: Linear, y: Linear) -> Linear:
    """x + y - 2 x y of two flags."""
    left, right = read(tracer, x), read(tracer, y)
    if left == right:
        return {}
    if left == complement(right):
        return {ONE: 1}
    both = tracer.product(left, right)  # may take the rows of products in x and y
    x, y = (tracer.resolve(z) if type(z) is dict else z for z in (x, y))
    return minus(plus(x, y), times(both, 2))
