"""Gates on bits: one row each, whose output is a bit because the inputs are.

Let A, L and C be affine in the bits a, b and c, and L never 0 on their eight points. Then the row

    (o + A) L = C

has one solution o = C / L - A at each point. If that is 0 or 1 everywhere, the row says what o is,
and no row is needed to say that it is a bit. With s = a + b + c:

    a ^ b ^ c          s (2 o - s) = 3 o - 2 s        as o (2 s - 3) = s (s - 2)
    majority           s (4 o - s) = 6 o - s          as o (4 s - 6) = s (s - 1)
    a ^ (~b & c)       (4 o - 5 a + b - c) (-1 - 2 a - 2 b + 2 c) = 3 a - 3 b + 3 c
    b if a else c      a (b - c) = o - c

The factor 2 s - 3 is -3, -1, 1 or 3, and -1 - 2 a - 2 b + 2 c is odd, so neither is ever 0. All
inputs must be bits: for others the factor may vanish and o be anything. The analysis goes through
the eight points of every such row (circuits.soundness.model.gates).

Inputs that are constants, equal or opposite leave a function of fewer bits. Of two bits every
function is c0 + c1 a + c2 b + c3 a b with integers c: one row, and none if c3 is 0.

Source: the rows of three bits were found by search over small coefficients.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zkpipe.circuits.compile.combinations.combination import (
    ONE,
    Combination,
    complement,
    constant,
    is_constant,
    scale,
    total,
)
from zkpipe.circuits.compile.tracer import Tracer
from zkpipe.circuits.language.gates import CHI, CHOOSE, MAJORITY, XOR, Gate
from zkpipe.circuits.r1cs.record import WireKind

Weights = tuple[int, int, int, int, int]  # of 1, a, b, c and the output


@dataclass(frozen=True, slots=True)
class GateRow:
    """The row left * right = result of a gate, and how the solver finds its output.

    advice  a combination and its bit that is the output; None if the row is solved for it
    """

    left: Weights
    right: Weights
    result: Weights
    advice: tuple[Weights, int] | None


ROWS = {
    XOR: GateRow((0, 1, 1, 1, 0), (0, -1, -1, -1, 2), (0, -2, -2, -2, 3), ((0, 1, 1, 1, 0), 0)),
    MAJORITY: GateRow(
        (0, 1, 1, 1, 0), (0, -1, -1, -1, 4), (0, -1, -1, -1, 6), ((0, 1, 1, 1, 0), 1)
    ),
    CHI: GateRow((0, -5, 1, -1, 4), (-1, -2, -2, 2, 0), (0, 3, -3, 3, 0), ((1, 2, -1, 1, 0), 1)),
    CHOOSE: GateRow((0, 1, 0, 0, 0), (0, 0, 1, -1, 0), (0, 0, 0, -1, 1), None),
}


def gate(tracer: Tracer, function: Gate, flags: Sequence[Combination]) -> Combination:
    """The gate's value at three flags: a wire, or a combination if that is linear in the flags."""
    bits: list[Combination] = []  # those that are no constants, each once
    places: list[tuple[int, int]] = []  # of each flag: which bit, or -1, and what is added mod 2
    for flag in flags:
        x = tracer.settled(flag)
        if is_constant(x):
            places.append((-1, x.get(ONE, 0)))
        elif x in bits:
            places.append((bits.index(x), 0))
        elif (opposite := complement(x)) in bits:
            places.append((bits.index(opposite), 1))
        else:
            places.append((len(bits), 0))
            bits.append(x)
    if len(bits) == len(places):
        return _of_three(tracer, ROWS[function], bits)

    def value(*at: int) -> int:
        a, b, c = (added if place < 0 else at[place] ^ added for place, added in places)
        return function(a, b, c)

    if not bits:
        return constant(value())
    if len(bits) == 1:
        return total([(constant(value(0)), 1), (bits[0], value(1) - value(0))])
    base, first, second = value(0, 0), value(1, 0) - value(0, 0), value(0, 1) - value(0, 0)
    both = value(1, 1) - base - first - second
    rest = total([(constant(base), 1), (bits[0], first), (bits[1], second)])
    if not both:
        return rest
    o = tracer.slot(WireKind.PRODUCT)
    result = total([({o: 1}, 1), (rest, -1)])
    row = tracer.closed_product(scale(bits[0], both), bits[1], result, tracer.product_origin())
    tracer.solve(row, o)
    return {o: 1}


def _of_three(tracer: Tracer, row: GateRow, bits: list[Combination]) -> Combination:
    if row.advice is None:
        o = tracer.slot(WireKind.PRODUCT)
    else:
        o = tracer.advice_bits(_combined(row.advice[0], bits, o=ONE), row.advice[1], 1)[0]
    left, right, result = (_combined(x, bits, o) for x in (row.left, row.right, row.result))
    number = tracer.closed_product(left, right, result, tracer.product_origin())
    if row.advice is None:
        tracer.solve(number, o)
    return {o: 1}


def _combined(weights: Weights, bits: list[Combination], o: int) -> Combination:
    parts = ({ONE: 1}, *bits, {o: 1})
    return total((part, weight) for part, weight in zip(parts, weights, strict=True) if weight)
