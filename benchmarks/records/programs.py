"""Programs that a user gave as peers, as a record: what tells one build from another."""

from __future__ import annotations

import re
from dataclasses import dataclass

from zkpipe.benchmarks.records.ranges import FIX, Size
from zkpipe.ground.errors import RangeError

_DIGEST = re.compile(r"[0-9a-f]{64}")
_SHORT = 16  # digits of a digest that a report shows


@dataclass(frozen=True, slots=True)
class Program:
    """The program of a peer, as it was when the run began.

    prover      the name that the user gave it
    file        its name, without folders
    size_bytes  of the file
    sha256      of the file, 64 hexadecimal digits; of a script it says nothing of what that calls
    """

    prover: str
    file: str
    size_bytes: Size
    sha256: str

    def __post_init__(self) -> None:
        if not _DIGEST.fullmatch(self.sha256):
            raise RangeError("The digest of a program is not 64 hexadecimal digits.", FIX)

    @property
    def shown(self) -> str:
        """File, size and the first digits of the digest, for people."""
        return f"{self.file}, {self.size_bytes:,} bytes, SHA-256 {self.sha256[:_SHORT]}..."
