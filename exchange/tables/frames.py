"""Data frames and files as columns of Arrow, each read as its declared type needs it.

    frames   pyarrow's tables, pandas' and polars' data frames, dicts of arrays: as they are
    CSV      a header, UTF-8, commas; an empty field is null, a quoted empty one a text
    Parquet  the columns that the schema names

A CSV file says nothing of types. So every field is read as a text, and `codes` reads texts as
strictly as other values.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from zkpipe.exchange.errors import TableError
from zkpipe.ground.errors import FormatError, MissingError
from zkpipe.ground.files.opened import OpenFile
from zkpipe.ground.kinds import describe
from zkpipe.ground.shown import shown

SUFFIXES = {".csv": "CSV", ".parquet": "Parquet"}


def columns_of(frame: Any, names: Sequence[str]) -> Mapping[str, Any]:
    """Columns of a frame, by name, as chunked arrays of Arrow.

    frame  see Schema.encode

    Raises TableError for a frame that lacks one and for what is no frame, FileError and
    FormatError for a file, MissingError without pyarrow.
    """
    try:
        import pyarrow as pa
    except ImportError:
        raise MissingError(
            "Tables are read by pyarrow, which is not installed.", "Run: pip install pyarrow"
        ) from None
    table = _file(Path(frame), names) if isinstance(frame, str | os.PathLike) else _frame(frame)
    _require_once(names, table.column_names)
    if table.num_rows == 0:
        raise TableError("The data have no rows.", "Give one row or more.")
    try:
        table.validate(full=True)
    except pa.ArrowInvalid:  # its words may quote the data
        raise TableError("The data are no valid table of Arrow.", "Make them anew.") from None
    return {name: table.column(name) for name in names}


def _require_once(names: Sequence[str], found: Sequence[str]) -> None:
    for name in names:
        if name not in found:  # what is found is not told: without a header it is a row
            raise TableError(
                f"The data have no column {shown(name)}.",
                "Name the columns as the schema does, in a CSV file in its first line.",
            )
        if found.count(name) > 1:
            raise TableError(f"The data have two columns {shown(name)}.", "Leave one out.")


def _frame(frame: Any) -> Any:
    import pyarrow as pa

    if isinstance(frame, pa.Table):
        return frame
    try:
        if hasattr(frame, "__arrow_c_stream__"):
            return pa.table(frame)
        if type(frame).__module__.partition(".")[0] == "pandas":
            return pa.Table.from_pandas(frame, preserve_index=False)
        if isinstance(frame, Mapping):
            return pa.table(dict(frame))
    except (pa.ArrowException, TypeError, ValueError):  # its words may quote the data
        raise TableError(
            "The data frame has a column that Arrow cannot hold.",
            "Give each column values of one type, and all columns one length.",
        ) from None
    raise TableError(
        f"The data are {describe(frame)}.",
        "Give a table of pyarrow, a data frame, or the path of a CSV or Parquet file.",
    )


def _file(path: Path, names: Sequence[str]) -> Any:
    kind = SUFFIXES.get(path.suffix.lower())
    if kind is None:
        raise FormatError(
            f"{path} is named neither .csv nor .parquet.", "Save the table as one of them."
        )
    import pyarrow as pa

    file = OpenFile(path)
    data = pa.py_buffer(file.read(0, file.size))
    try:
        return _csv(data, names) if kind == "CSV" else _parquet(data, names)
    except (pa.ArrowException, OSError, ValueError):  # its words may quote the file
        raise FormatError(
            f"{path} is no {kind} file that can be read.",
            "Save it anew: CSV in UTF-8 with a header and commas, as many fields in each line."
            if kind == "CSV"
            else "Write it anew with pyarrow or pandas.",
        ) from None


def _csv(data: Any, names: Sequence[str]) -> Any:
    import pyarrow as pa
    from pyarrow import csv

    options = csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()),
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
        include_columns=list(names),
        include_missing_columns=False,
    )
    header = csv.open_csv(pa.BufferReader(data)).schema.names
    _require_once(names, header)
    parse = csv.ParseOptions(newlines_in_values=True)
    return csv.read_csv(pa.BufferReader(data), convert_options=options, parse_options=parse)


def _parquet(data: Any, names: Sequence[str]) -> Any:
    import pyarrow as pa
    from pyarrow import parquet

    file = parquet.ParquetFile(pa.BufferReader(data), page_checksum_verification=True)
    _require_once(names, file.schema_arrow.names)
    return file.read(columns=list(names))
