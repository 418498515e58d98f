"""Circuits that a prover can lie to only with several answers at once, or with one far off."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest

from tests.circuits.oracles import rows
from zkpipe.accel.bn254 import R
from zkpipe.circuits import (
    Array,
    Bool,
    Field,
    Private,
    Public,
    UInt,
    check,
    circuit,
    component,
    hint,
    member,
    select,
)
from zkpipe.circuits.solve.advice import forged, questions
from zkpipe.circuits.testing import lies, mutations, rejects, spec
from zkpipe.circuits.testing.conspiracies import conspiracies, enumerated
from zkpipe.circuits.testing.fitting import fitting
from zkpipe.circuits.testing.proofs import has_no_witness, witness_for
from zkpipe.circuits.testing.subject import Subject, subject


@circuit
def two(x: Private[UInt[8]]) -> tuple[Public[UInt[8]], Public[UInt[8]]]:
    a = hint(lambda v: v // 2, x, returns=UInt[8])
    b = hint(lambda v: v - v // 2, x, returns=UInt[8])
    check(a + b == x)
    return a, b


@circuit
def three(x: Private[UInt[8]]) -> Public[Array[UInt[8], 3]]:
    a = hint(lambda v: v // 3, x, returns=UInt[8])
    b = hint(lambda v: v // 3, x, returns=UInt[8])
    c = hint(lambda v: v - 2 * (v // 3), x, returns=UInt[8])
    check(a + b + c == x)
    return [a, b, c]


@circuit
def chain(x: Private[UInt[8]]) -> Public[UInt[8]]:
    a = hint(lambda v: v // 3, x, returns=UInt[8])
    b = hint(lambda v: v - v // 3, x, returns=UInt[8])
    c = hint(lambda v: v // 3, x, returns=UInt[8])
    check(a + b == x)
    check(b + c == x)
    return c


@circuit
def array_of_hints(x: Private[UInt[8]]) -> Public[Array[UInt[8], 8]]:
    values = hint(lambda v: [v] + [0] * 7, x, returns=Array[UInt[8], 8])
    check(sum(values) == x)
    return values


@circuit
def many(x: Private[Array[UInt[8], 12]]) -> Public[Array[UInt[8], 12]]:
    values = [hint(lambda v: v, v, returns=UInt[8]) for v in x]
    check(sum(values) == sum(x))
    return values


@circuit
def squares(x: Private[UInt[16]]) -> tuple[Public[UInt[8]], Public[UInt[8]]]:
    a = hint(lambda v: 3 if v == 25 else 0, x, returns=UInt[8])
    b = hint(lambda v: 4 if v == 25 else 0, x, returns=UInt[8])
    check(a * a + b * b == x)
    return a, b


@circuit
def flags(x: Private[Field]) -> Public[Bool]:
    a = hint(lambda v: v & 1, x, returns=Bool)
    b = hint(lambda v: 1 - (v & 1), x, returns=Bool)
    check(a + b == 1)
    return a


@circuit
def chosen(c: Private[Bool], x: Private[UInt[8]]) -> Public[UInt[8]]:
    a = hint(lambda v: v // 2, x, returns=UInt[8])
    b = hint(lambda v: v // 2, x, returns=UInt[8])
    check(select(c, a - b, 0) == 0)
    return select(c, a, x)


@circuit
def no_output(x: Private[UInt[8]]) -> None:
    a = hint(lambda v: v // 3, x, returns=UInt[8])
    b = hint(lambda v: v - v // 3, x, returns=UInt[8])
    check(a + b == x)


@component
def halves(x: UInt[8]) -> Array[UInt[8], 2]:
    low, high = hint(lambda v: (v // 2, v - v // 2), x, returns=(UInt[8], UInt[8]))
    return [low, high]


@circuit
def components(x: Private[UInt[8]]) -> Public[UInt[8]]:
    a, b = halves(x)
    c, d = halves(x)
    check(a + b == x)
    check(c + d == x)
    check(a == c)
    return a


@circuit
def next_hint_raises(x: Private[UInt[8]]) -> Public[UInt[8]]:
    """A lie about the first makes the second fail, whose answer a liar keeps."""
    a = hint(lambda v: v // 2, x, returns=UInt[8])
    flag = hint(lambda a, v: {v // 2: 1}[a], a, x, returns=Bool)
    check(flag)
    return a


@circuit
def root(y: Public[Field]) -> Public[UInt[8]]:
    s = hint(lambda v: next(t for t in range(11) if t * (20 - t) == v), y, returns=UInt[8])
    check(s * (20 - s) == y)
    return s


@circuit
def root_of_field(y: Public[Field]) -> Public[Field]:
    s = hint(lambda v: next(t for t in range(1001) if t * (2001 - t) == v), y, returns=Field)
    check(s * (2001 - s) == y)
    return s


@circuit
def free_at_zero(x: Private[Field], y: Private[Field]) -> Public[Field]:
    i = hint(lambda v: pow(v, -1, R) if v else 0, x, returns=Field)
    check(i * x * x == x)
    return i * y


LOOSE: list[tuple[Any, dict[str, Any]]] = [
    (two, {"x": 100}),
    (two, {"x": 0}),
    (three, {"x": 100}),
    (chain, {"x": 100}),
    (array_of_hints, {"x": 9}),
    (many, {"x": list(range(12))}),
    (squares, {"x": 25}),
    (flags, {"x": 4}),
    (chosen, {"c": 1, "x": 100}),
    (chosen, {"c": 0, "x": 100}),
    (no_output, {"x": 100}),
    (components, {"x": 100}),
    (next_hint_raises, {"x": 100}),
    (root, {"y": 51}),
    (root_of_field, {"y": 900 * 1101}),
    (free_at_zero, {"x": 0, "y": 3}),
    (free_at_zero, {"x": 5, "y": 3}),
]


@pytest.mark.parametrize(("loose", "inputs"), LOOSE)
def test_no_circuit_that_anybody_can_lie_to_passes(loose: Any, inputs: dict[str, Any]) -> None:
    with pytest.raises(AssertionError, match="accepts a lie"):
        lies(loose, inputs)
    with pytest.raises(AssertionError, match="accepts a"):
        mutations(loose, inputs)


def alone(tested: Subject, residues: list[int]) -> Iterator[dict[Any, Any]]:
    """What lying alone finds, without the analysis."""
    return conspiracies(tested, residues, questions(tested.tape, residues), 0)


@pytest.mark.parametrize(
    ("loose", "residues"),
    [
        (two, [100]),
        (three, [100]),
        (chain, [100]),
        (many, list(range(12))),
        (array_of_hints, [9]),
        (chosen, [1, 100]),
        (next_hint_raises, [100]),
    ],
)
def test_lies_that_make_up_for_one_another_are_found_and_satisfy_every_row(
    loose: Any, residues: list[int]
) -> None:
    tested = subject(loose)
    found = list(islice(alone(tested, residues), 5))
    assert found
    for answers in found:
        values = forged(tested.tape, residues, answers)
        assert rows.failing_rows(tested.system, _canonical(values)) == []


def _canonical(values: Any) -> list[int]:
    from zkpipe.accel.fields.limbs import from_montgomery

    return from_montgomery(values, R)


@pytest.mark.parametrize(
    ("loose", "y", "other"), [(root, 51, 17), (root_of_field, 900 * 1101, 1101)]
)
def test_a_quadratic_row_is_solved_for_its_other_root(loose: Any, y: int, other: int) -> None:
    tested = subject(loose)
    (asked,) = [q for q in questions(tested.tape, [y]) if q.advice.hint is not None]
    assert (other,) in [lie.answer for lie in fitting(tested, [y], asked)]


def test_lies_are_the_same_for_the_same_seed() -> None:
    tested = subject(two)
    asked = questions(tested.tape, [100])
    told = [
        [list(answers.values()) for answers in conspiracies(tested, [100], asked, seed)]
        for seed in (1, 1)
    ]
    assert told[0] == told[1]


def test_a_sound_circuit_of_several_hints_passes() -> None:
    @circuit
    def digits(x: Private[UInt[8]]) -> Public[Array[UInt[4], 2]]:
        high = hint(lambda v: v // 16, x, returns=UInt[4])
        low = hint(lambda v: v % 16, x, returns=UInt[4])
        check(high * 16 + low == x)
        return [high, low]

    for x in (0, 15, 16, 200, 255):
        assert lies(digits, {"x": x}).advice >= 2
        mutations(digits, {"x": x})


# --- inputs that must be refused, whatever hints say


def no_answer(*_: int) -> int:
    raise ValueError


@circuit
def product(n: Public[UInt[8]]) -> None:
    p = hint(lambda _: 0, n, returns=UInt[4])
    q = hint(lambda _: 0, n, returns=UInt[4])
    check(p * q == n, "no factors")


@circuit
def proper_product(n: Public[UInt[8]]) -> None:
    p = hint(lambda _: 0, n, returns=UInt[4])
    q = hint(lambda _: 0, n, returns=UInt[4])
    check(p * q == n, "no factors")
    check(p > 1, "one")
    check(p <= q, "the larger first")


@circuit
def square(n: Public[UInt[32]]) -> None:
    check(hint(lambda _: 0, n, returns=UInt[16]) ** 2 == n, "no square")


@circuit
def middle(x: Private[UInt[40]]) -> None:
    p = hint(no_answer, x, returns=UInt[40])
    q = hint(no_answer, x, returns=UInt[40])
    check(p + q == x, "another sum")
    check(p == q, "not in the middle")


@circuit
def linear(x: Private[Field]) -> None:
    p, q, s = (hint(no_answer, x, returns=Field) for _ in range(3))
    check(p + q + s == x, "first")
    check(p + 2 * q + 3 * s == 1, "second")
    check(p - q + 5 * s == x, "third")


@circuit
def waived(n: Public[UInt[8]]) -> None:
    p = hint(lambda _: 0, n, returns=UInt[4], waive="any factor does")
    q = hint(lambda _: 0, n, returns=UInt[4], waive="any factor does")
    check(p * q == n, "no factors")


@circuit
def parts(x: Private[UInt[32]], y: Private[UInt[16]]) -> None:
    q = hint(no_answer, x, returns=UInt[32])
    rest = hint(no_answer, x, returns=UInt[16])
    check(q * y + rest == x, "another number")
    check(rest < y, "too much left")


@circuit
def floor_root(x: Private[UInt[32]]) -> None:
    s = hint(no_answer, x, returns=UInt[16])
    check(s * s <= x, "too large")
    check(x < (s + 1) * (s + 1), "too small")


@circuit
def greatest(x: Private[Array[UInt[32], 3]]) -> None:
    m = hint(lambda *_: 0, *x, returns=UInt[32])
    check((m - x[0]) * (m - x[1]) * (m - x[2]) == 0, "none of them")
    for value in x:
        check(m >= value, "not the greatest")


def quotient(x: Any, by: int) -> Any:
    q = hint(no_answer, x, returns=UInt[32])
    rest = hint(no_answer, x, returns=UInt[8])
    check(q * by + rest == x)
    check(rest < by)
    return q, rest


@circuit
def fourth_digits(x: Private[UInt[32]]) -> None:
    """The quotient of a quotient: hints that depend on hints without an answer."""
    q, _ = quotient(x, 100)
    _, rest = quotient(q, 50)
    check(rest == 12, "another digit")


@circuit
def third_digit(x: Private[UInt[32]]) -> None:
    q, _ = quotient(x, 10)
    q, _ = quotient(q, 10)
    _, digit = quotient(q, 10)
    check(digit == 7, "another digit")


@circuit
def three_stages(x: Private[UInt[32]], y: Private[UInt[4]]) -> None:
    """A quotient, a difference, and a sum that the hint gives for nothing."""
    q = hint(no_answer, x, returns=UInt[32])
    rest = hint(no_answer, x, returns=UInt[4])
    check(q * y + rest == x)
    check(rest < y)
    less = hint(no_answer, q, returns=UInt[32])
    check(less + rest == q)
    more = hint(lambda _: 0, less, returns=UInt[32])
    check(more == less + 1)


@pytest.mark.parametrize(
    ("loose", "inputs"),
    [
        (fourth_digits, {"x": 4_000_001_234}),
        (third_digit, {"x": 98_765}),
        (three_stages, {"x": 98_765, "y": 7}),
        (parts, {"x": 100_000, "y": 777}),
        (floor_root, {"x": 1_000_000_007}),
        (greatest, {"x": [10**6, 10**9, 10**5]}),
        (product, {"n": 15}),
        (product, {"n": 0xE1}),
        (proper_product, {"n": 15}),
        (proper_product, {"n": 143}),
        (square, {"n": 144}),
        (square, {"n": 65521**2}),
        (middle, {"x": 2 * 10**9}),
        (linear, {"x": 10**9}),
        (waived, {"n": 15}),
    ],
)
def test_what_hints_refuse_and_another_answer_proves_is_not_rejected(
    loose: Any, inputs: dict[str, Any]
) -> None:
    with pytest.raises(AssertionError, match="accepts them from one who lies"):
        rejects(loose, inputs)


def test_what_no_answer_proves_is_rejected() -> None:
    rejects(square, {"n": 145}, because="no square")
    rejects(square, {"n": 2**32 - 1}, because="no square")
    rejects(middle, {"x": 2 * 10**9 + 1})
    rejects(waived, {"n": 17}, because="no factors")


def test_what_is_not_proved_is_not_rejected() -> None:
    """17 is a prime of more than four bits, but p and q are the prover's for other numbers."""
    with pytest.raises(AssertionError, match="a prover who knows another may be accepted"):
        rejects(product, {"n": 17})


