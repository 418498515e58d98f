"""Checks that say nothing: comparisons that nothing uses, and conditions that always hold.

The first are errors, the second warnings. What real programs do must be neither.
"""

from __future__ import annotations

import functools
import inspect
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

import pytest

from zkpipe.circuits import (
    Array,
    Bool,
    CircuitWarning,
    CompileError,
    Field,
    Fixed,
    Int,
    Private,
    Public,
    UInt,
    UnsatisfiedError,
    all_of,
    any_of,
    check,
    circuit,
    component,
    hint,
    lookup,
    maximum,
    member,
    minimum,
    narrow,
    select,
)
from zkpipe.circuits.gadgets import from_bits, poseidon, to_bits
from zkpipe.circuits.soundness.lint.lint import lint

U8 = UInt[8]


@dataclass
class Loan:
    """A record of a circuit."""

    amount: U8
    rate: U8


@component
def product(x: U8, y: U8) -> UInt[16]:
    return x * y


@component
def ignores(x: U8, flag: Bool) -> U8:
    return x


@component
def hints_only(x: U8, flag: Bool) -> U8:
    hint(lambda b: int(b), flag, returns=Field, waive="it is not used")
    return x


@component
def needs(flag: Bool) -> None:
    check(flag)


@component
def opposite(flag: Bool) -> Bool:
    return ~flag


@component
def forgets(x: U8, y: U8) -> U8:
    x < y  # noqa: B015 # the claim
    return x


@component
def is_small(x: U8) -> Bool:
    return x < 10


@component
def with_verdict(x: U8) -> tuple[UInt[9], Bool]:
    return x + 1, x < 10


def smaller(x: Any, y: Any) -> Any:
    return x < y


def looped(a: Any, b: Any, use: Callable[[int], bool]) -> None:
    for i in range(10):
        fine = a + i < b
        if use(i):
            check(fine)


def named(a: Any, b: Any) -> None:
    ok = a < b  # noqa: F841 # the claim


def overwritten(a: Any, b: Any) -> None:
    ok = a < b
    ok = a < 3
    check(ok)


def in_containers(a: Any, b: Any) -> None:
    flags = [a < b, a < 3]
    check(flags[1])


def in_a_dict(a: Any, b: Any) -> None:
    flags = {"first": a < b, "second": a < 3}
    check(flags["second"])


def in_a_record(a: Any, b: Any) -> None:
    loan = Loan(a < b, a < 3)
    check(loan.rate)


def guarded(a: Any, b: Any) -> None:
    if b is not None:
        a < b  # noqa: B015 # the claim


