"""Tables as Parquet: values of every type that may be an input, and files that are broken."""

from __future__ import annotations

import datetime
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.jobs.batch.tables.tables import AGE, cells, opened, outcomes
from zkpipe.ground.errors import FormatError, MissingError
from zkpipe.ground.files.reading import FileError
from zkpipe.jobs.batch.tables import parquet_table
from zkpipe.jobs.batch.tables.columns import Columns
from zkpipe.jobs.batch.tables.rows import Need
from zkpipe.jobs.batch.tables.table import Table, open_table
from zkpipe.jobs.errors import JobError


def stored(folder: Path, columns: dict[str, Any], **options: Any) -> Table:
    pq.write_table(pa.table(columns), folder / "t.parquet", **options)
    return open_table(folder / "t.parquet")


BIG = 10**60 + 7
TYPES: dict[str, tuple[list[Any], pa.DataType, list[object]]] = {  # given, type, as cells
    "int8": ([-128, None, 127], pa.int8(), [-128, None, 127]),
    "uint64": ([0, 2**64 - 1], pa.uint64(), [0, 2**64 - 1]),
    "int64": ([-(2**63)], pa.int64(), [-(2**63)]),
    "bool": ([True, None, False], pa.bool_(), [True, None, False]),
    "float": ([0.5, None], pa.float32(), [0.5, None]),
    "double": ([0.1], pa.float64(), [0.1]),
    "half": ([1.5, None], pa.float16(), [1.5, None]),
    "string": (["12", None, ""], pa.string(), ["12", None, ""]),
    "large string": (["12", None], pa.large_string(), ["12", None]),
    "dictionary": (["a", "b", "a"], pa.dictionary(pa.int8(), pa.string()), ["a", "b", "a"]),
    "decimal": ([Decimal("1.50"), None], pa.decimal128(9, 2), [Decimal("1.50"), None]),
    "decimal without a point": ([Decimal(BIG), None], pa.decimal256(70, 0), [BIG, None]),
    "null": ([None, None], pa.null(), [None, None]),
    "list": ([[1, 2], None, []], pa.list_(pa.int32()), [[1, 2], None, []]),
    "large list": ([["a"], ["b", None]], pa.large_list(pa.string()), [["a"], ["b", None]]),
    "list of a size": ([[1, 2], [3, 4]], pa.list_(pa.int32(), 2), [[1, 2], [3, 4]]),
    "nested list": ([[[1], [2, 3]]], pa.list_(pa.list_(pa.int8())), [[[1], [2, 3]]]),
    "list of decimals": ([[Decimal(5), None]], pa.list_(pa.decimal128(30, 0)), [[5, None]]),
    "struct": (
        [{"rate": Decimal(5), "paid": [True], "note": "x"}, None],
        pa.struct({"rate": pa.decimal128(9, 0), "paid": pa.list_(pa.bool_()), "note": pa.string()}),
        [{"rate": 5, "paid": [True], "note": "x"}, None],
    ),
}


@pytest.mark.parametrize("name", TYPES)
def test_values_are_as_they_were_written(name: str, tmp_path: Path) -> None:
    given, type_, expected = TYPES[name]
    table = stored(tmp_path, {"x": pa.array(given, type_)})
    assert cells(table) == [{"x": value} for value in expected]
    assert all(
        type(row.cells["x"]) is type(x) for row, x in zip(table.rows(), expected, strict=True)
    )
    assert table.unfit("x") is None
    assert table.count() == len(given)


UNFIT = {  # what the error says, and a column
    "dates": pa.array([datetime.date(2024, 1, 1)]),
    "times": pa.array([datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)]),
    "lengths of time": pa.array([datetime.timedelta(1)]),
    "binary data": pa.array([b"x"]),
    "values of another kind": pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int8())),
}
AROUND: dict[str, Callable[[pa.Array], pa.Array]] = {
    "alone": lambda column: column,
    "in lists": lambda column: pa.ListArray.from_arrays([0, 1], column),
    "in structs": lambda column: pa.StructArray.from_arrays([pa.array([1]), column], ["a", "b"]),
}


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("kind", UNFIT)
def test_before_any_row_a_column_is_refused_that_has(
    kind: str, around: str, tmp_path: Path
) -> None:
    table = stored(tmp_path, {"age": AROUND[around](UNFIT[kind])})
    said = rf"The column `age` of .* has {kind}, which can be no input"
    with pytest.raises(JobError, match=said):
        Columns.of(AGE, table, None)


def test_a_column_that_is_no_input_may_have_any_type_and_name_rows(tmp_path: Path) -> None:
    day = pa.array([datetime.date(2024, 2, 29), None])
    table = stored(tmp_path, {"day": day, "age": [1, 2], "blob": [b"x", b"y"]})
    columns = Columns.of(AGE, table, "day")
    assert [columns.name(row) for row in table.rows(columns.need)] == ["2024-02-29", None]
    assert columns.ignored == ("blob",)


