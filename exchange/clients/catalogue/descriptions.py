"""The public description of segments, as `catalogue commit` and `catalogue update` write it.

    {"format": "zkpipe segments 1", "schema": {..}, "class": 10,
     "segments": [{"root": "0x..", "rows": 994, "units": 994, "columns": ["0x..", ..]}, ..]}

`columns` are the digests of the committed columns, in order: they are salted, as the root is. The
root follows from them and the schema. A segment that takes the place of another one, by an update,
has `replaces`, the root of that.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zkpipe.accel.bn254 import R
from zkpipe.exchange.canonical import written
from zkpipe.exchange.errors import CatalogueError
from zkpipe.exchange.structs import ZERO
from zkpipe.exchange.tables import Commitment, Schema
from zkpipe.exchange.tables.digests import root_of_columns
from zkpipe.exchange.tables.segments import CLASSES
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.strict_json import Json, parse_json

FORMAT = "zkpipe segments 1"
LIMIT = 1 << 26  # bytes of a file: 10^6 rows of 64 columns have 5 MB
ROOT = re.compile("0x[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Described:
    """A segment as everybody may see it.

    root      32 bytes
    columns   the digests of its columns
    replaces  the root of the segment whose place it takes; zeros for none
    """

    root: bytes
    rows: int
    units: int
    columns: tuple[int, ...]
    replaces: bytes = ZERO


@dataclass(frozen=True, slots=True)
class Description:
    """Segments of one schema and class."""

    schema: Schema
    segment_class: int
    segments: tuple[Described, ...]

    @classmethod
    def of(
        cls, commitments: Sequence[Commitment], replaces: Mapping[int, int] | None = None
    ) -> Description:
        """Of commitments of one table. `replaces` has old roots by new ones.

        Raises CatalogueError for none at all.
        """
        if not commitments:
            raise CatalogueError("There is no segment to describe.", "Commit to data with rows.")
        table = commitments[0].table
        old = replaces or {}
        segments = tuple(
            Described(
                root_bytes(one.root),
                int(one.table.rows[0]),
                int(one.table.units[0]),
                one.digests,
                root_bytes(old[one.root]) if one.root in old else ZERO,
            )
            for one in commitments
        )
        return cls(Schema.of(table.schema.canonical), table.segment_class, segments)

    def to_bytes(self) -> bytes:
        """The file: canonical JSON."""
        return written(
            {
                "format": FORMAT,
                "schema": json.loads(self.schema.canonical),
                "class": self.segment_class,
                "segments": [_to_json(one) for one in self.segments],
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes, name: str) -> Description:
        """Of a file's content; `name` stands in the errors.

        Raises FormatError, also for a root that does not follow from its columns; SchemaError.
        """
        value = parse_json(data, name, limit=LIMIT)
        try:
            if isinstance(value, dict) and value["format"] == FORMAT:
                return _from_json(value)
        except (LookupError, TypeError, ValueError):
            pass
        raise FormatError(
            f"{name} is no description of segments.",
            "Give the file that `zkpipe catalogue commit` or `update` wrote.",
        )


def root_bytes(root: int) -> bytes:
    """A root as contracts have it."""
    return root.to_bytes(32, "big")


def root_in(text: str) -> bytes:
    """The root in a text of 0x and 64 hexadecimal digits. Raises ValueError."""
    if not ROOT.fullmatch(text):
        raise ValueError("root")
    return bytes.fromhex(text[2:])


def _to_json(one: Described) -> dict[str, Json]:
    found: dict[str, Json] = {
        "root": "0x" + one.root.hex(),
        "rows": one.rows,
        "units": one.units,
        "columns": ["0x" + root_bytes(digest).hex() for digest in one.columns],
    }
    if one.replaces != ZERO:
        found["replaces"] = "0x" + one.replaces.hex()
    return found


def _from_json(value: dict[str, Json]) -> Description:
    """Raises LookupError, TypeError, ValueError, SchemaError."""
    listed, segment_class = value["segments"], value["class"]
    if set(value) != {"format", "schema", "class", "segments"} or not isinstance(listed, list):
        raise ValueError("fields")
    if type(segment_class) is not int or segment_class not in CLASSES or not listed:
        raise ValueError("class")
    schema = Schema.of(json.dumps(value["schema"]))
    segments = tuple(_segment(one, schema, 1 << segment_class) for one in listed)
    if len({one.root for one in segments}) < len(segments):
        raise ValueError("twice")
    return Description(schema, segment_class, segments)


def _segment(value: Json, schema: Schema, size: int) -> Described:
    if not isinstance(value, dict) or set(value) - {"replaces"} != {
        "root", "rows", "units", "columns",
    }:  # fmt: skip
        raise ValueError("segment")
    columns = value["columns"]
    if not isinstance(columns, list) or len(columns) != len(schema.formats):
        raise ValueError("columns")
    digests = tuple(int.from_bytes(root_in(_text(digest)), "big") for digest in columns)
    root = root_in(_text(value["root"]))
    if any(digest >= R for digest in digests):
        raise ValueError("digest")
    if root_of_columns(schema.word, digests) != int.from_bytes(root, "big"):
        raise ValueError("root")
    rows, units = _count(value["rows"], size), _count(value["units"], size)
    replaces = root_in(_text(value["replaces"])) if "replaces" in value else ZERO
    return Described(root, rows, units, digests, replaces)


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise TypeError("text")
    return value


def _count(value: Json, most: int) -> int:
    if type(value) is not int or not 0 <= value <= most:
        raise ValueError("count")
    return value
