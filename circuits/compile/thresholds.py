"""A value whose bits are known beside a constant: fewer rows than bits of their difference.

y <= K is read off K's runs. From the top: where all bits of y under K's ones so far are 1, those
under the following zeros must be 0. As a value, from the bottom: a run of zeros in K makes y
greater if one of its bits is 1, a run of ones keeps what is below only if all of its bits are 1.

    at_most     a row for each run of zeros, most with advice that may be free
    is_at_most  one or two rows a run

Beside: the Zcash protocol specification, section A.3.2.2, which has rows for runs of ones, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from zkpipe.circuits.compile.combinations.combination import (
    Combination,
    complement,
    is_constant,
    total,
)
from zkpipe.circuits.compile.flags import conjunction, conjunction_rows, disjunction
from zkpipe.circuits.compile.tracer import Tracer
from zkpipe.circuits.r1cs.record import WireKind


def runs(bound: int, count: int) -> list[tuple[int, range]]:
    """The runs of equal bits among the `count` lowest of a number: (bit, positions), lowest first.

    A run of ones at the bottom is left out: nothing is above it.
    """
    found = []
    for bit, group in groupby(range(count), lambda i: bound >> i & 1):
        positions = list(group)
        found.append((bit, range(positions[0], positions[-1] + 1)))
    return found[1:] if found and found[0][0] else found


def at_most(tracer: Tracer, bits: Sequence[Combination], bound: int, origin: int) -> bool:
    """Constrain the value of bits, lowest first, to be at most a constant; False if it never is.

    Of a run of zeros in K let E be the number of zeros of y under K's ones above it, and Z the
    number of ones of y within it: at most 254 each, so 0 mod r only if they are 0. The row E w = Z
    says that Z is 0 where E is; where E is not, w = Z / E serves. Where both are 0 the row says
    nothing of w, which stands nowhere else. Under a single one, b, the row b Z = 0 has no w.

    y <= K follows: in the first bit where y differs from K, from above, a y above K has a 1 within
    a run of zeros, with E = 0 there. The other way, y <= K has in that bit a 0 under a one of K, so
    that E is not 0 for any run of zeros below, and Z = 0 for those above.
    """
    above: list[Combination] = []  # bits of y under ones of the bound
    fine = True
    for bit, positions in reversed(runs(bound, len(bits))):
        if bit:
            above += [bits[i] for i in positions]
            continue
        ones = total((bits[i], 1) for i in positions)
        missing = total((complement(flag), 1) for flag in above)
        if is_constant(missing) or not ones:
            fine &= bool(missing) or tracer.equate(ones, origin)
        elif len(above) == 1:
            fine &= tracer.equate(tracer.product(above[0], ones, origin), origin)
        else:
            ratio = tracer.advice_ratio(ones, missing, WireKind.FREE)
            tracer.closed_product(missing, {ratio: 1}, ones, origin)
    return fine


def at_most_rows(bound: int, count: int) -> int:
    """The rows of at_most on `count` bits."""
    return sum(not bit for bit, _ in runs(bound, count))


def is_at_most(tracer: Tracer, bits: Sequence[Combination], bound: int, origin: int) -> Combination:
    """1 if the value of bits, lowest first, is at most a constant, else 0."""
    above: list[Combination] = []  # whether the bits so far are more than the bound's
    for bit, positions in runs(bound, len(bits)):
        parts = [*above, *(bits[i] for i in positions)]
        above = [(conjunction if bit else disjunction)(tracer, parts, origin)]
    return complement(above[0] if above else {})


def is_at_most_rows(bound: int, count: int) -> int:
    """The most rows of is_at_most on `count` bits."""
    rows = 0
    for i, (_, positions) in enumerate(runs(bound, count)):
        rows += conjunction_rows(len(positions) + (i > 0))
    return rows
