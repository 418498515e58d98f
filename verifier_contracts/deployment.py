"""A record of a deployed contract: what one needs to call it again, or to deploy it elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from accel.errors import FormatError
from circuits.formats.strict_json import Json, read_json, write_json
from verifier_contracts.compiler import CompiledContract
from verifier_contracts.contract import Contract
from verifier_contracts.errors import NoCodeError, WrongChainError

if TYPE_CHECKING:
    from verifier_contracts.chain import Chain

FORMAT = "zkpipe deployment 1"
BEGUN_FORMAT = "zkpipe begun deployment 1"  # of what is not finished; see deployment_file
PUSHED_IMMUTABLE = b"\x7f" + bytes(32)  # PUSH32 and the place of the value
HEXADECIMAL = re.compile(r"0x([0-9a-f]{2})*")


@dataclass(frozen=True, slots=True)
class Deployment:
    """Where a contract lies, and the contract itself.

    compiled          name, ABI and bytecode
    address           checksummed
    chain_id          EIP-155
    transaction_hash  of its deployment, with the block and the gas that it took
    """

    compiled: CompiledContract
    address: str
    chain_id: int
    transaction_hash: str
    block_number: int
    gas_used: int

    @classmethod
    def of(cls, contract: Contract, compiled: CompiledContract) -> Deployment:
        """The record of a contract that `Chain.deploy` has just returned."""
        receipt = contract.receipt
        if receipt is None:
            raise ValueError("the contract was attached to, not deployed")
        return cls(
            compiled,
            contract.address,
            contract.chain.chain_id,
            receipt.transaction_hash,
            receipt.block_number,
            receipt.gas_used,
        )

    def attach(self, chain: Chain) -> Contract:
        """The contract on its chain, if what lies there is the recorded code.

        Raises WrongChainError on another chain, NoCodeError if nothing or something else lies at
        the address.
        """
        if chain.chain_id != self.chain_id:
            raise WrongChainError(
                f"{self.compiled.name} was deployed on chain {self.chain_id}; {chain.place} serves "
                f"chain {chain.chain_id}.",
                f"Give the URL of a node of chain {self.chain_id}.",
            )
        contract = chain.at(self.address, self.compiled.abi)
        if not _is_code_of(bytes.fromhex(self.compiled.runtime[2:]), chain.code(contract.address)):
            raise NoCodeError(
                f"What lies at {contract.address} on chain {self.chain_id} is not the code of "
                f"{self.compiled.name} that the record holds.",
                "The record was changed, or is another contract's: deploy, and use that record.",
            )
        return contract

    def save(self, path: str | Path) -> None:
        """Write the record as JSON. Raises FileError."""
        write_json(
            Path(path),
            {
                "format": FORMAT,
                "contract": self.compiled.name,
                "address": self.address,
                "chainId": self.chain_id,
                "transactionHash": self.transaction_hash,
                "blockNumber": self.block_number,
                "gasUsed": self.gas_used,
                "abi": self.compiled.abi,  # type: ignore[dict-item] # solc's JSON
                "bytecode": self.compiled.bytecode,
                "runtime": self.compiled.runtime,
            },
        )

    @staticmethod
    def load(path: str | Path) -> Deployment:
        """Read a record. Raises FileError, or FormatError if it is none."""
        record = read_json(Path(path))
        if isinstance(record, dict) and record.get("format") == BEGUN_FORMAT:
            raise FormatError(
                f"{path} is the record of a deployment that is not finished.",
                "Run the `zkpipe deploy` that began it again.",
            )
        if not isinstance(record, dict) or record.get("format") != FORMAT:
            raise FormatError(
                f"{path} is no record of a deployment.",
                "Give the file that `zkpipe deploy` wrote.",
            )

        def entry(name: str, kind: type[Any]) -> Any:
            value = record.get(name)
            if type(value) is not kind:
                raise FormatError(
                    f"{path}: {name} is missing or of another kind.", "Deploy the contract again."
                )
            return value

        compiled = CompiledContract(
            entry("contract", str),
            _abi(entry("abi", list), path),
            _hexadecimal(entry("bytecode", str), path),
            _hexadecimal(entry("runtime", str), path),
        )
        return Deployment(
            compiled,
            entry("address", str),
            entry("chainId", int),
            entry("transactionHash", str),
            entry("blockNumber", int),
            entry("gasUsed", int),
        )


def _is_code_of(runtime: bytes, code: bytes) -> bool:
    """Whether code on a chain is this runtime with its immutables, zeros here, filled in."""
    pieces = (re.escape(piece) for piece in runtime.split(PUSHED_IMMUTABLE))
    filled = re.escape(PUSHED_IMMUTABLE[:1]) + rb".{32}"
    return re.fullmatch(filled.join(pieces), code, re.DOTALL) is not None


def _hexadecimal(text: str, path: str | Path) -> str:
    if not HEXADECIMAL.fullmatch(text):
        raise FormatError(f"{path}: bytecode is not in hexadecimal.", "Deploy the contract again.")
    return text


def _abi(entries: list[Json], path: str | Path) -> list[dict[str, Any]]:
    """The entries of an ABI, each with what a call looks up in it."""
    for entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get("type"), str):
            break
        if entry["type"] == "function" and not (
            isinstance(entry.get("name"), str)
            and _parameters(entry.get("inputs"))
            and _parameters(entry.get("outputs"))
        ):
            break
    else:
        return entries  # type: ignore[return-value] # every entry is a dictionary
    raise FormatError(f"{path}: abi is not a contract's ABI.", "Deploy the contract again.")


def _parameters(value: Json) -> bool:
    return isinstance(value, list) and all(
        isinstance(entry, dict) and isinstance(entry.get("type"), str) for entry in value
    )
