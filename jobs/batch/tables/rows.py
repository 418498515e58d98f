"""A row of a table, and what a reader needs of each row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zkpipe.ground.errors import ZkpipeError

SMALL = 1 << 20  # bytes that a row may have for any circuit: columns that are no input, comments
BYTES = 128  # more for each input: 78 digits, and what stands around them
MOST_BYTES = 1 << 26  # of a row, where nobody knows the number of inputs
BYTES_A_VALUE = 32  # so that a row of JSON has at most 4 values for each input


@dataclass(frozen=True, slots=True, repr=False)
class Row:
    """A row: its cells by the names of their columns, which are private.

    number   from 0, in the order of the table
    cells    text in CSV; in JSON lines and Parquet also numbers, lists and objects; None for none
    problem  why the row cannot be read, if it alone is malformed; it then has no cells
    """

    number: int
    cells: Mapping[str, object]
    problem: ZkpipeError | None = None

    def __repr__(self) -> str:
        return f"<row {self.number}>"


@dataclass(frozen=True, slots=True)
class Need:
    """What is needed of each row, which bounds what is read.

    columns  their names; None for all. Only Parquet leaves out the others.
    inputs   how many values a circuit takes; None if that is not known
    """

    columns: tuple[str, ...] | None = None
    inputs: int | None = None

    @property
    def row_bytes(self) -> int:
        """The most bytes that a row may have in its file."""
        return MOST_BYTES if self.inputs is None else SMALL + BYTES * self.inputs

    @property
    def row_values(self) -> int:
        """The most values that a row of JSON may have, nested ones and lists included."""
        return self.row_bytes // BYTES_A_VALUE


ALL = Need()
