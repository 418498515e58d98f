"""Groth16 over BN254: keys, proofs, and their files.

The names below are loaded when they are first used (accel.lazy).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accel.errors import FormatError
from accel.lazy import late

if TYPE_CHECKING:
    from prover.formats.snarkjs_json import load_public, save_public
    from prover.groth16.prepared import precompute
    from prover.groth16.prove import prove
    from prover.groth16.setup import DEVELOPMENT, setup, setup_to_file
    from prover.groth16.verify import verify
    from prover.groth16.verify_batch import verify_batch
    from prover.keys import ProvingKey, VerifyingKey
    from prover.proof import Proof
else:
    __getattr__, __dir__ = late(
        __name__,
        {
            "prover.formats.snarkjs_json": "load_public save_public",
            "prover.groth16.prepared": "precompute",
            "prover.groth16.prove": "prove",
            "prover.groth16.setup": "DEVELOPMENT setup setup_to_file",
            "prover.groth16.verify": "verify",
            "prover.groth16.verify_batch": "verify_batch",
            "prover.keys": "ProvingKey VerifyingKey",
            "prover.proof": "Proof",
        },
    )

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
