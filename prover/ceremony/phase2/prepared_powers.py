"""What phase 2 takes from a .ptau that is prepared for it: Lagrange bases in the groups at tau.

The sections are those of prover.ceremony.ptau_file. Points are read as they are needed, and looked
at for being on their curves. Whether they are what they claim to be, a verification of the file
shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zkpipe.accel.fields.limbs import Words
from zkpipe.ground.errors import FormatError, RangeError
from zkpipe.ground.files.binfile import BinFile
from zkpipe.prover.ceremony.points.reading import read_points
from zkpipe.prover.ceremony.ptau_file import (
    ALPHA_TAU_G1,
    BETA_G2,
    BETA_TAU_G1,
    LAGRANGE_G1,
    PtauFile,
    point_words,
    read_ptau,
)


@dataclass(frozen=True, slots=True, eq=False)
class PreparedPowers:
    """A .ptau that is open and prepared for phase 2."""

    ptau: PtauFile

    @staticmethod
    def load(path: str | Path) -> PreparedPowers:
        """Open a .ptau. Raises FileError, or FormatError if it is none, or not prepared."""
        ptau = read_ptau(path)
        if not ptau.prepared:
            raise FormatError(
                f"{path} is not prepared for phase 2.",
                "Prepare it first: `zkpipe ptau prepare IN.ptau OUT.ptau`.",
            )
        return PreparedPowers(ptau)

    @property
    def file(self) -> BinFile:
        """The file."""
        return self.ptau.file

    @property
    def power(self) -> int:
        """2^power is the size of the largest domain."""
        return self.ptau.power

    def check_size(self, domain_size: int) -> None:
        """Raises RangeError for a domain that is larger than the file's powers."""
        if domain_size > 1 << self.power:
            need = domain_size.bit_length() - 1
            raise RangeError(
                f"The circuit needs 2^{need} powers of tau; {self.file.path} has 2^{self.power}.",
                f"Take a file of at least 2^{need} powers.",
            )

    def points(self, kind: int, begin: int, end: int) -> Words:
        """Points of a section: (end - begin, 8) words of G1, or 16 of G2.

        Raises FormatError for a coordinate that is not below p, or a point off its curve.
        """
        return read_points(self.file, kind, point_words(kind), begin, end)

    def basis(self, kind: int, domain_size: int) -> Words:
        """The Lagrange basis of a domain in one of the sections 12 to 15."""
        return self.points(kind, domain_size - 1, 2 * domain_size - 1)

    def odd_basis(self, domain_size: int, begin: int, end: int) -> Words:
        """Of the basis in G1 of the domain twice as large, the points of odd number.

        begin, end  which of these: 0 <= begin <= end <= domain_size
        """
        first = 2 * domain_size - 1
        both = self.points(LAGRANGE_G1, first + 2 * begin, first + 2 * end)
        return np.ascontiguousarray(both[1::2])

    @property
    def alpha_g1(self) -> Words:
        """(8,) words."""
        alpha: Words = self.points(ALPHA_TAU_G1, 0, 1)[0]
        return alpha

    @property
    def beta_g1(self) -> Words:
        """(8,) words."""
        beta: Words = self.points(BETA_TAU_G1, 0, 1)[0]
        return beta

    @property
    def beta_g2(self) -> Words:
        """(16,) words."""
        beta: Words = self.points(BETA_G2, 0, 1)[0]
        return beta
