"""Inputs: what each type takes, by call and by JSON; all else is refused, and no value shown."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from zkpipe.accel.bn254 import R
from zkpipe.circuits import Array, Bool, Field, InputError, Int, Private, Public, UInt, circuit
from zkpipe.circuits.language.values.inputs import from_json


@circuit
def echo(
    f: Private[Field],
    b: Private[Bool],
    u: Private[UInt[8]],
    i: Private[Int[8]],
    grid: Private[Array[UInt[4], 2, 3]],
) -> tuple[Public[Field], Public[Bool], Public[UInt[8]], Public[Int[8]], Public[UInt[11]]]:
    assert len(grid) == 2
    assert [len(row) for row in grid] == [3, 3]
    return f, b, u, i, sum(10**k * x for k, x in enumerate(grid[0])) + grid[1][2]


SYSTEM = echo.trace()
FINE: dict[str, Any] = {"f": 5, "b": True, "u": 7, "i": -8, "grid": [[1, 2, 3], [4, 5, 6]]}


def test_every_kind_of_input_arrives() -> None:
    want = [5, 1, 7, R - 8, 327]
    assert SYSTEM.solve(**FINE).public == want
    assert echo(**FINE) == (5, 1, 7, -8, 327)
    assert echo(5, True, 7, -8, [[1, 2, 3], [4, 5, 6]]) == (5, 1, 7, -8, 327)


TAKEN = [
    ("f", [0, R - 1, 1 - R, -1, np.int64(-3), np.uint64(2**64 - 1)]),
    ("b", [True, False, 0, 1, np.bool_(True), np.int8(1)]),
    ("u", [0, 255, np.uint8(255), np.int32(7)]),
    ("i", [-128, 127, np.int8(-128)]),
    ("grid", [((1, 2, 3), (4, 5, 15)), np.arange(6).reshape(2, 3), [np.arange(3), (0, 0, 0)]]),
]


@pytest.mark.parametrize(("name", "value"), [(name, v) for name, vs in TAKEN for v in vs])
def test_what_a_type_holds_is_taken(name: str, value: Any) -> None:
    SYSTEM.solve(**(FINE | {name: value}))
    echo(**(FINE | {name: value}))


SECRET = 987654321987
REFUSED = [
    ("f", [R, -R, 2 * R, 1.0, True, "5", None, [5], b"5", 1j, object(), np.float64(3), {}]),
    ("b", [2, -1, 1.0, "1", None, [True], np.float32(1)]),
    ("u", [256, -1, SECRET, True, 3.0, "3", None, np.bool_(True)]),
    ("i", [128, -129, -SECRET, False, 1e3, "-3"]),
    ("grid", [[], [[1, 2, 3]], [[1, 2], [3, 4]], [1, 2, 3], 5, "123456", [[1, 2, 3], [4, 5, 16]],
              [[1, 2, 3], [4, 5, SECRET]], [[1, 2, 3], [4, 5, "6"]], np.zeros((3, 2), int),
              np.zeros((2, 3)), {0: [1, 2, 3]}, [[1, 2, 3], [4, 5, 6], [7, 8, 9]]]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), [(name, v) for name, vs in REFUSED for v in vs])
def test_what_a_type_does_not_hold_is_refused_by_name(name: str, value: Any) -> None:
    for run in (SYSTEM.solve, echo):
        with pytest.raises(InputError) as caught:
            run(**(FINE | {name: value}))
        assert f"`{name}" in str(caught.value)
        assert caught.value.parameter is not None
        assert caught.value.parameter.startswith(name)
        assert str(SECRET) not in str(caught.value)


@pytest.mark.parametrize(
    "changes", [{"g": 1}, {"F": 5}, {"grid[0]": [1, 2, 3]}, {"": 3}, {"echo.f": 5}, {"self": 1}]
)
def test_unknown_names_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="has no input"):
        SYSTEM.solve(**(FINE | changes))


@pytest.mark.parametrize("name", list(FINE))
def test_missing_names_are_refused(name: str) -> None:
    rest = {key: value for key, value in FINE.items() if key != name}
    for run in (SYSTEM.solve, echo):
        with pytest.raises(InputError, match=f"missing the input `{name}`"):
            run(**rest)


def test_positional_inputs_are_counted_and_not_repeated() -> None:
    with pytest.raises(InputError, match="takes 5 inputs and was given 6"):
        echo(5, True, 7, -8, [], 3)
    with pytest.raises(InputError, match="`f` of echo is given twice"):
        echo(5, f=5)


def test_json_takes_decimal_texts_as_circoms_users_write_them() -> None:
    json = {"f": str(R - 1), "b": "1", "u": 7, "i": "-8", "grid": [["1", "2", "3"], [4, "5", "6"]]}
    given = from_json(echo.parameters, json)
    assert given == FINE | {"f": R - 1, "b": 1}
    assert SYSTEM.solve(**given).public == [R - 1, 1, 7, R - 8, 327]


def test_json_takes_hex_digits_after_0x_wherever_it_takes_decimal_ones() -> None:
    grid = [["0x1", "0x02", 3], ["0x4", "5", f"0x{6:064x}"]]
    json = {"f": hex(R - 1), "b": "0x1", "u": "0x00ff", "i": "-8", "grid": grid}
    given = from_json(echo.parameters, json)
    assert given == FINE | {"f": R - 1, "b": 1, "u": 255}
    assert SYSTEM.solve(**given).public == [R - 1, 1, 255, R - 8, 327]
    mixed = from_json(echo.parameters, FINE | {"f": "0xaBcDeF0123456789"})
    assert mixed["f"] == 0xABCDEF0123456789


@pytest.mark.parametrize(
    ("name", "text"),
    [("f", hex(R)), ("f", "0x" + "f" * 64), ("b", "0x2"), ("u", "0x100"), ("i", "0x80")],
)
def test_a_hex_number_must_fit_its_type_as_any_other(name: str, text: str) -> None:
    given = from_json(echo.parameters, FINE | {name: text})
    with pytest.raises(InputError, match=f"`{name}` takes"):
        SYSTEM.solve(**given)


NO_NUMBERS = ["", " 5", "5 ", "+5", "05", "-0", "--5", "5.0", "1e3", "1_000", "٥", "५"]
NO_NUMBERS += ["five", "5\n", "9" * 79 + "x", "-", "True", "5,6"]
NO_NUMBERS += ["0x", "0X10", "x10", "10x", "-0x5", "+0x5", "0x-5", "0x_1", "0x1_0", "0x 1", " 0x1"]
NO_NUMBERS += ["0x1 ", "0x1\n", "0x\u0661", "0x\uff11", "\uff10x1", "0xg", "0x1.8", "0x1p3", "00x1"]
NO_NUMBERS += ["0x" + "0" * 65, "0x" + "f" * 5000, "0b1", "0o7", "#ff", "ff", "0x1h", "0x1\0"]


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_json_texts_that_are_no_number_are_refused(text: str) -> None:
    with pytest.raises(
        InputError, match=r"`grid\[1\]\[2\]` is a text that is not a number"
    ) as caught:
        from_json(echo.parameters, FINE | {"grid": [[1, 2, 3], [4, 5, text]]})
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("text", ["9" * 79, "-" + "9" * 79, "9" * 5000])
def test_json_texts_of_too_many_digits_are_refused_as_such(text: str) -> None:
    with pytest.raises(InputError, match=r"`grid\[1\]\[2\]` has more digits than") as caught:
        from_json(echo.parameters, FINE | {"grid": [[1, 2, 3], [4, 5, text]]})
    assert len(str(caught.value)) < 300


def test_json_leaves_other_kinds_and_unknown_names_to_the_check_that_follows() -> None:
    given = from_json(echo.parameters, {"f": 1.5, "nobody": "x", "b": None})
    assert given == {"f": 1.5, "nobody": "x", "b": None}
    with pytest.raises(InputError, match="has no input `nobody`"):
        SYSTEM.solve(**given)
