"""Verifiers on a chain: generate the Solidity, compile it, deploy it, call it."""

from verifier_contracts.chain import Chain, Contract, Receipt, keystore_account
from verifier_contracts.compiler import CompiledContract, Settings, compile_solidity
from verifier_contracts.generator import calldata, key_digest, solidity_verifier
from verifier_contracts.solc import find_solc, install_solc

__all__ = [
    "Chain",
    "CompiledContract",
    "Contract",
    "Receipt",
    "Settings",
    "calldata",
    "compile_solidity",
    "find_solc",
    "install_solc",
    "key_digest",
    "keystore_account",
    "solidity_verifier",
]
