"""A Groth16 proof: three points, in G1, G2 and G1.

Whoever holds a proof can make others of the same statement from it ((-A, -B, C) verifies too), so
a proof's bytes identify nothing and must not serve as a nonce.
"""

from __future__ import annotations

from pathlib import Path

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.curve import Curve
from zkpipe.ground.files.reading import Source, as_source
from zkpipe.ground.kinds import require, require_path
from zkpipe.ground.quick_dataclass import dataclass
from zkpipe.ground.remade import Remade
from zkpipe.prover.errors import ProofError
from zkpipe.prover.points import G1, G2, is_in_g1, is_in_g2, is_on_twist

_CURVE = "zkpipe.accel.bn254.BN254 is one."
_FIX = "Make the proof again, or take it from where it was made."


@dataclass(frozen=True, slots=True)
class Proof(Remade):
    """The points A, B and C; canonical Python integers, see prover.points.

    Raises ProofError if a coordinate is p or more, a point is infinity or off its curve, or B is
    outside the group: no object exists for such a proof.
    """

    a: G1
    b: G2
    c: G1
    curve: Curve = BN254

    def __post_init__(self) -> None:
        require("Proof", "curve", self.curve, Curve, _CURVE)
        for name, point in (("A", self.a), ("C", self.c)):
            if not is_in_g1(point, self.curve):
                raise ProofError(
                    f"{name} of the proof is not a point of the curve, with coordinates below p.",
                    _FIX,
                )
        if not is_on_twist(self.b, self.curve):
            raise ProofError(
                "B of the proof is not a point of its curve, with coordinates below p.", _FIX
            )
        if not is_in_g2(self.b, self.curve):
            raise ProofError(
                "B of the proof is on its curve but outside the group of order r.", _FIX
            )

    def save(self, path: str | Path) -> None:
        """Write snarkjs' JSON."""
        from zkpipe.prover.formats.snarkjs_json import write_proof

        path = require_path("Proof.save", "path", path)
        write_proof(path, self.a, self.b, self.c, self.curve)

    @staticmethod
    def load(path: str | Source) -> Proof:
        """Read snarkjs' JSON. Raises FileError, FormatError or ProofError."""
        from zkpipe.prover.formats.snarkjs_json import read_proof

        return Proof(*read_proof(as_source("Proof.load", path)))
