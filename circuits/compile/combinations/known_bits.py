"""Combinations whose bits are proven, and what they say of others that differ by a constant."""

from __future__ import annotations

from dataclasses import dataclass

from zkpipe.accel.bn254 import R
from zkpipe.circuits.compile.combinations.combination import (
    Combination,
    add,
    complement,
    constant,
)
from zkpipe.circuits.language.values.bounds import MAX_BITS

Line = tuple[int, ...]  # slots and coefficients of a combination but for its constant, up to sign
Interval = tuple[int, int]


@dataclass(frozen=True, slots=True)
class KnownBits:
    """A combination y whose bits are proven.

    y      settled; sign * (its line) + offset
    slots  of bits 1 and up, if y was decomposed into wires
    given  all bits of a y that was made of them; else None
    """

    y: Combination
    sign: int
    offset: int
    slots: range
    given: tuple[Combination, ...] | None = None

    @property
    def count(self) -> int:
        """How many bits y has."""
        return len(self.slots) + 1 if self.given is None else len(self.given)

    def bits(self) -> list[Combination]:
        """The bits, lowest first: of wires bit 0 is what the others leave of y."""
        if self.given is not None:
            return list(self.given)
        others = {slot: R - (1 << i) for i, slot in enumerate(self.slots, start=1)}
        return [add(self.y, others), *({slot: 1} for slot in self.slots)]

    def lowest(self, count: int) -> KnownBits:
        """The same y, which has no bits beyond so many."""
        given = None if self.given is None else self.given[:count]
        return KnownBits(self.y, self.sign, self.offset, self.slots[: count - 1], given)


@dataclass(frozen=True, slots=True)
class Relative:
    """A combination x that is sign * y + offset mod r, for a y with known bits."""

    known: KnownBits
    sign: int
    offset: int

    @property
    def interval(self) -> Interval:
        """The integers sign * y + offset that y's bits allow."""
        top = (1 << self.known.count) - 1
        if self.sign > 0:
            return self.offset, self.offset + top
        return self.offset - top, self.offset

    @property
    def is_itself(self) -> bool:
        """Whether x is y."""
        return self.sign > 0 and not self.offset

    def moved(self, by: int) -> Relative:
        """x + by."""
        return Relative(self.known, self.sign, self.offset + by)

    def is_integer_of(self, low: int, high: int) -> bool:
        """Whether an x from low to high, known by its residue, is the integer sign * y + offset."""
        ours = self.interval
        return max(high, ours[1]) - min(low, ours[0]) < R

    def bits(self) -> list[Combination] | None:
        """All bits of x, if each is one of y's, the opposite of one, or constant."""
        low, high = self.interval
        rest, misplaced = divmod(low, 1 << self.known.count)
        if low < 0 or misplaced or high >= 1 << MAX_BITS:
            return None
        bits = self.known_bits(self.sign < 0)
        return bits + [constant(rest >> i & 1) for i in range(rest.bit_length())]

    def limit(self, low: int, high: int) -> tuple[bool, int] | None:
        """What low <= x <= high asks of y, or turned over of 2^n - 1 - y: to be at most a number.

        None if it asks more than that, or nothing, or what never is.
        """
        ours = self.interval
        if (low > ours[0]) == (high < ours[1]):
            return None
        from_above = high < ours[1]
        room = high - ours[0] if from_above else ours[1] - low
        return None if room < 0 else (from_above != (self.sign > 0), room)

    def known_bits(self, turned: bool) -> list[Combination]:
        """The bits of y, or of 2^n - 1 - y: turned over."""
        bits = self.known.bits()
        return [complement(bit) for bit in bits] if turned else bits
