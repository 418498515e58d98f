"""Where Python needs a plain value, the message says what to write instead of what stands there."""

# The circuits below are wrong on purpose, in the ways that people who are new write them.
# ruff: noqa: B018, B021, C405, C417, E702, PT018, RUF005, SIM108, UP031

from __future__ import annotations

import bisect
import functools
import heapq
import itertools
import json
import math
import operator
import pickle
import random
import statistics
import unittest
import warnings
from collections import namedtuple
from collections.abc import Callable
from copy import deepcopy
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.long_form import IS_LONG
from zkpipe.accel.bn254 import R
from zkpipe.circuits import (
    Array,
    Bool,
    CompileError,
    Field,
    Fixed,
    Int,
    Private,
    Public,
    UInt,
    any_of,
    check,
    circuit,
    component,
    hint,
    member,
    select,
)
from zkpipe.circuits.gadgets import poseidon

Byte = Private[UInt[8]]
Bytes = Private[Array[UInt[8], 4]]
Number = Private[Fixed[32, 16]]


def error_of(body: Callable[..., Any], first: object = Byte, second: object = Byte) -> CompileError:
    body.__annotations__ = {"a": first, "b": second}
    with pytest.raises(CompileError) as caught:
        circuit(body).trace()  # type: ignore[arg-type]  # a plain function
    return caught.value


def branch(a: Any, b: Any) -> Any:
    if a > b:
        y = a
    else:
        y = b
    check(y == 3)


def added(a: Any, b: Any) -> Any:
    y = b
    if a:
        y += 1
    check(y == 3)


def implied(a: Any, b: Any) -> Any:
    if a > 3 and not b < 2:
        check(a == b)
        check(a == 1)


def only_implied(a: Any, b: Any) -> Any:
    if a > 3 and not b < 2:
        check(a == b)


def raising(a: Any, b: Any) -> Any:
    if not (a > 3 or b):
        raise ValueError("too small")


def returning(a: Any, b: Any) -> Any:
    if a in [1, 2, b]:
        return a
    return b


def several(a: Any, b: Any) -> Any:
    if (
        a
        > b
    ):  # fmt: skip
        y = 1
        check(b == 3)
    else:
        y = 2
    check(a == y)


def otherwise(a: Any, b: Any) -> Any:
    if a == 1:
        y = 1
    elif a == 2:
        y = 2
    else:
        y = 3
    check(y == a)


def second_of_line(a: Any, b: Any) -> Any:
    x = 1 if b is None else 2; y = a if a > b else b  # fmt: skip
    check(x == y)


def test_of_name(a: Any, b: Any) -> Any:
    check(a > (3 if b else 4))


test_of_name.__test__ = False  # type: ignore[attr-defined]  # a circuit, and no test


def loop(a: Any, b: Any) -> Any:
    while a > 0:
        a -= 1


def broken_off(a: Any, b: Any) -> Any:
    for i in range(10):
        if i > a:
            break
        check(b != i)


def unpacked(a: Any, b: Any) -> Any:
    x, y = a
    check(x == y)


def matched(a: Any, b: Any) -> Any:
    match a:
        case 1:
            pass


def guarded(a: Any, b: Any) -> Any:
    match [a, b]:
        case [x, y] if x > y:
            pass


def asserted(a: Any, b: Any) -> Any:
    assert a in (1, 2) and b > 3, "one of two"


def chained(a: Any, b: Any) -> Any:
    check(0 < a < b)


def joined(a: Any, b: Any) -> Any:
    check(
        a > 1
        or b > 2
    )  # fmt: skip


def of_numbers(a: Any, b: Any) -> Any:
    a and b


def kept(a: Any, b: Any) -> Any:
    check(sum([x for x in [a, b, 3] if x > 3]) == 3)


def replaced(a: Any, b: Any) -> Any:
    values = [1, 2, 3]
    values[a] = 4


def deleted(a: Any, b: Any) -> Any:
    values = [1, 2, 3]
    del values[a]


def text(a: Any, b: Any) -> Any:
    f"{'yes' if a > b else 'no'}"


def formatted(a: Any, b: Any) -> Any:
    f"{a:03d}"


