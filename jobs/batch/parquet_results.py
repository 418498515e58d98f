"""The proofs of a batch in one Parquet file, written when every row is done.

Until then they lie in the journal, which keeps them as well as a file would; the Parquet file is
made from it, whole or not at all, and can be made again.

Columns: `row` (from 0), `id` (null without an id column), `proof` (the text of proof.json),
`public` (a list of decimal texts).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

from zkpipe.ground.errors import MissingError
from zkpipe.ground.files.writing import atomic_write
from zkpipe.jobs.batch.journal import Kind
from zkpipe.jobs.batch.results import RowFiles
from zkpipe.jobs.batch.states import States

GROUP = 10_000  # rows of a row group


class ParquetResults:
    """Keeps each row's files in the journal, until `write`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        require_parquet()

    def put(self, group: Sequence[tuple[int, RowFiles]]) -> list[bytes]:
        """See Results. The journal keeps the files."""
        return [_packed(files) for _, files in group]

    def drop(self, rows: Sequence[int]) -> None:
        """See Results: the journal's last entry counts."""

    def fault(self, row: int, result: bytes) -> str | None:
        """See Results: the journal was checked when it was opened."""
        return None

    def files(self, row: int, result: bytes) -> RowFiles:
        """See Results."""
        proof, public = json.loads(result)
        return RowFiles(proof.encode(), public.encode())

    def write(self, states: States, rows: int) -> None:
        """Write the file from the journal's states, those of the first `rows` rows.

        Raises FileError.
        """
        arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
        schema = arrow.schema(
            [
                ("row", arrow.int64()),
                ("id", arrow.string()),
                ("proof", arrow.string()),
                ("public", arrow.list_(arrow.string())),
            ]
        )
        found = _proved(states, rows)
        with (
            atomic_write(self._path) as file,
            parquet.ParquetWriter(file, schema, compression="zstd") as writer,
        ):
            while group := list(islice(found, GROUP)):
                writer.write_table(arrow.Table.from_pylist(group, schema))


def require_parquet() -> None:
    """Raises MissingError if pyarrow is not here."""
    try:
        import_module("pyarrow")
    except ImportError:
        raise MissingError(
            "Parquet files are read and written by pyarrow, which is not here.",
            "Install it: pip install 'zkpipe[parquet]'.",
        ) from None


def _packed(files: RowFiles) -> bytes:
    return json.dumps([files.proof.decode(), files.public.decode()]).encode()


def _proved(states: States, rows: int) -> Iterator[dict[str, Any]]:
    for state in states.rows():
        if state.kind is Kind.PROVED and state.row < rows:
            proof, public = json.loads(state.result)
            yield {
                "row": state.row,
                "id": json.loads(state.detail).get("id"),
                "proof": proof,
                "public": json.loads(public),
            }
