"""CSV: a header, then a row a line, as RFC 4180 has it.

    encoding  UTF-8; a byte order mark at the beginning is skipped, since Excel writes one
    commas    separate fields; quotes stand around a whole field, and are doubled inside
    lines     end with a line feed, or a carriage return and a line feed
    blank     lines without any character are no rows, as spreadsheets leave them at the end; a
              line of commas alone is a row without values

A row with too few or too many fields is that row's problem. An open quote, another encoding or a
zero byte leaves in doubt where the rows after it begin, so it ends the table. Everything that is
read is bounded: a row's bytes by what is needed of it, a field by csv.field_size_limit() as it is.

The csv module reads records from an iterator of lines, pulling a line only when it needs one. So
the lines know how large a record has become, and end it before it fills the memory.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.opened import OpenFile
from zkpipe.jobs.batch.tables.names import shown
from zkpipe.jobs.batch.tables.rows import ALL, MOST_BYTES, Need, Row
from zkpipe.jobs.batch.tables.stream import stream

_MARK = b"\xef\xbb\xbf"
_HEADS = (  # the first bytes of what is often given for CSV
    (b"\xff\xfe", "UTF-16 text"),
    (b"\xfe\xff", "UTF-16 text"),
    (b"PK\x03\x04", "a zip file or a workbook (.xlsx)"),
    (b"\xd0\xcf\x11\xe0", "a workbook (.xls)"),
    (b"\x1f\x8b", "compressed"),
    (b"PAR1", "Parquet"),
)
_SEPARATORS = ((";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars"))
_NO_NAME = re.compile(r"[-+]?(0[xX][0-9a-fA-F]+|[0-9][0-9.,]*([eE][-+]?[0-9]+)?)|true|false", re.I)
_SAVE = "Save it as CSV in UTF-8, with commas between the fields."
_QUOTES = 'Close each quote; inside a quoted field write a quote twice: "".'


class CsvTable:
    """A CSV file with a header.

    Raises FileError if it cannot be read, FormatError if its first line is no header.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = OpenFile(path)
        self._columns = tuple(self._header())

    def columns(self) -> tuple[str, ...]:
        """The names in the header."""
        return self._columns

    def count(self) -> int:
        """How many rows there are, by reading the file once. Raises FormatError and FileError."""
        return sum(1 for _ in self._records(ALL)) - 1

    def rows(self, need: Need = ALL) -> Iterator[Row]:
        """The rows in order; every cell is a text. See Table."""
        columns = self._columns
        records = self._records(need)
        next(records)  # the header, which is as it was: the file may not change
        for number, (line, fields) in enumerate(records):
            if len(fields) == len(columns):
                yield Row(number, dict(zip(columns, fields, strict=True)))
            else:
                yield Row(number, {}, self._ragged(line, len(fields)))

    def unfit(self, column: str) -> str | None:
        """None: every column has texts."""
        return None

    def _header(self) -> list[str]:
        head = bytes(self._file.read(0, min(4, self._file.size)))
        for begin, kind in _HEADS:
            if head.startswith(begin):
                raise FormatError(f"{self.path} is {kind}, not CSV in UTF-8.", _SAVE)
        _, names = next(self._records(ALL), (0, []))
        if not names:
            raise FormatError(f"{self.path} has no header.", "Write the names of its columns.")
        if len(names) == 1:
            for mark, kind in _SEPARATORS:
                if mark in names[0]:
                    raise FormatError(
                        f"{self.path} has {kind} between its fields, and no commas.",
                        "Save it with commas between the fields; then decimals have a point.",
                    )
        if all(_NO_NAME.fullmatch(name) for name in names):
            raise FormatError(
                f"{self.path} begins with values, not with the names of its columns.",
                "Write a first line with the names, the inputs' names among them.",
            )
        seen: dict[str, int] = {}
        for number, name in enumerate(names, 1):
            if not name.strip():
                raise FormatError(
                    f"Column {number} of {self.path} has no name.",
                    "Write one into the header, or take the column out.",
                )
            if name in seen:
                raise FormatError(
                    f"Columns {seen[name]} and {number} of {self.path} have the same name, "
                    f"{shown(name)}.",
                    "Give each column a name of its own.",
                )
            seen[name] = number
        return names

    def _records(self, need: Need) -> Iterator[tuple[int, list[str]]]:
        """The header and the rows: the line in which each begins, and its fields."""
        lines = _Lines(self.path, self._file)
        reader = csv.reader(lines, strict=True)
        try:
            for fields in reader:
                begin = lines.begin
                lines.begin_record(need.row_bytes)
                if fields:
                    yield begin, fields
        except csv.Error as error:  # its text says what is wrong, and shows nothing of the file
            raise self._unreadable(lines.begin, str(error)) from None

    def _ragged(self, line: int, count: int) -> FormatError:
        return FormatError(
            f"The row in line {line} of {self.path} has {count} field{'s' * (count != 1)}; the "
            f"header has {len(self._columns)}.",
            "Give the row a field for each column, in quotes if it has a comma.",
        )

    def _unreadable(self, line: int, said: str) -> FormatError:
        where = f"the row that begins in line {line} of {self.path}"
        if said.startswith("field larger"):
            return FormatError(
                f"A field of {where} has more than {csv.field_size_limit()} characters.",
                "If a quote is open there, close it. A long list goes into a column for each "
                "value, or into a .jsonl or .parquet file.",
            )
        if said.startswith("new-line"):
            return FormatError(f"There is a carriage return without a line feed in {where}.", _SAVE)
        if said.startswith("unexpected end"):
            return FormatError(f"A quote is open at the end of {where}.", _QUOTES)
        return FormatError(f"The quotes are wrong in {where}.", _QUOTES)


class _Lines:
    """The lines of a file as text, which end with an error where a record becomes too large.

    begin  the line in which the record begins, from 1
    """

    def __init__(self, path: Path, file: OpenFile) -> None:
        self._path = path
        self._stream = stream(file)
        self._line = 0
        self.begin_record(MOST_BYTES)  # the header: nobody knows yet how much of it is needed

    def begin_record(self, limit: int) -> None:
        """From here on it is another record, of so many bytes at most."""
        self.begin = self._line + 1
        self._limit = self._left = limit

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        data = self._stream.readline(self._left + 1)
        if not data:
            raise StopIteration
        self._line += 1
        if len(data) > self._left:
            raise FormatError(
                f"The row that begins in line {self.begin} of {self._path} has more than "
                f"{self._limit} bytes.",
                "If a quote is open there, close it. Otherwise take out columns that are no input.",
            )
        self._left -= len(data)
        if b"\0" in data:
            raise FormatError(f"Line {self._line} of {self._path} has a zero byte.", _SAVE)
        try:
            return (data.removeprefix(_MARK) if self._line == 1 else data).decode("utf-8")
        except UnicodeDecodeError:
            raise FormatError(f"Line {self._line} of {self._path} is not UTF-8.", _SAVE) from None
