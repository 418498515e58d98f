"""What compiling requires: errors that name the value and the line, and waivers."""

from __future__ import annotations

from typing import Any

import pytest

from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import ints_from_words
from zkpipe.circuits import (
    Array,
    CompileError,
    Field,
    Fixed,
    Private,
    Public,
    Rounded,
    UInt,
    UnderconstrainedError,
    check,
    circuit,
    component,
    hint,
)
from zkpipe.circuits.gadgets import poseidon
from zkpipe.circuits.soundness import Verdict, analyse, analyse_every_wire
from zkpipe.circuits.soundness.analysis import determined
from zkpipe.circuits.soundness.proof import is_proved
from zkpipe.circuits.soundness.roles import roles_of
from zkpipe.circuits.soundness.search.counterexamples import _Search
from zkpipe.circuits.testing.deletions import without_row


def test_the_error_names_the_value_the_line_and_two_answers():
    @circuit
    def plot(area: Public[UInt[16]]) -> Public[Field]:
        side = hint(lambda a: round(a**0.5), area, returns=Field)
        check(side * side == area, "not a square")
        return side

    with pytest.raises(UnderconstrainedError) as caught:
        plot.compile()
    error = caught.value
    assert isinstance(error, CompileError)
    assert error.value == "side"
    assert error.source is not None
    assert error.source.text.startswith("side = hint(")
    assert 'check(side * side == area, "not a square")' in str(error)
    assert "both side = 1 and side = r - 1 pass every check" in str(error)
    assert error.report.verdict is Verdict.UNSAFE


def test_where_neither_is_proved_the_error_does_not_say_that_checks_are_missing():
    @circuit
    def in_order(xs: Private[Array[UInt[8], 2]]) -> Public[UInt[8]]:
        a, b = hint(lambda xs: tuple(sorted(xs)), xs, returns=(UInt[8], UInt[8]))
        check(a <= b)
        check(a * a * a + b * b * b == xs[0] * xs[0] * xs[0] + xs[1] * xs[1] * xs[1])
        check(a * b == xs[0] * xs[1])
        return a

    with pytest.raises(UnderconstrainedError) as caught:
        in_order.compile()
    assert caught.value.report.verdict is Verdict.UNKNOWN
    assert "Whether the inputs determine `a` could not be proved." in str(caught.value)
    assert "Pin `a` in a way that the analysis knows" in caught.value.fix
    assert "waive='...'" in caught.value.fix


def test_the_error_is_the_same_each_time():
    @circuit
    def loose(x: Private[Field], y: Private[UInt[8]]) -> Public[Field]:
        z = hint(lambda x, y: x * y, x, y, returns=Field)
        return z * z

    messages = set()
    for _ in range(2):
        with pytest.raises(UnderconstrainedError) as caught:
            loose.compile()
        messages.add(str(caught.value))
    assert len(messages) == 1


@pytest.mark.parametrize(("returns", "named"), [((Field, Field), "b"), (Array[Field, 2], "c[1]")])
def test_one_of_several_results_is_named(returns, named):
    @circuit
    def several(x: Private[Field]) -> Public[Field]:
        if isinstance(returns, tuple):
            a, b = hint(lambda x: (x, x), x, returns=returns)
        else:
            c = hint(lambda x: [x, x], x, returns=returns)
            a, b = c
        check(a == x)
        return a + b

    with pytest.raises(UnderconstrainedError) as caught:
        several.compile()
    assert caught.value.value == named


def test_a_value_within_a_component_is_named_too():
    @component
    def rooted(x: Field) -> Field:
        root = hint(lambda x: x, x, returns=Field)
        check(root * root == x)
        return root**2

    @circuit
    def outer(x: Private[Field]) -> Public[Field]:
        return rooted(x)

    with pytest.raises(UnderconstrainedError) as caught:
        outer.compile()
    assert caught.value.value == "root"


def test_a_waived_hint_counts_as_an_input():
    @circuit
    def waived(x: Private[Field]) -> Public[Field]:
        a = hint(lambda x: x, x, returns=Field, waive="only a test")
        return poseidon([a, x])

    assert waived.compile().solve(x=1).public == [poseidon([1, 1])]