def raising_a_text(a: Any, b: Any) -> Any:
    if a > b:
        raise ValueError("too large")


def raising_or_none(a: Any, b: Any) -> Any:
    raise ValueError("too large") if a > b else None


def raising_unless(a: Any, b: Any) -> Any:
    raise None if a <= b else ValueError(a)


def failing(a: Any, b: Any) -> Any:
    a <= b or pytest.fail("too large")


def in_a_lambda(a: Any, b: Any) -> Any:
    list(map(lambda x: 1 if x > 3 else 0, [a, b]))


def keyed(a: Any, b: Any) -> Any:
    entries = {1: 2}
    entries[a]


def of_flag_and_number(a: Any, b: Any) -> Any:
    c = a > 1
    c and b


DECIDED = {  # what the sentence is about, and what to write instead
    branch: ("`a > b` decides an `if`", "Write y = select(a > b, a, b)."),
    added: ("`a` decides an `if`", "Write y = select(a != 0, y + 1, y)."),
    implied: ("decides an `if`", "choose: select((a > 3) & (b >= 2), if_true, if_false)."),
    only_implied: ("decides an `if`", "Write check(~((a > 3) & (b >= 2)) | (a == b))."),
    raising: ("decides an `if`", "Write check((a > 3) | b, 'too small')."),
    raising_a_text: ("decides an `if`", "Write check(a <= b, 'too large')."),
    raising_or_none: ("`a > b` decides an `if`", "Write check(a <= b, 'too large')."),
    raising_unless: ("`a <= b` decides an `if`", "Write check(a <= b)."),
    failing: ("Python's `or`", "Write check(a <= b, 'too large')."),
    returning: ("`a in [1, 2, b]`", "Write return select(member(a, [1, 2, b]), a, b)."),
    several: (
        "`a > b` decides",
        "Compute both cases and choose: select(a > b, if_true, if_false).",
    ),
    otherwise: ("`a == 1` decides", "Compute both cases and choose: select(a == 1,"),
    second_of_line: ("`a > b` decides an `if`", "Write select(a > b, a, b)."),
    test_of_name: ("`b` decides an `if`", "Write select(b != 0, 3, 4)."),
    loop: ("`a > 0` decides how often a `while` runs", "a fixed number of steps"),
    broken_off: ("`i > a` decides an `if`", "choose with select(i <= a, new, old)."),
    unpacked: ("`a` is taken apart", "Declare an Array[T, n]"),
    matched: ("`a` decides a `match`", "lookup(values, x)."),
    guarded: ("`[a, b]` decides a `match`", "select(x == 1,"),
    asserted: ("is asserted", "Write check(member(a, [1, 2]) & (b > 3), 'one of two')."),
    chained: ("a chain of comparisons", "Write (0 < a) & (a < b)."),
    joined: ("`a > 1 or b > 2` is decided by Python's `or`", "Write (a > 1) | (b > 2)."),
    of_numbers: ("Python's `and`", "Write (a != 0) & (b != 0)."),
    of_flag_and_number: ("Python's `and`", "Write c & (b != 0)."),
    kept: ("`x > 3` decides which items stay", "select(x > 3, item, 0)."),
    replaced: ("`values[a]`", "values = [select(a == k, new, x) for k, x in enumerate(values)]."),
    deleted: ("`values[a]` deletes", "A list's length is fixed"),
    text: ("`a > b` decides an `if`", "Write select(a > b, 'yes', 'no')."),
    formatted: ("is formatted", "error.explain() shows values."),
    in_a_lambda: ("`x > 3` decides an `if`", "Write select(x > 3, 1, 0)."),
    keyed: ("`entries[a]`", "lookup(entries, x)"),
}


@pytest.mark.parametrize("body", DECIDED, ids=lambda body: body.__name__)
def test_advice_is_for_what_stands_in_the_text(body: Callable[..., Any]) -> None:
    about, fix = DECIDED[body]
    error = error_of(body)
    assert about in error.problem
    assert fix in error.fix


