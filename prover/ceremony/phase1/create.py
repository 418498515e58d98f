"""A new ceremony: powers to which nobody has contributed."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from zkpipe.accel.fields.limbs import Words
from zkpipe.ground.errors import RangeError
from zkpipe.ground.files.binfile import BinFileWriter, write_array, write_binfile
from zkpipe.ground.kinds import require_path
from zkpipe.prover.ceremony.phase1.challenge import chunks, first_challenge, generator_words
from zkpipe.prover.ceremony.progress import Progress, Told
from zkpipe.prover.ceremony.ptau_file import (
    CONTRIBUTIONS,
    HEADER,
    LEAST_POWER,
    MAGIC,
    MOST_POWER,
    POWERS,
    VERSION,
    header_bytes,
    point_count,
    point_words,
)
from zkpipe.prover.ceremony.records import records_bytes


def new_ptau(power: int, path: str | Path, told: Told | None = None) -> bytes:
    """Write the .ptau of a ceremony that begins, byte for byte as snarkjs does.

    power  of the ceremony: it serves circuits of up to 2^power constraints
    told   is told how many points are written, and of how many

    Gives the first challenge, 64 bytes. Raises RangeError for a power that is none, FileError.
    """
    if not LEAST_POWER <= power <= MOST_POWER:
        raise RangeError(
            f"The power of a ceremony is {power}; it must be from {LEAST_POWER} to {MOST_POWER}.",
            "Give the power of two that the largest circuit's constraints fit in.",
        )
    place = require_path("new_ptau", "path", path)
    progress = Progress(sum(point_count(section, power) for section in POWERS), told)
    with write_binfile(place, MAGIC, VERSION, 7) as writer:
        with writer.section(HEADER) as file:
            file.write(header_bytes(power, power))
        for section in POWERS:
            _repeat(writer, section, generator_words(section), power, progress)
        with writer.section(CONTRIBUTIONS) as file:
            file.write(records_bytes(()))
    return first_challenge(power)


def _repeat(
    writer: BinFileWriter, section: int, point: Words, power: int, progress: Progress
) -> None:
    with writer.section(section) as file:
        for begin, end in chunks(point_count(section, power), point_words(section)):
            write_array(file, np.tile(point, (end - begin, 1)))
            progress.add(end - begin)