@pytest.mark.parametrize("kind", [kind for kind in UNFIT if kind != "dates"])
def test_rows_are_not_named_by_a_column_that_has(kind: str, tmp_path: Path) -> None:
    table = stored(tmp_path, {"age": [1], "id": UNFIT[kind]})
    with pytest.raises(JobError, match=rf"`id` of .* has {kind}, which cannot name rows"):
        Columns.of(AGE, table, "id")


def test_only_the_columns_that_are_needed_are_read(tmp_path: Path) -> None:
    table = stored(tmp_path, {"a": [1], "age": [2], "age.x": [3], "b": ["4"]})
    assert [dict(row.cells) for row in table.rows(Need(("age",), 1))] == [{"age": 2}]
    assert [dict(row.cells) for row in table.rows(Need((), 0))] == [{}]


def test_a_column_with_a_point_in_its_name_is_not_the_field_of_a_struct(tmp_path: Path) -> None:
    table = stored(tmp_path, {"loan": [{"rate": 1}], "loan.rate": [2]})
    assert cells(table) == [{"loan": {"rate": 1}, "loan.rate": 2}]
    assert [dict(row.cells) for row in table.rows(Need(("loan.rate",), 1))] == [{"loan.rate": 2}]


@pytest.mark.parametrize("rows", [0, 1, 1023, 1024, 1025, 5000])
@pytest.mark.parametrize("group", [700, 1 << 20])
def test_rows_are_numbered_over_batches_and_groups(rows: int, group: int, tmp_path: Path) -> None:
    table = stored(
        tmp_path,
        {"age": pa.array(range(rows), pa.int64()), "s": list(map(str, range(rows)))},
        row_group_size=group,
    )
    found = [(row.number, row.cells["age"], row.cells["s"]) for row in table.rows()]
    assert found == [(i, i, str(i)) for i in range(rows)]
    assert table.count() == rows


@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "zstd", "lz4", "brotli"])
def test_compressed_columns_are_read(compression: str, tmp_path: Path) -> None:
    table = stored(tmp_path, {"a": [1, 2], "b": ["x", "y"]}, compression=compression)
    assert cells(table) == [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]


@pytest.mark.parametrize("is_told", [True, False], ids=["as Arrow", "as others"])
def test_a_text_that_stands_in_many_rows_is_in_memory_once(is_told: bool, tmp_path: Path) -> None:
    text = "7" * (1 << 20)
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 2000, pa.int32()), pa.array([text]))
    table = stored(tmp_path, {"a": column}, store_schema=is_told)
    before = pa.total_allocated_bytes()
    rows = table.rows()
    assert next(rows).cells["a"] == text
    assert pa.total_allocated_bytes() - before < 32 << 20


@pytest.mark.parametrize(
    "wrapped",
    [lambda x: x, lambda x: [x], lambda x: {"a": 1, "b": x}, lambda x: [{"a": [x]}]],
    ids=["a list", "lists", "a struct", "structs in lists"],
)
def test_a_list_of_too_many_values_is_its_rows_problem(
    wrapped: Callable[[Any], Any], tmp_path: Path
) -> None:
    lists = [wrapped([1, 2]), wrapped([7] * 100_000), None, wrapped([3])]
    table = stored(tmp_path, {"x": pa.array(lists), "y": [1, 2, 3, 4]})
    first, large, none, last = table.rows(Need(("x", "y"), inputs=2))
    assert str(large.problem).startswith(f"Row 1 of {table.path} (the first is 0) has more than")
    assert [row.cells["x"] for row in (first, none, last)] == [lists[0], None, lists[3]]
    assert [row.cells["x"] for row in table.rows()] == lists


def test_names_are_single_and_are_there(tmp_path: Path) -> None:
    for names, said in ((["a", "a"], "two columns `a`"), (["a", ""], "a column without a name")):
        pq.write_table(pa.table([[1], [2]], names=names), tmp_path / "t.parquet")
        with pytest.raises(FormatError, match=said):
            open_table(tmp_path / "t.parquet")


def test_a_text_that_is_no_utf_8_breaks_the_table(tmp_path: Path) -> None:
    offsets, data = pa.array([0, 1, 3], pa.int32()).buffers()[1], pa.py_buffer(b"a\xff\xfe")
    table = stored(tmp_path, {"a": pa.StringArray.from_buffers(2, offsets, data)})
    with pytest.raises(FormatError):
        list(table.rows())


NO_PARQUET = {
    "empty": b"",
    "CSV": b"a,b\n1,2\n",
    "its mark alone": b"PAR1",
    "its marks": b"PAR1PAR1",
    "a footer of a size beyond the file": b"PAR1\xff\xff\xff\x7fPAR1",
    "a footer of nothing": b"PAR1" + b"\0" * 20 + b"\x14\0\0\0PAR1",
    "an encrypted footer": b"PARE" + b"\0" * 20 + b"\x14\0\0\0PARE",
}


