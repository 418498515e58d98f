"""Rows that make a bit of bits, against the eight points by definition; and what only looks so."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pytest

from tests.circuits.soundness.systems import Row, system_of
from zkpipe.accel.bn254 import R
from zkpipe.circuits.soundness import Verdict, analyse
from zkpipe.circuits.soundness.model.equations import equations

OUTPUT, A, B, C = 1, 2, 3, 4
WIRES = 5
Weights = Sequence[int]  # of 1, the output, a, b and c


def bit(wire: int) -> Row:
    return {wire: 1}, {0: -1, wire: 1}, {}


def row(left: Weights, right: Weights, result: Weights) -> Row:
    forms = [{i: k for i, k in enumerate(weights) if k} for weights in (left, right, result)]
    return forms[0], forms[1], forms[2]


def is_gate(*last: Row, bits: Sequence[int] = (A, B, C)) -> bool:
    """Whether the last rows make the output a bit, which bits determine."""
    system = system_of([*map(bit, bits), *last], 1, 3, WIRES)
    return bool(equations(system).is_bit[OUTPUT]) and analyse(system).verdict is Verdict.SAFE


def by_definition(left: Weights, right: Weights, result: Weights) -> bool:
    """At each point the row has one solution, 0 or 1, and is linear."""
    if left[1] * right[1] % R:
        return False
    for point in itertools.product((0, 1), repeat=3):
        a0, b0, c0 = (
            x[0] + sum(k * v for k, v in zip(x[2:], point, strict=True))
            for x in (left, right, result)
        )
        slope = (left[1] * b0 + right[1] * a0 - result[1]) % R
        rest = (c0 - a0 * b0) % R
        if not slope or rest not in (0, slope):
            return False
    return True


XOR = (0, 0, 1, 1, 1), (0, 2, -1, -1, -1), (0, 3, -2, -2, -2)
MAJORITY = (0, 0, 1, 1, 1), (0, 4, -1, -1, -1), (0, 6, -1, -1, -1)
CHI = (0, 4, -5, 1, -1), (-1, 0, -2, -2, 2), (0, 0, 3, -3, 3)
CHOOSE = (0, 0, 1, 0, 0), (0, 0, 0, 1, -1), (0, 1, 0, 0, -1)
GATES = {"xor": XOR, "majority": MAJORITY, "chi": CHI, "choose": CHOOSE}


@pytest.mark.parametrize("name", GATES)
def test_a_gate_is_a_bit_that_its_inputs_determine(name: str) -> None:
    assert by_definition(*GATES[name])
    assert is_gate(row(*GATES[name]))


@pytest.mark.parametrize("name", GATES)
def test_a_gate_says_nothing_if_an_input_is_no_bit(name: str) -> None:
    for wire in (A, B, C):
        others = [x for x in (A, B, C) if x != wire]
        assert not is_gate(row(*GATES[name]), bits=others)


@pytest.mark.parametrize("name", GATES)
def test_a_gate_may_be_scaled_and_have_its_factors_in_any_order(name: str) -> None:
    x, y, z = GATES[name]
    u, v = 0x1234567890ABCDEF**3 % R, pow(7, -1, R)
    scaled = [k * u % R for k in y], [k * v % R for k in x], [k * u * v % R for k in z]
    assert is_gate(row(*scaled))


def test_what_only_looks_like_a_gate_is_none() -> None:
    left, right, result = XOR
    assert not is_gate(row(left, right, (0, 2, -2, -2, -2)))  # of s = 1 nothing is said
    assert not is_gate(row(left, (0, 2, -1, -1, -3), result))  # a solution that is no bit
    assert not is_gate(row(left, right, (1, 3, -2, -2, -2)))
    assert not is_gate(row((0, 1, 1, 1, 1), right, result))  # quadratic in the output
    assert not is_gate(row(left, right, (0, 0, -2, -2, -2)))  # no solution matters where s = 0
    assert not is_gate(({OUTPUT: 1}, {OUTPUT: 1}, {OUTPUT: -1, A: 1}))  # a only without its square
    assert not is_gate(({A: 1}, {OUTPUT: 1, B: -1}, {}))  # b, but of a = 0 nothing is said


def test_rows_of_any_coefficients_are_gates_just_if_the_definition_says_so() -> None:
    draw = np.random.default_rng(20)
    found = 0
    for trial in range(600):
        if trial % 3:  # near a gate, so that some are
            weights = [list(x) for x in list(GATES.values())[draw.integers(4)]]
            for _ in range(trial % 2 + 1):
                weights[draw.integers(3)][draw.integers(5)] += int(draw.integers(-2, 3))
        else:
            weights = draw.integers(-2, 3, (3, 5)).tolist()
        system = system_of([*map(bit, (A, B, C)), row(*weights)], 1, 3, WIRES)
        made = equations(system)
        wanted = by_definition(*weights)
        if sum(any(x[k] for x in weights) for k in range(1, 5)) < 4 and not wanted:
            continue  # without a wire the cube is smaller
        found += wanted
        assert made.is_bit[OUTPUT] == wanted, weights
        assert (OUTPUT in made.output) == (wanted and len(made.output) > 0), weights
    assert found > 50


def test_a_gate_of_gates_is_one_in_whatever_order_the_rows_are() -> None:
    # 5 = a ^ b ^ c, 6 = the majority of 5, a and b, output = 5 ^ 6 ^ c
    def of(gate: tuple[Weights, ...], wires: Sequence[int]) -> Row:
        forms = [{w: k for w, k in zip((0, *wires), weights, strict=True) if k} for weights in gate]
        return forms[0], forms[1], forms[2]

    rows = [of(XOR, (5, A, B, C)), of(MAJORITY, (6, 5, A, B)), of(XOR, (OUTPUT, 5, 6, C))]
    for order in itertools.permutations(rows):
        system = system_of([*map(bit, (A, B, C)), *order], 1, 3, 7)
        assert analyse(system).verdict is Verdict.SAFE
        assert equations(system).is_bit[OUTPUT]


def test_an_output_that_has_a_row_of_its_own_is_determined_as_well() -> None:
    assert is_gate(bit(OUTPUT), row(*XOR))


def test_a_lowest_bit_without_a_wire_is_an_input_also_beside_the_others() -> None:
    # x = 2 + 4 s + ... of three bits 5 and 6 and the lowest, which is x - 2 (5) - 4 (6)
    lowest = {B: 1, 5: -2, 6: -4}

    def combined(gate: tuple[Weights, ...], other: int) -> Row:
        forms = []
        for one, o, a, b, c in gate:
            form: dict[int, int] = {0: one, OUTPUT: o, A: a}
            for wire, k in [*((w, b * v) for w, v in lowest.items()), (other, c)]:
                form[wire] = form.get(wire, 0) + k
            forms.append({wire: k for wire, k in form.items() if k})
        return forms[0], forms[1], forms[2]

    for gate in GATES.values():
        for other in (5, 6, C):
            rows = [bit(A), bit(C), bit(5), bit(6)]
            rows.append((lowest, {**lowest, 0: -1}, {}))
            system = system_of([*rows, combined(gate, other)], 1, 3, 7)
            assert equations(system).is_bit[OUTPUT]
            assert analyse(system).verdict is Verdict.SAFE
            del rows[-1]
            system = system_of([*rows, combined(gate, other)], 1, 3, 7)
            assert not equations(system).is_bit[OUTPUT]


@pytest.mark.parametrize("width", [2, 64, 71, 160, 253])
def test_the_lowest_bit_of_a_long_number_is_an_input_and_so_is_its_copy(width: int) -> None:
    others = range(WIRES, WIRES + width - 1)  # the number is B = lowest + 2 (5) + 4 (6) + ...
    lowest = {B: 1, **{wire: -(2 << i) % R for i, wire in enumerate(others)}}
    opposite = {wire: -k % R for wire, k in lowest.items()}
    of_xor = (
        {**lowest, A: 1, C: 1},
        {**opposite, A: -1, C: -1, OUTPUT: 2},
        {**{wire: 2 * k % R for wire, k in opposite.items()}, A: -2, C: -2, OUTPUT: 3},
    )
    rows = [*map(bit, (A, C, *others)), (lowest, {**lowest, 0: -1}, {})]
    for last in (of_xor, ({}, {}, {**opposite, OUTPUT: 1})):
        system = system_of([*rows, last], 1, 3, WIRES + width - 1)
        assert equations(system).is_bit[OUTPUT]
        assert analyse(system).verdict is Verdict.SAFE
        system = system_of([*rows[:-1], last], 1, 3, WIRES + width - 1)
        assert not equations(system).is_bit[OUTPUT]


def combination(first: int, *bits: int) -> dict[int, int]:
    """The lowest bit of a number in wire `first`, of which wires have the others."""
    return {first: 1, **{wire: -(2 << i) % R for i, wire in enumerate(bits)}}


def test_the_lowest_bit_of_a_sum_is_an_input_where_the_row_has_the_parts_of_others() -> None:
    # 5 and 6 are numbers, each with a lowest bit without a wire; so is the sum of both and of 9
    small = [combination(5, 7, 8), combination(6, 9, 10)]
    for order in (small, small[::-1]):
        for of_sum in ({5: 1, 6: 1}, {5: 1 << 16, 6: 3}):
            lowest = {**of_sum, 7: -8, 8: -32, 9: -15, 10: -64}
            rows: list[Row] = [*map(bit, (A, 7, 8, 9, 10))]
            rows += [(x, {**x, 0: -1}, {}) for x in (*order, lowest)]
            for other in (7, 9, 10, C):
                beside = {**lowest, A: 1}
                beside[other] = beside.get(other, 0) + 1
                last = (
                    beside,
                    {**{w: -k for w, k in beside.items()}, OUTPUT: 2},
                    {**{w: -2 * k for w, k in beside.items()}, OUTPUT: 3},
                )
                system = system_of([*rows, bit(C), last], 1, 9, 11)
                assert equations(system).is_bit[OUTPUT]
                assert analyse(system).verdict is Verdict.SAFE
                system = system_of([*rows[:-1], bit(C), last], 1, 9, 11)
                assert not equations(system).is_bit[OUTPUT]


def test_an_output_that_stands_in_a_combination_with_a_bit_is_not_determined() -> None:
    """t = OUTPUT + A is a bit, and the row is OUTPUT = t ^ B: nothing if A and B are 0."""
    both = {OUTPUT: 1, A: 1}
    rows = [bit(B), (both, {**both, 0: -1}, {}), ({B: 2}, both, {A: 1, B: 1})]
    system = system_of(rows, 1, 2, 4)
    assert not equations(system).output.any()
    assert analyse(system).verdict is Verdict.UNSAFE


def test_an_output_follows_only_if_all_inputs_do() -> None:
    rows = [bit(A), bit(B), bit(C), row(*XOR)]
    assert analyse(system_of(rows, 1, 2, WIRES)).verdict is Verdict.UNSAFE


def test_a_copy_and_a_complement_of_a_bit_are_bits() -> None:
    assert is_gate(({}, {}, {OUTPUT: 1, A: -1}))
    assert is_gate(({}, {}, {OUTPUT: 1, A: 1, 0: -1}))
    assert not equations(system_of([bit(A), ({}, {}, {OUTPUT: 1, A: 1})], 1, 3, WIRES)).is_bit[1]
