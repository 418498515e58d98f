"""Commit to a table: its rows and keys go into the home, its public description to a file."""

from __future__ import annotations

from typing import Any

from zkpipe.exchange.clients.catalogue.descriptions import Description
from zkpipe.exchange.clients.holdings import Holdings
from zkpipe.exchange.tables import Schema, commit_segments, segment_key
from zkpipe.exchange.tables.encoding import encode
from zkpipe.exchange.tables.formats import SEGMENT_CLASS


def commit_data(
    holdings: Holdings, schema: Schema, frame: Any, segment_class: int = SEGMENT_CLASS
) -> Description:
    """Commit to data, a new key for each segment; what everybody may know of it.

    frame  as Schema.encode takes it

    Rows and keys are on the disk when it returns. Committing twice to the same data gives other
    roots, under other keys.

    Raises TableError for what the schema does not hold; FileError, FormatError, MissingError.

    Cost: 4 s for 10^6 rows in 21 committed columns, with AVX-512 on one thread.
    """
    table = encode(schema, frame, segment_class)
    commitments = commit_segments(table, [segment_key() for _ in range(len(table))])
    holdings.keep(commitments)
    return Description.of(commitments)
