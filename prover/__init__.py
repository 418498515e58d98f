"""Groth16 over BN254: keys, proofs, and their files.

The names below are loaded when they are first used (zkpipe.lazy).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zkpipe.ground.errors import FormatError
from zkpipe.lazy import late

if __name__ != "zkpipe.prover":  # by another name, every class would be there twice
    raise ImportError("It is imported as zkpipe.prover.", name="prover")

if TYPE_CHECKING:
    from zkpipe.prover.ceremony.setup import DEVELOPMENT, setup, setup_to_file
    from zkpipe.prover.formats.snarkjs_json import load_public, save_public
    from zkpipe.prover.groth16.prepare_key import prepare_key, remove_prepared
    from zkpipe.prover.groth16.prepared import precompute
    from zkpipe.prover.groth16.prove import prove, prove_batch
    from zkpipe.prover.groth16.verify import verify
    from zkpipe.prover.groth16.verify_batch import verify_batch
    from zkpipe.prover.proof import Proof
    from zkpipe.prover.provenance.kind import Provenance
    from zkpipe.prover.proving_key import ProvingKey
    from zkpipe.prover.verifying_key import VerifyingKey
else:
    __getattr__, __dir__ = late(
        __name__,
        {
            "zkpipe.prover.formats.snarkjs_json": "load_public save_public",
            "zkpipe.prover.groth16.prepare_key": "prepare_key remove_prepared",
            "zkpipe.prover.groth16.prepared": "precompute",
            "zkpipe.prover.groth16.prove": "prove prove_batch",
            "zkpipe.prover.ceremony.setup": "DEVELOPMENT setup setup_to_file",
            "zkpipe.prover.groth16.verify": "verify",
            "zkpipe.prover.groth16.verify_batch": "verify_batch",
            "zkpipe.prover.provenance.kind": "Provenance",
            "zkpipe.prover.proving_key": "ProvingKey",
            "zkpipe.prover.verifying_key": "VerifyingKey",
            "zkpipe.prover.proof": "Proof",
        },
    )

__all__ = [
    "DEVELOPMENT",
    "FormatError",
    "Proof",
    "Provenance",
    "ProvingKey",
    "VerifyingKey",
    "load_public",
    "precompute",
    "prepare_key",
    "prove",
    "prove_batch",
    "remove_prepared",
    "save_public",
    "setup",
    "setup_to_file",
    "verify",
    "verify_batch",
]