def test_what_follows_a_waived_hint_is_still_asked_about():
    @circuit
    def waived(x: Private[Field]) -> Public[Field]:
        a = hint(lambda x: x, x, returns=Field, waive="only a test")
        b = hint(lambda a: a, a, returns=Field)
        return a + b

    with pytest.raises(UnderconstrainedError) as caught:
        waived.compile()
    assert caught.value.value == "b"


def test_tracing_asks_nothing():
    @circuit
    def loose(x: Private[Field]) -> Public[Field]:
        return hint(lambda x: x, x, returns=Field)

    assert loose.trace().solve(x=3).public == [3]


def test_hints_that_raise_are_no_trouble():
    def wrong(x: int) -> int:
        raise ZeroDivisionError

    @circuit
    def loose(x: Private[Field]) -> Public[Field]:
        return hint(wrong, x, returns=Field)

    with pytest.raises(UnderconstrainedError):
        loose.compile()


def test_two_witnesses_of_a_report_satisfy_the_system_and_agree_on_the_inputs():
    @circuit
    def loose(x: Private[Field], y: Private[UInt[8]]) -> Public[Field]:
        z = hint(lambda x: x, x, returns=UInt[8])
        check(z * z == x)
        w = hint(lambda x: x, y, returns=Field)
        return z + w * w * y

    system = loose.trace()
    pair = analyse(system).counterexample
    assert pair is not None
    system.check(pair.first)
    system.check(pair.second)
    first, second = ints_from_words(pair.first.values), ints_from_words(pair.second.values)
    assert first[2:4] == second[2:4]
    assert all(first[wire] != second[wire] for wire in pair.wires)


def test_the_inverse_in_is_zero_is_exempt_and_known_as_internal():
    @circuit
    def equality(x: Private[Field], y: Private[Field]) -> Public[Field]:
        return 3 * (x == y)

    report = analyse(equality.trace())
    assert report.verdict is Verdict.SAFE
    assert len(report.internal) == 1
    assert analyse_every_wire(equality.trace()).verdict is Verdict.UNSAFE


def test_values_that_break_a_row_or_change_an_input_are_no_counterexample():
    @circuit
    def squared(x: Private[Field]) -> Public[Field]:
        y = hint(lambda x: x, x, returns=Field)
        check(y * y == x * x)
        return y

    system = squared.trace()
    roles = roles_of(system)
    search = _Search(system, determined(system, roles), roles)
    assert system.wire_count == 4
    first = [1, 5, 5, 25]
    assert search._checked(first, [1, R - 5, 5, 25], [1]) is not None
    assert search._checked(first, [1, 6, 5, 25], [1]) is None
    assert search._checked([1, 6, 5, 25], [1, R - 5, 5, 25], [1]) is None
    assert search._checked(first, [1, R - 5, R - 5, 25], [1]) is None
    assert search._checked(first, first, [1]) is None


def test_a_system_that_lost_a_row_is_not_solved_by_its_tape():
    @circuit
    def two(x: Private[Field]) -> Public[Field]:
        y = hint(lambda x: x, x, returns=Field)
        check(y == x)
        check(y * y * y == x * x * x)
        return y

    system = two.compile()
    for row in range(system.constraint_count):
        report = analyse(without_row(system, row))
        assert (report.verdict is Verdict.SAFE) == is_proved(without_row(system, row))


@pytest.mark.parametrize(
    "type_",
    [
        Fixed[8, 8],
        Fixed[32, 16],
        Fixed[64, 0],
        Rounded[Fixed[16, 8]],
        Array[Fixed[8, 8], 2],
        Array[Rounded[Fixed[12, 3]], 2],
    ],
    ids=str,
)
def test_inputs_of_fixed_types_have_counterexamples(type_: Any) -> None:
    def body(x: Any) -> Any:
        return hint(lambda _: 1, x, returns=Field)

    body.__annotations__ = {"x": Private[type_], "return": Public[Field]}
    with pytest.raises(UnderconstrainedError) as caught:
        circuit(body).compile()  # type: ignore[arg-type]  # a plain function
    assert caught.value.report.counterexample is not None


def test_a_counterexample_tells_a_fixed_input_as_the_number_that_it_is():
    @circuit
    def rate(x: Private[Fixed[8, 8]], n: Private[UInt[8]]) -> Public[Field]:
        check(x == -0.25)
        check(n == 3)
        return hint(lambda _: 1, x, returns=Field)

    with pytest.raises(UnderconstrainedError, match=r"For x = -0\.25, n = 3 both"):
        rate.compile()
