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
    from zkpipe.accel import ZkpipeError
    from zkpipe.circuits import (
        Array,
        Bool,
        CompileError,
        ConstraintSystem,
        Decimal,
        Field,
        Fixed,
        FormatError,
        InputError,
        Int,
        Point,
        Private,
        Public,
        Rounded,
        UFixed,
        UInt,
        UnderconstrainedError,
        UnsatisfiedError,
        Witness,
        all_of,
        any_of,
        check,
        circuit,
        component,
        hint,
        lookup,
        maximum,
        member,
        minimum,
        narrow,
        select,
    )
    from zkpipe.prover import (
        DEVELOPMENT,
        Proof,
        ProvingKey,
        VerifyingKey,
        load_public,
        prove,
        prove_batch,
        save_public,
        setup,
        verify,
        verify_batch,
    )
    from zkpipe.verifier_contracts import Chain, calldata, compile_solidity, solidity_verifier
    from zkpipe.version import __version__
else:
    __getattr__, __dir__ = late(
        __name__,
        {
            "zkpipe.accel": "ZkpipeError",
            "zkpipe.circuits": (
                "Array Bool CompileError ConstraintSystem Decimal Field Fixed FormatError "
                "InputError Int Point Private Public Rounded UFixed UInt UnderconstrainedError "
                "UnsatisfiedError Witness all_of any_of check circuit component hint lookup "
                "maximum member minimum narrow select"
            ),
            "zkpipe.prover": (
                "DEVELOPMENT Proof ProvingKey VerifyingKey load_public prove prove_batch "
                "save_public setup verify verify_batch"
            ),
            "zkpipe.verifier_contracts": "Chain calldata compile_solidity solidity_verifier",
            "zkpipe.version": "__version__",
        },
        "accel benchmarks circuits cli prover verifier_contracts",
    )

__all__ = [
    "DEVELOPMENT",
    "Array",
    "Bool",
    "Chain",
    "CompileError",
    "ConstraintSystem",
    "Decimal",
    "Field",
    "Fixed",
    "FormatError",
    "InputError",
    "Int",
    "Point",
    "Private",
    "Proof",
    "ProvingKey",
    "Public",
    "Rounded",
    "UFixed",
    "UInt",
    "UnderconstrainedError",
    "UnsatisfiedError",
    "VerifyingKey",
    "Witness",
    "ZkpipeError",
    "__version__",
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
    "prove_batch",
    "save_public",
    "select",
    "setup",
    "solidity_verifier",
    "verify",
    "verify_batch",
]
