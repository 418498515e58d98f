"""JSON of which each value has one text: names sorted, no spaces, ASCII.

What is signed, hashed or compared byte by byte is written so. A file ends with the end of a line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from zkpipe.ground.files.strict_json import Json


def canonical(value: Mapping[str, Json]) -> bytes:
    """The bytes of an object, without the end of the line."""
    text = json.dumps(dict(value), sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("ascii")


def written(value: Mapping[str, Json]) -> bytes:
    """The bytes of a file that holds an object."""
    return canonical(value) + b"\n"
