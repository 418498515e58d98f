"""The rows of the folded tables, within a transaction of the index's database."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any

from zkpipe.exchange.index.tables import BY_NAME, TABLES, Table

Row = dict[str, Any]


class Rows:
    """One copy of the folded tables, of a prefix of its own.

    `get` and `put` are what folds work with. Values are plain (int, str, bytes, bool, list); a
    column's form is the table's.
    """

    def __init__(self, database: sqlite3.Connection, prefix: str = "") -> None:
        self._database, self._prefix = database, prefix

    def make(self) -> None:
        """Make the tables that are not there."""
        for table in TABLES:
            self._database.execute(table.sql(self._prefix))

    def clear(self) -> None:
        """Take all rows away."""
        for table in TABLES:
            self._database.execute(f"DELETE FROM {self._prefix}{table.name}")  # noqa: S608 # ours

    def copy(self, prefix: str) -> None:
        """Take the rows of the copy with another prefix."""
        self.clear()
        for table in TABLES:
            self._database.execute(
                f"INSERT INTO {self._prefix}{table.name} SELECT * FROM {prefix}{table.name}"  # noqa: S608 # ours
            )

    def get(self, name: str, *key: Any) -> Row:
        """The row with a key. Raises LookupError if there is none."""
        row = self.find(name, *key)
        if row is None:
            raise LookupError(f"{name} {key}")
        return row

    def fill(self, other: Rows) -> None:
        """Take the rows of a copy in another database."""
        for table in TABLES:
            places = ", ".join("?" * len(table.columns))
            self._database.executemany(
                f"INSERT INTO {self._prefix}{table.name} VALUES ({places})",  # noqa: S608 # ours
                [tuple(row.values()) for row in other.all(table.name)],
            )

    def find(self, name: str, *key: Any) -> Row | None:
        """The row with a key; None if there is none."""
        table = BY_NAME[name]
        where = " AND ".join(f"{column} = ?" for column in table.keys)
        found = self._database.execute(
            f"SELECT * FROM {self._prefix}{name} WHERE {where}",  # noqa: S608 # ours
            [stored(one) for one in key],
        ).fetchone()
        return None if found is None else dict(zip(table.columns, found, strict=True))

    def put(self, name: str, block: int, row: Mapping[str, Any]) -> None:
        """Keep a row, in place of the one with its key."""
        table = BY_NAME[name]
        values = [_column(table, column, row) for column in table.columns[:-1]]
        places = ", ".join("?" * len(table.columns))
        self._database.execute(
            f"INSERT OR REPLACE INTO {self._prefix}{name} VALUES ({places})",  # noqa: S608 # ours
            [*values, block],
        )

    def change(self, name: str, block: int, *key: Any, **values: Any) -> Row:
        """Change columns of a row that is there; the row. Raises LookupError."""
        row = {**self.get(name, *key), **values}
        self.put(name, block, row)
        return row

    def all(self, name: str, **wanted: Any) -> list[Row]:
        """The rows whose columns have these values, in the order of their keys."""
        table = BY_NAME[name]
        for column in wanted:
            if column not in table.columns:
                raise LookupError(f"{name} has no column {column}")
        where = " AND ".join(f"{column} = ?" for column in wanted) or "1"
        found = self._database.execute(
            f"SELECT * FROM {self._prefix}{name} WHERE {where} ORDER BY {', '.join(table.keys)}",  # noqa: S608 # ours
            [stored(one) for one in wanted.values()],
        )
        return [dict(zip(table.columns, row, strict=True)) for row in found]

    def digest(self) -> str:
        """SHA-256 over all rows of all tables, hexadecimal; the same for the same events."""
        running = hashlib.sha256()
        for line in self._lines():
            running.update(line.encode("ascii"))
        return running.hexdigest()

    def _lines(self) -> Iterator[str]:
        for table in TABLES:
            yield json.dumps([table.name, *table.columns]) + "\n"
            for row in self.all(table.name):
                yield json.dumps(list(row.values())) + "\n"


def stored(value: Any) -> int | str:
    """A value as a column has it, if the column is a text or the value a number below 2^63."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, (bytes, bytearray)):
        return f"0x{value.hex()}"
    if isinstance(value, (list, tuple)):
        return json.dumps([_inner(one) for one in value])
    return value  # type: ignore[no-any-return] # a number or a text


def _inner(value: Any) -> Any:
    """Numbers in lists are decimal texts: JSON's readers differ on large ones."""
    if isinstance(value, int):
        return str(value)
    return stored(value)


def _column(table: Table, column: str, row: Mapping[str, Any]) -> int | str:
    value = stored(row[column])
    return value if column in table.numbers else str(value)
