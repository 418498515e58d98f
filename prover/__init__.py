"""Groth16 over BN254: keys, proofs, and their files."""

from accel.errors import FormatError
from prover.formats.snarkjs_json import load_public, save_public
from prover.keys import ProvingKey, VerifyingKey
from prover.proof import Proof

__all__ = [
    "FormatError",
    "Proof",
    "ProvingKey",
    "VerifyingKey",
    "load_public",
    "save_public",
]