EXPRESSIONS: list[tuple[str, Callable[..., Any], str]] = [
    ("not", lambda a, b: check(not a > 1), "Write a <= 1."),
    ("not in", lambda a, b: check(a not in {1, 2}), "Write ~member(a, [1, 2])."),
    ("in range", lambda a, b: check(a in range(1, 5)), "Write member(a, range(1, 5))."),
    ("max", lambda a, b: max(a, b), "Write maximum(a, b)."),
    ("min", lambda a, b: min(x for x in [a, b]), "Write minimum([x for x in [a, b]])."),
    ("key", lambda a, b: max([a, b], key=lambda x: -x), "select(key(x) > key(best), x, best)."),
    ("default", lambda a, b: min([a, b], default=3), "Write minimum([a, b])."),
    ("axis", lambda a, b: np.max([[a], [b]], axis=0), "Write maximum(values) for each row"),
    ("pairs", lambda a, b: np.maximum([a], [b]), "[maximum(x, y) for x, y in zip("),
    ("reduce", lambda a, b: functools.reduce(max, [a, b]), "Write maximum(values)."),
    ("any", lambda a, b: any(x > 3 for x in [a, b]), "Write any_of([x > 3 for x in [a, b]])."),
    ("all", lambda a, b: all([a > 3, b > 3]), "Write all_of([a > 3, b > 3])."),
    ("bool", lambda a, b: bool(a), "Write a != 0."),
    ("sorted", lambda a, b: sorted([a, b]), "Exchange pairs with minimum() and maximum()"),
    ("sort", lambda a, b: [a, b].sort(), "Exchange pairs"),
    ("filter", lambda a, b: list(filter(lambda x: x > 3, [a])), "select(condition, item, 0)"),
    ("where", lambda a, b: [a, b].index(b), "check(lookup(values, place) == x)"),
    ("count", lambda a, b: [a, b].count(b), "Write sum(y == x for y in values)."),
    ("lists", lambda a, b: [a, b] == [b, 1], "all_of(x == y for x, y in zip("),
    ("int", lambda a, b: int(a), "Leave out int(): the value is a whole number."),
    ("map", lambda a, b: list(map(int, [a])), "Leave out int()"),
    ("float", lambda a, b: float(a), "Leave out float()"),
    ("isqrt", lambda a, b: math.isqrt(a * b), "check((r * r <= (a * b)) & ((a * b) < "),
    ("gcd", lambda a, b: math.gcd(a, b), "from a hint"),
    ("range", lambda a, b: list(range(a)), "select(i < a, value, 0)"),
    ("zeros", lambda a, b: np.zeros(a), "select(i < a, value, 0)"),
    ("bin", lambda a, b: bin(a), "to_bits(a, n)"),
    ("item", lambda a, b: [1, 2, 3][a], "Write lookup([1, 2, 3], a)."),
    ("items", lambda a, b: [[1, 2], [3, 4]][a][b], "Write lookup([[1, 2], [3, 4]], a, b)."),
    ("row", lambda a, b: [[1, 2], [3, 4]][0][b], "Write lookup([[1, 2], [3, 4]][0], b)."),
    ("slice", lambda a, b: [1, 2, 3][:a], "A list's length is fixed"),
    ("percent", lambda a, b: "%d" % a, "Leave it out of the text"),
    ("set", lambda a, b: {a, b}, "Keep signals in lists"),
    ("set()", lambda a, b: set([a, b]), "compare pairs with check(x != y)"),
    ("get", lambda a, b: {1: 2}.get(a), "lookup(entries, a)"),
    ("cache", lambda a, b: functools.cache(abs)(a), "leave out functools.cache"),
    ("len", lambda a, b: len(a), "Declare an Array[T, n]"),
    ("groups", lambda a, b: list(itertools.groupby([a, b])), "select(), lookup(), member()"),
    ("numpy", lambda a, b: np.max([a, b]), "Write maximum(values)."),
    ("argmax", lambda a, b: np.argmax([a, b]), "Take the place from a hint"),
    ("arrays", lambda a, b: np.array([a, b]) > 3, "item by item: [x > 3 for x in xs]"),
    ("any number", lambda a, b: any([a, b]), "any_of([x != 0 for x in [a, b]])."),
    ("not equal", lambda a, b: [a, b] != [b, 1], "any_of(x != y for x, y in zip("),
    ("or a message", lambda a, b: check(a > 3 or "bad"), "Write check(a > 3, 'bad')."),
    ("or both", lambda a, b: check(a > 3 or b or "bad"), "Write check((a > 3) | (b != 0), 'bad')."),
    ("or a call", lambda a, b: check(a > 3 or abs(b)), "Write (a > 3) | abs(b)."),
    ("pairs", lambda a, b: [a, b] > [b, 1], "all_of([x > y for x, y in zip(xs, ys, strict=True)])"),
    ("words", lambda a, b: [a, b] <= [b, 1], "order of lists is lexicographic"),
    ("by a list", lambda a, b: select([a, b], 1, 2), "[select(x, a, b) for x in xs]"),
    ("order", lambda a, b: [a, b] < [b, 1], "result = (x < y) | ((x == y) & result)"),
    ("from", lambda a, b: range(a, 9), "select((a <= i) & (i < 9), value, 0)"),
    ("format", lambda a, b: format(a, "d"), "Leave it out of the text"),
    ("axes", lambda a, b: np.zeros((2, 2))[:, a], "for each list by itself"),
    ("a variable", lambda a, b: math.fmod((count := a), math.fmod(count, b)), "select()"),
    ("type", lambda a, b: hint(abs, a), "hint(function, x, returns=UInt[8])"),
    ("brackets", lambda a, b: Field[8], "Array[Field, n]"),  # type: ignore[index]
    ("or none", lambda a, b: UInt[8] | None, "a Bool beside it"),
    ("median", lambda a, b: statistics.median([a, b]), "Exchange pairs"),
    ("heap", lambda a, b: heapq.nlargest(1, [a, b]), "Exchange pairs"),
    ("bisect", lambda a, b: bisect.bisect([1, 2], a), "Exchange pairs"),
    ("modulus", lambda a, b: pow(a, 2, 5), "Write (x ** n) % m."),
    ("root", lambda a, b: a**0.5, "Take the root from a hint"),
    ("matrix", lambda a, b: a @ b, "Multiply values with `*`"),
    ("nan", lambda a, b: a < float("nan"), "Write a whole number"),
    ("none", lambda a, b: a == None, "Give a signal or a whole number"),  # noqa: E711
    ("list", lambda a, b: a + [1, 2], "Work on a list item by item"),
    ("mask of a Bool", lambda a, b: a & (b > 3), "flag & (x != 0)"),
    ("keys kept", lambda a, b: {i: a for i in range(3) if a}, "select(a != 0, item, 0)"),
    ("from the end", lambda a, b: [1, 2, 3][-a], "Write lookup([1, 2, 3], len([1, 2, 3]) - a)."),
    ("bytes", lambda a, b: bytes([a]), "Keep bytes as a list of UInt[8]."),
    ("pop", lambda a, b: [1, 2].pop(a), "Write lookup(values, a)"),
    ("clip", lambda a, b: np.clip([a], 0, 3), "Write minimum(maximum(x, low), high)."),
    ("no list", lambda a, b: member(a, 3), "Give a list"),
    ("no conditions", lambda a, b: any_of(3), "Give a list of Bools"),
    ("text compared", lambda a, b: check(str(a) == "3"), "Compare values of the circuit"),
    ("mean", lambda a, b: statistics.mean([a, b]), "sum(values) // n of n values"),
    ("json", lambda a, b: json.dumps({"a": [a, b]}), "the circuit's outputs"),
    ("seed", lambda a, b: random.seed(a), "give what was drawn as an input"),
    ("fraction", lambda a, b: Fraction(a, 3), "the circuit's outputs"),
    ("numpy's root", lambda a, b: np.sqrt([a, b]), "check((r * r <= x) & (x < "),
    ("numpy's sum", lambda a, b: np.subtract(a, b + 1), "Write a - (b + 1)."),
    ("numpy's int", lambda a, b: np.int64(a), "Leave out int64(): the value is a whole number."),
    ("dtype", lambda a, b: np.array([a], dtype=int), "Leave out the dtype"),
    ("norm", lambda a, b: np.linalg.norm([a, b]), "Compare squares"),
    ("joined", lambda a, b: "".join([a, b]), "Leave it out of the text"),
    ("pickled", lambda a, b: pickle.dumps(a), "the circuit's outputs"),
    ("method", lambda a, b: a.to_bytes(2, "big"), "to_bits(a, n)"),
    ("method of numpy's", lambda a, b: a.astype(int), "Write narrow(a, UInt[n])"),
    ("method of other languages", lambda a, b: (a + b).is_zero(), "Write a + b == 0."),
    ("no method", lambda a, b: a.frobnicate(), "A value has Python's operators"),
    ("later", lambda a, b: a.item(), "it has a value only when a witness is solved"),
    ("value", lambda a, b: 3 if a.value else 4, "Compute with a itself"),
    ("kept", lambda a, b: a.high > 3 and a.payload > 3, "Compute with a itself"),
    ("set", lambda a, b: setattr(a, "limit", 3), "select(), lookup()"),
    ("item set", lambda a, b: operator.setitem(a, 0, 1), "select(), lookup()"),
    ("one or another", lambda a, b: a == 1 or 2, "Write member(a, [1, 2])."),
    ("in a text", lambda a, b: a in "abc", "Write member(x, [1, 2, 3])."),
    ("matrix of numpy", lambda a, b: np.linalg.inv(np.array([[a, b], [b, a]])), "select()"),
    ("generator of numpy", lambda a, b: np.random.default_rng(a), "select()"),
    ("text of a value", lambda a, b: int(str(a)), "Leave out int()"),
    ("attribute of a function", lambda a, b: poseidon.hash([a, b]), "Call it: poseidon(...)."),
    ("list and more", lambda a, b: poseidon([a, b], 3), "Write poseidon(inputs)."),
    ("two of numpy", lambda a, b: np.maximum(a, b), "Write maximum(a, b)."),
    ("shift of numpy", lambda a, b: np.left_shift(a, 2), "Write a << n."),
    ("not of numpy", lambda a, b: np.logical_not(a > 1), "Write ~(a > 1)."),
    ("is", lambda a, b: check((a == 3) is True), "Compare the values"),
    ("called", lambda a, b: a(3), "give one of the two another name"),
    ("fewer", lambda a, b: poseidon(), "Write poseidon(inputs)."),
    ("more", lambda a, b: poseidon(a, b), "Write poseidon([a, b])."),
    ("unnamed", lambda a, b: member(a, values=[b], among=3), "Write member(value, values)."),
    ("two lists", lambda a, b: [a] - [b], "[x - y for x, y in zip([a], [b], strict=True)]"),
    ("beyond", lambda a, b: [a, b][2], "Indices go from 0 to 1."),
    ("of two", lambda a, b: (xs := [[a], [b]]) and xs[0, 1], "[i][j] for a list of lists"),
    ("in parentheses", lambda a, b: a == 1 | b > 2, "(a == 1) | (b > 2)."),
    ("three in parentheses", lambda a, b: a > 1 & b > 2 & a < 9, "(a > 1) & (b > 2) & (a < 9)."),
    ("one in parentheses", lambda a, b: a & (b == 1), "flag & (x != 0)"),
    ("shift", lambda a, b: a << -1, "from 0"),
    ("message", lambda a, b: check(a == b, f"{a} is not {b}"), "Write a text without it"),
]