UNUSED: dict[str, Callable[[Any, Any], object]] = {
    "alone": lambda a, b: [a < b, None][1],
    "named": named,
    "overwritten": overwritten,
    "in a list": in_containers,
    "in a dict": in_a_dict,
    "in a record": in_a_record,
    "in a branch": guarded,
    "one of ten": lambda a, b: looped(a, b, lambda i: i != 7),
    "none of ten": lambda a, b: looped(a, b, lambda i: False),
    "in a helper": lambda a, b: [smaller(a, b), 0][1],
    "in a component": lambda a, b: forgets(a, b) * 0,
    "equal": lambda a, b: [a == b, 0][1],
    "not equal": lambda a, b: [a != b, 0][1],
    "known from bounds": lambda a, b: [a < 300, 0][1],
    "never": lambda a, b: [a > 300, 0][1],
    "and": lambda a, b: [(a < b) & (a < 3), 0][1],
    "or": lambda a, b: [(a < b) | (a < 3), 0][1],
    "xor": lambda a, b: [(a < b) ^ (a < 3), 0][1],
    "not": lambda a, b: [~(a < b), 0][1],
    "part of an unused one": lambda a, b: [(a < b) & (a < 3), check(b > 5)][1],
    "all_of": lambda a, b: [all_of([a < b, a < 3]), 0][1],
    "any_of": lambda a, b: [any_of([a < b, a < 3]), 0][1],
    "member": lambda a, b: [member(a, [b, 3, 5]), 0][1],
    "minimum": lambda a, b: [minimum(a, b), 0][1],
    "maximum": lambda a, b: [maximum(a, b), 0][1],
    "arithmetic": lambda a, b: [(a < b) * 3 + 1, 0][1],
    "power": lambda a, b: [((a < b) + 1) ** 3, 0][1],
    "condition of a select": lambda a, b: [select(a < b, a, b), 0][1],
    "value of a select": lambda a, b: [select(b == 3, a < b, a < 3), 0][1],
    "select of lists": lambda a, b: [select(a < b, [a, b], [b, a]), 0][1],
    "lookup": lambda a, b: [lookup([a, b], a < b), 0][1],
    "lookup among": lambda a, b: [lookup([a < b, b < a], narrow(a, Bool)), 0][1],
    "division": lambda a, b: [((a < b) + a) // 3, 0][1],
    "bits": lambda a, b: [to_bits((a < b) + a, 9), 0][1],
    "free narrow": lambda a, b: [narrow(a < b, U8), 0][1],
    "hint": lambda a, b: check(hint(lambda f: 3, a < b, returns=U8) == 3),
    "hint in a list": lambda a, b: check(hint(lambda f: 3, [a < b], returns=U8) == 3),
    "ignored argument": lambda a, b: check(ignores(a, a < b) == a),
    "argument for a hint": lambda a, b: check(hints_only(a, a < b) == a),
    "hash": lambda a, b: [poseidon([a < b]), 0][1],
    "Fixed": lambda a, b: [narrow(a, Fixed[12, 2]) < 1.5, 0][1],
    "record's part": lambda a, b: [Loan(a, b).amount == Loan(b, a).amount, 0][1],
    "items of arrays": lambda a, b: [[x == y for x, y in zip([a, b], [b, a], strict=True)], 0][1],
}


def ended_early(a: Any, b: Any) -> None:
    fine = a < b
    for i in range(3):
        fine = fine & (a + i < b)
        if i == 0:
            check(fine)


def both(a: Any, b: Any) -> Any:
    return a & b


def through_a_helper(a: Any, b: Any) -> None:
    first = both(a < b, a < 3)
    check(first)
    both(first, b < 3)


UNUSED["running, used early"] = ended_early
UNUSED["through a helper"] = through_a_helper


def around(body: Callable[[Any, Any], object]) -> Any:
    @circuit
    def example(a: Private[U8], b: Private[U8]) -> Public[UInt[9]]:
        body(a, b)
        return a + b

    return example


@pytest.mark.parametrize("what", UNUSED)
def test_a_comparison_that_nothing_uses_is_an_error_on_its_line(what: str) -> None:
    with pytest.raises(CompileError, match=r"constrains nothing\.") as caught:
        around(UNUSED[what]).compile()
    source = caught.value.source
    assert source is not None
    assert source.file == "test_silent_checks.py"


def test_the_error_says_what_to_write_and_names_other_lines() -> None:
    def body(a: Any, b: Any) -> None:
        a < b  # noqa: B015 # the claim
        b <= 3  # noqa: B015 # the claim
        check(a == b)

    with pytest.raises(CompileError) as caught:
        around(body).compile()
    assert str(caught.value).splitlines()[::3] == [
        "`a < b` is used by nothing, so it constrains nothing.",
        "Write check(a < b), or take it away.",
    ]
    assert "b <= 3" in str(caught.value)


USED: dict[str, Callable[[Any, Any], object]] = {
    "check": lambda a, b: check(a < b),
    "in a sum": lambda a, b: check((a < b) + (a < 3) + (b == 5) >= 2),
    "condition of a select": lambda a, b: check(select(a < b, a, b) == 3),
    "select of one value": lambda a, b: check(select(a < b, a, a) == 3),
    "weight of zero": lambda a, b: check(sum(w * (a > t) for w, t in ((0, 3), (2, 5))) == b),
    "select with a constant": lambda a, b: check(select(True, a < b, b < a)),
    "select of lists with a constant": lambda a, b: check(select(0, [a < b], [b < a])[0]),
    "any_of with a constant": lambda a, b: check(select(any_of([True, a < b]), a, b) == 3),
    "all_of with a constant": lambda a, b: check(select(all_of([False, a < b]), a, b) == 3),
    "lookup at a constant": lambda a, b: check(lookup([a < b, b < a], 1)),
    "lookup": lambda a, b: check(lookup([a, b], a < b) == 3),
    "lookup that proves a range": lambda a, b: lookup([1, 2, 3], (a < b) + (a < 3) * 2),
    "narrow that proves a range": lambda a, b: narrow((a < b) + (a < 3), Bool),
    "divisor that must not be zero": lambda a, b: a // (a < b),
    "bits that prove a range": lambda a, b: to_bits((a < b) + (b < 3), 1),
    "member": lambda a, b: check(member((a < b) + (a < 3), [0, 2])),
    "component": lambda a, b: needs(a < b),
    "component's result": lambda a, b: check(opposite(a < b)),
    "hash": lambda a, b: check(poseidon([a < b]) != 7),
    "power of zero": lambda a, b: check((a < b) ** 0 + a == b),
    "abs": lambda a, b: check(abs(a - b) < 4),
    "quotient of either sign": lambda a, b: check(a // (b - 300) == -1),
    "remainder alone": lambda a, b: check(a % (b - 300) == -1),
    "bits of a comparison": lambda a, b: check(from_bits([a < b, b < 3]) == 2),
    "minimum": lambda a, b: check(minimum(a, b, 7) == 2),
}


@pytest.mark.parametrize("what", USED)
def test_a_comparison_that_something_uses_is_none(what: str) -> None:
    around(USED[what]).trace()


def test_outputs_use_what_they_are_computed_from() -> None:
    @circuit
    def example(a: Private[U8], b: Private[U8]) -> tuple[Public[Bool], Public[Array[UInt[9], 2]]]:
        return a < b, [a + (a == b), select(b > 3, a, b)]

    example.compile()


def test_a_component_s_error_is_not_lost_in_a_try() -> None:
    def body(a: Any, b: Any) -> None:
        with suppress(CompileError):
            forgets(a, b)

    with pytest.raises(CompileError, match="`x < y` is used by nothing"):
        around(body).compile()


def test_an_output_that_is_dropped_leaves_its_comparison_unused() -> None:
    @circuit
    def example(a: Private[U8], b: Private[U8]) -> Public[Bool]:
        outputs = [a < b, a == b]
        return outputs[0]

    with pytest.raises(CompileError, match="`a == b` is used by nothing"):
        example.compile()


def doubts(body: Callable[[Any, Any], object]) -> list[str]:
    """Kinds of the warnings of compile(), which are findings of lint as well."""
    example = around(body)
    with pytest.warns(CircuitWarning) as told:
        system = example.compile()
    kinds = [record.message.kind for record in told]  # type: ignore[union-attr] # a warning of ours
    found = [finding.kind for finding in lint(system).findings]
    assert [kind for kind in found if kind in kinds] == kinds
    assert 0 not in {record.lineno for record in told}
    assert {record.filename for record in told} == {"test_silent_checks.py"}
    return kinds


VACUOUS: dict[str, Callable[[Any, Any], object]] = {
    "bounds": lambda a, b: check(a < 300, "below 300"),
    "not negative": lambda a, b: check(a >= 0),
    "never equal": lambda a, b: check(a != 300),
    "itself": lambda a, b: check(a == a),
    "at least itself": lambda a, b: check(a >= a),
    "no difference": lambda a, b: check(a - a == 0),
    "shifted": lambda a, b: check(a + 1 != a),
    "either": lambda a, b: check((a < b) | ~(a < b)),
    "either way round": lambda a, b: check((a < b) | (a >= b)),
    "equal or not": lambda a, b: check((a == b) | (a != b)),
    "any_of": lambda a, b: check(any_of([a < b, b == 3, a >= b, a == 7, b == 9])),
    "both": lambda a, b: check((a < 300) & (b >= 0)),
    "all_of": lambda a, b: check(all_of([a < 300, b >= 0])),
    "member of itself": lambda a, b: check(member(a, [a, b])),
    "member of its range": lambda a, b: check(member(narrow(a, UInt[2]), [0, 1, 2, 3])),
    "implied by bounds": lambda a, b: check(select(a < b, a, b) <= 255),
    "an integer as a Field": lambda a, b: check(hint(lambda: 1, returns=Bool) < 2),
}


@pytest.mark.parametrize("what", VACUOUS)
def test_a_check_that_always_holds_is_told(what: str) -> None:
    assert "vacuous-check" in doubts_of_any(VACUOUS[what])


def doubts_of_any(body: Callable[[Any, Any], object]) -> list[str]:
    """As doubts, of a circuit that need not be sound."""
    return [warning.kind for warning in around(body).trace().warnings]


def of_flag(body: Callable[[Any], object]) -> list[str]:
    @circuit
    def example(b: Private[Bool], x: Private[U8]) -> Public[UInt[9]]:
        body(b)
        return b + x

    return [warning.kind for warning in example.trace().warnings]


@pytest.mark.parametrize(
    "body",
    [
        lambda b: check(b * b == b),
        lambda b: check(b | ~b),
        lambda b: check(b ^ ~b),
        lambda b: check((b ^ b) == 0),
        lambda b: check((b == 0) | (b == 1)),
        lambda b: check(member(b, [0, 1])),
        lambda b: check(b**3 == b * b),
    ],
)
def test_a_check_of_what_every_bool_is_is_told(body: Callable[[Any], object]) -> None:
    assert of_flag(body) == ["vacuous-check"]


CONSTANT: dict[str, Callable[[Any, Any], object]] = {
    "True": lambda a, b: check(True),
    "parameters": lambda a, b: check(len("abc") <= 16),
    "all of none": lambda a, b: check(all_of([])),
    "one": lambda a, b: check(1),
    "known member": lambda a, b: check(member(3, [1, 2, 3])),
}


@pytest.mark.parametrize("what", CONSTANT)
def test_a_check_of_what_python_knows_is_told(what: str) -> None:
    assert doubts(CONSTANT[what]) == ["constant-check"]


def test_a_line_that_says_something_once_is_not_in_doubt() -> None:
    @component
    def below(x: UInt[32]) -> None:
        check(x < 1000)

    def body(a: Any, b: Any) -> None:
        for i in range(4):
            check(a * i < 300)
        below(a)
        below(a * b)

    assert doubts_of_any(body) == []


def test_a_check_that_is_written_twice_is_not_in_doubt() -> None:
    def body(a: Any, b: Any) -> None:
        p = a * b
        for _ in range(2):
            check(p == 6)
            check(a < b)
        check(p == 6)
        check(a < b)

    assert doubts_of_any(body) == []


def test_checks_of_gadgets_are_their_own() -> None:
    from zkpipe.circuits.gadgets import merkle_root_of_pairs

    def body(a: Any, b: Any) -> None:
        merkle_root_of_pairs(3, [[3, 4], [poseidon([3, 4]), a]])

    assert doubts_of_any(body) == []


OBJECTS: dict[str, tuple[Callable[[Any, Any], object], str]] = {
    "is not": (lambda a, b: check(a is not b, "they differ"), "mean one object"),
    "is": (lambda a, b: check(a is b), "mean one object"),
    "negated": (lambda a, b: check(a is not b), "mean one object"),
    "combined": (lambda a, b: check(a is not b and len("ab") == 2), "mean one object"),
    "lists of two lengths": (lambda a, b: check([a, b] != [a]), "as Python does"),
    "equal lists": (lambda a, b: check([a, b] == [a, b]), "as Python does"),
    "tuples": (lambda a, b: check((a, b) != (a,)), "as Python does"),
    "list and tuple": (lambda a, b: check([a] != (a,)), "as Python does"),
    "in": (lambda a, b: check(a in [a, b]), r"member\(x, values\)"),
    "over lines": (
        lambda a, b: check(
            a
            is not b,
        ),
        "mean one object",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", OBJECTS)
def test_a_comparison_of_objects_is_an_error(what: str) -> None:
    body, says = OBJECTS[what]
    with pytest.raises(CompileError, match=says):
        around(body).compile()


def test_lists_and_records_by_name_are_objects_too() -> None:
    @circuit
    def lists(xs: Private[Array[U8, 3]], ys: Private[Array[U8, 2]]) -> Public[UInt[9]]:
        check(xs != ys, "the lists must differ")
        return xs[0] + ys[0]

    @circuit
    def records(x: Private[Loan], ys: Private[Array[U8, 2]]) -> Public[UInt[9]]:
        check(x != ys)
        return x.amount + ys[0]

    @circuit
    def parts(xs: Private[Array[U8, 3]]) -> Public[U8]:
        check(xs[:2] != xs)
        return xs[0]

    for example in (lists, records, parts):
        with pytest.raises(CompileError, match="compares lists or objects"):
            example.compile()


def test_python_s_own_values_may_be_compared_as_objects() -> None:
    rate: int | None = 3
    names = ["a", "b"]

    def body(a: Any, b: Any) -> None:
        check(rate is not None)
        check(names == ["a", "b"])
        check(a is not None)
        check((a < 300) is not None)
        check(len(names) == 2 or a < b)
        check(a is not None and len(names) > 0)

    with pytest.raises(CompileError, match="`a < 300` is used by nothing"):
        around(body).trace()

    def without(a: Any, b: Any) -> None:
        check(rate is not None)
        check(names == ["a", "b"])
        check(a is not None)
        check(len(names) == 2 or a < b)
        check(a is not None and len(names) > 0)

    assert doubts_of_any(without) == ["constant-check"] * 5


def test_assert_names_check() -> None:
    def body(a: Any, b: Any) -> None:
        assert a < b, "the order"

    with pytest.raises(CompileError, match=r"check\(a < b, 'the order'\)"):
        around(body).compile()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (lambda a, b: check(a < b < 7), "decides what Python does next"),
        (lambda a, b: check((a < b, "why")), "a tuple, which is not a condition"),
        (lambda a, b: check([a < b]), "a list, which is not a condition"),
        (lambda a, b: check(smaller), "a function, which is not a condition"),
        (lambda a, b: check(a == 1, b), "a message that is not text"),
        (lambda a, b: check(a), "not a condition"),
        (lambda a, b: check(None), "not a condition"),
        (lambda a, b: check("a < b"), "a text, which is not a condition"),
        (lambda a, b: check(1.0), "a float, which is not a condition"),
        (lambda a, b: check(lambda: a < b), "a function, which is not a condition"),
    ],
)
def test_what_is_no_condition_is_refused(body: Callable[[Any, Any], object], says: str) -> None:
    with pytest.raises(CompileError, match=says):
        around(body).compile()


def remarks(body: Callable[[Any, Any], object]) -> list[str]:
    """Kinds of what lint finds beside notes; compile() says nothing of it."""
    system = around(body).compile()
    return [finding.kind for finding in lint(system).findings if finding.kind == "unused-bool"]


def test_a_bool_that_a_component_brought_and_nothing_uses_is_a_finding() -> None:
    def one(a: Any, b: Any) -> None:
        is_small(a)

    def pair(a: Any, b: Any) -> None:
        total, _ = with_verdict(a)
        check(total == b)

    def of_argument(a: Any, b: Any) -> None:
        opposite(a < b)

    assert remarks(one) == ["unused-bool"]
    assert remarks(pair) == ["unused-bool"]
    assert remarks(of_argument) == ["unused-bool"]


def test_a_bool_that_is_used_or_one_of_a_list_is_no_finding() -> None:
    @component
    def digits(x: U8) -> Array[Bool, 8]:
        return to_bits(x, 8)

    def used(a: Any, b: Any) -> None:
        check(is_small(a))
        check(select(with_verdict(b)[1], a, b) == 3)
        check(digits(a)[3] == 1)

    assert remarks(used) == []


def test_a_bool_of_a_hint_that_nothing_uses_is_a_finding() -> None:
    def body(a: Any, b: Any) -> None:
        hint(lambda x: x & 1, a, returns=Bool, waive="a test")

    assert remarks(body) == ["unused-bool"]


def idle(system: Any) -> list[str]:
    return [n for w in system.warnings if w.kind == "unused-private-input" for n in w.names]


def test_a_private_input_that_nothing_depends_on_is_told() -> None:
    @circuit
    def example(
        ranged: Private[U8],
        nothing: Private[Field],
        hinted: Private[U8],
        multiplied: Private[Int[8]],
        narrowed: Private[Field],
        flag: Private[Bool],
        some: Private[Array[U8, 3]],
        loan: Private[Loan],
        public: Public[U8],
        fine: Private[U8],
    ) -> Public[U8]:
        found = hint(lambda x: 4, hinted, returns=Field)
        check(found == 4)
        (multiplied * fine * some[1] + 3) ** 2
        narrow(narrowed, U8)
        check(some[1] == loan.rate)
        return fine

    want = [
        "ranged",
        "nothing",
        "hinted",
        "multiplied",
        "narrowed",
        "flag",
        "some[0]",
        "some[2]",
        "loan.amount",
    ]
    with pytest.warns(CircuitWarning, match=r"only the range is checked|is in no constraint"):
        system = example.compile()
    assert idle(system) == want
    named = [
        name for f in lint(system).findings if f.kind == "unused-private-input" for name in f.names
    ]
    assert sorted(named) == sorted(want)


@pytest.mark.parametrize(
    "body",
    [
        lambda a, b: check(to_bits(a, 8)[3] == b),
        lambda a, b: check(lookup([1, 2, 3], a) == b),
        lambda a, b: check(a // 16 == b),
        lambda a, b: check(a < b),
        lambda a, b: check(select(a < b, 3, 4) == 3),
        lambda a, b: check(poseidon([a, b]) != 0),
        lambda a, b: check(product(a, b) == 6),
    ],
)
def test_an_input_of_which_bits_or_products_are_used_is_not_idle(body: Any) -> None:
    @circuit
    def example(a: Private[U8], b: Private[U8]) -> None:
        body(a, b)

    assert idle(example.trace()) == []


def test_no_warning_names_a_value() -> None:
    """Warnings are made of the text alone, before there are values."""

    @circuit
    def example(secret: Private[U8]) -> None:
        check(secret < 300)

    with pytest.warns(CircuitWarning) as told:
        system = example.compile()
    before = [str(record.message) for record in told]
    system.solve(secret=173)
    assert not any("173" in text for text in before)


def summed_while(xs: Any) -> Any:
    """What stands before the second that is zero: what the last says of the rest, nobody asks."""
    total, running = 0, xs[0] > 0
    for x in xs:
        total = total + select(running, x, 0)
        running = running & (x > 0)
    return total


def counted_first(xs: Any) -> Any:
    seen, total = None, 0
    for x in xs:
        hit = x > 10
        total = total + (hit if seen is None else select(seen, 0, hit))
        seen = hit if seen is None else seen | hit
    return total


def summed_by_index(xs: Any) -> Any:
    """As summed_while; Python 3.11 jumps back by an instruction that tests."""
    total, running, i = 0, xs[0] > 0, 0
    while i < len(xs):
        total = total + select(running, xs[i], 0)
        running = running & (xs[i] > 0)
        i += 1
    return total


def summed_in_a_comprehension(xs: Any) -> Any:
    """As summed_while; from Python 3.12 on a comprehension has no code of its own."""
    running = xs[0] > 0
    kept = [(select(running, x, 0), running := running & (x > 0)) for x in xs]
    return sum(value for value, _ in kept)


@pytest.mark.parametrize(
    "counted", [summed_while, counted_first, summed_by_index, summed_in_a_comprehension]
)
def test_the_last_of_a_flag_that_runs_through_a_loop_is_a_finding_of_lint(counted: Any) -> None:
    """Each value but the last is used by the next item."""

    @circuit
    def example(xs: Private[Array[U8, 4]]) -> Public[UInt[10]]:
        return counted(xs)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        system = example.compile()
    found = [finding for finding in lint(system).findings if finding.kind == "unused-bool"]
    assert len(found) == 1
    assert "runs through a loop, and nothing uses the last" in found[0].text


# --- bodies that would never run


def maps(xs: Any) -> None:
    map(lambda x: check(x < 10), xs)  # noqa: C417 - what is tested


def filters(xs: Any) -> None:
    filter(lambda x: check(x < 10), xs)


def generates(xs: Any) -> None:
    (check(x < 10) for x in xs)


def calls_a_generator(xs: Any) -> None:
    def rules() -> Iterator[None]:
        for x in xs:
            yield check(x < 10)

    rules()


def calls_a_coroutine(xs: Any) -> None:
    async def rules() -> None:
        check(xs[0] < 10)

    rules()


@pytest.mark.parametrize("body", [maps, filters, generates, calls_a_generator, calls_a_coroutine])
@pytest.mark.parametrize("decorator", [circuit, component])
def test_what_is_lazy_and_thrown_away_is_an_error_on_its_line(body: Any, decorator: Any) -> None:
    body.__annotations__ = {"xs": Private[Array[U8, 3]] if decorator is circuit else Array[U8, 3]}
    with pytest.raises(CompileError, match="computes nothing: nothing takes its items") as caught:
        decorator(body)
    assert caught.value.source is not None
    assert caught.value.source.text in inspect.getsource(body)
    assert caught.value.source.text.split("(")[0] in ("map", "filter", "", "rules")


@pytest.mark.parametrize("decorator", [circuit, component])
def test_generators_and_coroutines_are_no_circuits_and_no_components(decorator: Any) -> None:
    type_ = Private[U8] if decorator is circuit else U8

    def generator(x: Any) -> Iterator[None]:
        yield check(x < 10)

    async def coroutine(x: Any) -> None:
        check(x < 10)

    for function in (generator, coroutine):
        function.__annotations__ = {"x": type_}
        with pytest.raises(CompileError, match="is a generator or a coroutine"):
            decorator(function)


# --- types behind local names, which Python does not read

Short = UInt[4]


class Kinds:
    short = UInt[4]


def states_a_width(a: Any) -> None:
    z: UInt[4] = a  # type: ignore[valid-type]
    check(z == 3)


def states_a_signed_width(a: Any) -> None:
    check(a == 3)
    z: Int[4] = a - 3  # type: ignore[valid-type]
    check(z == 0)


def states_a_bool(a: Any) -> None:
    z: Bool = a  # type: ignore[valid-type]
    check(z == 1)


def states_a_field(a: Any) -> None:
    z: Field = a  # type: ignore[valid-type]
    check(z == 1)


def states_a_fixed(a: Any) -> None:
    z: Fixed[8, 4] = a  # type: ignore[valid-type]
    check(z == 1)


def states_an_array(a: Any) -> None:
    z: Array[UInt[4], 1] = [a]  # type: ignore[valid-type]
    check(z[0] == 1)


def states_a_visible(a: Any) -> None:
    z: Private[UInt[4]] = a  # type: ignore[valid-type]
    check(z == 1)


def states_a_name_of_a_type(a: Any) -> None:
    z: Short = a  # type: ignore[valid-type]
    check(z == 1)


def states_a_name_of_its_own(a: Any) -> None:
    own = UInt[4]
    z: own = a  # type: ignore[valid-type]
    check(z == 1)


def states_a_type_of_a_class(a: Any) -> None:
    z: Kinds.short = a  # type: ignore[name-defined]
    check(z == 1)


def states_in_a_text(a: Any) -> None:
    z: "UInt[4]" = a  # type: ignore[valid-type]  # noqa: UP037 - what is tested
    check(z == 1)


def states_a_list(a: Any) -> None:
    z: list[UInt[4]] = [a]  # type: ignore[valid-type]
    check(z[0] == 1)


def states_without_a_value(a: Any) -> None:
    z: UInt[4]  # type: ignore[valid-type]
    z = a
    check(z == 1)


def states_of_an_item(a: Any) -> None:
    zs = [0]
    zs[0]: UInt[4] = a  # type: ignore[valid-type,misc]
    check(zs[0] == 1)


def states_of_a_name_in_greek(a: Any) -> None:
    ζ: UInt[4] = a  # type: ignore[valid-type]
    check(ζ == 1)


def states_deep_within(a: Any) -> None:
    for _ in range(2):
        with suppress(ValueError):
            if True:
                z: UInt[4] = a  # type: ignore[valid-type]
                check(z == 1)


def states_less_than_narrow_checks(a: Any) -> None:
    z: UInt[4] = narrow(a, UInt[8])  # type: ignore[valid-type]
    check(z == 1)


def states_less_than_a_hint_gives(a: Any) -> None:
    z: UInt[4] = hint(lambda v, n: v, a, returns=UInt[8])  # type: ignore[valid-type]
    check(z == a)


def states_what_another_narrow_does_not(a: Any) -> None:
    def narrow(value: Any, _: Any) -> Any:
        return value

    z: UInt[4] = narrow(a, UInt[4])  # type: ignore[valid-type]
    check(z == 1)


Shorts = list[UInt[4]]  # type: ignore[valid-type]


def states_a_text_in_a_list(a: Any) -> None:
    z: list["UInt[4]"] = [a]  # type: ignore[valid-type]  # noqa: UP037 - what is tested
    check(z[0] == 1)


def states_a_name_of_lists(a: Any) -> None:
    z: Shorts = [a]
    check(z[0] == 1)


def states_a_name_that_is_called_so(a: Any) -> None:
    short: TypeAlias = UInt[4]  # type: ignore[valid-type]
    z: short = a
    check(z == 1)


def states_an_imported_name(a: Any) -> None:
    from zkpipe import UInt as Whole

    z: Whole[4] = a  # type: ignore[valid-type]
    check(z == 1)


def states_in_a_function_within(a: Any) -> None:
    def half() -> Any:
        z: UInt[4] = a  # type: ignore[valid-type]
        return z

    check(half() == 1)


STATED = [body for name, body in list(globals().items()) if name.startswith("states_")]


@pytest.mark.parametrize("body", STATED)
@pytest.mark.parametrize("decorator", [circuit, component])
def test_a_type_behind_a_local_name_is_an_error_on_its_line(body: Any, decorator: Any) -> None:
    body.__annotations__ = {"a": Private[U8] if decorator is circuit else U8}
    with pytest.raises(CompileError, match="checks nothing: Python ignores the type") as caught:
        decorator(body)
    assert caught.value.source is not None
    assert caught.value.source.text in inspect.getsource(body)
    assert re.match(r"(zs?|ζ)(\[0\])?: ", caught.value.source.text)
    assert "narrow(" in caught.value.fix


@pytest.mark.parametrize("body", STATED)
def test_a_type_behind_a_local_name_of_a_helper_is_an_error_on_its_line(body: Any) -> None:
    @circuit
    def example(a: Private[U8]) -> None:
        body(a)

    with pytest.raises(CompileError, match="checks nothing: Python ignores the type") as caught:
        example.compile()
    assert caught.value.source is not None
    assert caught.value.source.text in inspect.getsource(body)


def says_what_narrow_checks(a: Any) -> None:
    z: UInt[4] = narrow(a, UInt[4])  # type: ignore[valid-type]
    check(z == 1)


def says_what_a_hint_gives(a: Any) -> None:
    z: UInt[4] = hint(lambda v: v, a, returns=UInt[4])  # type: ignore[valid-type]
    check(z == a)


def says_what_narrow_of_the_package_checks(a: Any) -> None:
    import zkpipe as zk

    z: zk.UInt[4] = zk.narrow(a, zk.UInt[4])  # type: ignore[valid-type]
    check(z == 1)


def says_that_it_is_a_field(a: Any) -> None:
    z: Field = Field(a)  # type: ignore[valid-type]
    check(z == 1)


def says_what_is_no_value(a: Any) -> None:
    kind: type[UInt] = UInt
    double: Callable[[UInt[4]], UInt[5]] = lambda x: 2 * x  # type: ignore[valid-type]  # noqa: E731
    check(double(narrow(a, kind[4])) == 2)


def says_a_class_of_its_own(a: Any) -> None:
    class Fixed:
        size = 1

    z: Fixed = Fixed()
    check(a == z.size)


SAID = [body for name, body in list(globals().items()) if name.startswith("says_")]


@pytest.mark.parametrize("body", SAID)
@pytest.mark.parametrize("decorator", [circuit, component])
def test_a_type_that_tells_no_lie_may_stand_behind_a_local_name(body: Any, decorator: Any) -> None:
    body.__annotations__ = {"a": Private[U8] if decorator is circuit else U8}
    decorator(body)


def test_a_name_of_the_function_around_is_known_for_a_type() -> None:
    alias = UInt[4]

    def body(a: Any) -> None:
        """Text over lines
        that stand further left."""
        z: alias = a  # type: ignore[valid-type]
        check(z == 1)

    body.__annotations__ = {"a": Private[U8]}
    with pytest.raises(CompileError, match="z = narrow\\(a, alias\\)"):
        circuit(body)


def test_other_annotations_stay() -> None:
    @circuit
    def example(a: Private[U8]) -> Public[UInt[9]]:
        @dataclass
        class Pair:
            one: UInt[9]  # type: ignore[valid-type]
            two: UInt[9] = 0  # type: ignore[valid-type]

        count: int = 2
        seen: dict[str, Any] = {"a: UInt[4] = 3": a}
        pair: Pair = Pair(a, a)
        total: Any = sum([*seen.values()][:1]) + pair.one

        def double(x: U8) -> UInt[9]:  # type: ignore[valid-type]
            return x

        check(double(a) < 200)
        return total + 0 * count

    assert example.compile().solve(a=3).public == [6]


def list_of(function: Callable[[], Iterator[None]]) -> Callable[[], list[None]]:
    return lambda: list(function())


def test_what_is_lazy_and_taken_is_right() -> None:
    @circuit
    def example(xs: Private[Array[U8, 3]]) -> Public[UInt[12]]:
        def rules() -> Iterator[Any]:
            for x in xs:
                yield x < 10

        @list_of
        def run() -> Iterator[None]:
            yield check(xs[0] != 7)

        run()

        def each(do: Any, items: Any) -> None:
            for item in items:
                do(item)

        list(map(check, rules()))
        each(lambda x: check(x > 1), filter(None, [*xs][:0]))
        [check(x != 5) for x in xs]
        return sum(x * 2 for x in xs)

    assert example([2, 3, 4]) == 18
    assert example.compile().solve(xs=[2, 3, 4]).public == [18]
    with pytest.raises(UnsatisfiedError):
        example([2, 3, 10])


@pytest.mark.parametrize(
    "checked",
    [
        lambda a, b: check(a * a == a * a),
        lambda a, b: check(a * b + 1 == 1 + b * a),
        lambda a, b: check((a * b) // 3 <= (a * b) // 3, "m"),
        lambda a, b: check(
            a * b == b * a, "a message so long that the call of the check takes more than one line"
        ),
    ],
)
def test_a_check_of_what_is_written_twice_is_warned_of(checked: Any) -> None:
    def body(a: Any, b: Any) -> None:
        for x, y in [(a, b), (b, a)]:
            checked(x, y)

    body.__annotations__ = {"a": Private[UInt[8]], "b": Private[UInt[8]]}
    assert "vacuous-check" in [w.kind for w in circuit(body).trace().warnings]


@pytest.mark.parametrize(
    "checked",
    [
        lambda a, b: check(a * a == b * b),
        lambda a, b: check(a - b == b - a),
        lambda a, b: check(hint(lambda x: x, a, returns=UInt[8]) == a),
        lambda a, b: check(a * a != a * b),
    ],
)
def test_a_check_of_what_only_looks_alike_is_not_warned_of(checked: Any) -> None:
    def body(a: Any, b: Any) -> None:
        checked(a, b)

    body.__annotations__ = {"a": Private[UInt[8]], "b": Private[UInt[8]]}
    assert "vacuous-check" not in [w.kind for w in circuit(body).trace().warnings]


# --- what helpers hide, however they are reached


def ignored(a: Any) -> Any:
    z: UInt[4] = a
    return z


def thrown_away(a: Any) -> Any:
    map(lambda x: check(x < 10), [a])  # noqa: C417 # what is tested
    return a


def later(a: Any) -> Iterator[int]:
    check(a < 10)
    yield 1


def calls_later(a: Any) -> Any:
    later(a)
    return a


class Holder:
    static = staticmethod(ignored)

    def method(self, a: Any) -> Any:
        z: UInt[4] = a
        return z


def with_default(a: Any, how: Any = ignored) -> Any:
    return how(a)


@contextmanager
def entered(a: Any) -> Iterator[Any]:
    z: UInt[4] = a
    yield z


holder = Holder()
applied = functools.partial(ignored)
TABLE, LISTED = {"ignored": ignored}, [ignored]
module = ModuleType("somebodys")
module.ignored = ignored  # type: ignore[attr-defined] # somebody's module


def by_context(a: Any) -> Any:
    with entered(a) as z:
        return z


REACHED: dict[str, Callable[[Any], Any]] = {
    "a function": ignored,
    "a statement of a helper": thrown_away,
    "a generator of a helper": calls_later,
    "a static method": lambda a: Holder.static(a),
    "a method": lambda a: holder.method(a),
    "a partial": lambda a: applied(a),
    "an entry of a dict": lambda a: TABLE["ignored"](a),
    "an entry of a list": lambda a: LISTED[0](a),
    "a default": with_default,
    "a context manager": by_context,
    "an attribute of a module": lambda a: module.ignored(a),
}


@pytest.mark.parametrize("how", REACHED)
def test_what_a_helper_leaves_unchecked_is_refused_however_it_is_reached(how: str) -> None:
    helper = REACHED[how]

    @circuit
    def reaches(a: Private[UInt[8]]) -> Public[UInt[8]]:
        return helper(a)

    with pytest.raises(CompileError, match=r"checks nothing|computes nothing"):
        reaches.compile()


def test_narrow_under_the_name_of_something_else_is_no_check() -> None:
    with pytest.raises(CompileError, match="checks nothing"):

        @circuit
        def rebound(a: Private[UInt[8]]) -> Public[UInt[8]]:
            narrow = lambda x, _: x  # noqa: E731 # what is tested
            z: UInt[4] = narrow(a, UInt[4])
            return z


SPELLED = {
    "a backslash": "    z \\\n     : UInt[4] = a\n",
    "a key that is a text": "    o['#']: UInt[4] = a\n    z = o['#']\n",
    "a target over lines": "    o[\n    0\n    ]: UInt[4] = a\n    z = o[0]\n",
    "a form feed": "    z = a\n\f    z: UInt[4] = a\n",
}


@pytest.mark.parametrize("how", SPELLED)
def test_a_type_behind_a_local_name_is_found_however_it_is_spelled(
    how: str, tmp_path: Path
) -> None:
    text = (
        "from zkpipe import Private, Public, UInt, circuit\n@circuit\n"
        "def spelled(a: Private[UInt[8]]) -> Public[UInt[8]]:\n    o = {}\n"
        f"{SPELLED[how]}    return z\n"
    )
    (tmp_path / "spelled.py").write_text(text)
    scope: dict[str, Any] = {}
    with pytest.raises(CompileError, match="checks nothing"):
        exec(compile(text, str(tmp_path / "spelled.py"), "exec"), scope)  # noqa: S102 # what is tested
