"""A file of the powers of tau prepared for phase 2: with the Lagrange bases of its powers.

For each domain of n = 1, 2, 4, ... points, L_j is the sum over i of w^(-ij) tau^i / n: the inverse
transform of the n first powers, as points. In G1 the largest domain has twice as many points as the
largest circuit has constraints, and its last power is left out, as section 2 has not got it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.points.transforms import inverse_point_ntt
from zkpipe.ground.errors import RangeError
from zkpipe.ground.files.binfile import write_array, write_binfile
from zkpipe.ground.kinds import require_path
from zkpipe.prover.ceremony.phase1.challenge import CHUNK_BYTES
from zkpipe.prover.ceremony.progress import Progress, Told
from zkpipe.prover.ceremony.ptau_file import (
    CONTRIBUTIONS,
    HEADER,
    LAGRANGE,
    LAGRANGE_G1,
    MAGIC,
    MOST_POWER,
    POWERS,
    VERSION,
    PtauFile,
    header_bytes,
    point_count,
    point_words,
    read_ptau,
)


def prepare_ptau(source: str | Path, path: str | Path, told: Told | None = None) -> None:
    """Write a .ptau file with its Lagrange bases, byte for byte as snarkjs does.

    told  is told how many points are done, and of how many

    Of a truncated file, too; it stays one, where snarkjs would make it a ceremony of its own size.
    Raises RangeError for 2^28 powers, whose largest basis is not made here, FormatError, FileError.

    Cost: n/2 log2 n scalar multiplications a basis of n points; memory for the largest basis.
    """
    place = require_path("prepare_ptau", "path", path)
    file = read_ptau(source)
    if file.power == MOST_POWER:
        raise RangeError(
            f"{source} has 2^{file.power} powers: its largest basis would take more roots of unity "
            "than the field has.",
            "Truncate it first: `zkpipe ptau truncate`.",
        )
    progress = Progress(sum(point_count(basis, file.power) for basis in LAGRANGE), told)
    kinds = (*POWERS, CONTRIBUTIONS)
    with write_binfile(place, MAGIC, VERSION, 1 + len(kinds) + len(LAGRANGE)) as writer:
        with writer.section(HEADER) as out:
            out.write(header_bytes(file.power, file.ceremony_power))
        for kind in kinds:
            extent = file.file.extent(kind)
            with writer.section(kind) as out:
                for at in range(0, extent.size, CHUNK_BYTES):
                    size = min(CHUNK_BYTES, extent.size - at)
                    write_array(out, file.file.file.read(extent.begin + at, size))
        for basis, powers in LAGRANGE.items():
            with writer.section(basis) as out:
                for level in range(file.power + 1 + (basis == LAGRANGE_G1)):
                    write_array(out, inverse_point_ntt(_powers(file, powers, 1 << level)))
                    progress.add(1 << level)


def _powers(file: PtauFile, section: int, count: int) -> Words:
    """The first points of a section, with infinity behind the last if there is one too few."""
    there = min(count, point_count(section, file.power))
    points = file.points(section, 0, there)
    if there == count:
        return points
    return np.concatenate([points, np.zeros((count - there, point_words(section)), np.uint64)])