@pytest.mark.parametrize(
    ("body", "fix"), [x[1:] for x in EXPRESSIONS], ids=[x[0] for x in EXPRESSIONS]
)
def test_advice_is_for_the_function_that_is_called(body: Callable[..., Any], fix: str) -> None:
    def example(a: Any, b: Any) -> Any:
        body(a, b)

    assert fix in error_of(example).fix


@pytest.mark.parametrize(
    ("body", "fix"),
    [
        (lambda a: round(a), "Write (a + 0.5) // 1, which rounds a half up."),
        (lambda a: round(a, 2), "Write (a * 100 + 0.5) // 1, which rounds a half up: it counts"),
        (lambda a: math.sqrt(a), "u = a.units * 2**f"),
        (lambda a: math.ceil(a), "Write -(-a // 1)."),
        (lambda a: int(a * 2), "select((a * 2) < 0, -(-(a * 2) // 1), (a * 2) // 1)"),
        (lambda a: float(a), "a Fixed is a number already"),
    ],
)
def test_advice_for_a_fixed_is_its_own(body: Callable[..., Any], fix: str) -> None:
    def example(a: Any, b: Any) -> Any:
        body(a)

    assert fix in error_of(example, Number).fix


ASKED = {  # expressions of Python's, on numbers and lists that the test gives
    "xs[i][-1][j]": "Public[UInt[8]]",
    "xs[i][0][-1]": "Public[UInt[8]]",
    "xs[i][j][0]": "Public[UInt[8]]",
    "xs[-1 - i][j][-1]": "Public[UInt[8]]",
    "xs[i][1 - j][-2]": "Public[UInt[8]]",
    "any(xs[0][0])": "Public[Bool]",
    "all(x for x in xs[1][1])": "Public[Bool]",
    "x if i in {1: 7, 2: 8} else y": "Public[Int[8]]",
    "x // y if y != 0 else 3": "Public[Int[10]]",
    "min([x, y, 3], default=8)": "Public[Int[8]]",
}


