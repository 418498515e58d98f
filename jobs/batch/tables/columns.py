"""Which column of a table is which input, and a row's cells as the arguments of a circuit.

A table in which an input has no column is refused before anything is proved. Lines of JSON may
each have other names: the first line is planned as the table's header, and a later line that lacks
an input is that row's error alone.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal

from zkpipe.circuits.errors import InputError
from zkpipe.circuits.language.values.inputs import Parameter
from zkpipe.circuits.language.values.types import leaf_count
from zkpipe.jobs.batch.tables.names import listed, nearest, shown
from zkpipe.jobs.batch.tables.plan import Plan, plan
from zkpipe.jobs.batch.tables.rows import Need, Row
from zkpipe.jobs.batch.tables.table import Table
from zkpipe.jobs.errors import JobError

PLANS = 64  # headers whose plans are kept: of lines of JSON, and of Parquet read in part


class Columns:
    """The columns of a table as the inputs of a circuit; of one thread.

    ignored  columns that are no input, in order; not the one that names rows
    need     what is to be read of each row: `table.rows(columns.need)`
    """

    def __init__(
        self, parameters: Sequence[Parameter], header: Plan, columns: Sequence[str], id_: str | None
    ) -> None:
        self._parameters = tuple(parameters)
        self._plans = {header.columns: header}
        self._id = id_
        self.ignored = tuple(name for name in columns if name not in header.used and name != id_)
        read = tuple(name for name in columns if name in header.used or name == id_)
        self.need = Need(read, sum(leaf_count(parameter.type) for parameter in parameters))

    @staticmethod
    def of(parameters: Sequence[Parameter], table: Table, id_column: str | None) -> Columns:
        """The columns of a table for a circuit's parameters.

        id_column  names the rows; it may also be an input

        Raises JobError if an input has no column or is given twice, if a column holds what can be
        no input, or if `id_column` is not there or cannot name rows.
        """
        names = table.columns()
        header = plan(parameters, names, str(table.path))
        if id_column is not None and id_column not in names:
            near = nearest(id_column, names)
            raise JobError(
                f"{table.path} has no column {shown(id_column)}, which is to name its rows.",
                f"Did you mean {shown(near)}?" if near else f"It has {listed(names)}.",
            )
        kind = None if id_column is None else table.unfit(id_column)
        if id_column is not None and kind not in (None, "dates"):
            raise JobError(
                f"The column {shown(id_column)} of {table.path} has {kind}, which cannot name "
                "rows.",
                "Name rows by a column of texts, integers or dates.",
            )
        for name in names:
            kind = table.unfit(name) if name in header.used else None
            if kind is not None:
                raise JobError(
                    f"The column {shown(name)} of {table.path} has {kind}, which can be no input.",
                    "Make it a column of integers, decimals, Booleans, texts of digits, or lists "
                    "or structs of these.",
                )
        return Columns(parameters, header, names, id_column)

    def inputs(self, row: Row) -> dict[str, object]:
        """A row's arguments by the names of parameters, for `flat_inputs`.

        Their kinds and ranges are checked there. Raises InputError for a cell without a value or
        with a text that is none, and for a line that lacks an input; the row's problem if it has
        one.
        """
        if row.problem is not None:
            raise row.problem
        return self._plan_for(row).arguments(row.cells)

    def name(self, row: Row) -> str | None:
        """The text that names a row; None without a column for it, and for an empty cell."""
        cell = None if self._id is None else row.cells.get(self._id)
        if isinstance(cell, str):
            return cell or None
        if isinstance(cell, bool):
            return str(cell).lower()
        if isinstance(cell, int | Decimal):
            return str(cell)
        return cell.isoformat() if isinstance(cell, datetime.date | datetime.time) else None

    def _plan_for(self, row: Row) -> Plan:
        columns = frozenset(row.cells)
        found = self._plans.get(columns)
        if found is None:
            try:
                found = plan(self._parameters, row.cells, "The row")
            except JobError as error:
                raise InputError(error.problem, error.fix) from None
            if len(self._plans) < PLANS:
                self._plans[columns] = found
        return found
