"""Columns as inputs: which are which, what their cells mean, and what errors say of both."""

from __future__ import annotations

import csv
import decimal
import io
import json
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.jobs.batch.tables.tables import (
    AGE,
    LOANS,
    LOANS_HEADER,
    RATE,
    Loan,
    opened,
    outcomes,
    texts_of,
)
from zkpipe.accel.bn254 import R
from zkpipe.circuits import Array, Bool, Field, Fixed, Int, Private, Public, UInt, circuit
from zkpipe.circuits.errors import InputError
from zkpipe.circuits.language.values.inputs import Parameter
from zkpipe.circuits.language.values.types import Decimal, Rounded, record_type
from zkpipe.circuits.solve.solver import flat_inputs
from zkpipe.ground.errors import FormatError, ZkpipeError
from zkpipe.jobs.batch.tables.cells import value_of
from zkpipe.jobs.batch.tables.columns import Columns
from zkpipe.jobs.batch.tables.plan import Plan, plan
from zkpipe.jobs.batch.tables.table import open_table
from zkpipe.jobs.errors import JobError

ROW = "7,-5,21888242871839275222246405745257275088548364400416034343698204186575808495616,0.5,TRUE"
LEAVES = "1,2,3,10,true,false,20,0,1"
FLAT = [7, -5, R - 1, 1 << 19, 1, 1, 2, 3, 10, 1, 0, 20, 0, 1]


def private(name: str, type_: object) -> Parameter:
    return Parameter(name, type_, public=False)  # type: ignore[arg-type] # of the language


# --- columns in their places


def test_a_column_is_an_input_or_a_part_of_one(tmp_path: Path) -> None:
    table = opened(tmp_path, "t.csv", f"{LOANS_HEADER}\n{ROW},{LEAVES}\n")
    assert list(outcomes(LOANS, table)) == [FLAT]


def test_columns_come_in_any_order(tmp_path: Path) -> None:
    names, values = LOANS_HEADER.split(","), f"{ROW},{LEAVES}".split(",")
    text = ",".join(reversed(names)) + "\n" + ",".join(reversed(values)) + "\n"
    assert list(outcomes(LOANS, opened(tmp_path, "t.csv", text))) == [FLAT]


def test_a_column_may_hold_a_whole_list_or_record(tmp_path: Path) -> None:
    header = "age,delta,key,rate,ok,prices,loans[0].rate,loans[0].paid,loans[1]\n"
    rest = '"[1, 2, 3]",10,"[true, false]","{""paid"": [0, 1], ""rate"": ""0x14""}"\n'
    table = opened(tmp_path, "t.csv", f"{header}{ROW},{rest}")
    assert list(outcomes(LOANS, table)) == [FLAT]


def test_nested_values_of_json_lines_and_parquet_are_inputs(tmp_path: Path) -> None:
    row: dict[str, object] = {
        "age": 7,
        "delta": -5,
        "key": str(R - 1),
        "rate": 0.5,
        "ok": True,
        "prices": [1, 2, 3],
        "loans": [{"rate": 10, "paid": [True, False]}, {"paid": [False, True], "rate": 20}],
    }
    pq.write_table(pa.Table.from_pylist([row]), tmp_path / "t.parquet")
    (tmp_path / "t.jsonl").write_text(json.dumps(row) + "\n")
    for name in ("t.parquet", "t.jsonl"):
        assert list(outcomes(LOANS, open_table(tmp_path / name))) == [FLAT]


def test_the_inputs_are_what_a_circuit_takes(tmp_path: Path) -> None:
    @circuit
    def paid(
        prices: Private[Array[UInt[8], 2]], loan: Public[Loan], x: Private[Int[8]]
    ) -> Public[Field]:
        return Field(prices[0] * prices[1]) + loan.rate + x

    system = paid.compile()
    assert system.program is not None
    text = 'loan.paid,x,loan.rate,prices[1],prices[0]\n"[1, 0]",-1,9,6,5\n'
    table = opened(tmp_path, "t.csv", text)
    columns = Columns.of(system.program.parameters, table, None)
    (row,) = table.rows(columns.need)
    assert flat_inputs(system, columns.inputs(row)) == [5, 6, 9, 1, 0, R - 1]