@pytest.mark.parametrize("text", ASKED)
def test_what_is_advised_does_what_python_does(text: str, tmp_path: Path) -> None:
    def made(body: str, name: str) -> Any:
        file = tmp_path / f"{name}.py"
        file.write_text(
            "from zkpipe.circuits import *\n@circuit\n"
            "def f(xs: Private[Array[UInt[8], 3, 2, 2]], i: Private[UInt[1]], j: Private[UInt[1]],"
            f" x: Private[Int[8]], y: Private[Int[8]]) -> {ASKED[text]}:\n    return {body}\n"
        )
        scope: dict[str, Any] = {}
        exec(compile(file.read_text(), str(file), "exec"), scope)  # noqa: S102
        return scope["f"]

    with pytest.raises(CompileError) as caught:
        made(text, "asked").trace()
    advised = caught.value.fix.removeprefix("Write ").removesuffix(".")
    if " Both cases" in advised:
        advised, _, guard = advised.partition(". Both cases are computed: divide by ")
        safe, _, divisor = guard.partition(" in place of ")
        advised = advised.replace(f"// {divisor}", f"// {safe}")
    proven = made(advised, "advised")
    xs = [[[0, 5], [3, 9]], [[4, 0], [0, 7]], [[8, 2], [6, 1]]]
    for i, j, x, y in [(0, 0, 7, -2), (1, 0, -7, 0), (0, 1, 0, 3), (1, 1, -128, 3)]:
        asked = eval(text, {"xs": xs, "i": i, "j": j, "x": x, "y": y})  # noqa: S307
        assert proven(xs, i, j, x, y) == asked
        assert proven.trace().solve(xs=xs, i=i, j=j, x=x, y=y).public == [asked % R]


