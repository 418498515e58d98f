"""Parquet, by pyarrow, which is imported when the first such file is opened.

Rows come in batches of bounded size, with the columns alone that are needed. Texts stay in their
dictionaries: a page of a megabyte that names one text a million times would fill the memory
otherwise. A decimal of a type without digits behind the point is an integer, since databases export
large integers so; one with such digits is none, even if they are zeros.

What the file says of itself is not believed. Each batch is validated (offsets, UTF-8), checksums
of pages are checked where there are any, the rows are counted, and a list of more values than the
circuit could take is not made Python's. Arrow itself decodes a page whole, and a row's lists too:
of files from strangers, a small one may take much memory. Whatever Arrow says of a broken file
becomes a FormatError without its words, which may quote the file.

Source: parquet.apache.org/docs/file-format.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zkpipe.ground.errors import FormatError, MissingError, ZkpipeError
from zkpipe.ground.files.opened import OpenFile
from zkpipe.jobs.batch.tables.arrow_types import is_nested, reader_of, unfit, value_count
from zkpipe.jobs.batch.tables.names import shown
from zkpipe.jobs.batch.tables.rows import ALL, Need, Row
from zkpipe.jobs.batch.tables.stream import BUFFER, stream

CELLS = 1 << 20  # in a batch, as far as the number of inputs tells
MOST_ROWS = 1024  # in a batch
TEXTS, CONTAINERS = 1 << 26, 1 << 20  # bytes of a text, entries of a list in the file's own words


@dataclass(frozen=True, slots=True)
class _Batch:
    """Some rows: columns by name, what makes their values Python's, and which have parts."""

    size: int
    columns: Mapping[str, Any]
    readers: Mapping[str, Callable[[Any], object]]
    nested: tuple[str, ...]

    def value_count(self, index: int) -> int:
        """How many values are in the lists of a row."""
        return sum(value_count(self.columns[name].slice(index, 1)) for name in self.nested)

    def cells(self, index: int) -> dict[str, object]:
        """The cells of a row."""
        columns = self.columns
        return {name: read(columns[name][index].as_py()) for name, read in self.readers.items()}


class ParquetTable:
    """A Parquet file.

    Raises MissingError without pyarrow, FileError if it cannot be read, FormatError if it is no
    such file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._parquet = _pyarrow(path)
        self._file = OpenFile(path)
        with self._refusals():
            file = self._opened(())
            schema, self._count = file.schema_arrow, file.metadata.num_rows
            self._types = {field.name: field.type for field in schema}
            self._texts = tuple(_texts(file.schema))
            names = Counter(schema.names)
        for name in names:
            if names[name] > 1 or not name.strip():
                raise FormatError(
                    f"{path} has two columns {shown(name)}."
                    if name.strip()
                    else f"{path} has a column without a name.",
                    "Give each column a name of its own.",
                )
        if self._count < 0:
            raise self._broken()

    def columns(self) -> tuple[str, ...]:
        """The names in the schema."""
        return tuple(self._types)

    def count(self) -> int:
        """How many rows the file says it has; `rows` raises FormatError if they are not there."""
        return int(self._count)

    def rows(self, need: Need = ALL) -> Iterator[Row]:
        """The rows in order; cells are numbers, texts, lists and dicts. See Table."""
        names = self.columns() if need.columns is None else need.columns
        cells = max(len(names), need.inputs or 0, 1)
        number = 0
        for batch in self._batches(names, max(1, min(MOST_ROWS, CELLS // cells))):
            if number + batch.size > self._count:
                raise self._broken()
            for index in range(batch.size):
                with self._refusals():
                    row = self._row(number, index, batch, need.row_values)
                yield row
                number += 1
        if number != self._count:
            raise self._broken()

    def unfit(self, column: str) -> str | None:
        """What a column has, if no input can take it: "dates"."""
        return unfit(self._types[column])

    def _row(self, number: int, index: int, batch: _Batch, most: int) -> Row:
        """The row at a place of a batch; a list without end is that row's problem."""
        if batch.value_count(index) <= most:
            return Row(number, batch.cells(index))
        problem = FormatError(
            f"Row {number} of {self.path} (the first is 0) has more than {most} values in its "
            "lists.",
            "Give lists of the lengths that the circuit declares.",
        )
        return Row(number, {}, problem)

    def _batches(self, names: tuple[str, ...], size: int) -> Iterator[_Batch]:
        """Batches of at most so many rows, with the columns of these names."""
        with self._refusals():
            file = self._opened(self._texts)
            types = {field.name: field.type for field in file.schema_arrow}
            readers = {name: reader_of(types[name]) for name in names}
            nested = tuple(name for name in names if is_nested(types[name]))
            batches = file.iter_batches(size, columns=list(names), use_threads=False)
        while True:
            with self._refusals():
                batch = next(batches, None)
                if batch is None:
                    return
                batch.validate(full=True)
                # A column `loan` brings along one that is named `loan.rate`: names are looked up.
                columns = {name: batch.column(name) for name in names}
            yield _Batch(batch.num_rows, columns, readers, nested)

    def _opened(self, texts: tuple[str, ...]) -> Any:
        """The file for pyarrow; `texts` are the paths that are read as dictionaries."""
        return self._parquet.ParquetFile(
            stream(self._file),
            read_dictionary=list(texts),
            buffer_size=BUFFER,  # else a column of a whole group of rows is read at once
            pre_buffer=False,
            page_checksum_verification=True,
            thrift_string_size_limit=TEXTS,
            thrift_container_size_limit=CONTAINERS,
        )

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        """Turn what pyarrow raises for a broken file into ours."""
        try:
            yield
        except ZkpipeError:
            raise
        except MemoryError:
            raise FormatError(
                f"{self.path} takes more memory than there is.",
                "Write it with smaller groups of rows and pages, or use a larger machine.",
            ) from None
        except Exception:  # noqa: BLE001 - it has no one class for a broken file
            raise self._broken() from None

    def _broken(self) -> FormatError:
        return FormatError(
            f"{self.path} is not Parquet, is cut short, or holds something else than it says.",
            "Write the file again.",
        )


def _pyarrow(path: Path) -> Any:
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise MissingError(
            f"{path} is Parquet, which takes pyarrow to read; it is not installed.",
            "Run `pip install 'zkpipe[parquet]'`, or give the table as .csv or .jsonl.",
        ) from error
    return pyarrow.parquet


def _texts(schema: Any) -> Iterator[str]:
    """The paths of the columns of texts, nested ones too."""
    for column in map(schema.column, range(len(schema.names))):
        if column.physical_type == "BYTE_ARRAY" and column.logical_type.type == "STRING":
            yield column.path
