"""The file of those who approve a lineage's grants, as commands take it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from zkpipe.cli.files.piped import Piped

if TYPE_CHECKING:
    from zkpipe.exchange.clients.uses.approvers import Approvers

READ = 1 << 20  # bytes


def read_approvers(file: Path | Piped | None) -> Approvers | None:
    """The list in a file; None without one. Raises FileError, FormatError."""
    from zkpipe.exchange.clients.uses.approvers import Approvers
    from zkpipe.ground.files.reading import read_file

    return None if file is None else Approvers.from_bytes(read_file(file, READ), str(file))