def test_every_value_of_a_small_type_is_tried() -> None:
    @circuit
    def cube(n: Public[UInt[16]]) -> None:
        check(hint(lambda _: 0, n, returns=UInt[5]) ** 3 == n, "no cube")

    tested = subject(cube)
    asked = questions(tested.tape, [27**3])
    assert [27] in [
        [value for answer in found.values() for value in answer]
        for found in enumerated(tested, [27**3], asked)
    ]
    with pytest.raises(AssertionError, match="accepts them from one who lies"):
        rejects(cube, {"n": 27**3})


def test_a_witness_that_a_search_finds_has_the_inputs_and_satisfies_every_row() -> None:
    for tested, residues in ((subject(middle), [2 * 10**9]), (subject(linear), [R - 5])):
        found = witness_for(tested.system, residues)
        assert found is not None
        assert tested.system.program is not None
        assert [found[w] for w in tested.system.program.input_wires.tolist()] == residues
        assert rows.failing_rows(tested.system, found) == []
    assert witness_for(subject(middle).system, [2 * 10**9 + 1]) is None


@circuit
def digit_in(x: Private[UInt[16]]) -> None:
    tens = hint(lambda v: v // 10, x, returns=UInt[16])
    digit = hint(lambda v: v % 10, x, returns=UInt[4])
    check(tens * 10 + digit == x)
    check(digit < 10)
    check(member(x, [3, 17, 250]), "none of them")
    check(x * x >= 289, "too small")


@circuit
def not_less(x: Private[UInt[4]], y: Private[UInt[4]]) -> None:
    check(x >= y, "less")
    check(x * y != 6, "six")


def test_no_witness_is_proved_of_inputs_that_have_none_and_of_no_other() -> None:
    tested = subject(digit_in)
    for x in (*range(300), R - 3, R // 2, 65_535, 65_536, 65_536 + 17):
        assert has_no_witness(tested.system, [x]) == (x not in (17, 250)), x
    tested = subject(not_less)
    for x in range(-1, 17):
        for y in range(-1, 17):
            right = 0 <= y <= x < 16 and x * y != 6
            assert has_no_witness(tested.system, [x % R, y % R]) == (not right), (x, y)


def test_what_hints_answer_is_no_matter_to_the_proof() -> None:
    for loose, x in ((middle, 2 * 10**9), (third_digit, 98_765), (square, 144)):
        assert not has_no_witness(subject(loose).system, [x])
    assert has_no_witness(subject(middle).system, [2 * 10**9 + 1])


def test_no_lies_are_told_together_where_no_witness_is_proved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def searched(*_: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr(spec, "conspiracies", searched)
    rejects(digit_in, {"x": 16}, because="none of them")
    with pytest.raises(RuntimeError):
        rejects(third_digit, {"x": 98_865})


def test_isqrt_that_is_pinned_is_refused_all_lies() -> None:
    @circuit
    def side_of(area: Public[UInt[16]]) -> Public[UInt[8]]:
        side = hint(math.isqrt, area, returns=UInt[8])
        check(side * side == area, "not a square")
        return side

    assert lies(side_of, {"area": 144}).refused > 18