@pytest.mark.parametrize("name", NO_PARQUET)
def test_it_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"t\.parquet"):
        opened(tmp_path, "t.parquet", NO_PARQUET[name])


def whole(folder: Path) -> bytes:
    table = pa.table(
        {"age": list(range(200)), "s": [str(i % 7) for i in range(200)], "l": [[1, 2]] * 200}
    )
    pq.write_table(table, folder / "whole.parquet", write_page_checksum=True)
    return (folder / "whole.parquet").read_bytes()


def test_a_file_that_is_cut_short_is_refused_wherever_it_ends(tmp_path: Path) -> None:
    data = whole(tmp_path)
    for size in range(1, len(data), 13):
        with pytest.raises(FormatError):
            opened(tmp_path, "t.parquet", data[:size])


def test_a_bit_that_flips_in_a_page_is_found(tmp_path: Path) -> None:
    data = bytearray(whole(tmp_path))
    metadata = pq.ParquetFile(tmp_path / "whole.parquet").metadata
    chunk = metadata.row_group(0).column(0)
    begin = chunk.dictionary_page_offset or chunk.data_page_offset
    data[begin + chunk.total_compressed_size // 2] ^= 1
    table = opened(tmp_path, "t.parquet", bytes(data))
    with pytest.raises(FormatError, match="is cut short, or holds something else"):
        list(table.rows())


def test_bytes_that_change_anywhere_give_rows_or_a_format_error(tmp_path: Path) -> None:
    """In a process of its own, so that a crash of Arrow would be seen for what it is."""
    whole(tmp_path)
    code = """
import sys
from pathlib import Path
from zkpipe.ground.errors import FormatError
from zkpipe.jobs.batch.tables.table import open_table
folder = Path(sys.argv[1])
data = (folder / "whole.parquet").read_bytes()
refused = 0
for at in range(0, len(data), 3):
    for flip in (1, 0x80, 0xFF):
        mauled = bytearray(data)
        mauled[at] ^= flip
        (folder / "t.parquet").write_bytes(mauled)
        try:
            for row in open_table(folder / "t.parquet").rows():
                pass
        except FormatError as error:
            assert "Arrow" not in str(error) and error.__cause__ is None
            refused += 1
print(refused)
"""
    done = subprocess.run(  # noqa: S603 # this interpreter
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 100


@pytest.mark.parametrize("claimed", [-1, 0, 1, 3, 1 << 62])
def test_the_number_of_rows_is_not_believed(
    claimed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = stored(tmp_path, {"age": [1, 2]})
    monkeypatch.setattr(table, "_count", claimed)
    with pytest.raises(FormatError, match="holds something else than it says"):
        list(table.rows())


def test_a_file_that_changes_while_it_is_read_is_an_error(tmp_path: Path) -> None:
    table = stored(tmp_path, {"age": list(range(3_000_000))}, compression="none")
    rows = table.rows()
    next(rows)
    with (tmp_path / "t.parquet").open("ab") as file:
        file.write(b"x")
    with pytest.raises(FileError, match="was changed"):
        list(rows)


def test_without_pyarrow_it_is_said_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(tmp_path, {"age": [1]})
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(MissingError, match=r"pip install 'zkpipe\[parquet\]'"):
        open_table(tmp_path / "t.parquet")


def test_pyarrow_is_imported_for_parquet_alone(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a\n1\n")
    code = (
        "import sys; from pathlib import Path\n"
        "from zkpipe.jobs.batch.tables.columns import Columns\n"
        "from zkpipe.jobs.batch.tables.table import open_table\n"
        "open_table(Path(sys.argv[1])); print('pyarrow' in sys.modules)"
    )
    done = subprocess.run(  # noqa: S603 # this interpreter
        [sys.executable, "-c", code, str(tmp_path / "t.csv")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "False"


def out_of_memory(*_: object) -> None:
    raise pa.ArrowMemoryError("of 4242 bytes")


def of_another_kind(*_: object) -> None:
    raise RuntimeError("with 4242 in it")


@pytest.mark.parametrize("fault", [out_of_memory, of_another_kind])
def test_what_arrow_raises_becomes_a_format_error_without_its_words(
    fault: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = stored(tmp_path, {"age": [1]})
    monkeypatch.setattr(parquet_table, "stream", fault)
    with pytest.raises(FormatError) as caught:
        list(table.rows())
    assert "4242" not in str(caught.value)


def test_rows_of_every_format_give_the_same_inputs(tmp_path: Path) -> None:
    files = {"t.csv": "age\n7\n250\n", "t.jsonl": '{"age": 7}\n{"age": "0xfa"}\n'}
    tables = [opened(tmp_path, name, text) for name, text in files.items()]
    tables.append(stored(tmp_path, {"age": [7, 250]}))
    assert [list(outcomes(AGE, table)) for table in tables] == [[[7], [250]]] * 3
