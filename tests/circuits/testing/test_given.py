"""What a test gives is held against what the circuit declares: outputs, inputs, reasons."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from zkpipe.accel.bn254 import R
from zkpipe.circuits import (
    Array,
    Bool,
    Field,
    Fixed,
    Int,
    Private,
    Public,
    UInt,
    check,
    circuit,
    hint,
    narrow,
)
from zkpipe.circuits.gadgets import to_bits
from zkpipe.circuits.testing import accepts, agrees, costs, deletions, lies, mutations, rejects


@dataclass(frozen=True)
class Account:
    owner: Field
    balance: UInt[64]


@dataclass(frozen=True)
class Swapped:
    balance: UInt[64]
    owner: Field


@dataclass(frozen=True)
class Same:
    owner: Field
    balance: UInt[64]


@dataclass(frozen=True)
class Richer(Account):
    limit: UInt[64] = 0  # type: ignore[assignment]


@dataclass(frozen=True)
class Pair:
    accounts: Array[Account, 2]
    open: Bool


@circuit
def average(x: Private[UInt[8]], y: Private[UInt[8]]) -> Public[UInt[8]]:
    return (x + y) // 2


@circuit
def account(o: Private[Field], b: Private[UInt[64]]) -> Public[Account]:
    return Account(o, b)


@circuit
def pair(o: Private[Field], b: Private[UInt[64]]) -> tuple[Public[Pair], Public[Int[9]]]:
    return Pair([Account(o, b), Account(o, b)], b == 180), -narrow(b, UInt[8])


@circuit
def table(x: Private[UInt[4]]) -> Public[Array[UInt[8], 2, 3]]:
    return [[x + 3 * i + j for j in range(3)] for i in range(2)]


@circuit
def is_large(x: Private[UInt[8]]) -> Public[Bool]:
    return x > 100


@circuit
def scaled(x: Private[Fixed[16, 8]]) -> Public[Fixed[18, 8]]:
    return x * 2


@circuit
def negative(x: Private[Field]) -> Public[Field]:
    return -x


@circuit
def silent(x: Private[UInt[8]]) -> None:
    check(x <= 100, "over the limit")


FIVE = (average, {"x": 5, "y": 5})
ACCOUNT = (account, {"o": 3, "b": 180})
PAIR = (pair, {"o": 3, "b": 180})
TABLE = (table, {"x": 4})
NUMBERS = [[4, 5, 6], [7, 8, 9]]
RIGHT_PAIR = {"accounts": [{"owner": 3, "balance": 180}] * 2, "open": True}


def fails(function: Any, *arguments: Any, **named: Any) -> str:
    with pytest.raises(AssertionError) as failure:
        function(*arguments, **named)
    return str(failure.value)


@pytest.mark.parametrize(
    ("case", "outputs"),
    [
        (FIVE, 5),
        (FIVE, np.int64(5)),
        (FIVE, np.uint8(5)),
        (FIVE, np.array(5)),
        (ACCOUNT, Account(3, 180)),
        (ACCOUNT, {"owner": 3, "balance": 180}),
        (ACCOUNT, {"balance": np.int32(180), "owner": 3}),
        (PAIR, (RIGHT_PAIR, -180)),
        (PAIR, [Pair([Account(3, 180)] * 2, True), -180]),  # type: ignore[arg-type, list-item]
        (TABLE, NUMBERS),
        (TABLE, np.array(NUMBERS)),
        (TABLE, [np.array(row) for row in NUMBERS]),
        ((is_large, {"x": 101}), True),
        ((is_large, {"x": 101}), 1),
        ((is_large, {"x": 1}), np.bool_(False)),
        ((scaled, {"x": -1.5}), -768),
        ((scaled, {"x": -1.5}), -3.0),
        ((scaled, {"x": -1.5}), Decimal(-3)),
        ((scaled, {"x": -1.5}), Fraction(-3)),
        ((negative, {"x": 1}), R - 1),
        ((negative, {"x": 1}), -1),
        ((silent, {"x": 1}), None),
    ],
)
def test_what_is_expected_is_given_as_the_plain_run_or_an_input_is(case: Any, outputs: Any) -> None:
    accepts(*case, outputs)
    accepts(*case, case[0](**case[1]))


@pytest.mark.parametrize(
    ("case", "outputs"),
    [
        *[(FIVE, wrong) for wrong in (5.9, 5.0, "5", R + 5, 5 - R, [5], [[5]], True, 256, -251)],
        *[(FIVE, wrong) for wrong in ((5,), {"out": 5}, b"\x05", np.array([5]), 5 + 0j, "")],
        (FIVE, np.float64(5)),
        (FIVE, Decimal(5)),
        (FIVE, Fraction(5)),
        (ACCOUNT, Swapped(balance=3, owner=180)),  # type: ignore[arg-type]
        (ACCOUNT, Same(3, 180)),  # type: ignore[arg-type]
        (ACCOUNT, Richer(3, 180, 7)),  # type: ignore[arg-type]
        (ACCOUNT, (3, 180)),
        (ACCOUNT, [3, 180]),
        (ACCOUNT, {"owner": 3}),
        (ACCOUNT, {"owner": 3, "balance": 180, "limit": 1}),
        (ACCOUNT, {"owner": 3, "balanse": 180}),
        (ACCOUNT, Account),
        (PAIR, RIGHT_PAIR),
        (PAIR, (RIGHT_PAIR, -180, 0)),
        (PAIR, (RIGHT_PAIR,)),
        (PAIR, (RIGHT_PAIR, R - 180)),
        (PAIR, ({**RIGHT_PAIR, "open": 1.7}, -180)),
        (PAIR, ({**RIGHT_PAIR, "accounts": [Same(3, 180)] * 2}, -180)),  # type: ignore[arg-type]
        (TABLE, [4, 5, 6, 7, 8, 9]),
        (TABLE, np.arange(4, 10)),
        (TABLE, np.arange(4, 10).reshape(3, 2)),
        (TABLE, np.array(NUMBERS, float)),
        (TABLE, [[4, 5, 6], [7, 8]]),
        (TABLE, (x for x in NUMBERS)),
        ((is_large, {"x": 101}), 1.7),
        ((is_large, {"x": 101}), 2),
        ((is_large, {"x": 101}), "True"),
        ((scaled, {"x": 0.125}), 0.251),  # rounds to 64 units, which are 0.25
        ((scaled, {"x": 0.125}), Decimal("0.251")),
        ((scaled, {"x": 0.125}), Fraction(1, 3)),
        ((scaled, {"x": 0.125}), float("nan")),
        ((scaled, {"x": 1}), True),
        ((negative, {"x": 1}), 2 * R - 1),
        ((silent, {"x": 1}), 0),
        ((silent, {"x": 1}), []),
        ((silent, {"x": 1}), ()),
        ((silent, {"x": 1}), {}),
    ],
)
def test_what_the_declared_type_does_not_hold_is_no_expectation(case: Any, outputs: Any) -> None:
    message = fails(accepts, *case, outputs)
    assert "the test expects" in message


@pytest.mark.parametrize("number", [0.251, Decimal("0.251"), Fraction(1, 3)])
def test_a_number_between_two_units_is_told_as_such(number: Any) -> None:
    assert "takes whole units of Fixed[18, 8]" in fails(accepts, scaled, {"x": 0.125}, number)


@pytest.mark.parametrize(
    ("case", "outputs", "said"),
    [
        (FIVE, 6, "out is 5, and not 6"),
        (ACCOUNT, {"owner": 3, "balance": 181}, "balance is 180, and not 181"),
        (PAIR, ({**RIGHT_PAIR, "open": False}, -180), "open is 1, and not 0"),
        ((scaled, {"x": 0.5}), 1, "out is 256, and not 1 (units of 2^-8)"),
        ((scaled, {"x": 0.5}), 256.0, "not 65536 (units of 2^-8)"),
    ],
)
def test_other_outputs_are_told_by_name(case: Any, outputs: Any, said: str) -> None:
    assert said in fails(accepts, *case, outputs)


# --- inputs


@pytest.mark.parametrize(
    "inputs",
    [
        {"x": 5, "yy": 5},
        {"x": 5},
        {},
        {"x": 5, "y": 5, "z": 5},
        {"x": [5], "y": 5},
        {"x": 5.0, "y": 5},
        {"x": "5", "y": 5},
        {"x": True, "y": 5},
        {"x": None, "y": 5},
        {"x": 300, "y": [5]},  # though the first is refused by its type
        {3: 5},
        [("x", 5), ("y", 5)],
        None,
        "x",
    ],
)
def test_what_are_no_inputs_of_the_circuit_is_a_mistake_of_the_test(inputs: Any) -> None:
    for tool in (accepts, rejects, lies, mutations):
        fails(tool, average, inputs)
    said = fails(rejects, average, inputs)
    assert "not inputs of average" in said or "dict by parameter" in said


@circuit
def parts(
    pair: Private[Account], row: Private[Array[UInt[4], 3]], rate: Private[Fixed[16, 8]]
) -> None:
    check(pair.balance + row[0] + row[1] + row[2] > 10, "too little")
    check(rate * 2 != 0, "no rate")


PARTS: dict[str, Any] = {"pair": {"owner": 1, "balance": 2}, "row": [1, 2, 3], "rate": 0.5}


@pytest.mark.parametrize(
    "change",
    [
        {"row": [1, 2]},
        {"row": [1, 2, 3, 4]},
        {"row": [[1, 2, 3]]},
        {"row": 3},
        {"row": np.array([1.0, 2.0, 3.0])},
        {"pair": {"owner": 1}},
        {"pair": {"owner": 1, "balance": 2, "limit": 3}},
        {"pair": Swapped(1, 2)},  # type: ignore[arg-type]
        {"pair": (1, 2)},
        {"rate": "0.5"},
        {"rate": float("inf")},
        {"rate": float("nan")},
        {"rate": True},
    ],
)
def test_shapes_records_and_kinds_are_held_against_parameters(change: dict[str, Any]) -> None:
    rejects(parts, PARTS, because="too little")
    assert "not inputs of parts" in fails(rejects, parts, {**PARTS, **change})


@pytest.mark.parametrize(
    "change", [{"row": [1, 2, 16]}, {"row": [-1, 2, 3]}, {"rate": 128}, {"row": [1, 2, 3 + R]}]
)
def test_an_integer_outside_of_its_type_is_for_the_circuit_to_refuse(
    change: dict[str, Any],
) -> None:
    rejects(parts, {**PARTS, **change})


def test_an_integer_of_any_size_is_put_into_a_witness() -> None:
    """As its residue, which the rows must refuse: here no row does, the plain run alone."""

    @circuit
    def wide(x: Private[Field]) -> None:
        check(x != 7, "seven")

    rejects(wide, {"x": 7 + R})
    rejects(average, {"x": 300 + R, "y": 5})
    rejects(average, {"x": 300 - 5 * R, "y": 5})
    rejects(average, {"x": 5 + R, "y": 5})  # the statement about 5 in another spelling


HUGE = 10**5000  # more digits than Python writes


@pytest.mark.parametrize(
    "use",
    [
        lambda: rejects(average, {"x": HUGE, "y": 5}),
        lambda: rejects(average, {"x": [HUGE], "y": 5}),
        lambda: lies(average, {"x": -HUGE, "y": 5}),
        lambda: accepts(average, {"x": 5, "y": 5}, HUGE),
        lambda: costs(average, HUGE),
        lambda: agrees(average, -HUGE),
        lambda: deletions(average, HUGE),  # type: ignore[arg-type]
        lambda: deletions(average, [{"x": HUGE, "y": 5}]),
    ],
)
def test_an_integer_that_python_does_not_write_is_a_mistake_like_others(use: Any) -> None:
    assert "0x" in fails(use) or "huge integers" in fails(use)


def test_what_explains_and_draws_is_held_against_its_kind() -> None:
    some = {"x": 5, "y": 5}
    assert "`equivalent` is a dict" in fails(deletions, average, [some], equivalent=["x"])
    assert "`draw` is a function" in fails(agrees, average, 3, draw=some)


# --- because


@circuit
def limit(amount: Private[UInt[8]], other: Private[UInt[8]]) -> None:
    check(amount <= 100, "over the limit")
    check(other != amount, "twice the same")
    check(other != 99)


@circuit
def zero(limit: Private[UInt[8]]) -> None:
    check(100 // limit > 2, "too few")
    to_bits(limit * 5, 7)
    narrow(limit - 10, UInt[5])


@circuit
def limit_of_hints(x: Private[UInt[8]]) -> Public[UInt[8]]:
    def limit(x: int) -> int:
        if x > 9:
            raise KeyError(x)
        return 9

    h = hint(limit, x, returns=UInt[8])
    check(h == 9, "another limit")
    return h + 0


TWICE = (limit, {"amount": 7, "other": 7})


@pytest.mark.parametrize(
    ("case", "because"),
    [
        (TWICE, "twice the same"),
        (TWICE, "twice"),
        (TWICE, " same "),
        ((limit, {"amount": 101, "other": 7}), "over the limit"),
        ((limit, {"amount": 7, "other": 99}), "check(other != 99)"),
        ((limit, {"amount": 7, "other": 99}), "other != 99"),
        ((limit, {"amount": 256, "other": 99}), "takes a UInt[8]"),
        ((limit, {"amount": 256, "other": 99}), "`amount` takes a UInt[8]"),
        ((limit, {"amount": 256, "other": 99}), "an integer that is above that"),
        ((zero, {"limit": 0}), "the divisor of a division is zero"),
        ((zero, {"limit": 90}), "too few"),
        ((zero, {"limit": 26}), "does not fit 7 bits"),
        ((zero, {"limit": 3}), "does not fit UInt[5]"),
    ],
)
def test_because_is_found_in_what_the_refusal_says(case: Any, because: str) -> None:
    rejects(*case, because=because)


@pytest.mark.parametrize(
    ("case", "because"),
    [
        *[
            (TWICE, x)
            for x in ("limit", "test_given.py", "amount", "other", "check", "Give inputs")
        ],
        *[(TWICE, x) for x in ("", " ", "\n", ":", ".", "A check of limit", "twic", "ame", "e")],
        *[(TWICE, x) for x in ("over the limit", "Twice", b"twice", 7, ["twice the same"], True)],
        ((limit, {"amount": 7, "other": 99}), "limit"),
        ((limit, {"amount": 256, "other": 99}), "amount"),
        ((limit, {"amount": 256, "other": 99}), "`amount`"),
        ((limit, {"amount": 256, "other": 99}), "limit"),
        ((limit, {"amount": 256, "other": 99}), "Give a value that fits"),
        ((zero, {"limit": 0}), "In zero"),
        ((zero, {"limit": 300}), "limit"),
        ((zero, {"limit": 26}), "fit 17 bits"),
    ],
)
def test_because_is_not_found_elsewhere(case: Any, because: Any) -> None:
    fails(rejects, *case, because=because)


def test_a_number_of_a_message_is_a_whole_word() -> None:
    @circuit
    def wide(x: Private[UInt[20]]) -> None:
        check(x < 100, "x has no more than 17 digits")

    rejects(wide, {"x": 200}, because="17 digits")
    assert "not because of" in fails(rejects, wide, {"x": 200}, because="7 digits")


def test_a_hint_that_fails_is_no_reason_by_its_name_alone() -> None:
    assert "not because of" in fails(rejects, limit_of_hints, {"x": 10}, because="limit")
    assert "no constraint of it does" not in fails(
        rejects, limit_of_hints, {"x": 10}, because="raises KeyError"
    )
