"""JSON lines: an object a line, in UTF-8; a byte order mark at the beginning is skipped.

Each line is read strictly (ground.files.strict_json), with numbers exactly as they are written. A
line that is too large, blank or no JSON object is that row's problem: the next line begins where it
ends. The last line's end is no row.

Source: jsonlines.org; RFC 8259.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from pathlib import Path

from zkpipe.ground.errors import FormatError, ZkpipeError
from zkpipe.ground.files.opened import OpenFile
from zkpipe.ground.files.strict_json import parse_json
from zkpipe.jobs.batch.tables.rows import ALL, Need, Row
from zkpipe.jobs.batch.tables.stream import stream

_MARK = b"\xef\xbb\xbf"
CHUNK = 1 << 20  # bytes that are looked at, counted or passed over at a time
TRIED = 100  # lines in which the names of columns are looked for


class JsonLines:
    """A file with a JSON object in each line.

    Raises FileError if it cannot be read, FormatError if none of the first lines is an object.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = OpenFile(path)
        self._columns = self._first()

    def columns(self) -> tuple[str, ...]:
        """The names in the first line that is an object."""
        return self._columns

    def count(self) -> int:
        """How many lines there are, by reading the file once. Raises FileError."""
        file, count, last = stream(self._file), 0, b"\n"
        while chunk := file.read(CHUNK):
            count += chunk.count(b"\n")
            last = chunk[-1:]
        return count + (last != b"\n")

    def rows(self, need: Need = ALL) -> Iterator[Row]:
        """The rows in order; a cell is what JSON has there. See Table."""
        for number, line in enumerate(self._lines(need.row_bytes)):
            try:
                yield Row(number, self._object(number + 1, line, need))
            except FormatError as error:
                yield Row(number, {}, error)

    def unfit(self, column: str) -> str | None:
        """None: a column has no type."""
        return None

    def _first(self) -> tuple[str, ...]:
        head = stream(self._file).read(CHUNK).removeprefix(_MARK)
        if head.lstrip().startswith(b"["):  # its last line may be an object, and pass for a row
            raise FormatError(
                f"{self.path} is a JSON list, not JSON lines.",
                "Write each row's object into a line of its own, without the list around them.",
            )
        problem: ZkpipeError | None = None
        for row in islice(self.rows(), TRIED):
            if row.problem is None:
                return tuple(row.cells)
            problem = problem or row.problem
        assert problem is not None  # noqa: S101 - for the type checker: no file is empty
        raise problem

    def _lines(self, limit: int) -> Iterator[bytes | None]:
        """The lines without their ends; None for one of more bytes than the limit."""
        file, mark = stream(self._file), _MARK
        while line := file.readline(limit + 2):  # its end may take two
            is_whole = line.endswith(b"\n")
            line = line.removeprefix(mark).rstrip(b"\r\n")
            yield line if len(line) <= limit else None
            mark = b""
            while not is_whole and (rest := file.readline(CHUNK)):
                is_whole = rest.endswith(b"\n")

    def _object(self, number: int, line: bytes | None, need: Need) -> dict[str, object]:
        name = f"Line {number} of {self.path}"
        if line is None:
            raise FormatError(
                f"{name} has more than {need.row_bytes} bytes.",
                "Take out what is no input.",
            )
        if not line.strip():
            raise FormatError(f"{name} is blank.", "Take the line out, or write a row into it.")
        try:
            value = parse_json(
                line,
                name,
                limit=need.row_bytes,
                values=need.row_values,
                floats=True,
                number=Decimal,
            )
        except FormatError as error:  # a text of one line is told as one
            problem = error.problem.replace("is not JSON: line 1, column", "is not JSON: column")
            raise FormatError(problem, error.fix) from None
        if not isinstance(value, dict):
            raise FormatError(
                f"{name} is not a JSON object.", 'Give the inputs by name: {"x": 3, "y": [1, 2]}.'
            )
        return dict(value)
