"""Groth16 over BN254: keys, proofs, and their files."""

from accel.errors import FormatError
from prover.formats.snarkjs_json import load_public, save_public
from prover.groth16.prepared import precompute
from prover.groth16.prove import prove
from prover.groth16.setup import DEVELOPMENT, setup, setup_to_file
from prover.groth16.verify import verify
from prover.groth16.verify_batch import verify_batch
from prover.keys import ProvingKey, VerifyingKey
from prover.proof import Proof

__all__ = [
    "DEVELOPMENT",
    "FormatError",
    "Proof",
    "ProvingKey",
    "VerifyingKey",
    "load_public",
    "precompute",
    "prove",
    "save_public",
    "setup",
    "setup_to_file",
    "verify",
    "verify_batch",
]