def test_columns_that_are_no_input_are_ignored_and_told_in_order(tmp_path: Path) -> None:
    table = opened(tmp_path, "t.csv", "note,age,Order,loan.id,x\na,1,b,c,d\n")
    columns = Columns.of(AGE, table, "Order")
    assert columns.ignored == ("note", "loan.id", "x")
    assert columns.need.columns == ("age", "Order")
    assert columns.need.inputs == 1
    (row,) = table.rows(columns.need)
    assert columns.inputs(row) == {"age": 1}
    assert columns.name(row) == "b"


def test_the_column_that_names_rows_may_be_an_input(tmp_path: Path) -> None:
    table = opened(tmp_path, "t.csv", "age\n7\n")
    columns = Columns.of(AGE, table, "age")
    (row,) = table.rows(columns.need)
    assert (columns.inputs(row), columns.name(row), columns.ignored) == ({"age": 7}, "7", ())


def test_names_of_rows_are_texts_whatever_the_cell(tmp_path: Path) -> None:
    names = ['"a"', '""', "5", "true", "1.50", "null", "[1]"]
    text = "".join(f'{{"age": 1, "id": {name}}}\n' for name in names) + '{"age": 1}\nx\n'
    table = opened(tmp_path, "t.jsonl", text)
    columns = Columns.of(AGE, table, "id")
    found = [columns.name(row) for row in table.rows()]
    assert found == ["a", None, "5", "true", "1.50", None, None, None, None]
    assert Columns.of(AGE, table, None).name(next(table.rows())) is None


def test_a_circuit_without_inputs_needs_no_column(tmp_path: Path) -> None:
    table = opened(tmp_path, "t.csv", "a\n1\n")
    columns = Columns.of([private("none", Array[Field, 0])], table, None)
    assert columns.inputs(next(table.rows())) == {"none": []}
    assert columns.ignored == ("a",)


