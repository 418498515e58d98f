"""Tables as CSV: what is read, and what is refused, by hand-written files."""

from __future__ import annotations

import csv
import io
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.jobs.batch.tables.tables import cells, opened, written
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.reading import FileError
from zkpipe.jobs.batch.tables.rows import Need
from zkpipe.jobs.batch.tables.table import open_table
from zkpipe.jobs.errors import JobError

READ = {
    "lines that end with line feeds": "a,b\n1,2\n3,4\n",
    "a last line without an end": "a,b\n1,2\n3,4",
    "lines that end as Windows' do": "a,b\r\n1,2\r\n3,4\r\n",
    "a byte order mark": "\ufeffa,b\n1,2\n3,4\n",
    "a byte order mark and quotes": '\ufeff"a",b\n1,2\n3,4\n',
    "quotes": '"a","b"\n"1","2"\n3,"4"\n',
    "blank lines": "\n\na,b\n\n1,2\n\r\n3,4\n\n\n",
}


@pytest.mark.parametrize("name", READ)
def test_the_same_rows_are_read_from(name: str, tmp_path: Path) -> None:
    table = opened(tmp_path, "t.csv", READ[name])
    assert table.columns() == ("a", "b")
    assert cells(table) == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]
    assert [row.number for row in table.rows()] == [0, 1]
    assert table.count() == 2


def test_a_suffix_may_be_in_capitals(tmp_path: Path) -> None:
    assert opened(tmp_path, "T.CSV", "a\n1\n").count() == 1


def test_quotes_hold_commas_quotes_and_line_ends(tmp_path: Path) -> None:
    table = opened(tmp_path, "t.csv", 'a,b\n"1,5","say ""x"""\n"x\r\ny",\n')
    assert cells(table) == [{"a": "1,5", "b": 'say "x"'}, {"a": "x\r\ny", "b": ""}]
    assert table.count() == 2


def test_a_line_of_commas_alone_is_a_row(tmp_path: Path) -> None:
    assert cells(opened(tmp_path, "t.csv", "a,b\n,\n")) == [{"a": "", "b": ""}]


def test_a_row_with_other_fields_is_that_rows_problem(tmp_path: Path) -> None:
    table = opened(tmp_path, "t.csv", 'a,b\n1\n"x\ny",2\n1,2,3\n\n4,5\n')
    few, _, many, good = cells(table)
    assert "line 2 of" in str(few)
    assert "has 1 field; the header has 2." in str(few)
    assert "line 5 of" in str(many)
    assert "has 3 fields" in str(many)
    assert good == {"a": "4", "b": "5"}
    assert table.count() == 4


def test_a_table_may_have_no_rows(tmp_path: Path) -> None:
    table = opened(tmp_path, "t.csv", "a,b\n")
    assert (table.count(), list(table.rows())) == (0, [])


