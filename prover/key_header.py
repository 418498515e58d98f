"""What is small in a proving key, and lies at the beginning of its file."""

from __future__ import annotations

from dataclasses import field, fields
from typing import Any

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.curve import Curve
from zkpipe.accel.fields.limbs import Words
from zkpipe.ground.kinds import require
from zkpipe.ground.quick_dataclass import dataclass
from zkpipe.ground.remade import Remade
from zkpipe.prover.key_shapes import check_header


@dataclass(frozen=True, eq=False, repr=False)
class KeyHeader(Remade):
    """What is small in a proving key: Montgomery words, all zeros is infinity.

    alpha_g1, beta_g1, delta_g1   (8,) uint64
    beta_g2, gamma_g2, delta_g2   (16,) uint64
    ic                            (public_count + 1, 8) uint64
    """

    domain_size: int
    wire_count: int
    public_count: int
    development: bool
    alpha_g1: Words
    beta_g1: Words
    delta_g1: Words
    beta_g2: Words
    gamma_g2: Words
    delta_g2: Words
    ic: Words
    curve: Curve = field(default=BN254, kw_only=True)

    def __post_init__(self) -> None:
        require("ProvingKey", "curve", self.curve, Curve, "zkpipe.accel.bn254.BN254 is one.")
        check_header(self)

    def __repr__(self) -> str:
        kind = "development key" if self.development else "proving key"
        return f"<{kind}: {self.wire_count} wires, domain of {self.domain_size}>"

    def small_parts(self) -> dict[str, Any]:
        """The fields above, by name."""
        return {part.name: getattr(self, part.name) for part in fields(KeyHeader)}
