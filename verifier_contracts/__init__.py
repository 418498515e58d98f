"""Verifiers on a chain: generate the Solidity, compile it, deploy it, call it.

The names below are loaded when they are first used (accel.lazy).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accel.lazy import late

if TYPE_CHECKING:
    from verifier_contracts.begun import Begun
    from verifier_contracts.chain import Chain
    from verifier_contracts.compiler import CompiledContract, Settings, compile_solidity
    from verifier_contracts.contract import Contract
    from verifier_contracts.deployment import Deployment
    from verifier_contracts.generator import calldata, key_digest, solidity_verifier
    from verifier_contracts.keystore import keystore_account
    from verifier_contracts.node import Node, find_anvil
    from verifier_contracts.solc import Solc, find_solc, install_solc
    from verifier_contracts.source_key import verifying_key_of
    from verifier_contracts.terms import Terms, wei
    from verifier_contracts.transaction import Receipt
else:
    __getattr__, __dir__ = late(
        __name__,
        {
            "verifier_contracts.begun": "Begun",
            "verifier_contracts.chain": "Chain",
            "verifier_contracts.compiler": "CompiledContract Settings compile_solidity",
            "verifier_contracts.contract": "Contract",
            "verifier_contracts.deployment": "Deployment",
            "verifier_contracts.generator": "calldata key_digest solidity_verifier",
            "verifier_contracts.keystore": "keystore_account",
            "verifier_contracts.node": "Node find_anvil",
            "verifier_contracts.solc": "Solc find_solc install_solc",
            "verifier_contracts.source_key": "verifying_key_of",
            "verifier_contracts.terms": "Terms wei",
            "verifier_contracts.transaction": "Receipt",
        },
    )

__all__ = [
    "Begun",
    "Chain",
    "CompiledContract",
    "Contract",
    "Deployment",
    "Node",
    "Receipt",
    "Settings",
    "Solc",
    "Terms",
    "calldata",
    "compile_solidity",
    "find_anvil",
    "find_solc",
    "install_solc",
    "key_digest",
    "keystore_account",
    "solidity_verifier",
    "verifying_key_of",
    "wei",
]
