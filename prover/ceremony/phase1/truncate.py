"""The first powers of a larger file, for circuits that need no more.

The contributions stay as they are, so who has the whole file can check them; a truncated file alone
shows all but the last hash. Nobody can contribute to one.
"""

from __future__ import annotations

from pathlib import Path

from zkpipe.ground.errors import RangeError
from zkpipe.ground.files.binfile import write_array, write_binfile
from zkpipe.ground.kinds import require_path
from zkpipe.prover.ceremony.phase1.challenge import CHUNK_BYTES
from zkpipe.prover.ceremony.ptau_file import (
    CONTRIBUTIONS,
    HEADER,
    LAGRANGE,
    LEAST_POWER,
    MAGIC,
    POWERS,
    VERSION,
    header_bytes,
    point_count,
    point_words,
    read_ptau,
)


def truncate_ptau(source: str | Path, path: str | Path, power: int) -> None:
    """Write the first 2^power powers of a .ptau file, and its Lagrange bases if it is prepared.

    Of a prepared file the result is, byte for byte, what snarkjs writes. Raises RangeError for a
    power that is not below the file's, FormatError, FileError.
    """
    place = require_path("truncate_ptau", "path", path)
    file = read_ptau(source)
    if not LEAST_POWER <= power < file.power:
        raise RangeError(
            f"{source} has 2^{file.power} powers; it cannot be truncated to 2^{power}.",
            f"Give a power from {LEAST_POWER} to {file.power - 1}.",
        )
    sections = (*POWERS, CONTRIBUTIONS, *(LAGRANGE if file.prepared else ()))
    with write_binfile(place, MAGIC, VERSION, 1 + len(sections)) as writer:
        with writer.section(HEADER) as out:
            out.write(header_bytes(power, file.ceremony_power))
        for section in sections:
            extent = file.file.extent(section)
            size = extent.size
            if section != CONTRIBUTIONS:
                size = point_count(section, power) * 8 * point_words(section)
            with writer.section(section) as out:
                for at in range(0, size, CHUNK_BYTES):
                    part = min(CHUNK_BYTES, size - at)
                    write_array(out, file.file.file.read(extent.begin + at, part))