REFUSED = {  # parameters, header, what the error says
    "lacks an input": (AGE, "Age,b", r"no column for the input `age`.*Did you mean `Age` for"),
    "misspells an input": (AGE, "agee,b", r"no column for the input `age`.*mean `agee` for `age`"),
    "lacks an array": (
        [private("prices", Array[Field, 3])],
        "a,b",
        r"for the input `prices`.*holds it whole, or each of its 3 values a column: `prices\[0\]`",
    ),
    "lacks values of an array": (
        [private("prices", Array[Field, 4])],
        "prices[0],prices[2]",
        r"2 inputs or parts of inputs: `prices\[1\]`, `prices\[3\]`",
    ),
    "lacks a field": (
        [private("loan", record_type(Loan))],
        "loan.rate,loan.paid[1]",
        r"the input `loan\.paid\[0\]`",
    ),
    "lacks several": (
        [private("x", Field), private("y", Field), private("loan", record_type(Loan))],
        "y,z",
        "2 inputs or parts of inputs: `x`, `loan`",
    ),
    "gives an array whole and in parts": (
        [private("prices", Array[Field, 2])],
        "prices,prices[0],prices[1]",
        r"gives a value twice: in the columns `prices` and `prices\[0\]`",
    ),
    "gives an array in parts and whole": (
        [private("prices", Array[Field, 2])],
        "prices[0],prices[1],prices",
        r"gives a value twice: in the columns `prices\[0\]` and `prices`",
    ),
    "gives a field in a record's part": (
        [private("loans", Array[record_type(Loan), 1])],
        "loans[0].paid[0],loans[0].paid[1],loans[0].rate,loans[0]",
        r"twice: in the columns `loans\[0\]\..*` and `loans\[0\]`",
    ),
    "goes beyond an array's end": (
        [private("prices", Array[Field, 2])],
        "prices[0],prices[1],prices[2]",
        r"has the column `prices\[2\]`, which is beyond the end of an array of 2 values",
    ),
    "goes beyond an inner array's end": (
        [private("loans", Array[record_type(Loan), 1])],
        "loans[0].paid[7]",
        r"`loans\[0\]\.paid\[7\]`, which is beyond the end of an array of 2",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_before_any_row_a_table_is_refused_that(name: str, tmp_path: Path) -> None:
    parameters, header, said = REFUSED[name]
    table = opened(tmp_path, "t.csv", header + "\n")
    with pytest.raises(JobError, match=f"(?s){said}") as caught:
        Columns.of(parameters, table, None)
    assert caught.value.problem.startswith(str(table.path))
    assert caught.value.fix.endswith(".")


@pytest.mark.parametrize("column", ["x[0]", "x.y", "x[", "x]", ".x", "x.", "xs[00]", "xs[-1]"])
def test_a_column_that_is_no_path_is_no_input(column: str, tmp_path: Path) -> None:
    table = opened(tmp_path, "t.csv", f"x,xs,{column}\n")
    parameters = [private("x", Field), private("xs", Array[Field, 2])]
    assert Columns.of(parameters, table, None).ignored == (column,)


def test_a_column_that_should_name_rows_must_be_there(tmp_path: Path) -> None:
    table = opened(tmp_path, "t.csv", "age,order id\n")
    with pytest.raises(JobError, match=r"(?s)no column `order_id`.*Did you mean `order id`\?"):
        Columns.of(AGE, table, "order_id")
    with pytest.raises(JobError, match=r"(?s)no column `zzz`.*It has `age`, `order id`\."):
        Columns.of(AGE, table, "zzz")


def test_names_in_errors_are_short_and_printable(tmp_path: Path) -> None:
    long, odd = "x" * 5000, "agé\u202e\x1b[2J"
    table = opened(tmp_path, "t.csv", ",".join([odd, long, *(f"c{i}" for i in range(2000))]) + "\n")
    with pytest.raises(JobError) as caught:
        Columns.of(AGE, table, odd + "!")
    with pytest.raises(JobError) as also:
        Columns.of([private("c1", Field)], table, odd + "!")
    for error in (caught.value, also.value):
        assert len(str(error)) < 1000
        assert "".join(str(error).splitlines()).isprintable()


def test_millions_of_missing_values_are_counted_and_the_first_are_named(tmp_path: Path) -> None:
    table = opened(tmp_path, "t.csv", "x[1],x[999999]\n")
    with pytest.raises(JobError, match=r"999998 inputs .* `x\[0\]`, `x\[2\]`.* and 999978 more"):
        Columns.of([private("x", Array[Field, 1_000_000])], table, None)


def test_many_columns_are_not_compared_with_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[int] = []

    def close_matches(name: str, names: Sequence[str], n: int) -> list[str]:
        compared.append(len(names))
        return []

    monkeypatch.setattr("difflib.get_close_matches", close_matches)
    columns = [f"column_{i:05}" for i in range(20_000)]
    table = opened(tmp_path, "t.csv", ",".join(columns) + "\n")
    with pytest.raises(JobError, match=r"20000 inputs"):
        Columns.of([private(f"{name}x", Field) for name in columns], table, None)
    assert sum(compared) <= 3000


def test_a_plan_is_made_once_for_a_header(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def counted(parameters: Sequence[Parameter], columns: Sequence[str], subject: str) -> Plan:
        made.append(subject)
        return plan(parameters, columns, subject)

    monkeypatch.setattr("zkpipe.jobs.batch.tables.columns.plan", counted)
    lines = ['{"age": 1, "b": 2}', '{"b": 2, "age": 1}', '{"age": 3}'] * 20
    assert len(list(outcomes(AGE, opened(tmp_path, "t.jsonl", "\n".join(lines))))) == 60
    assert made == [str(tmp_path / "t.jsonl"), "The row"]


def test_lines_of_json_may_name_their_inputs_in_different_ways(tmp_path: Path) -> None:
    lines = [
        '{"xs": [1, 2], "y": 3}',
        '{"y": 3, "xs[1]": 2, "xs[0]": 1, "other": 5}',
        '{"xs": [1, 2]}',
        '{"xs": [1, 2], "xs[0]": 1, "y": 3}',
        '{"xs": [1, 2], "xs[2]": 1, "y": 3}',
        '{"y": "3", "xs": ["0x1", "2"]}',
    ]
    parameters = [private("xs", Array[Field, 2]), private("y", Field)]
    found = list(outcomes(parameters, opened(tmp_path, "t.jsonl", "\n".join(lines))))
    assert [found[i] for i in (0, 1, 5)] == [[1, 2, 3]] * 3
    for i, said in ((2, "no column for the input `y`"), (3, "twice"), (4, "beyond the end")):
        assert isinstance(found[i], InputError)
        assert said in str(found[i])


# --- cells


CELLS: dict[str, tuple[object, list[str], list[str]]] = {  # type, taken, refused
    "UInt": (
        UInt[64],
        ["0", "18446744073709551615", "0x0", "0x00ff", "0xFF"],
        ["01", "00", "+5", "-0", "-1", "5.0", "5.", "1e3", "1,000", "1_000", "1 000", "٣", "0X1f",
         "0x", "-0x1", "ff", "five", "5%", "1" * 79, "NaN", "None", "null", "true", "²", "5\u200b"],
    ),
    "Int": (Int[8], ["-128", "127", "0x7f"], ["128", "--1", "- 1", "−1", "(1)", "0xff"]),
    "Field": (Field, ["0", "-1", str(R - 1), hex(R - 1)], [str(R), hex(R), "1/2"]),
    "Bool": (
        Bool,
        ["true", "false", "TRUE", "False", "tRuE", "0", "1"],
        ["yes", "no", "t", "2", "-1", "0x1", "01", "1.0", "wahr", "on", "ｔｒｕｅ"],
    ),
    "Fixed": (
        RATE,
        ["0.5", "-3.25", "7", "-0", "0x10", "0.00000095367431640625"],
        [".5", "5.", "01.5", "+1.5", "1,5", "1e-3", "0.1", "1.5%", "1.5.5", "inf", "nan", "-.5"],
    ),
    "Decimal": (Decimal[9, 2], ["12.34", "-0.5", "7", "1234567.89"], ["0.001", "1e2", "1,50"]),
    "Rounded": (Rounded[Fixed[64, 20]], ["0.1", "-0.1"], ["1e-1"]),
    "list": (
        Array[UInt[8], 2],
        ["[1, 2]", '["1","0x2"]', " [1,2] "],
        ["[1]", "[1, 2, 3]", "1;2", "1, 2", "(1, 2)", "[1, null]", "[1, 2", "5", "[01, 2]", "{}",
         "[1.0, 2]", '["", 2]', "[[1, 2]]", '["1 ", 2]', "[true, 1]", "[NaN, 1]"],
    ),
    "record": (
        record_type(Loan),
        ['{"rate": 1, "paid": [true, "False"]}'],
        ["{'rate': 1, 'paid': [0, 1]}", '{"rate": 1}', '{"rate": 1, "paid": [0, 1], "x": 2}',
         "[1, [0, 1]]", '{"rate": 1, "rate": 1, "paid": [0, 1]}', '{"rate": 1, "paid": "[0, 1]"}'],
    ),
}  # fmt: skip
EVERYWHERE = ["", " ", " 1", "1 ", "\t1", "1\n", "\u00a01", "1\u3000", "=1+1", "2024-01-31", "-"]


def as_rows(texts: Sequence[str], name: str) -> str:
    """The texts in a column beside another: a line of one empty cell alone is no row."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([[name, "z"], *([text, "."] for text in texts)])
    return out.getvalue()


@pytest.mark.parametrize("kind", CELLS)
def test_texts_are_taken_for(kind: str, tmp_path: Path) -> None:
    type_, taken, _ = CELLS[kind]
    table = opened(tmp_path, "t.csv", as_rows(taken, "x"))
    found = list(outcomes([private("x", type_)], table))
    assert not [error for error in found if isinstance(error, ZkpipeError)]
    if kind in ("UInt", "Int", "Field"):
        assert found == [[int(text, 0)] for text in taken]
    elif kind == "Bool":
        assert found == [[int(text.lower() in ("true", "1"))] for text in taken]
    elif kind == "Fixed":
        values = [Fraction(int(text, 0)) if "x" in text else Fraction(text) for text in taken]
        assert found == [[value * 2**20] for value in values]
    elif kind == "Decimal":
        assert found == [[Fraction(text) * 100] for text in taken]
    elif kind == "Rounded":
        assert found == [[round(Fraction(text) * 2**20)] for text in taken]
    else:
        assert found == [[1, 2]] * 3 if kind == "list" else found == [[1, 1, 0]]


@pytest.mark.parametrize("kind", CELLS)
def test_no_text_is_guessed_for(kind: str, tmp_path: Path) -> None:
    type_, _, refused = CELLS[kind]
    refused = [*refused, *EVERYWHERE]
    table = opened(tmp_path, "t.csv", as_rows(refused, "x"))
    found = list(outcomes([private("x", type_)], table))
    assert len(found) == len(refused)
    for text, error in zip(refused, found, strict=True):
        assert isinstance(error, InputError), (text, error)
        assert "`x" in error.problem
        assert error.fix.endswith(".")


def test_what_is_wrong_with_a_cell_is_said() -> None:
    told = {
        "": "`x` has no value.",
        " 5": "`x` has spaces around its value.",
        "5,0": "`x` is a text that is not a number.",
        "2024-01-31": "whole days or seconds since a day",
        "9" * 96: "`x` has more digits than any number of a circuit.",
    }
    for text, said in told.items():
        with pytest.raises(InputError) as caught:
            value_of("x", UInt[8], text)
        assert said in str(caught.value)


def test_no_value_is_no_value_in_every_format(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("age,b\n,1\n")
    (tmp_path / "t.jsonl").write_text('{"age": null}\n')
    pq.write_table(pa.table({"age": pa.array([None], pa.int8())}), tmp_path / "t.parquet")
    for name in ("t.csv", "t.jsonl", "t.parquet"):
        (error,) = outcomes(AGE, open_table(tmp_path / name))
        assert str(error).startswith("`age` has no value.")


def test_floats_fit_fixed_numbers_alone(tmp_path: Path) -> None:
    pq.write_table(pa.table({"age": [0.5, float("nan"), float("inf")]}), tmp_path / "t.parquet")
    table = open_table(tmp_path / "t.parquet")
    half, *others = outcomes([private("age", RATE)], table)
    assert half == [1 << 19]
    assert all(isinstance(error, InputError) for error in [*others, *outcomes(AGE, table)])


def test_a_decimal_with_a_point_is_no_integer(tmp_path: Path) -> None:
    for scale, taken in ((0, True), (2, False)):
        column = pa.array([decimal.Decimal(5)], pa.decimal128(9, scale))
        pq.write_table(pa.table({"age": column}), tmp_path / "t.parquet")
        (found,) = outcomes(AGE, open_table(tmp_path / "t.parquet"))
        assert (found == [5]) is taken
        assert isinstance(found, InputError) is not taken


def test_a_row_with_a_problem_has_that_for_its_inputs(tmp_path: Path) -> None:
    table = opened(tmp_path, "t.csv", "age\n1,2\n")
    columns = Columns.of(AGE, table, None)
    (row,) = table.rows()
    with pytest.raises(FormatError, match="has 2 fields"):
        columns.inputs(row)


BIG = st.integers(-(10**80), 10**80)


@given(
    st.lists(BIG | st.integers(-300, 300), min_size=1, max_size=8), st.sampled_from([8, 64, 253])
)
@settings(deadline=None, derandomize=True, database=None)
def test_integers_come_through_csv_as_int_reads_them(
    tmp_path_factory: pytest.TempPathFactory, values: list[int], bits: int
) -> None:
    text = as_rows([str(value) for value in values], "x")
    table = opened(tmp_path_factory.getbasetemp(), "through.csv", text)
    for type_, low, high in (
        (UInt[bits], 0, 2**bits - 1),
        (Int[bits], -(2 ** (bits - 1)), 2 ** (bits - 1) - 1),
        (Field, 1 - R, R - 1),
    ):
        for value, found in zip(values, outcomes([private("x", type_)], table), strict=True):
            assert isinstance(found, InputError) if not low <= value <= high else found == [value]


@given(st.lists(st.text(st.sampled_from("0123456789abxX+-_. e"), max_size=6), min_size=1))
@settings(deadline=None, derandomize=True, database=None)
def test_a_text_that_is_taken_is_what_int_reads(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    table = opened(tmp_path_factory.getbasetemp(), "texts.csv", as_rows(texts, "x"))
    for text, found in zip(texts, outcomes([private("x", UInt[64])], table), strict=True):
        assert isinstance(found, InputError) or found == [int(text, 0)]


@given(st.lists(st.decimals(-1000, 1000, places=3), min_size=1, max_size=8))
@settings(deadline=None, derandomize=True, database=None)
def test_decimals_come_through_csv_rounded_as_fractions_are(
    tmp_path_factory: pytest.TempPathFactory, values: list[Decimal]
) -> None:
    text = as_rows([format(value, "f") for value in values], "x")
    table = opened(tmp_path_factory.getbasetemp(), "decimals.csv", text)
    found = list(outcomes([private("x", Rounded[Fixed[64, 20]])], table))
    assert found == [[round(Fraction(value) * 2**20)] for value in values]


# --- nothing private in texts

CANARY = "424242"
LEAKS = {  # file: its lines behind a good header, each of which fails
    "t.csv": (
        f"{LOANS_HEADER}\n",
        [
            f"{CANARY}\n",
            f"{CANARY},{ROW},{LEAVES}\n",
            *(
                ",".join([*f"{ROW},{LEAVES}".split(",")[:i], f'"{cell}"', *rest]) + "\n"
                for i in (0, 1, 3, 4, 5, 8, 9)
                for rest in [f"{ROW},{LEAVES}".split(",")[i + 1 :]]
                for cell in (
                    f"{CANARY}{CANARY}{CANARY}{CANARY}", f" {CANARY}", f"x{CANARY}", f"{CANARY},5",
                    f"[{CANARY}", f"{CANARY}-01-01", f"0x{CANARY}g",
                )
            ),
        ],
    ),
    "whole.csv": (
        "age,delta,key,rate,ok,prices,loans\n",
        [
            f'{ROW},"{prices}","{loans}"\n'
            for prices, loans in (
                (f"[{CANARY}, 2", "[]"),
                (f"[{CANARY}, 2]", "[]"),
                (f"{CANARY}", "[]"),
                (f'{{""{CANARY}"": 1, ""{CANARY}"": 2}}', "[]"),
                (f'[1, 2, ""{CANARY}x""]', "[]"),
                ("[1, 2, 3]", f'[{{""{CANARY}"": 1}}, 2]'),
                ("[1, 2, 3]", f'{{""x"": ""{CANARY}""}}'),
                ("[1, 2, 3]", f'[{{""rate"": ""{CANARY}""}}, 2]'),
            )
        ],
    ),
    "t.jsonl": (
        '{"age": 1, "delta": 1, "key": 1, "rate": 1, "ok": 1, "prices": 1, "loans": 1}\n',
        [
            f'{{"age": {CANARY}\n',
            f"[{CANARY}]\n",
            f'"{CANARY}"\n',
            f'{{"age": {CANARY * 20}}}\n',
            f'{{"age": "{CANARY}", "age": 1}}\n',
            f'{{"age": {CANARY}}}\n',
            *(
                f'{{"age": {age}, "delta": 1, "key": {key}, "rate": {rate}, "ok": {ok}, '
                f'"prices": {prices}, "loans": {loans}}}\n'
                for age, key, rate, ok, prices, loans in (
                    (CANARY, 1, 1, 1, "[1, 2, 3]", 1),
                    (f"{CANARY}.5", 1, 1, 1, "[1, 2, 3]", 1),
                    (f'{{"a": "{CANARY}x"}}', 1, 1, 1, "[1, 2, 3]", 1),
                    (1, f'"{CANARY}x"', 1, 1, "[1, 2, 3]", 1),
                    (1, 1, f"{CANARY}e{CANARY}", 1, "[1, 2, 3]", 1),
                    (1, 1, f"0.{CANARY}", 1, "[1, 2, 3]", 1),
                    (1, 1, 1, CANARY, "[1, 2, 3]", 1),
                    (1, 1, 1, f'"{CANARY}"', "[1, 2, 3]", 1),
                    (1, 1, 1, 1, f"[{CANARY}]", 1),
                    (1, 1, 1, 1, f'["{CANARY}x", 2, 3]', 1),
                    (1, 1, 1, 1, f'{{"{CANARY}": "{CANARY}x"}}', 1),
                    (1, 1, 1, 1, "[1, 2, 3]", f'[{{"{CANARY}": "{CANARY}x"}}, 1]'),
                )
            ),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LEAKS)
def test_no_error_shows_what_is_in_a_cell(name: str, tmp_path: Path) -> None:
    header, lines = LEAKS[name]
    errors: list[ZkpipeError] = []
    for line in lines:
        table = opened(tmp_path, name, header + line)
        *_, found = outcomes(LOANS, table)
        assert isinstance(found, ZkpipeError), line
        errors.append(found)
        assert CANARY not in repr(list(table.rows()))
    assert len(errors) > 5
    for error in errors:
        for text in texts_of(error):
            assert CANARY not in text


@pytest.mark.parametrize(
    "text",
    [
        f"{CANARY},5\n6,7\n",  # no header
        f'age,b\n{CANARY},"5\n',
        f'age,b\n"{CANARY}"5,6\n',
        f"age,b\n{CANARY},\0\n",
        f"age,b\n{CANARY},{'5' * 140_000}\n",
        f"age,b\n{CANARY}\r5,6\n",
    ],
)
def test_no_error_of_a_table_shows_what_is_in_a_cell(text: str, tmp_path: Path) -> None:
    with pytest.raises(FormatError) as caught:
        list(outcomes(AGE, opened(tmp_path, "t.csv", text)))
    assert all(CANARY not in shown for shown in texts_of(caught.value))
