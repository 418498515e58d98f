"""zkpipe: prove a computation on private data off-chain, in Python; anyone checks it on-chain.

The names that users need most, from the layers below. They are loaded when they are first used
(zkpipe.lazy): `import zkpipe` costs next to nothing.

    import zkpipe as zk

Gadgets stay in zkpipe.circuits.gadgets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zkpipe.lazy import late

if TYPE_CHECKING:
    from zkpipe.accel.errors import FormatError, ZkpipeError
    from zkpipe.circuits.errors import (
        CompileError,
        InputError,
        UnderconstrainedError,
        UnsatisfiedError,
    )
    from zkpipe.circuits.language.choices import lookup, maximum, member, minimum, select
    from zkpipe.circuits.language.circuit import circuit
    from zkpipe.circuits.language.component import component
    from zkpipe.circuits.language.functions import all_of, any_of, check, narrow
    from zkpipe.circuits.language.hint_calls import hint
    from zkpipe.circuits.language.types import (
        Array,
        Bool,
        Field,
        Fixed,
        Int,
        Private,
        Public,
        Rounded,
        UInt,
    )
    from zkpipe.circuits.system import ConstraintSystem, Witness
    from zkpipe.prover.formats.snarkjs_json import load_public, save_public
    from zkpipe.prover.groth16.prove import prove
    from zkpipe.prover.groth16.setup import DEVELOPMENT, setup
    from zkpipe.prover.groth16.verify import verify
    from zkpipe.prover.groth16.verify_batch import verify_batch
    from zkpipe.prover.keys import ProvingKey, VerifyingKey
    from zkpipe.prover.proof import Proof
    from zkpipe.verifier_contracts.chain import Chain
    from zkpipe.verifier_contracts.compiler import compile_solidity
    from zkpipe.verifier_contracts.generator import calldata, solidity_verifier
else:
    __getattr__, __dir__ = late(
        __name__,
        {
            "zkpipe.accel.errors": "FormatError ZkpipeError",
            "zkpipe.circuits.errors": (
                "CompileError InputError UnderconstrainedError UnsatisfiedError"
            ),
            "zkpipe.circuits.language.choices": "lookup maximum member minimum select",
            "zkpipe.circuits.language.circuit": "circuit",
            "zkpipe.circuits.language.component": "component",
            "zkpipe.circuits.language.functions": "all_of any_of check narrow",
            "zkpipe.circuits.language.hint_calls": "hint",
            "zkpipe.circuits.language.types": (
                "Array Bool Field Fixed Int Private Public Rounded UInt"
            ),
            "zkpipe.circuits.system": "ConstraintSystem Witness",
            "zkpipe.prover.formats.snarkjs_json": "load_public save_public",
            "zkpipe.prover.groth16.prove": "prove",
            "zkpipe.prover.groth16.setup": "DEVELOPMENT setup",
            "zkpipe.prover.groth16.verify": "verify",
            "zkpipe.prover.groth16.verify_batch": "verify_batch",
            "zkpipe.prover.keys": "ProvingKey VerifyingKey",
            "zkpipe.prover.proof": "Proof",
            "zkpipe.verifier_contracts.chain": "Chain",
            "zkpipe.verifier_contracts.compiler": "compile_solidity",
            "zkpipe.verifier_contracts.generator": "calldata solidity_verifier",
        },
    )

__all__ = [
    "DEVELOPMENT",
    "Array",
    "Bool",
    "Chain",
    "CompileError",
    "ConstraintSystem",
    "Field",
    "Fixed",
    "FormatError",
    "InputError",
    "Int",
    "Private",
    "Proof",
    "ProvingKey",
    "Public",
    "Rounded",
    "UInt",
    "UnderconstrainedError",
    "UnsatisfiedError",
    "VerifyingKey",
    "Witness",
    "ZkpipeError",
    "all_of",
    "any_of",
    "calldata",
    "check",
    "circuit",
    "compile_solidity",
    "component",
    "hint",
    "load_public",
    "lookup",
    "maximum",
    "member",
    "minimum",
    "narrow",
    "prove",
    "save_public",
    "select",
    "setup",
    "solidity_verifier",
    "verify",
    "verify_batch",
]
