"""All 254 bits of a Field, and the order of whole field values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.accel.edge_values import generator
from tests.circuits.oracles import rows
from tests.circuits.oracles.runs import solved
from zkpipe.accel.bn254 import R
from zkpipe.circuits import (
    Array,
    Bool,
    Circuit,
    Field,
    Int,
    Point,
    Private,
    Public,
    UInt,
    circuit,
)
from zkpipe.circuits.compile import thresholds
from zkpipe.circuits.compile.bits import with_rows
from zkpipe.circuits.gadgets import from_bits, less_than, to_bits
from zkpipe.circuits.language.values.signal import flag
from zkpipe.circuits.r1cs.record import Operation
from zkpipe.circuits.solve.many import solve_many
from zkpipe.circuits.solve.solver import program_of
from zkpipe.circuits.soundness import Verdict, analyse
from zkpipe.circuits.soundness.proof import is_proved
from zkpipe.circuits.system import ConstraintSystem
from zkpipe.circuits.witness import Witness

BITS = 254
TWICE = 2**BITS - R  # below it x + r has 254 bits too
EDGES = [0, 1, R - 1, R - 2, R // 2, R // 2 + 1, TWICE - 1, TWICE, 2**253 - 1, 2**253, 2**127 - 1]


def bits_of(x: int) -> list[int]:
    return [x >> i & 1 for i in range(BITS)]


@circuit
def all_bits(x: Private[Field]) -> Public[Array[Bool, BITS]]:
    return to_bits(x, BITS)


@circuit
def order(x: Private[Field], y: Private[Field]) -> Public[Bool]:
    return less_than(x, y)


def drawn(count: int, seed: int) -> list[int]:
    draw = generator(seed)
    sizes = [draw.choice([R, 2 ** draw.randrange(1, 254)]) for _ in range(count)]
    return [draw.randrange(size) for size in sizes]


def outputs(system: ConstraintSystem, given: list[list[int]]) -> NDArray[np.uint64]:
    """Of each row of inputs, the outputs, which are small; in pieces of bounded memory."""
    found: list[NDArray[np.uint64]] = []
    for start in range(0, len(given), 1000):
        for witness in solve_many(system, given[start : start + 1000]):
            assert isinstance(witness, Witness)
            words = witness.values[1 : 1 + system.output_count]
            assert not words[:, 1:].any()
            found.append(words[:, 0].copy())
    return np.array(found)


def test_all_bits_are_those_of_the_integer_below_r() -> None:
    """Ten thousand random ones of all sizes, and the edges."""
    values = [*EDGES, *drawn(10_000, 1)]
    wanted = np.array([bits_of(x) for x in values])
    assert np.array_equal(outputs(all_bits.compile(), [[x] for x in values]), wanted)
    assert [to_bits(x, BITS) for x in values[:200]] == wanted[:200].tolist()


# The bound, exhaustively: of at most 7 bits, every constant beside every value.


def bounded(count: int, bound: int) -> Circuit:
    @circuit
    def kept(values: Private[Array[Bool, count]]) -> None:
        engine: Any = values[0].engine
        bits = [engine.held(bit.payload) for bit in values]
        thresholds.at_most(engine, bits, bound, 0)

    return kept


@pytest.mark.parametrize("count", range(1, 8))
def test_ratios_keep_bits_at_a_bound_or_below_whatever_the_advice(count: int) -> None:
    """A row E w = Z is lost for every w exactly if E = 0 and Z is not; others have no advice."""
    for bound in range((1 << count) - 1):
        system = bounded(count, bound).trace()
        known = rows.coefficients(system)
        matrices = system.a, system.b, system.c
        for y in range(1 << count):
            values = rows.solve(system, [y >> i & 1 for i in range(count)])
            failing = rows.failing_rows(system, values)
            assert bool(failing) == (y > bound)
            for row in failing:
                e, _, z = (rows.dot(matrix, row, known, values) for matrix in matrices)
                wires = system.b.wires[system.b.starts[row] : system.b.starts[row + 1]]
                assert (e == 0 and z != 0) or not (wires > count).any()


# The analysis: safe where the rows keep the bits below r, and nowhere else.


def kept_at(bound: int, swapped: tuple[int, int] = (0, 0)) -> ConstraintSystem:
    """A Field in 254 bits that are kept at a bound, after two of them have changed places."""

    @circuit
    def kept(x: Private[Field]) -> Public[Array[Bool, BITS]]:
        engine: Any = x.engine
        known = with_rows(engine, engine.held(x.payload), BITS, 0)
        bits = known.bits()
        order = list(range(BITS))
        i, j = swapped
        order[i], order[j] = order[j], order[i]
        thresholds.at_most(engine, [bits[k] for k in order], bound, 0)
        return [flag(engine, engine.same(bit)) for bit in bits]

    return kept.trace()


LOW = R - 1 & 1 - R  # the lowest one of r - 1
ZEROS = [i for i in range(BITS) if not R - 1 >> i & 1]
ONES = [i for i in range(BITS) if R - 1 >> i & 1]


def test_bits_that_are_kept_below_r_are_proved_to_be_unique() -> None:
    assert analyse(kept_at(R - 1)).verdict is Verdict.SAFE


@pytest.mark.parametrize("bound", [R, R + 1, R - 1 + LOW, R - 1 | 1 << ZEROS[-1], 2**BITS - 2])
def test_bits_that_may_be_those_of_r_or_more_are_not_proved(bound: int) -> None:
    assert not is_proved(kept_at(bound))


@pytest.mark.parametrize(
    "swapped",
    [
        (0, 253),
        (ZEROS[0], ONES[0]),
        (ZEROS[-1], ONES[-1]),
        (ZEROS[40], ONES[90]),
        (ZEROS[90], ONES[9]),
    ],
)
def test_a_bound_on_bits_in_another_order_is_not_taken_for_one(swapped: tuple[int, int]) -> None:
    assert not is_proved(kept_at(R - 1, swapped))


# Order.

PAIRS = [(x, y) for x in EDGES for y in EDGES]


def test_whole_field_values_are_ordered_as_integers_from_0_to_r_minus_1() -> None:
    values = drawn(20_000, 2)
    close = [(x, min(R - 1, x + 1)) for x in values[:200]]
    pairs = [*PAIRS, *close, *zip(values[::2], values[1::2], strict=True)]
    found = outputs(order.compile(), [list(pair) for pair in pairs])
    assert found[:, 0].tolist() == [int(x < y) for x, y in pairs]
    assert [less_than(x, y) for x, y in pairs] == [x < y for x, y in pairs]


@given(st.integers(-R + 1, R - 1), st.sampled_from(EDGES) | st.integers(0, R - 1))
@example(0, 0)
@example(R - 1, R - 1)
@example(R // 2, 5)
def test_a_constant_is_compared_from_either_side(constant: int, x: int) -> None:
    @circuit
    def beside(x: Private[Field]) -> tuple[Public[Bool], Public[Bool]]:
        return less_than(x, constant), less_than(constant, x)

    residue = constant % R
    assert solved(beside.trace(), x) == [x < residue, residue < x]


def test_nothing_is_less_than_0_and_that_is_a_bool_of_the_circuit() -> None:
    @circuit
    def above(x: Private[Field]) -> tuple[Public[Bool], Public[Bool]]:
        below = less_than(x, 0)
        return below, ~below

    assert solved(above.trace(), R - 1) == [0, 1]


def test_integers_stand_for_their_residues() -> None:
    @circuit
    def mixed(
        a: Private[Int[8]], b: Private[UInt[253]], c: Private[UInt[253]]
    ) -> tuple[Public[Bool], Public[Bool], Public[Bool]]:
        return less_than(a, b), less_than(b, c), less_than(b, a)

    system = mixed.compile()
    for a, b, c in [(-1, 5, 6), (5, 6, 5), (-128, 2**253 - 1, 2**253 - 1), (127, 127, 128)]:
        assert solved(system, a, b, c) == [a % R < b, b < c, b < a % R]
    assert less_than(-1, 5) is False


def test_narrow_integers_cost_what_the_language_takes() -> None:
    @circuit
    def narrow_ones(a: Private[UInt[8]], b: Private[UInt[8]]) -> Public[Bool]:
        return less_than(a, b)

    assert narrow_ones.compile().constraint_count == 8 + 8 + 9


def test_integers_of_more_than_253_bits_have_all_of_their_bits() -> None:
    """The greatest sum of a UInt[253] and a UInt[252] lies between 2^253 and r."""

    @circuit
    def wide(
        x: Private[UInt[253]], y: Private[UInt[252]], z: Private[Field]
    ) -> tuple[Public[Array[Bool, BITS]], Public[Bool], Public[Point]]:
        return to_bits(x + y, BITS), less_than(x + y, z), Point.BASE * (x + y)

    system = wide.compile()
    for x, y in ((2**253 - 1, 0), (2**253 - 1, 1), (2**253 - 1, 2**252 - 1), (0, 7)):
        for z in (x + y, x + y + 1):
            point = Point.BASE * (x + y)
            want = [*bits_of(x + y), int(z > x + y), point.x, point.y]
            assert system.solve(x=x, y=y, z=z).public[: BITS + 3] == want
            assert wide(x, y, z) == (bits_of(x + y), z > x + y, point)


def test_some_bits_of_all_are_a_number_again() -> None:
    @circuit
    def halves(x: Private[Field]) -> tuple[Public[UInt[127]], Public[UInt[127]]]:
        bits = to_bits(x, BITS)
        return from_bits(bits[:127]), from_bits(bits[127:])

    system = halves.compile()
    for x in EDGES:
        assert solved(system, x) == [x % 2**127, x >> 127]


# Forgery: of the bits of x + r a single row refuses those that leave r - 1 in its run of zeros.


def test_each_row_of_the_bound_refuses_bits_that_no_other_does() -> None:
    system = all_bits.compile()
    tape = [entry for entry in program_of(system).tape.tolist() if entry[0] == Operation.BITS]
    starts = [i for i in ZEROS if i - 1 not in ZEROS]
    assert len(starts) == 53
    refusing: set[int] = set()
    for i in starts[::4]:
        x = ((R - 1 >> i | 1) << i) - R
        assert 0 <= x < TWICE
        lies = {
            wire + k: x + R >> skip + k & 1
            for _, _, wire, count, skip in tape
            for k in range(count)
        }
        (row,) = rows.failing_rows(system, rows.solve(system, [x], lies))
        assert row not in refusing
        refusing.add(row)
