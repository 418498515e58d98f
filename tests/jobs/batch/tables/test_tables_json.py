"""Tables as JSON lines: what is read, and what is one row's problem, by hand-written files."""

from __future__ import annotations

import json
import tracemalloc
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.jobs.batch.tables.tables import cells, opened
from zkpipe.ground.errors import FormatError
from zkpipe.jobs.batch.tables.rows import Need
from zkpipe.jobs.batch.tables.table import open_table

READ = {
    "lines that end with line feeds": b'{"a": 1}\n{"b": 2}\n',
    "a last line without an end": b'{"a": 1}\n{"b": 2}',
    "lines that end as Windows' do": b'{"a": 1}\r\n{"b": 2}\r\n',
    "a byte order mark": b'\xef\xbb\xbf{"a": 1}\n{"b": 2}\n',
    "spaces": b' {"a" :1} \n\t{ "b": 2}\n',
}


@pytest.mark.parametrize("name", READ)
def test_the_same_rows_are_read_from(name: str, tmp_path: Path) -> None:
    table = opened(tmp_path, "t.jsonl", READ[name])
    assert table.columns() == ("a",)
    assert cells(table) == [{"a": 1}, {"b": 2}]
    assert [row.number for row in table.rows()] == [0, 1]
    assert table.count() == 2


def test_numbers_are_exactly_what_is_written(tmp_path: Path) -> None:
    line = '{"a": 0.1, "b": 1e3, "c": [true, null, {"d": "x"}], "e": 123456789012345678901234}\n'
    (row,) = cells(opened(tmp_path, "t.jsonl", line))
    assert row == {
        "a": Decimal("0.1"),
        "b": Decimal("1E+3"),
        "c": [True, None, {"d": "x"}],
        "e": 123456789012345678901234,
    }


PROBLEMS = {  # a line: what its row's problem says
    "blank": (b"", "is blank"),
    "spaces": (b"  \t", "is blank"),
    "a list": (b"[1, 2]", "is not a JSON object"),
    "a number": (b"5", "is not a JSON object"),
    "cut short": (b'{"a": 1', "is not JSON: column"),
    "two objects": (b'{"a": 1} {"a": 2}', "is not JSON: column 10"),
    "Python's": (b"{'a': 1}", "is not JSON: column 2"),
    "a name twice": (b'{"a": 1, "a": 2}', "gives 'a' twice"),
    "no UTF-8": (b'{"a": "\xff"}', "is not UTF-8"),
    "a zero byte": (b'{"a": 1}\0', "is not JSON"),
    "NaN": (b'{"a": NaN}', "has NaN"),
    "a number of too many digits": (b'{"a": ' + b"9" * 90 + b"}", "an integer of 90 characters"),
    "nested too deep": (b'{"a": ' + b"[" * 50 + b"]" * 50 + b"}", "is nested 51 deep"),
    "a byte order mark in a later line": (b'\xef\xbb\xbf{"a": 1}', "begins with a byte order mark"),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_it_is_the_rows_problem_alone_that_its_line_is(name: str, tmp_path: Path) -> None:
    line, said = PROBLEMS[name]
    table = opened(tmp_path, "t.jsonl", b'{"a": 7}\n' + line + b'\n{"a": 8}\n')
    before, problem, after = cells(table)
    assert (before, after) == ({"a": 7}, {"a": 8})
    assert said in str(problem)
    assert str(problem).startswith(f"Line 2 of {table.path} ")
    assert table.count() == 3


def test_the_columns_are_those_of_the_first_object(tmp_path: Path) -> None:
    table = opened(tmp_path, "t.jsonl", b'\nx\n{"a": 1, "b": 2}\n{"c": 3}\n')
    assert table.columns() == ("a", "b")
    assert table.count() == 4


REFUSED = {
    "empty": (b"", "is empty"),
    "blank": (b"\n", "Line 1 of .* is blank"),
    "CSV": (b"a,b\n1,2\n", "Line 1 of .* is not JSON: column 1"),
    "a list over many lines": (b'[\n{"a": 1},\n{"a": 2}\n]\n', "is a JSON list, not JSON lines"),
    "an object over many lines": (b'{\n"a": 1\n}\n', "Line 1 of .* is not JSON"),
    "UTF-16": ('{"a": 1}\n'.encode("utf-16"), "Line 1 of .* byte order mark"),
    "compressed": (b"\x1f\x8b\x08", "Line 1 of .* is compressed"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_table_is_refused_that_is(name: str, tmp_path: Path) -> None:
    data, said = REFUSED[name]
    with pytest.raises(FormatError, match=said):
        opened(tmp_path, "t.jsonl", data)


def test_a_file_of_no_lines_of_json_is_not_read_to_its_end(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="Line 1 of"):
        opened(tmp_path, "t.jsonl", b"x\n" * 100 + b'{"a": 1}\n')


def test_memory_is_bounded_for_a_line_without_an_end_and_the_next_is_read(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    with path.open("wb") as file:
        file.write(b'{"a": 1}\n{"a": [')
        for _ in range(48):
            file.write(b"77, 777," * (1 << 17))
        file.write(b'7]}\n{"a": 2}\n')
    table = open_table(path)
    tracemalloc.start()
    try:
        first, large, last = table.rows(Need(inputs=1))
        assert table.count() == 3
        assert tracemalloc.get_traced_memory()[1] < 12 << 20
    finally:
        tracemalloc.stop()
    assert (first.cells, last.cells) == ({"a": 1}, {"a": 2})
    assert "Line 2 of" in str(large.problem)
    assert "has more than 1048704 bytes" in str(large.problem)


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
@pytest.mark.parametrize("more", [-1, 0, 1, 2, 3])
def test_a_line_of_the_largest_size_is_read_and_no_longer_one(
    more: int, end: bytes, tmp_path: Path
) -> None:
    need = Need(inputs=0)
    line = b'{"a": 1' + b" " * (need.row_bytes - 8 + more) + b"}"
    assert len(line) == need.row_bytes + more
    table = opened(tmp_path, "t.jsonl", b'{"b": 1}\n' + line + end)
    _, row = table.rows(need)
    assert (row.problem is None) is (more <= 0)
    assert table.count() == 2


def test_a_row_of_too_many_values_is_that_rows_problem(tmp_path: Path) -> None:
    line = b'{"a": [' + b",".join([b"1"] * 40_000) + b"]}\n"
    table = opened(tmp_path, "t.jsonl", line + b'{"a": 2}\n')
    large, good = table.rows(Need(inputs=1))
    assert "has more than" in str(large.problem)
    assert good.cells == {"a": 2}
    assert len(next(table.rows(Need(inputs=40_000))).cells["a"]) == 40_000  # type: ignore[arg-type]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**70), 10**70) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)


@given(st.lists(st.dictionaries(st.text(max_size=8), VALUES, max_size=4), min_size=1, max_size=5))
@settings(deadline=None, derandomize=True, database=None)
def test_what_the_standard_writer_writes_is_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, object]]
) -> None:
    data = "".join(json.dumps(row) + "\n" for row in rows)
    assert cells(opened(tmp_path_factory.getbasetemp(), "written.jsonl", data)) == rows


@given(st.binary(max_size=60) | st.text('[]{}",:\n\r 1a', max_size=60).map(str.encode))
@settings(deadline=None, derandomize=True, database=None)
def test_any_bytes_are_rows_or_a_format_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    try:
        table = opened(tmp_path_factory.getbasetemp(), "any.jsonl", data)
    except FormatError:
        return
    assert len(list(table.rows())) == table.count()
