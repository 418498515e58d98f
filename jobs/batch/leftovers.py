"""What a kill in an atomic write leaves beside a file: removed when a batch begins."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from zkpipe.ground.files.writing import short_name

_PART = re.compile(r"\.(.+)\.[0-9a-f]{16}\.part")  # as ground.files.writing names them


def sweep_parts(*paths: Path) -> None:
    """Remove the parts of these files that were never put in their places.

    Only whoever alone writes these files may call it.
    """
    for path in paths:
        with suppress(OSError):  # it is gone, or stays as harmless as it was
            for part in path.parent.iterdir():
                match = _PART.fullmatch(part.name)
                if match is not None and match[1] == short_name(path.name):
                    part.unlink()
