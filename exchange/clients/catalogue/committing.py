"""Commit to a table: its rows and keys go into the home, its public description to a file.

documents/commit-ROOT    the roots of one commitment, in order, under the first of them
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from zkpipe.exchange.canonical import written
from zkpipe.exchange.clients.catalogue.descriptions import Description, root_in
from zkpipe.exchange.clients.holdings import Holdings
from zkpipe.exchange.home import Home
from zkpipe.exchange.tables import Schema, commit_segments, segment_key
from zkpipe.exchange.tables.encoding import encode
from zkpipe.exchange.tables.formats import SEGMENT_CLASS
from zkpipe.ground.files.strict_json import parse_json

KIND = "commit"  # of a document
FORMAT = "zkpipe commit 1"
LIMIT = 1 << 22  # bytes


def commit_data(
    home: Home, schema: Schema, frame: Any, segment_class: int = SEGMENT_CLASS
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
    Holdings(home).keep(commitments)
    made = Description.of(commitments)
    roots = ["0x" + one.root.hex() for one in made.segments]
    data = written({"format": FORMAT, "class": segment_class, "roots": [*roots]})
    home.documents.put(KIND, made.segments[0].root.hex(), data)
    return made


def commits(home: Home) -> Iterator[tuple[int, list[bytes]]]:
    """Class and roots of each commitment of a home."""
    for name in home.documents.names(KIND):
        value: Any = parse_json(home.documents.get(KIND, name), f"document {name}", limit=LIMIT)
        yield value["class"], [root_in(root) for root in value["roots"]]
