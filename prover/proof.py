"""A Groth16 proof: three points, in G1, G2 and G1.

Whoever holds a proof can make others of the same statement from it ((-A, -B, C) verifies too), so
a proof's bytes identify nothing and must not serve as a nonce.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from zkpipe.accel.bn254 import TWO_ADICITY, R
from zkpipe.ground.errors import RangeError
from zkpipe.ground.kinds import describe, items, require_path, whole_number
from zkpipe.ground.remade import Remade
from zkpipe.prover.errors import ProofError
from zkpipe.prover.points import G1, G2, is_in_g1, is_in_g2, is_on_twist

MOST_PUBLIC = 1 << TWO_ADICITY  # wires of the largest circuit
_MEND = "Make the proof again, or take it from where it was made."


@dataclass(frozen=True, slots=True)
class Proof(Remade):
    """The points A, B and C; canonical Python integers, see prover.points.

    Raises ProofError if a coordinate is p or more, a point is infinity or off its curve, or B is
    outside the group: no object exists for such a proof.
    """

    a: G1
    b: G2
    c: G1

    def __post_init__(self) -> None:
        for name, point in (("A", self.a), ("C", self.c)):
            if not is_in_g1(point):
                raise ProofError(
                    f"{name} of the proof is not a point of the curve, with coordinates below p.",
                    _MEND,
                )
        if not is_on_twist(self.b):
            raise ProofError(
                "B of the proof is not a point of its curve, with coordinates below p.", _MEND
            )
        if not is_in_g2(self.b):
            raise ProofError(
                "B of the proof is on its curve but outside the group of order r.", _MEND
            )

    def save(self, path: str | Path) -> None:
        """Write snarkjs' JSON."""
        from zkpipe.prover.formats.snarkjs_json import write_proof

        write_proof(require_path("Proof.save", "path", path), self)

    @staticmethod
    def load(path: str | Path) -> Proof:
        """Read snarkjs' JSON. Raises FileError, FormatError or ProofError."""
        from zkpipe.prover.formats.snarkjs_json import read_proof

        return read_proof(require_path("Proof.load", "path", path))


def check_public(values: object) -> tuple[int, ...]:
    """Public values as Python integers, copied and checked: each in its one form, in [0, r).

    values  a list or an array, in their order (ground.kinds)

    Raises RangeError. A value v and v + r mean the same to the pairing: taking both would let a
    proof be used twice where each value may be used once.
    """
    listed = items(values)
    if listed is None:  # bytes and sets hold integers too
        raise RangeError(
            f"Public values were given as {describe(values)}, not as a list.",
            "Give a list of integers: outputs first, then public inputs.",
        )
    if len(listed) > MOST_PUBLIC:
        raise RangeError(
            f"{len(listed)} public values were given, more than any key has.",
            "Give the values of the circuit that the key belongs to.",
        )
    return tuple(_public_value(i, value) for i, value in enumerate(listed))


def _public_value(i: int, value: object) -> int:
    number = whole_number(value)
    if number is None or not 0 <= number < R:
        raise RangeError(
            f"Public value {i} is not an integer from 0 to r - 1.",
            "Give each public value in its one form, below the field's order r.",
        )
    return number