HEADERS = {  # file: what the error says
    "empty": (b"", "is empty"),
    "blank": (b"\n\n", "has no header"),
    "a mark alone": (b"\xef\xbb\xbf", "has no header"),
    "a name twice": (b"a,b,a\n1,2,3\n", "Columns 1 and 3 of .* have the same name, `a`"),
    "an empty name": (b"a,,c\n1,2,3\n", "Column 2 of .* has no name"),
    "a name of spaces": (b"a,  \n1,2\n", "Column 2 of .* has no name"),
    "semicolons": (b"a;b\n1;2\n", "has semicolons between its fields, and no commas"),
    "tabs": (b"a\tb\n1\t2\n", "has tabs between its fields, and no commas"),
    "no header": (b"1,2.5,0x1f,TRUE\n1,2,3,4\n", "begins with values"),
    "UTF-16": ("a,b\n1,2\n".encode("utf-16"), "is UTF-16 text"),
    "UTF-16 without a mark": ("a,b\n".encode("utf-16-le"), "Line 1 of .* has a zero byte"),
    "Latin-1": ("größe\n1\n".encode("latin-1"), "Line 1 of .* is not UTF-8"),
    "a workbook": (b"PK\x03\x04....", r"is a zip file or a workbook \(.xlsx\), not CSV"),
    "compressed": (b"\x1f\x8b\x08\x00", "is compressed, not CSV"),
    "Parquet": (b"PAR1....", "is Parquet, not CSV"),
    "old Macintosh's line ends": (b"a,b\r1,2\r3,4\r", "carriage return without a line feed"),
    "an open quote in the header": (b'a,"b\n1,2\n', "A quote is open at the end of the row"),
    "a field above the limit": (b"a," + b"b" * 140_000 + b"\n", "has more than 131072 characters"),
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_table_is_refused_for(name: str, tmp_path: Path) -> None:
    data, said = HEADERS[name]
    with pytest.raises(FormatError, match=said) as caught:
        opened(tmp_path, "t.csv", data)
    assert "t.csv" in caught.value.problem
    assert caught.value.fix.endswith(".")


BROKEN = {  # lines after a good header and a good row
    "text after a quote": (b'"5"x,6\n7,8\n', "The quotes are wrong in .* line 3 of"),
    "an open quote": (b'5,6\n"7,8\n9,10\n', "A quote is open at the end of .* line 4 of"),
    "a zero byte": (b"5,6\n7,\0\n", "Line 4 of .* has a zero byte"),
    "a zero byte in quotes": (b'5,"\n\0"\n', "Line 4 of .* has a zero byte"),
    "a byte that is no UTF-8": (b"5,6\n\xff,8\n", "Line 4 of .* is not UTF-8"),
    "half a character at the end": (b"5,6\n7,\xc3", "Line 4 of .* is not UTF-8"),
    "a byte order mark in UTF-16": (b"\xff\xfe5\x00", "Line 3 of .* (zero byte|not UTF-8)"),
    "a carriage return": (b"5,6\r7,8\n", "carriage return without a line feed in .* line 3 of"),
    "a field above the limit": (b"5," + b"6" * 140_000 + b"\n", "line 3 of .* more than 131072"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_table_ends_with_an_error_at(name: str, tmp_path: Path) -> None:
    data, said = BROKEN[name]
    table = opened(tmp_path, "t.csv", b"a,b\n1,2\n" + data)
    rows = table.rows()
    assert dict(next(rows).cells) == {"a": "1", "b": "2"}
    with pytest.raises(FormatError, match=said):
        list(rows)
    with pytest.raises(FormatError, match=said):
        table.count()


@pytest.mark.parametrize("quote", [b"", b'"'], ids=["plain", "quoted"])
def test_memory_is_bounded_for_a_line_without_an_end(quote: bytes, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    with path.open("wb") as file:
        file.write(b"a,b\n1,2\n3," + quote)
        for _ in range(48):
            file.write(b"77,77,7," * (1 << 17))
    table = open_table(path)
    tracemalloc.start()
    try:
        with pytest.raises(FormatError, match=r"line 3 of .* has more than"):
            list(table.rows(Need(("a", "b"), inputs=2)))
        assert tracemalloc.get_traced_memory()[1] < 12 << 20
    finally:
        tracemalloc.stop()


def test_memory_is_bounded_for_an_open_quote_over_many_lines(tmp_path: Path) -> None:
    table = opened(tmp_path, "t.csv", b'a,b\n1,"' + b"2\n" * (1 << 20))
    with pytest.raises(FormatError, match=r"line 2 of .* has more than 131072 characters"):
        list(table.rows(Need(inputs=2)))


def test_the_lines_of_a_row_count_together(tmp_path: Path) -> None:
    field = b'"' + b"2\n" * 50_000 + b'",'
    for fields in (9, 11):  # of 100 kB: less than a field may have, together about a megabyte
        header = b",".join(b"c%d" % i for i in range(fields + 1))
        table = opened(tmp_path, "t.csv", header + b"\n" + field * fields + b"1\n")
        if fields == 9:
            assert [row.problem for row in table.rows(Need(inputs=2))] == [None]
        else:
            with pytest.raises(FormatError, match=r"line 2 of .* has more than 1048832 bytes"):
                list(table.rows(Need(inputs=2)))


def test_a_row_may_be_as_large_as_its_inputs_need(tmp_path: Path) -> None:
    names = ",".join(f"x[{i}]" for i in range(20_000))
    row = ",".join(["9" * 78] * 20_000)
    table = opened(tmp_path, "t.csv", f"{names}\n{row}\n")
    assert len(next(table.rows(Need(inputs=20_000))).cells) == 20_000
    with pytest.raises(FormatError, match="more than"):
        list(table.rows(Need(inputs=2)))


def test_the_csv_modules_limit_stays_as_it_was(tmp_path: Path) -> None:
    before = csv.field_size_limit()
    list(opened(tmp_path, "t.csv", "a\n1\n").rows())
    assert csv.field_size_limit() == before


def test_a_table_can_be_read_several_times_at_once(tmp_path: Path) -> None:
    table = opened(tmp_path, "t.csv", "a\n" + "".join(f"{i}\n" for i in range(1000)))
    pairs = list(zip(table.rows(), table.rows(), strict=True))
    assert all(one == other and one.cells["a"] == str(one.number) for one, other in pairs)


def test_a_file_that_changes_while_it_is_read_is_an_error(tmp_path: Path) -> None:
    path = written(tmp_path, "t.csv", "a\n" + "1\n" * 500_000)
    rows = open_table(path).rows()
    next(rows)
    with path.open("ab") as file:
        file.write(b"2\n")
    with pytest.raises(FileError, match="was changed"):
        list(rows)


def test_a_file_that_is_replaced_is_read_as_it_was(tmp_path: Path) -> None:
    table = opened(tmp_path, "t.csv", "a\n1\n")
    written(tmp_path, "new", "b\n2\n3\n").replace(tmp_path / "t.csv")
    assert cells(table) == [{"a": "1"}]


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be read"):
        open_table(tmp_path / "none.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(FileError):
        open_table(tmp_path / "folder.csv")


@pytest.mark.parametrize("name", ["t.xlsx", "t.json", "t.csv.gz", "t", ".csv"])
def test_a_suffix_that_is_not_known_is_told_those_that_are(name: str, tmp_path: Path) -> None:
    with pytest.raises(JobError, match=r"\.csv, \.jsonl \(JSON lines\) or \.parquet"):
        opened(tmp_path, name, "a\n1\n")


def test_no_text_of_a_row_shows_its_cells(tmp_path: Path) -> None:
    (row,) = opened(tmp_path, "t.csv", "a\n4242\n").rows()
    assert repr(row) == str(row) == f"{row}" == "<row 0>"


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))),
        min_size=1,
        max_size=6,
    ).map(lambda rows: [[*row, ""][:2] for row in rows if row])
)
@settings(deadline=None, derandomize=True, database=None)
def test_what_the_standard_writer_writes_is_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerows([["a", "b"], *rows])
    table = opened(tmp_path_factory.getbasetemp(), "written.csv", text.getvalue())
    assert cells(table) == [{"a": a, "b": b} for a, b in rows]


@given(st.binary(max_size=60) | st.text('ab1,"\n\r;\0', max_size=60).map(str.encode))
@settings(deadline=None, derandomize=True, database=None)
def test_any_bytes_are_rows_or_a_format_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    try:
        table = opened(tmp_path_factory.getbasetemp(), "any.csv", data)
        rows = list(table.rows())
    except FormatError:
        return
    assert [row.number for row in rows] == list(range(table.count()))
