"""What phase 2 takes from a .ptau that is prepared for it: Lagrange bases in the groups at tau.

    section 2, 3     tau^i in G1 for i < 2n - 1, in G2 for i < n; n is 2^power
    section 4, 5, 6  alpha tau^i and beta tau^i in G1 for i < n; beta in G2
    section 12       the basis of each domain of 1, 2, 4, ..., 2n points in G1, one behind the other
    section 13       the same in G2, up to n points
    section 14, 15   the same times alpha and times beta in G1, up to n points

Points are affine Montgomery words. They are read as they are needed, and looked at for being on
their curves. Whether they are what they claim to be, a verification of the file shows.

Source: iden3/snarkjs, the files it writes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.fields.limbs import Words
from zkpipe.ground.errors import FormatError, RangeError
from zkpipe.ground.files.binfile import FIX, BinFile, read_binfile
from zkpipe.prover.ceremony.points_read import G1_WORDS, G2_WORDS, read_points

MAGIC, VERSION = b"ptau", 1
HEADER, TAU_G1, TAU_G2, ALPHA_TAU, BETA_TAU, BETA_G2 = range(1, 7)
BASIS_G1, BASIS_G2, ALPHA_BASIS, BETA_BASIS = range(12, 16)
MOST_POWER = BN254.two_adicity


@dataclass(frozen=True, slots=True, eq=False)
class PreparedPowers:
    """A .ptau of 2^power powers that is open."""

    file: BinFile
    power: int

    @staticmethod
    def load(path: Path) -> PreparedPowers:
        """Open a .ptau. Raises FileError, or FormatError if it is none, or not prepared."""
        file = read_binfile(path, MAGIC, VERSION)
        header = file.cursor(HEADER)
        header.prime(BN254.p, "coordinates")
        power = header.integer(4)
        header.integer(4)  # of the ceremony that it was cut out of
        header.end()
        if not 1 <= power <= MOST_POWER:
            raise FormatError(f"{path} claims 2^{power} powers; at most 2^{MOST_POWER} fit.", FIX)
        if any(kind not in file for kind in (BASIS_G1, BASIS_G2, ALPHA_BASIS, BETA_BASIS)):
            raise FormatError(
                f"{path} is not prepared for phase 2.",
                "Prepare it first: snarkjs powersoftau prepare phase2 IN.ptau OUT.ptau.",
            )
        n = 1 << power
        for kind, count, size in (
            (TAU_G1, 2 * n - 1, 64),
            (TAU_G2, n, 128),
            (ALPHA_TAU, n, 64),
            (BETA_TAU, n, 64),
            (BETA_G2, 1, 128),
            (BASIS_G1, 4 * n - 1, 64),
            (BASIS_G2, 2 * n - 1, 128),
            (ALPHA_BASIS, 2 * n - 1, 64),
            (BETA_BASIS, 2 * n - 1, 64),
        ):
            file.rows(kind, count, size, "points")
        return PreparedPowers(file, power)

    def check_size(self, domain_size: int) -> None:
        """Raises RangeError for a domain that is larger than the file's powers."""
        if domain_size > 1 << self.power:
            need = domain_size.bit_length() - 1
            raise RangeError(
                f"The circuit needs 2^{need} powers of tau; {self.file.path} has 2^{self.power}.",
                f"Take a file of at least 2^{need} powers.",
            )

    def points(self, kind: int, begin: int, end: int) -> Words:
        """Points of a section: (end - begin, 8) words, or 16 in sections 3, 6 and 13.

        Raises FormatError for a coordinate that is not below p, or a point off its curve.
        """
        width = G2_WORDS if kind in (TAU_G2, BETA_G2, BASIS_G2) else G1_WORDS
        return read_points(self.file, kind, width, begin, end)

    def basis(self, kind: int, domain_size: int) -> Words:
        """The Lagrange basis of a domain in one of the sections 12 to 15."""
        return self.points(kind, domain_size - 1, 2 * domain_size - 1)

    def odd_basis(self, domain_size: int, begin: int, end: int) -> Words:
        """Of the basis in G1 of the domain twice as large, the points of odd number.

        begin, end  which of these: 0 <= begin <= end <= domain_size
        """
        first = 2 * domain_size - 1
        both = self.points(BASIS_G1, first + 2 * begin, first + 2 * end)
        return np.ascontiguousarray(both[1::2])

    @property
    def alpha_g1(self) -> Words:
        """(8,) words."""
        alpha: Words = self.points(ALPHA_TAU, 0, 1)[0]
        return alpha

    @property
    def beta_g1(self) -> Words:
        """(8,) words."""
        beta: Words = self.points(BETA_TAU, 0, 1)[0]
        return beta

    @property
    def beta_g2(self) -> Words:
        """(16,) words."""
        beta: Words = self.points(BETA_G2, 0, 1)[0]
        return beta