TERMS = 2000 if IS_LONG else 1200  # more than Python's stack is deep
LONG = " + a" * TERMS


@pytest.mark.parametrize(
    "text",
    [
        f"if a{LONG}: b = 1",
        f"[1, 2][a{LONG}]",
        f"(a{LONG} > 3) and b",
        f"(a{LONG}) @ b",
        f"b // (0{LONG.replace('a', '0')})",
        f"check(a{LONG} == a{LONG} + b); check(~(a == 1))",
        "if a" + " or a" * TERMS + ": b = 1",
    ],
    ids=["if", "index", "and", "matrix", "division", "check", "or"],
)
def test_text_of_any_length_ends_in_a_sentence(text: str, tmp_path: Path) -> None:
    file = tmp_path / "example.py"
    file.write_text(
        f"from zkpipe.circuits import check\ndef example(a, b):\n    {text}\n    check(a)"
    )
    scope: dict[str, Any] = {}
    exec(compile(file.read_text(), str(file), "exec"), scope)  # noqa: S102
    assert error_of(scope["example"]).fix


@pytest.mark.parametrize(
    "now",
    ["    c = b * 3\n    [1, 2][a]", "    [3, b][a]", "    [2, 1][a]", "    c = [1, 2][a]"],
)
def test_text_that_was_edited_since_the_import_gets_general_advice(
    now: str, tmp_path: Path
) -> None:
    file = tmp_path / "example.py"
    head = "def example(a, b):\n"
    scope: dict[str, Any] = {}
    exec(compile(head + "    [1, 2][a]", str(file), "exec"), scope)  # noqa: S102
    file.write_text(head + now)
    error = error_of(scope["example"])
    assert error.problem.startswith("An expression ")
    assert "lookup(values, x)" in error.fix


