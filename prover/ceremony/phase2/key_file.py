"""A key in the middle of its ceremony, or behind it, as its file has it.

Nothing is proved of it here but that its parts fit together: anybody may be able to forge under it.
ProvingKey.load opens keys for use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.fields.limbs import Words
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.binfile import FIX, BinFile, write_array, write_binfile
from zkpipe.ground.files.reading import Bytes
from zkpipe.ground.kinds import require_path
from zkpipe.prover.ceremony.points.reading import G1_WORDS, read_points
from zkpipe.prover.contributions import HASH_BYTES, Contribution, read_history
from zkpipe.prover.errors import InsecureKeyError
from zkpipe.prover.formats import zkey
from zkpipe.prover.key_shapes import StoredArrays
from zkpipe.prover.points import refuse_aliases

PIECE = 1 << 22  # bytes of a section that are copied at a time
CHUNK = 1 << 16  # points that are changed at a time
COPIED = (zkey.IC, zkey.COEFFICIENTS, zkey.A, zkey.B1, zkey.B2)
CHANGED = (zkey.L, zkey.H)
POINTS = {zkey.A: zkey.G1_BYTES, zkey.B1: zkey.G1_BYTES, zkey.B2: zkey.G2_BYTES}  # bytes of each


@dataclass(frozen=True, slots=True, eq=False)
class CeremonyKey:
    """A .zkey that is open, and who contributed to it.

    head   what is small in it
    bulk   where the coefficients and the queries lie
    steps  the contributions, in order
    """

    head: zkey.Head
    bulk: StoredArrays
    steps: tuple[Contribution, ...]

    @staticmethod
    def load(path: str | Path) -> CeremonyKey:
        """Open a .zkey. Raises FileError, FormatError, and InsecureKeyError for development keys.

        Cost: the points are not looked at.
        """
        head = zkey.read_head(require_path("CeremonyKey.load", "path", path))
        if head.development:
            raise InsecureKeyError(
                f"{path} is a development key: whoever made it can forge proofs under it, "
                "whatever others contribute.",
                "Begin with a key that `zkpipe setup --ptau` makes.",
            )
        if not head.history:
            raise FormatError(f"{path} has no section {zkey.HISTORY}, its history.", FIX)
        steps = tuple(read_history(head.history, str(path)))
        return CeremonyKey(head, zkey.stored_arrays(head), steps)

    @property
    def file(self) -> BinFile:
        """The file."""
        return self.head.file

    @property
    def circuit_hash(self) -> bytes:
        """What the key says of the circuit's hash, 64 bytes."""
        return self.head.history[:HASH_BYTES]

    def count(self, kind: int) -> int:
        """The points of section L or H."""
        return self.file.extent(kind).size // zkey.G1_BYTES

    def points(self, kind: int, begin: int, end: int) -> Words:
        """Points of section L or H, on their curve. Raises FormatError, FileError."""
        return read_points(self.file, kind, G1_WORDS, begin, end)

    def write_changed(
        self,
        path: Path,
        deltas: Mapping[str, Words],
        history: bytes,
        change: Callable[[Words], Words],
    ) -> None:
        """Write the key with another delta, history, and points of L and H. Raises FileError.

        The sections are in the order in which snarkjs writes them; those that only development
        keys or other tools have are left out, names of public values are kept.
        """
        names = zkey.NAMES in self.file
        with write_binfile(path, zkey.MAGIC, zkey.VERSION, 10 + names) as writer:
            with writer.section(zkey.PROTOCOL) as file:
                file.write(zkey.GROTH16.to_bytes(4, "little"))
            with writer.section(zkey.HEADER) as file:
                file.write(zkey.header_bytes({**self.head.counts, **self.head.points, **deltas}))
            for kind in COPIED:
                with writer.section(kind) as file:
                    for piece in self.pieces(kind):
                        write_array(file, piece)
            for kind in CHANGED:
                with writer.section(kind) as file:
                    count = self.count(kind)
                    for begin in range(0, count, CHUNK):
                        end = min(begin + CHUNK, count)
                        write_array(file, change(self.points(kind, begin, end)))
            with writer.section(zkey.HISTORY) as file:
                file.write(history)
            if names:
                writer.array(zkey.NAMES, self.file.section(zkey.NAMES))

    def pieces(self, kind: int) -> Iterator[Bytes]:
        """A section's bytes, some megabytes at a time.

        Raises FileError; FormatError for a point of a query with a coordinate of p or more.
        """
        extent, width = self.file.extent(kind), POINTS.get(kind)
        end = extent.begin + extent.size
        for begin in range(extent.begin, end, PIECE):
            piece = self.file.file.read(begin, min(PIECE, end - begin))
            if width is not None:
                points = piece.view("<u8").view(np.uint64).reshape(-1, width // 8)
                first = (begin - extent.begin) // width
                refuse_aliases(self.file.where(kind), points, BN254.p, first)
            yield piece
