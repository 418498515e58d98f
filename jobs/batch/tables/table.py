"""A table of inputs, whatever its format."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from zkpipe.jobs.batch.tables.csv_table import CsvTable
from zkpipe.jobs.batch.tables.json_lines import JsonLines
from zkpipe.jobs.batch.tables.parquet_table import ParquetTable
from zkpipe.jobs.batch.tables.rows import ALL, Need, Row
from zkpipe.jobs.errors import JobError

__all__ = ["Row", "Table", "open_table"]


class Table(Protocol):
    """Rows of named cells, in order. Its file stays open, and must not be written into."""

    path: Path

    def columns(self) -> tuple[str, ...]:
        """The names in the header, the schema or the first line that is an object."""
        ...

    def count(self) -> int:
        """How many rows there are: Parquet's file says it, other files are read once.

        Raises FormatError where `rows` does, and FileError.
        """
        ...

    def rows(self, need: Need = ALL) -> Iterator[Row]:
        """The rows, numbered from 0; a bounded part of the file is in memory at a time.

        A row that alone is malformed has a problem. Raises FormatError where the rest of the file
        cannot be read, FileError if the file was changed.
        """
        ...

    def unfit(self, column: str) -> str | None:
        """What a column has by its declared type, if that can be no input: "dates"."""
        ...


def open_table(path: Path) -> Table:
    """The table in a file, by its suffix: .csv, .jsonl or .parquet.

    Raises JobError for another suffix, FileError if it cannot be read, FormatError if it does not
    begin as such a table does, MissingError if Parquet's library is not installed.
    """
    suffix = path.suffix.lower()
    if suffix == ".csv":
        return CsvTable(path)
    if suffix == ".jsonl":
        return JsonLines(path)
    if suffix == ".parquet":
        return ParquetTable(path)
    raise JobError(
        f"{path} is not named as a table is.",
        "Give a table as .csv, .jsonl (JSON lines) or .parquet.",
    )