@pytest.mark.parametrize("action", ["always", "error"])
@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("[1, 2][a]", "Write lookup([1, 2], a)."),
        ("return 1 if a > b else '\\d'", "Write select(a > b, 1, '\\\\d')."),
        ("map(print, [a, '\\d'])", "Write a for loop, or a plain function and call it."),
    ],
)
def test_text_that_python_warns_of_is_read_again_in_silence(
    line: str, says: str, action: Any, tmp_path: Path
) -> None:
    """From Python 3.12 on everybody is told of the escape; the import did so."""
    text = f'def example(a, b):\n    """Digits are \\d."""\n    c = b is 5\n    {line}\n'
    file = tmp_path / "example.py"
    file.write_text(text)
    scope: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(text, str(file), "exec"), scope)  # noqa: S102
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter(action)
        error = error_of(scope["example"])
    assert told == []
    assert error.fix == says


def test_the_order_of_lists_is_as_advised() -> None:
    @circuit
    def ordered(
        a: Private[Array[UInt[4], 3]], b: Private[Array[UInt[4], 3]]
    ) -> tuple[Public[Bool], Public[Bool]]:
        less, most = False, True
        for x, y in reversed(list(zip(a, b, strict=True))):
            less = (x < y) | ((x == y) & less)
            most = (x < y) | ((x == y) & most)
        return less, most

    lists = [[1, 2, 3], [1, 2, 4], [1, 3, 0], [0, 9, 9], [2, 0, 0]]
    for a in lists:
        for b in lists:
            assert ordered(a, b) == (a < b, a <= b)


