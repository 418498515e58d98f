"""What travels with a key about its circuit: its digest, its name, names of the public values.

A development key has it in sections of ours. Keys of a ceremony must equal snarkjs' byte for byte,
so there it lies beside the key: KEY.zkey.circuit.json. Whoever passes a key on can write what they
like into either. It is compared with what is known otherwise, and shown; no verdict rests on it.

A record names its key by what all keys of one ceremony share (`key_fingerprint`). So the record of
the first key serves for the last, and one that was left behind by another key is told apart.
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from zkpipe.accel.fields.limbs import Words
from zkpipe.circuits.r1cs.identity import CircuitId
from zkpipe.circuits.r1cs.public_names import check_names
from zkpipe.ground.errors import ShapeError
from zkpipe.ground.quick_dataclass import dataclass
from zkpipe.ground.remade import Remade
from zkpipe.prover.contributions import HASH_BYTES

if TYPE_CHECKING:
    from zkpipe.circuits.system import ConstraintSystem

ENDING = ".circuit.json"
_SHARED = ("alpha_g1", "beta_g1", "beta_g2", "gamma_g2", "ic")
_FINGERPRINT = "[0-9a-f]{64}"


@dataclass(frozen=True, slots=True)
class CircuitRecord(Remade):
    """A record of a key's circuit.

    key           fingerprint of the key, 64 hexadecimal digits
    public_names  of the public values in their order; None if they are not known

    Raises ShapeError for parts that are none.
    """

    key: str
    circuit: CircuitId
    public_names: tuple[str, ...] | None

    def __post_init__(self) -> None:
        if type(self.key) is not str or not re.fullmatch(_FINGERPRINT, self.key):
            raise ShapeError(
                "The fingerprint of a key is not 64 hexadecimal digits.",
                "Take it from key_fingerprint.",
            )
        if type(self.circuit) is not CircuitId:
            raise ShapeError(
                "A record's circuit is no CircuitId.", "Give a constraint system's identity."
            )
        if self.public_names is not None:
            check_names(self.public_names, len(self.public_names))

    @staticmethod
    def of(system: ConstraintSystem, key: str) -> CircuitRecord:
        """The record of a system's key."""
        return CircuitRecord(key, system.identity, system.public_names)


def record_path(key: Path) -> Path:
    """Where the record of a key lies that has none inside."""
    return key.with_name(f"{key.name}{ENDING}")


def key_fingerprint(counts: Mapping[str, int], points: Mapping[str, Words], history: bytes) -> str:
    """SHA-256 of what contributions leave as it is, in hexadecimal digits.

    counts   wire_count, public_count, domain_size
    points   by the names of a KeyHeader
    history  section 10, which begins with the circuit's hash
    """
    digest = hashlib.sha256(b"zkpipe key of a circuit 1\n")
    numbers = (counts[name] for name in ("wire_count", "public_count", "domain_size"))
    digest.update(struct.pack("<III", *numbers))
    for name in _SHARED:
        digest.update(points[name].astype("<u8").tobytes())
    digest.update(history[:HASH_BYTES])
    return digest.hexdigest()
