"""The first powers of a larger file, for circuits that need no more.

The contributions stay as they are, so who has the whole file can check them; a truncated file alone
shows all but the last hash. Nobody can contribute to one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from zkpipe.ground.errors import RangeError
from zkpipe.ground.files.binfile import write_array, write_binfile
from zkpipe.ground.kinds import require_path
from zkpipe.prover.ceremony.phase1.challenge import CHUNK_BYTES
from zkpipe.prover.ceremony.progress import Progress, Told
from zkpipe.prover.ceremony.ptau_file import (
    CONTRIBUTIONS,
    HEADER,
    LAGRANGE,
    LEAST_POWER,
    MAGIC,
    POWERS,
    VERSION,
    PtauFile,
    header_bytes,
    point_count,
    point_words,
    read_ptau,
)


def truncate_ptau(
    source: str | Path, path: str | Path, power: int, told: Told | None = None
) -> None:
    """Write the first 2^power powers of a .ptau file, and its Lagrange bases if it is prepared.

    told  is told how many bytes are done, and of how many

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
    sizes = {
        section: file.file.extent(section).size
        if section == CONTRIBUTIONS
        else point_count(section, power) * 8 * point_words(section)
        for section in sections
    }
    progress = Progress(sum(sizes.values()), told)
    with write_binfile(place, MAGIC, VERSION, 1 + len(sections)) as writer:
        with writer.section(HEADER) as out:
            out.write(header_bytes(power, file.ceremony_power))
        for section in sections:
            size = sizes[section]
            with writer.section(section) as out:
                for at in range(0, size, CHUNK_BYTES):
                    part = min(CHUNK_BYTES, size - at)
                    write_array(out, _piece(file, section, at, part))
                    progress.add(part)


def _piece(file: PtauFile, section: int, at: int, size: int) -> NDArray[Any]:
    """Bytes of the contributions, or points, whose coordinates are below p. Raises FormatError."""
    if section == CONTRIBUTIONS:
        return file.file.file.read(file.file.extent(section).begin + at, size)
    width = 8 * point_words(section)
    return file.points(section, at // width, (at + size) // width)