def test_a_fixed_is_rounded_as_advised() -> None:
    @circuit
    def rounded(
        x: Private[Fixed[16, 4]], positive: Private[Fixed[16, 4]]
    ) -> tuple[Public[Int[16]], Public[Int[16]], Public[Int[32]], Public[UInt[16]]]:
        u = positive.units * 2**4
        r = hint(math.isqrt, u, returns=UInt[10])
        check((r * r <= u) & (u < (r + 1) * (r + 1)))
        towards_zero = select(x < 0, -(-x // 1), x // 1)
        return towards_zero, (x + 0.5) // 1, (x * 100 + 0.5) // 1, r

    rounded.compile()
    for x in (-2.5, -1.75, -0.5, 0.0, 0.5, 1.25, 2.5, 7.8125):
        expected = int(x), math.floor(x + 0.5), math.floor(100 * x + 0.5)
        assert rounded(x, abs(x)) == (*expected, math.isqrt(int(abs(x) * 256)))


@pytest.mark.parametrize(
    "text",
    ["if a > b: pass", "a and b", "[1, 2][a]", "{a}", "max(a, b)", "f'{a:d}'", "list(a)"],
)
def test_text_that_cannot_be_read_gets_general_advice(text: str) -> None:
    scope: dict[str, Any] = {}
    exec(f"def example(a, b):\n    {text}", scope)  # noqa: S102  # as a notebook without sources
    error = error_of(scope["example"])
    assert error.problem.startswith("An expression ")
    assert error.fix.endswith(".")


@pytest.mark.parametrize(
    ("body", "library"),
    [
        (lambda a, b: np.max([a, b]), "numpy/"),
        (lambda a, b: statistics.median([a, b]), "statistics.py"),
        (lambda a, b: np.sort([a, b]), "numpy/"),
        (lambda a, b: heapq.nlargest(1, [a, b]), "heapq.py"),
    ],
)
def test_the_users_line_is_told_and_the_librarys_beside_it(
    body: Callable[..., Any], library: str
) -> None:
    def example(a: Any, b: Any) -> Any:
        body(a, b)

    error = error_of(example)
    assert error.source is not None
    assert error.source.file == "test_advice.py"
    assert error.evidence[0].startswith("test_advice.py:")
    assert error.evidence[1].startswith(library)


@component
def own(a: UInt[8], raised: UInt[8]) -> UInt[8]:
    raise ERRORS[0]


ERRORS: list[Exception] = []


@pytest.mark.parametrize(
    "error",
    [TypeError("n of Signal"), ValueError("n is odd"), AttributeError("no x", name="x", obj=3)],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("within", [lambda a, b: a, own], ids=["circuit", "component"])
def test_an_error_of_the_users_own_stays_what_it_is(
    error: Exception, within: Callable[..., Any]
) -> None:
    ERRORS[:] = [error]

    def raising(a: Any, b: Any) -> None:
        within(a, b)
        raise error

    raising.__annotations__ = {"a": Byte, "b": Byte}
    with pytest.raises(type(error)) as caught:
        circuit(raising).trace()  # type: ignore[arg-type]  # a plain function
    assert caught.value is error


class Refused(Exception):
    def __init__(self, value: Any) -> None:
        self.value = value


@pytest.mark.parametrize(
    "of",
    [
        lambda a: ValueError(f"f needs a wide a, but has {a}"),
        lambda a: ValueError("too narrow:", a),
        lambda a: TypeError(a),
        Refused,
    ],
    ids=["f-string", "two arguments", "the value", "own class"],
)
def test_an_authors_error_with_a_value_in_it_stays_what_it_is(
    of: Callable[[Any], Exception],
) -> None:
    raised: list[Exception] = []

    def raising(a: Any, b: Any) -> None:
        raised.append(of(a))
        raise raised[0]

    raising.__annotations__ = {"a": Byte, "b": Byte}
    with pytest.raises(type(of(1))) as caught:
        circuit(raising).trace()  # type: ignore[arg-type]  # a plain function
    assert caught.value is raised[0]


def test_what_a_library_says_itself_is_told() -> None:
    def seeded(a: Any, b: Any) -> Any:
        random.seed(a)

    def counted(a: Any, b: Any) -> Any:
        json.dumps(a)

    assert error_of(seeded).evidence[-1].startswith("TypeError: The only supported seed types")
    assert not any("Signal" in line for line in error_of(counted).evidence)


def test_a_field_that_a_named_tuple_lacks_is_told() -> None:
    pair = namedtuple("pair", "low high")

    def asked(a: Any, b: Any) -> Any:
        check(pair(a, b).hihg == 3)

    assert error_of(asked).fix == "Did you mean `high`?"


def test_a_value_may_be_asked_for_an_attribute() -> None:
    @circuit
    def asked(a: Private[UInt[8]]) -> Public[UInt[8]]:
        try:
            return a.bit_length()  # type: ignore[attr-defined]  # what the test is about
        except AttributeError:
            return getattr(a, "nothing", a) if not hasattr(a, "nothing") else 0

    assert asked(7) == 7
    assert asked.trace().solve(a=7).public == [7]


def test_a_copy_of_a_value_is_the_value() -> None:
    @circuit
    def copied(a: Private[Array[UInt[8], 2]]) -> Public[UInt[9]]:
        return sum(deepcopy(a))

    assert copied([1, 2]) == 3
    assert copied.compile().solve(a=[1, 2]).public == [3]


def thrown(a: Any, b: Any) -> None:
    def items() -> Any:
        yield 1

    waiting = items()
    next(waiting)
    waiting.throw(ValueError(f"a is {a}"))


def failed(a: Any, b: Any) -> None:
    unittest.TestCase().fail(f"a is {a}")


def warned(a: Any, b: Any) -> None:
    warnings.warn(f"a is {a}", stacklevel=1)


def warned_of_a_value(a: Any, b: Any) -> None:
    warnings.warn(UserWarning(a), stacklevel=1)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (thrown, ValueError),
        (warned, UserWarning),
        (warned_of_a_value, UserWarning),
        (failed, AssertionError),
    ],
    ids=["thrown", "warned", "warned of a value", "failed"],
)
def test_an_authors_words_that_a_library_raises_stay_what_they_are(
    body: Callable[..., Any], kind: type[Exception]
) -> None:
    def raising(a: Any, b: Any) -> None:
        body(a, b)

    raising.__annotations__ = {"a": Byte, "b": Byte}
    with pytest.raises(kind, match="<an integer from 0 to 255 of a circuit>"):
        circuit(raising).trace()  # type: ignore[arg-type]  # a plain function
