"""Poseidon in a circuit: circomlibjs' numbers, the counts of constraints, and forged wires."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import words_from_ints
from zkpipe.circuits import (
    Array,
    Bool,
    CompileError,
    ConstraintSystem,
    Field,
    Int,
    Private,
    Public,
    UInt,
    UnsatisfiedError,
    Witness,
    circuit,
)
from zkpipe.circuits.define.circuit import Circuit
from zkpipe.circuits.gadgets.poseidon import poseidon, poseidon_ex

VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors" / "circomlib" / "poseidon.json").read_text()
)
EDGES = [0, 1, R - 1, (R + 1) // 2, 1 << 253]
# As circomlib 2.0.5 under circom --O2, measured for 1, 2, 3, 4, 6, 8, 12 and 16 inputs.
COUNTS = [213, 240, 261, 297, 321, 354, 381, 402, 417, 459, 465, 504, 543, 537, 573, 609]


@cache
def hash_circuit(n: int) -> tuple[Circuit, ConstraintSystem]:
    @circuit
    def hash_of(inputs: Private[Array[Field, n]]) -> Public[Field]:
        return poseidon(inputs)

    return hash_of, hash_of.compile()


@cache
def state_circuit(n: int, outputs: int) -> tuple[Circuit, ConstraintSystem]:
    @circuit
    def mixed(
        initial_state: Private[Field], inputs: Private[Array[Field, n]]
    ) -> Public[Array[Field, outputs]]:
        return poseidon_ex(inputs, initial_state, outputs)

    return mixed, mixed.compile()


@pytest.mark.parametrize("n", range(1, 17))
def test_the_solved_hash_of_every_vector_is_circomlibjs_own(n: int) -> None:
    function, system = hash_circuit(n)
    cases = [case for case in VECTORS["hash"] if len(case["inputs"]) == n]
    assert len(cases) == 5
    for case in cases:
        inputs = [int(x) for x in case["inputs"]]
        witness = system.solve(inputs=inputs)
        system.check(witness)
        assert witness.public == [int(case["out"])] == [function(inputs)]


@pytest.mark.parametrize("case", VECTORS["ex"], ids=lambda case: len(case["inputs"]))
def test_a_solved_state_with_several_outputs_is_circomlibjs_own(case: dict) -> None:
    inputs, start = [int(x) for x in case["inputs"]], int(case["initState"])
    function, system = state_circuit(len(inputs), case["nOut"])
    witness = system.solve(inputs=inputs, initial_state=start)
    system.check(witness)
    assert witness.public == [int(x) for x in case["out"]] == function(start, inputs)


@pytest.mark.parametrize(("n", "count"), list(enumerate(COUNTS, start=1)))
def test_a_hash_costs_three_rows_for_each_s_box_and_no_other(n: int, count: int) -> None:
    assert hash_circuit(n)[1].constraint_count == count


def test_entries_do_not_grow_with_the_rounds() -> None:
    system = hash_circuit(2)[1]
    assert [len(m.wires) for m in (system.a, system.b, system.c)] == [560, 400, 436]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(EDGES) | st.integers(1 - R, R - 1), min_size=3, max_size=3))
def test_the_solved_hash_is_the_plain_one(inputs: list[int]) -> None:
    function, system = hash_circuit(3)
    witness = system.solve(inputs=inputs)
    system.check(witness)
    assert witness.public == [poseidon(inputs)] == [function(inputs)]


def test_a_thousand_random_inputs_and_the_edges_have_a_witness() -> None:
    source = np.random.default_rng(5)
    system = hash_circuit(2)[1]
    pairs = [[x, y] for x in EDGES for y in EDGES]
    pairs += [[int.from_bytes(source.bytes(40)) % R for _ in range(2)] for _ in range(1000)]
    for pair in pairs:
        assert system.solve(inputs=pair).public == [poseidon(pair)]


def test_bounded_values_and_constants_mix_and_constants_cost_less() -> None:
    @circuit
    def mixed(
        a: Private[UInt[8]], b: Private[Int[8]], c: Private[Bool], d: Private[Field]
    ) -> Public[Field]:
        return poseidon([a, b, c, d, a + 1, 7, -7, True])

    @circuit
    def bounds_only(
        a: Private[UInt[8]], b: Private[Int[8]], c: Private[Bool], d: Private[Field]
    ) -> Public[Field]:
        return a + b + c + d

    system = mixed.compile()
    witness = system.solve(a=200, b=-100, c=True, d=R - 3)
    expected = poseidon([200, -100, 1, -3, 201, 7, -7, 1])
    assert witness.public == [expected] == [mixed(200, -100, True, R - 3)]
    rows = system.constraint_count - bounds_only.compile().constraint_count
    # the three constants' first S-boxes are constants; the other circuit's output is a linear row
    assert rows == COUNTS[7] - 3 * 3 - 1


def test_a_chain_of_hashes_is_traced_once_and_has_no_rows_between_them() -> None:
    @circuit
    def chain(x: Private[Field], y: Private[Field]) -> Public[Field]:
        for _ in range(50):
            x = poseidon([x, y])
        return x

    system = chain.compile()
    assert system.constraint_count == 50 * COUNTS[1]
    x = 3
    for _ in range(50):
        x = poseidon([x, 4])
    assert system.solve(x=3, y=4).public == [x]


def test_hashes_of_constants_inside_a_circuit_cost_nothing() -> None:
    @circuit
    def constant(x: Private[Field]) -> Public[Field]:
        return x * poseidon([1, 2])

    assert constant.compile().constraint_count <= 1
    assert constant(1) == poseidon([1, 2])


@pytest.mark.parametrize("n", [1, 2, 5])
def test_no_wire_can_be_changed_alone(n: int) -> None:
    system = hash_circuit(n)[1]
    witness = system.solve(inputs=list(range(3, 3 + n)))
    for wire in range(1, system.wire_count):
        for wrong in (0, 1, R - 1):
            values = witness.values.copy()
            values[wire] = words_from_ints([wrong])[0]
            if (values != witness.values).any():
                with pytest.raises(UnsatisfiedError):
                    system.check(Witness(values, witness.public_count))


def test_a_wrong_hash_with_all_other_wires_right_is_refused() -> None:
    _, system = state_circuit(2, 3)
    witness = system.solve(inputs=[1, 2], initial_state=0)
    for output in (1, 2, 3):
        values = witness.values.copy()
        values[output, 0] ^= np.uint64(1)
        with pytest.raises(UnsatisfiedError):
            system.check(Witness(values, witness.public_count))


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ([], "not 0"),
        ([1] * 17, "not 17"),
        ([1.0], "a float"),
        (["1"], "a text"),
        ([R], "no field element"),
        ([-R], "no field element"),
        ([[1]], "a list"),
    ],
)
def test_what_is_no_input_is_a_compile_error_at_the_users_line(inputs: list, reason: str) -> None:
    @circuit
    def wrong(x: Private[Field]) -> Public[Field]:
        return x + poseidon(inputs and [*inputs, x] if len(inputs) < 17 else inputs)

    for attempt in (wrong.compile, lambda: wrong(1)):
        with pytest.raises(CompileError, match=reason) as refusal:
            attempt()
        assert refusal.value.source is not None
        assert refusal.value.source.file == "test_poseidon.py"


def test_signals_of_two_circuits_do_not_mix() -> None:
    kept = []

    @circuit
    def first(x: Private[Field]) -> Public[Field]:
        kept.append(x)
        return x

    @circuit
    def second(x: Private[Field]) -> Public[Field]:
        return poseidon([x, kept[0]])

    first.compile()
    with pytest.raises(CompileError, match="outside"):
        second.compile()
