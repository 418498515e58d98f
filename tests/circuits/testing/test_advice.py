"""Advice and forgeries, against the tape and the rows on Python integers."""

from __future__ import annotations

import math

import pytest

from tests.circuits.oracles import rows
from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import from_montgomery
from zkpipe.circuits import (
    Array,
    Bool,
    ConstraintSystem,
    Field,
    InputError,
    Private,
    Public,
    UInt,
    check,
    circuit,
    hint,
)
from zkpipe.circuits.gadgets import to_bits
from zkpipe.circuits.r1cs.record import Operation
from zkpipe.circuits.solve.advice import Question, computed_by, forged, questions
from zkpipe.circuits.solve.solver import tape_of
from zkpipe.circuits.testing.falsehoods import LEAST, falsehoods, in_each_digit
from zkpipe.circuits.testing.subject import subject


@circuit
def every_kind(x: Private[UInt[8]], y: Private[UInt[4]]) -> Public[Array[UInt[8], 5]]:
    def parts(x: int, y: int) -> tuple[int, list[int]]:
        return x ^ 255, [y ^ 15, y + 1]

    other, (less, more) = hint(parts, x, y, returns=(UInt[8], Array[UInt[8], 2]))
    check(other + x == 255)
    check(less + y == 15)
    check(more == y + 1)
    bits = to_bits(y, 4)
    return [x // y, x % y, other, bits[1], (x == y) * 1]


SYSTEM = every_kind.compile()
TAPE = tape_of(SYSTEM)
INPUTS = [201, 13]


def test_a_forgery_without_a_lie_is_the_honest_witness() -> None:
    values = from_montgomery(forged(TAPE, INPUTS, {}), R)
    assert values == rows.solve(SYSTEM, INPUTS)
    assert rows.failing_rows(SYSTEM, values) == []


def test_every_wire_that_no_row_computes_is_advice_once() -> None:
    assert SYSTEM.program is not None
    asked = questions(TAPE, INPUTS)
    wires = [wire for question in asked for wire in question.advice.wires]
    solved = [int(step[2]) for step in SYSTEM.program.tape if step[0] == Operation.SOLVE]
    given = SYSTEM.program.input_wires.tolist()
    assert sorted([0, *given, *wires, *solved]) == list(range(SYSTEM.wire_count))
    others = {Operation.SOLVE, Operation.RATIO}  # ratios are asked of below
    assert {q.advice.operation for q in asked} == set(Operation) - others


def test_ratios_are_asked_with_what_they_are_of() -> None:
    @circuit
    def strict(x: Private[Field]) -> Public[Bool]:
        return to_bits(x, 254)[200]

    every = questions(tape_of(strict.trace()), [R - 2])
    asked = [q for q in every if q.advice.operation == Operation.RATIO]
    assert len(asked) == 53
    for question in asked:
        x, y = question.operands
        assert question.honest == (x * pow(y, -1, R) % R if y else 0,)
    assert {bool(q.operands[1]) for q in asked} == {True, False}


def test_questions_hold_what_is_read_and_answered() -> None:
    x, y = INPUTS
    asked = {q.advice.operation: q for q in questions(TAPE, INPUTS)}
    assert asked[Operation.QUOTIENT].operands == (x, y)
    assert asked[Operation.QUOTIENT].honest == (x // y,)
    assert asked[Operation.INVERSE].operands in [((x - y) % R,), ((y - x) % R,)]
    (operand,) = asked[Operation.INVERSE].operands
    assert asked[Operation.INVERSE].honest == (pow(operand, -1, R),)
    assert asked[Operation.HINT].operands == (x, y)
    assert asked[Operation.HINT].honest == (x ^ 255, y ^ 15, y + 1)
    for question in questions(TAPE, INPUTS):
        if question.advice.operation is Operation.BITS:
            (value,) = question.operands
            assert question.honest == tuple(value >> i & 1 for i in question.advice.bits)


def test_bits_of_one_value_are_one_question_though_one_is_an_output() -> None:
    (of_y,) = [
        q for q in questions(TAPE, INPUTS) if q.operands == (13,) and len(q.advice.bits) == 3
    ]
    assert of_y.advice.bits == (1, 2, 3)
    assert 4 in of_y.advice.wires  # the output


def test_what_follows_a_lie_is_computed_from_it_and_what_precedes_is_not_touched() -> None:
    """Every row that computes a wire holds, whatever the lie; inputs stay."""
    assert SYSTEM.program is not None
    computing = {int(s[1]) for s in SYSTEM.program.tape if s[0] == Operation.SOLVE}
    for question in questions(TAPE, INPUTS):
        for lie in falsehoods(question, 1):
            words = forged(TAPE, INPUTS, {question.advice: lie.answer})
            values = from_montgomery(words, R)
            assert tuple(values[wire] for wire in question.advice.wires) == lie.answer
            assert [values[w] for w in SYSTEM.program.input_wires.tolist()] == INPUTS
            failing = rows.failing_rows(SYSTEM, values)
            assert failing
            assert not computing & set(failing)
            tested, every = subject(every_kind), range(SYSTEM.constraint_count)
            assert tested.failing_rows(words, len(every)) == failing
            assert [row for row in every if tested.residual(words, row)] == failing


def test_lies_about_several_pieces_of_advice_are_told_in_the_order_of_the_tape() -> None:
    asked = questions(TAPE, INPUTS)
    answers = {q.advice: tuple(7 for _ in q.advice.wires) for q in reversed(asked)}
    values = from_montgomery(forged(TAPE, INPUTS, answers), R)
    assert {values[wire] for q in asked for wire in q.advice.wires} == {7}
    (later,) = [
        q for q in questions(TAPE, INPUTS, answers) if q.advice.operation is Operation.QUOTIENT
    ]
    assert later.honest == (INPUTS[0] // INPUTS[1],)


def test_a_row_that_computes_nothing_frees_nothing() -> None:
    computing = [row for row in range(SYSTEM.constraint_count) if computed_by(SYSTEM, row)]
    assert 0 < len(computing) < SYSTEM.constraint_count
    for row in computing:
        freed = computed_by(SYSTEM, row)
        assert freed is not None
        (wire,) = freed.wires
        honest = from_montgomery(forged(TAPE, INPUTS, {}), R)[wire]
        values = from_montgomery(forged(TAPE, INPUTS, {freed: (honest + 1,)}), R)
        assert values[wire] == (honest + 1) % R
        assert row in rows.failing_rows(SYSTEM, values)


def test_a_hint_without_an_answer_to_a_lie_leaves_zeros() -> None:
    @circuit
    def chain(x: Private[Field]) -> Public[Field]:
        first = hint(lambda x: x, x, returns=Field)
        check(first == x)
        second = hint(lambda f: math.isqrt(4 - f), first, returns=Field)  # fails above 4
        check(second * 0 == 0 * x)
        return first + second

    tape = tape_of(chain.trace())
    (one, two) = [q.advice for q in questions(tape, [3])]
    values = from_montgomery(forged(tape, [3], {one: (1000,)}), R)
    assert [values[w] for w in (*one.wires, *two.wires)] == [1000, 0]


def test_a_loaded_system_has_no_advice(tmp_path) -> None:  # type: ignore[no-untyped-def]
    SYSTEM.save(tmp_path / "a.r1cs")
    loaded = ConstraintSystem.load(tmp_path / "a.r1cs")
    with pytest.raises(InputError, match="which does not say how"):
        tape_of(loaded)


# --- falsehoods


def test_there_are_six_different_lies_about_everything_and_none_is_true() -> None:
    @circuit
    def flags(x: Private[Bool], y: Private[UInt[2]]) -> Public[Bool]:
        flag = hint(lambda x: x, x, returns=Bool)
        check(flag == x)
        return (y == 3) & flag

    for system, inputs in ((SYSTEM, INPUTS), (SYSTEM, [5, 5]), (flags.compile(), [0, 3])):
        for question in questions(tape_of(system), inputs):
            told = falsehoods(question, 1)
            answers = [lie.answer for lie in told]
            assert len(set(answers)) == len(answers) >= LEAST
            assert question.honest not in answers
            assert all(0 <= v < R for answer in answers for v in answer)
            assert {len(answer) for answer in answers} == {len(question.advice.wires)}


def test_lies_depend_on_the_seed_and_nothing_else() -> None:
    asked = questions(TAPE, INPUTS)
    assert [falsehoods(q, 1) for q in asked] == [falsehoods(q, 1) for q in asked]
    assert [falsehoods(q, 1) for q in asked] != [falsehoods(q, 2) for q in asked]


def test_all_of_a_value_in_one_digit_has_its_sum() -> None:
    for question in questions(TAPE, INPUTS):
        places = question.advice.bits
        told = in_each_digit(question)
        assert len(told) == len(places)
        for lie in told:
            total = sum(digit << place for digit, place in zip(lie.answer, places, strict=True))
            assert (total - question.operands[0]) % R == 0


def test_the_lies_of_a_value_that_a_row_computes_are_six() -> None:
    freed = next(filter(None, (computed_by(SYSTEM, r) for r in range(SYSTEM.constraint_count))))
    assert len(falsehoods(Question(freed, (), (5,)), 1)) >= LEAST
