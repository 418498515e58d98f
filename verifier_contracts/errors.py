"""Errors of verifier_contracts.

ZkpipeError
├── ContractError              a contract, its source or a transaction
│   ├── CompilationError       solc refuses the source
│   ├── ArgumentError          a call whose name or arguments the contract does not have
│   ├── RevertError            the contract refused and undid what it had done (exit status 1)
│   │   └── HaltError          the EVM stopped its code, which gave no answer (2)
│   ├── TransactionError       the node takes no such transaction, or it is not mined
│   │   └── NonceTakenError    another transaction of the account has its nonce
│   ├── AccountError           no account that could sign
│   ├── UnverifiedKeyError     a verifier whose key is not from a ceremony, on a real network
│   ├── WrongChainError        the node serves another chain
│   └── NoCodeError            no contract lies at the address
└── MissingError               (ground.errors; exit status 3)
    ├── CompilerMissingError   no solc on this machine
    └── NodeMissingError       no node answers, or none is installed

An error that leaves open whether a transaction is mined carries it: `begun`, a Begun.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from zkpipe.ground.errors import MissingError, ZkpipeError


class ContractError(ZkpipeError):
    """A contract, its source or a transaction is not as it should be."""


class CompilationError(ContractError):
    """The Solidity compiler refuses a source; the evidence is the compiler's own words."""


class ArgumentError(ContractError):
    """A call whose name or arguments the contract does not have."""


class RevertError(ContractError):
    """A contract reverted.

    name       of the contract's error, "Error" or "Panic" for Solidity's own; None without one
    arguments  of that error
    """

    exit_status: ClassVar[int] = 1

    def __init__(
        self, problem: str, fix: str, name: str | None = None, arguments: Sequence[object] = ()
    ) -> None:
        self.name = name
        self.arguments = tuple(arguments)
        super().__init__(problem, fix)


class HaltError(RevertError):
    """The EVM stopped the code: gas ran out, or what it met is no program. It answered nothing."""

    exit_status: ClassVar[int] = 2


class TransactionError(ContractError):
    """A transaction that the node does not take or that is not mined in time."""


class NonceTakenError(TransactionError):
    """Another transaction has the nonce: this one is never mined, and costs nothing."""


class AccountError(ContractError):
    """There is no account that could sign a transaction."""


class UnverifiedKeyError(ContractError):
    """A verifier of a key that is not known to be from a ceremony, and no reason to accept it."""


class WrongChainError(ContractError):
    """The node serves another chain than the one meant."""


class NoCodeError(ContractError):
    """No contract lies at the address."""


class CompilerMissingError(MissingError):
    """No Solidity compiler that serves is on this machine."""


class NodeMissingError(MissingError):
    """No node answers at the address, or no node is installed here."""
