"""Values that are 0 or 1: whether a value is zero, whether all or some of several flags are 1.

is_zero       two rows; none of two values, one of three
conjunction   a row less than there are flags, two at the most
disjunction   the same
"""

from __future__ import annotations

from collections.abc import Sequence

from zkpipe.accel.bn254 import R
from zkpipe.circuits.compile.combinations.combination import (
    ONE,
    Combination,
    complement,
    constant,
    is_constant,
    scale,
    shift,
    total,
)
from zkpipe.circuits.compile.tracer import Tracer, inverse
from zkpipe.circuits.r1cs.record import WireKind

MOST_VALUES = 4  # of which a polynomial costs no more than an inverse
FEW = 3  # flags whose product costs no more than asking whether their sum is their number


def is_zero(
    tracer: Tracer, d: Combination, bounds: tuple[int, int] | None, origin: int | None = None
) -> Combination:
    """1 if d is 0, else 0: d m = 1 - z and d z = 0, with m free if d is 0.

    Of up to four values the polynomial that is 1 at 0 and 0 at the others, which needs no advice.
    The same d is not asked about twice.

    bounds  of d as an integer, 0 among them; None for a Field
    """
    d = tracer.resolve(d)
    if is_constant(d):
        return constant(0 if d else 1)
    key = tuple(sorted(d.items()))
    known = tracer.zeros.get(key)
    if known is None:
        known = tracer.zeros[key] = _is_zero(tracer, d, bounds, origin)
    return known


def _is_zero(
    tracer: Tracer, d: Combination, bounds: tuple[int, int] | None, origin: int | None
) -> Combination:
    low, high = bounds or (0, R)
    if high - low < MOST_VALUES:
        result = constant(1)
        for value in [*range(low, 0), *range(1, high + 1)]:
            result = tracer.product(result, shift(scale(d, -inverse(value % R)), 1), origin)
        return result
    d = tracer.factor(d)
    origin = tracer.product_origin() if origin is None else origin
    m = tracer.advice_inverse(d)
    z = tracer.slot(WireKind.PRODUCT)
    row = tracer.closed_product(d, {m: 1}, {ONE: 1, z: R - 1}, origin)
    tracer.solve(row, z)
    tracer.closed_product(d, {z: 1}, {}, origin)
    return {z: 1}


def conjunction(
    tracer: Tracer, flags: Sequence[Combination], origin: int | None = None
) -> Combination:
    """1 if every flag is 1, else 0."""
    resolved = [tracer.resolve(flag) for flag in flags]
    if any(not flag for flag in resolved):
        return {}
    unknown = [flag for flag in resolved if not is_constant(flag)]
    if _exclude_each_other(unknown):
        return {}
    if len(unknown) <= FEW:
        product = constant(1)
        for flag in unknown:
            product = tracer.product(product, flag, origin)
        return product
    missing = total([(constant(-len(unknown)), 1), *((flag, 1) for flag in unknown)])
    return is_zero(tracer, missing, (-len(unknown), 0), origin)


def _exclude_each_other(flags: Sequence[Combination]) -> bool:
    """Whether one of the flags is 1 - another, so that not all are 1."""
    known = {tuple(sorted(flag.items())) for flag in flags}
    return len(known) > 1 and any(tuple(sorted(complement(f).items())) in known for f in flags)


def disjunction(
    tracer: Tracer, flags: Sequence[Combination], origin: int | None = None
) -> Combination:
    """1 if one flag or more is 1, else 0."""
    return complement(conjunction(tracer, [complement(flag) for flag in flags], origin))


def conjunction_rows(count: int) -> int:
    """The most rows that a conjunction or disjunction of so many flags costs."""
    return min(max(count - 1, 0), 2)
