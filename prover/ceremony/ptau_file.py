"""The powers of tau as files: snarkjs' .ptau, version 1.

    section 1   n8 = 32 u32, p, power u32, power of the ceremony u32
    section 2   tau^i in G1, 2^(power+1) - 1 points
    section 3   tau^i in G2, 2^power points
    section 4   alpha tau^i in G1, as many; section 5: beta tau^i
    section 6   beta in G2
    section 7   the contributions (records)

of a file that is prepared for phase 2 also the Lagrange bases of the domains of 1, 2, 4, ...
points, one after another, over the same powers:

    section 12  in G1, to 2^(power+1) points, of which the last power is none or the true one
    section 13  in G2, to 2^power points
    sections 14, 15  in G1, times alpha and beta

A truncated file has a power below the ceremony's: it holds the first powers of a larger one.

Everything is looked at before it is believed: a section's size by the power, a coordinate by p.
Points are read as they are needed, and need not be on their curves: verify says that.

Source: iden3/snarkjs, powersoftau_new.js and powersoftau_preparephase2.js.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.fields.ranges import first_not_below
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.binfile import FIX, BinFile, Extent, read_binfile
from zkpipe.ground.kinds import require_path
from zkpipe.prover.ceremony.records import Record, read_records

MAGIC, VERSION = b"ptau", 1
HEADER, TAU_G1, TAU_G2, ALPHA_TAU_G1, BETA_TAU_G1, BETA_G2, CONTRIBUTIONS = range(1, 8)
LAGRANGE_G1, LAGRANGE_G2, LAGRANGE_ALPHA_G1, LAGRANGE_BETA_G1 = range(12, 16)
POWERS = (TAU_G1, TAU_G2, ALPHA_TAU_G1, BETA_TAU_G1, BETA_G2)
LAGRANGE = {  # each basis, and the powers that it is of
    LAGRANGE_G1: TAU_G1,
    LAGRANGE_G2: TAU_G2,
    LAGRANGE_ALPHA_G1: ALPHA_TAU_G1,
    LAGRANGE_BETA_G1: BETA_TAU_G1,
}
IN_G2 = frozenset((TAU_G2, BETA_G2, LAGRANGE_G2))
NAMES = {
    TAU_G1: "the powers of tau in G1",
    TAU_G2: "the powers of tau in G2",
    ALPHA_TAU_G1: "alpha times the powers of tau",
    BETA_TAU_G1: "beta times the powers of tau",
    BETA_G2: "beta in G2",
    LAGRANGE_G1: "the Lagrange bases in G1",
    LAGRANGE_G2: "the Lagrange bases in G2",
    LAGRANGE_ALPHA_G1: "the Lagrange bases times alpha",
    LAGRANGE_BETA_G1: "the Lagrange bases times beta",
}
LEAST_POWER, MOST_POWER = 1, 28  # of a ceremony over BN254: r - 1 has 28 factors of 2


def point_words(section: int) -> int:
    """64-bit words of a point of a section."""
    return 16 if section in IN_G2 else 8


def point_count(section: int, power: int) -> int:
    """The points of a section in a file of this power."""
    n = 1 << power
    return {
        TAU_G1: 2 * n - 1,
        BETA_G2: 1,
        LAGRANGE_G1: 4 * n - 1,
        LAGRANGE_G2: 2 * n - 1,
        LAGRANGE_ALPHA_G1: 2 * n - 1,
        LAGRANGE_BETA_G1: 2 * n - 1,
    }.get(section, n)


@dataclass(frozen=True, slots=True, eq=False)
class PtauFile:
    """A .ptau that is open: its header, its contributions, and where its points lie.

    power           of the powers that it holds
    ceremony_power  of the ceremony that they were made in
    prepared        whether it holds the Lagrange bases
    """

    file: BinFile
    power: int
    ceremony_power: int
    records: tuple[Record, ...]
    prepared: bool
    extents: dict[int, Extent]

    @property
    def path(self) -> Path:
        """The file's path, for errors."""
        return self.file.path

    @property
    def truncated(self) -> bool:
        """Whether it holds only the first of the ceremony's powers."""
        return self.power < self.ceremony_power

    def points(self, section: int, begin: int, end: int) -> Words:
        """Points begin .. end - 1 of a section: (n, 8) or (n, 16), affine, Montgomery.

        Raises FormatError for a coordinate that is not below p, FileError if the file changed.
        """
        width = 8 * point_words(section)
        data = self.file.file.read(
            self.extents[section].begin + begin * width, (end - begin) * width
        )
        words = data.view("<u8").astype(np.uint64, copy=False).reshape(end - begin, width // 8)
        high = first_not_below(words.reshape(-1, 4), BN254.p)
        if high is not None:
            at = begin * width + 32 * high
            raise FormatError(
                f"{self.file.where(section)}: a coordinate of point {at // width}, at offset {at}, "
                "is not below p.",
                FIX,
            )
        return words


def read_ptau(path: str | Path) -> PtauFile:
    """Open a .ptau file, and look at all in it that is small.

    Raises FileError if it cannot be read, FormatError if it is no .ptau over BN254, its counts do
    not fit its sections, or a contribution is malformed.
    """
    file = read_binfile(require_path("read_ptau", "path", path), MAGIC, VERSION)
    power, ceremony_power = _read_header(file)
    lagrange = [section for section in LAGRANGE if section in file]
    if lagrange and len(lagrange) < len(LAGRANGE):
        (missing, *_) = (section for section in LAGRANGE if section not in file)
        raise FormatError(
            f"{path} has section {lagrange[0]} and no section {missing}: a prepared file has both.",
            FIX,
        )
    extents = {
        section: file.rows(section, point_count(section, power), 8 * point_words(section), "points")
        for section in (*POWERS, *lagrange)
    }
    records = read_records(file.cursor(CONTRIBUTIONS), file.where(CONTRIBUTIONS))
    return PtauFile(file, power, ceremony_power, records, bool(lagrange), extents)


def _read_header(file: BinFile) -> tuple[int, int]:
    header, where = file.cursor(HEADER), file.where(HEADER)
    header.prime(BN254.p, "coordinates")
    power, ceremony_power = header.integer(4), header.integer(4)
    header.end()
    if not LEAST_POWER <= power <= ceremony_power <= MOST_POWER:
        raise FormatError(
            f"{where}: its power is {power} and its ceremony's {ceremony_power}; they rise from "
            f"{LEAST_POWER} to {MOST_POWER}.",
            FIX,
        )
    return power, ceremony_power


def header_bytes(power: int, ceremony_power: int) -> bytes:
    """Section 1."""
    return (
        struct.pack("<I", 32)
        + BN254.p.to_bytes(32, "little")
        + struct.pack("<II", power, ceremony_power)
    )
