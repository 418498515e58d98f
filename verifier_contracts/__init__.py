"""Verifiers on a chain: generate the Solidity, compile it, deploy it, call it.

The names below are loaded when they are first used (zkpipe.lazy).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zkpipe.lazy import late

if __name__ != "zkpipe.verifier_contracts":  # by another name, every class would be there twice
    raise ImportError("It is imported as zkpipe.verifier_contracts.", name="verifier_contracts")

if TYPE_CHECKING:
    from zkpipe.verifier_contracts.chain import Chain
    from zkpipe.verifier_contracts.compilers.compiled import CompiledContract, Settings
    from zkpipe.verifier_contracts.compilers.compiler import compile_solidity, compile_sources
    from zkpipe.verifier_contracts.compilers.solc import Solc, find_solc, install_solc
    from zkpipe.verifier_contracts.contract import Contract
    from zkpipe.verifier_contracts.deployment import Deployment
    from zkpipe.verifier_contracts.keystore import keystore_account
    from zkpipe.verifier_contracts.node import Node, find_anvil
    from zkpipe.verifier_contracts.solidity.forms import Form
    from zkpipe.verifier_contracts.solidity.generator import (
        batch_calldata,
        calldata,
        key_digest,
        solidity_verifier,
    )
    from zkpipe.verifier_contracts.solidity.source_key import verifying_key_of
    from zkpipe.verifier_contracts.transactions.begun import Begun
    from zkpipe.verifier_contracts.transactions.terms import Terms, wei
    from zkpipe.verifier_contracts.transactions.transaction import Receipt
else:
    __getattr__, __dir__ = late(
        __name__,
        {
            "zkpipe.verifier_contracts.transactions.begun": "Begun",
            "zkpipe.verifier_contracts.chain": "Chain",
            "zkpipe.verifier_contracts.compilers.compiled": "CompiledContract Settings",
            "zkpipe.verifier_contracts.compilers.compiler": "compile_solidity compile_sources",
            "zkpipe.verifier_contracts.contract": "Contract",
            "zkpipe.verifier_contracts.deployment": "Deployment",
            "zkpipe.verifier_contracts.solidity.forms": "Form",
            "zkpipe.verifier_contracts.solidity.generator": (
                "batch_calldata calldata key_digest solidity_verifier"
            ),
            "zkpipe.verifier_contracts.keystore": "keystore_account",
            "zkpipe.verifier_contracts.node": "Node find_anvil",
            "zkpipe.verifier_contracts.compilers.solc": "Solc find_solc install_solc",
            "zkpipe.verifier_contracts.solidity.source_key": "verifying_key_of",
            "zkpipe.verifier_contracts.transactions.terms": "Terms wei",
            "zkpipe.verifier_contracts.transactions.transaction": "Receipt",
        },
    )

__all__ = [
    "Begun",
    "Chain",
    "CompiledContract",
    "Contract",
    "Deployment",
    "Form",
    "Node",
    "Receipt",
    "Settings",
    "Solc",
    "Terms",
    "batch_calldata",
    "calldata",
    "compile_solidity",
    "compile_sources",
    "find_anvil",
    "find_solc",
    "install_solc",
    "key_digest",
    "keystore_account",
    "solidity_verifier",
    "verifying_key_of",
    "wei",
]
