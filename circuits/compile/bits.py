"""Decomposition into bits: n rows for n bits, and with it every range check.

Bits 1 to n - 1 are wires b (b - 1) = 0; bit 0 is no wire but x - 2 b_1 - 4 b_2 - ..., and its row
says that this is 0 or 1. n quadrics have 2^n points at the most, so fewer rows cannot do.

The bits are unique because 2^n - 1 < r: n is at most 253. All 254 bits of any element are unique if
they are kept below r beside (`strict`).

No value is decomposed twice. Of y with n known bits,

    y in m >= n bits            its bits, and zeros               no row
    y in m < n bits             the bits from m on must be 0      one row
    2^n - 1 - y                 the bits, turned over             no row
    either plus 2^n e           the same, and the bits of e       no row
    a number made of bits       those bits                        no row
    y - c >= 0 or c - y >= 0    y beside a constant (`thresholds`), or bits of the difference,
                                whichever has fewer rows
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zkpipe.accel.bn254 import R
from zkpipe.circuits.compile import thresholds
from zkpipe.circuits.compile.combinations.combination import (
    ONE,
    Combination,
    constant,
    is_constant,
    shift,
    total,
)
from zkpipe.circuits.compile.combinations.known_bits import KnownBits, Line, Relative
from zkpipe.circuits.compile.tracer import Tracer
from zkpipe.circuits.language.values.bounds import FIELD_BITS, MAX_BITS, sign_bits
from zkpipe.circuits.language.values.refusals import refused


def decompose(tracer: Tracer, x: Combination, count: int, origin: int) -> list[Combination]:
    """The `count` lowest bits of x, lowest first; proves that x is below 2^count.

    `count` is from 1 to 253.
    """
    x = tracer.resolve(x)
    if is_constant(x) and x.get(ONE, 0) < 1 << count:
        return [constant(x.get(ONE, 0) >> i & 1) for i in range(count)]
    x = tracer.settled(x)
    for relative in _relatives(tracer, x):
        bits = _known_bits(tracer, relative, count, origin)
        if bits is not None:
            return bits
    return _fresh(tracer, x, count, origin).bits()


def of_sum(
    tracer: Tracer, parts: Sequence[tuple[Combination, int]], added: int, count: int, origin: int
) -> list[Combination]:
    """The `count` lowest bits of a sum of weighted flags and a number, lowest first.

    A row for each of the n bits of the greatest sum: b (b - 1) = 0 for all but the top one, which
    is no wire but what the others leave of the sum, and its row says that this is 0 or 2^(n - 1).
    So a sum of words costs a row for each bit of a word and of the carry, and each bit of the word
    is a wire, which has one entry where it is read. No wire holds the sum.

    Without a carry, or with known bits, it is `decompose`.
    """
    unknown = []
    for flag, weight in parts:
        x = tracer.resolve(flag)
        if is_constant(x):
            added += weight * x.get(ONE, 0)
        else:
            unknown.append((x, weight))
    low = added + sum(min(weight, 0) for _, weight in unknown)
    added -= low >> count << count  # the least multiple with which no sum is negative
    width = (added + sum(max(weight, 0) for _, weight in unknown)).bit_length()
    x = total([(constant(added), 1), *unknown])
    if is_constant(x):
        return [constant(added >> i & 1) for i in range(count)]
    if width <= count or has_known_bits(tracer, x):
        found = decompose(tracer, x, width, origin)
        return found[:count] + [{}] * (count - width)
    _refuse_forgeable(width)
    x = tracer.settled(x)
    slots, top = tracer.advice_bits(x, 0, width - 1), 1 << width - 1
    tracer.boolean_rows(slots, origin)
    rest = total([(x, 1), *(({slot: 1}, -1 << i) for i, slot in enumerate(slots))])
    tracer.closed_product(rest, shift(rest, -top), {}, origin)
    return [{slot: 1} for slot in slots[:count]]


def strict(tracer: Tracer, x: Combination, origin: int) -> list[Combination]:
    """All 254 bits of any x, lowest first, of the integer from 0 to r - 1: 307 rows.

    A value below 2^254 - r would have other bits too, those of x + r: thresholds keep them out.
    """
    x = tracer.resolve(x)
    if is_constant(x):
        return [constant(x.get(ONE, 0) >> i & 1) for i in range(FIELD_BITS)]
    x = tracer.settled(x)
    key = tuple(sorted(x.items()))
    known = tracer.strict_bits.get(key)
    if known is None:
        known = with_rows(tracer, x, FIELD_BITS, origin)
        thresholds.at_most(tracer, known.bits(), R - 1, origin)
        tracer.strict_bits[key] = known
    return known.bits()


def range_check(tracer: Tracer, x: Combination, count: int, origin: int) -> bool:
    """Prove that x is from 0 to 2^count - 1; False if it is a constant that is not."""
    if count == 0:
        return tracer.equate(x, origin)
    x = tracer.resolve(x)
    if is_constant(x):
        return x.get(ONE, 0) < 1 << count
    x = tracer.settled(x)
    wanted = (0, (1 << count) - 1)
    cheapest, rows = None, count
    for relative in _relatives(tracer, x):
        low, high = relative.interval
        if (low >= 0 and high <= wanted[1]) or _known_bits(tracer, relative, count, origin):
            return True
        limit = relative.limit(*wanted) if relative.is_integer_of(*wanted) else None
        if limit is not None:
            cost = thresholds.at_most_rows(limit[1], relative.known.count)
            if cost < rows:
                cheapest, rows = (relative.known_bits(limit[0]), limit[1]), cost
    if cheapest is not None:
        return thresholds.at_most(tracer, *cheapest, origin)
    _fresh(tracer, x, count, origin)
    return True


def is_not_negative(
    tracer: Tracer, x: Combination, low: int, high: int, origin: int
) -> Combination:
    """1 if x, an integer from low to high, is 0 or more, else 0.

    Bit n of x + 2^n, where -2^n <= low and high < 2^n: n + 1 rows if nothing is known of x.
    """
    n = sign_bits(low, high)
    x = tracer.resolve(x)
    if n == 0:
        return shift(x, 1)  # the bounds say that it is 0 or 1
    if is_constant(x):
        return constant(int(x.get(ONE, 0) <= high))
    x = tracer.settled(x)
    shifted = shift(x, 1 << n)
    cheapest, rows = None, n + 1
    for relative in _relatives(tracer, x):
        if relative.moved(1 << n).bits() is not None:
            rows = 0
        limit = relative.limit(0, relative.interval[1])
        if limit is not None and relative.is_integer_of(low, high):
            cost = thresholds.is_at_most_rows(limit[1], relative.known.count)
            if cost < rows:
                cheapest, rows = (relative.known_bits(limit[0]), limit[1]), cost
    if cheapest is not None and rows:
        return thresholds.is_at_most(tracer, *cheapest, origin)
    return decompose(tracer, shifted, n + 1, origin)[n]


def split(tracer: Tracer, x: Combination, count: int) -> tuple[Combination, Combination] | None:
    """floor(x / 2^count) and x mod 2^count, if the bits of x are known; no row. Else None."""
    x = tracer.resolve(x)
    if is_constant(x):
        return None
    for relative in _relatives(tracer, tracer.settled(x)):
        bits = relative.bits()
        if bits is None:
            continue
        lower, upper = _value(bits[:count]), _value(bits[count:])
        known = relative.known
        if relative.is_itself and known.given is None and 0 < count < known.count:
            _register(tracer, lower, known.slots[: count - 1])
            _register(tracer, upper, known.slots[count:])
        else:
            remember(tracer, lower, bits[:count])
            remember(tracer, upper, bits[count:])
        return upper, lower
    return None


def remember(tracer: Tracer, x: Combination, bits: Sequence[Combination]) -> None:
    """Know from now on that x is the number of these flags, lowest first, which it was made of."""
    y = tracer.settled(x)
    if is_constant(y):
        return
    line, sign, offset = _line(y)
    siblings = tracer.known_bits.setdefault(line, [])
    if all(known.y != y for known in siblings):
        siblings.append(KnownBits(y, sign, offset, range(0), tuple(bits)))


def has_known_bits(tracer: Tracer, x: Combination) -> bool:
    """Whether a decomposition of x costs nothing, or a row."""
    return all_known_bits(tracer, x) is not None


def all_known_bits(tracer: Tracer, x: Combination) -> list[Combination] | None:
    """The bits of an x that is not negative, lowest first, if they are known; no row."""
    x = tracer.resolve(x)  # what is pending has no known bits
    if is_constant(x):
        value = x.get(ONE, 0)
        return [constant(value >> i & 1) for i in range(value.bit_length())]
    found = (relative.bits() for relative in _relatives(tracer, x))
    return next((bits for bits in found if bits is not None), None)


def _value(bits: list[Combination]) -> Combination:
    return total((bit, 1 << i) for i, bit in enumerate(bits))


def _relatives(tracer: Tracer, x: Combination) -> Iterator[Relative]:
    """What is known of values that differ from a settled x by a constant, or add up to one."""
    line, sign, offset = _line(x)
    for known in tracer.known_bits.get(line, ()):
        towards = sign * known.sign
        distance = (offset - towards * known.offset) % R
        yield Relative(known, towards, distance)
        yield Relative(known, towards, distance - R)


def _known_bits(
    tracer: Tracer, relative: Relative, count: int, origin: int
) -> list[Combination] | None:
    """The lowest bits of x, proven to be all, by a row if there are more; None if none serve."""
    bits = relative.bits()
    if bits is None:
        return None
    if bits[count:]:
        upper = total((bit, 1) for bit in bits[count:])
        if is_constant(upper) and upper:
            return None  # never so: let rows of its own say it
        tracer.equate(upper, origin)
        known = relative.known
        if relative.is_itself:
            siblings = tracer.known_bits[_line(known.y)[0]]
            siblings[siblings.index(known)] = known.lowest(count)
    return bits[:count] + [{}] * (count - len(bits))


def _fresh(tracer: Tracer, x: Combination, count: int, origin: int) -> KnownBits:
    """Bits of a settled combination in wires of their own, with their rows."""
    _refuse_forgeable(count)
    known = with_rows(tracer, x, count, origin)
    tracer.known_bits.setdefault(_line(x)[0], []).append(known)
    return known


def _refuse_forgeable(count: int) -> None:
    if not 1 <= count <= MAX_BITS:  # whatever led here: with 254 bits a value has two sets of them
        raise refused(
            f"needs a decomposition into {count} bits, which could be forged.",
            f"Give narrower types: {MAX_BITS} bits are the most that have one meaning.",
        )


def with_rows(tracer: Tracer, x: Combination, count: int, origin: int) -> KnownBits:
    """Bits that make x mod r, with a row for each: up to 253 of them are unique."""
    known = _described(x, tracer.advice_bits(x, 1, count - 1))
    tracer.boolean_rows(known.slots, origin)
    lowest = known.bits()[0]
    tracer.closed_product(lowest, shift(lowest, -1), {}, origin)
    tracer.bits_with_rows[known.slots.start] = known
    return known


def _register(tracer: Tracer, y: Combination, slots: range) -> None:
    tracer.known_bits.setdefault(_line(y)[0], []).append(_described(y, slots))


def _described(y: Combination, slots: range) -> KnownBits:
    _, sign, offset = _line(y)
    return KnownBits(y, sign, offset, slots)


def _line(x: Combination) -> tuple[Line, int, int]:
    """A combination as (line, sign, offset): sign * line + offset. x is not constant."""
    entries = sorted((slot, coefficient) for slot, coefficient in x.items() if slot != ONE)
    sign = 1 if entries[0][1] <= R // 2 else -1
    if sign < 0:
        entries = [(slot, R - coefficient) for slot, coefficient in entries]
    return tuple(number for entry in entries for number in entry), sign, x.get(ONE, 0)
