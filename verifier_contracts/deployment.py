"""A record of a deployed contract: what one needs to call it again, or to deploy it elsewhere.

It holds the compiler's input and version too, so that an explorer, or anybody, can compile it again
and compare. A record is a file from outside: its fields have their forms, and those that follow
from one another agree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.reading import read_file
from zkpipe.ground.files.strict_json import Json, first_difference, parse_json, write_json
from zkpipe.ground.kinds import require, require_path, require_text
from zkpipe.verifier_contracts.abi import NAME
from zkpipe.verifier_contracts.compilers.compiled import CompiledContract
from zkpipe.verifier_contracts.contract import Contract
from zkpipe.verifier_contracts.deployment_fields import AGAIN, Fields
from zkpipe.verifier_contracts.errors import ContractError, NoCodeError, WrongChainError
from zkpipe.verifier_contracts.solidity.source_key import digest_in, standing_of_key
from zkpipe.verifier_contracts.solidity.standing import Standing, standing_in

if TYPE_CHECKING:
    from zkpipe.verifier_contracts.chain import Chain

FORMAT = "zkpipe deployment 1"
BEGUN_FORMAT = "zkpipe begun deployment 1"  # of what is not finished; see deployment_file
LARGEST = 1 << 22  # bytes; that of a verifier of 170 values has 300,000
PUSHED_IMMUTABLE = b"\x7f" + bytes(32)  # PUSH32 and the place of the value
HASH = re.compile("0x[0-9a-f]{64}")
DIGEST = re.compile("[0-9a-f]{64}")
COMPILER = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+[0-9A-Za-z.+-]{0,60}")

CONSTRUCTOR_GAS = 600_000  # that of a verifier takes 190,000
KEY_DIGEST, PROVENANCE = (
    {
        "type": "function",
        "name": name,
        "inputs": [],
        "outputs": [{"type": kind}],
        "stateMutability": "view",
    }
    for name, kind in (("KEY_DIGEST", "bytes32"), ("PROVENANCE", "uint8"))
)


@dataclass(frozen=True, slots=True)
class Deployment:
    """Where a contract lies, and the contract itself.

    compiled               name, ABI, bytecode, and what they were compiled from
    address                checksummed
    chain_id               EIP-155
    transaction_hash       of its deployment, with the block and the gas that it took
    constructor_arguments  encoded: 0x and hexadecimal
    key_digest             of the verifying key in the source, as `key_digest` has it; None if there
                           is none
    standing               what that key counted as when it was deployed, and the reason why that
                           was accepted; None if there is no key
    """

    compiled: CompiledContract
    address: str
    chain_id: int
    transaction_hash: str
    block_number: int
    gas_used: int
    constructor_arguments: str = "0x"
    key_digest: str | None = None
    standing: Standing | None = None

    @classmethod
    def of(
        cls, contract: Contract, compiled: CompiledContract, standing: Standing | None = None
    ) -> Deployment:
        """The record of a contract that `Chain.deploy` has just returned.

        standing  what its key counted as (accepting.accepted); what the source says if left out
        """
        require("Deployment.of", "contract", contract, Contract, "Give what Chain.deploy gives.")
        fix = "Give compiled[name], that was deployed."
        require("Deployment.of", "compiled", compiled, CompiledContract, fix)
        receipt = contract.receipt
        if receipt is None:
            raise ContractError(
                "The contract was attached to, not deployed: its deployment is not known.",
                "Keep the record when it is deployed: Deployment.of(chain.deploy(...), ...).",
            )
        return cls(
            compiled,
            contract.address,
            contract.chain.chain_id,
            receipt.transaction_hash,
            receipt.block_number,
            receipt.gas_used,
            contract.constructor_arguments,
            digest_in(compiled.source),
            standing or standing_of_key(compiled.source),
        )

    def attach(self, chain: Chain) -> Contract:
        """The contract on its chain, if what lies there is the recorded code and has its key.

        Raises WrongChainError on another chain, NoCodeError if nothing or something else lies at
        the address.
        """
        _check_chain("attach", chain)
        if chain.chain_id != self.chain_id:
            raise WrongChainError(
                f"{self.compiled.name} was deployed on chain {self.chain_id}; {chain.place} serves "
                f"chain {chain.chain_id}.",
                f"Give the URL of a node of chain {self.chain_id}.",
            )
        contract = chain.at(self.address, self.compiled.abi)
        if not self._is_code(chain.code(contract.address)):
            raise NoCodeError(
                f"What lies at {contract.address} on chain {self.chain_id} is not the code of "
                f"{self.compiled.name} that the record holds.",
                "The record was changed, or is another contract's: deploy, and use that record.",
            )
        self._check_key(contract)
        return contract

    def copy_on(self, chain: Chain) -> Contract:
        """Another contract of the same code, newly deployed.

        Raises FormatError if what the bytecode deploys is not the record's runtime, or has another
        key than its source; RevertError, HaltError if it deploys nothing.
        """
        _check_chain("copy_on", chain)
        whole = self.compiled.bytecode + self.constructor_arguments[2:]
        abi = [entry for entry in self.compiled.abi if entry["type"] != "constructor"]
        compiled = replace(self.compiled, bytecode=whole, abi=abi)
        gas = creation_gas(compiled)
        contract = chain.deploy({compiled.name: compiled}, compiled.name, gas=gas)
        if not self._is_code(chain.code(contract.address)):
            raise FormatError(
                f"The record is of two contracts: the bytecode of {self.compiled.name} does not "
                "deploy its runtime.",
                AGAIN,
            )
        self._check_key(contract)
        return contract

    def _is_code(self, code: bytes) -> bool:
        return _is_code_of(bytes.fromhex(self.compiled.runtime[2:]), code)

    def _check_key(self, contract: Contract) -> None:
        """Ask the contract for its key's digest, if its source has the constant."""
        if self.key_digest is None or "KEY_DIGEST" not in self.compiled.source:
            return
        says = standing_in(self.compiled.source)
        asked = Contract(contract.chain, contract.address, [KEY_DIGEST, PROVENANCE])
        if says is not None and asked.call("PROVENANCE", gas=100_000) != says.provenance:
            raise FormatError(
                f"The contract at {contract.address} says another provenance of its key than the "
                "record's source.",
                AGAIN,
            )
        digest = bytes.fromhex(self.key_digest)
        if asked.call("KEY_DIGEST", gas=100_000) == digest:
            return
        if digest.strip(b"\0") in bytes.fromhex(self.compiled.runtime[2:]):
            raise contract.chain.odd_answer("KEY_DIGEST answers what its code does not hold")
        raise FormatError(
            f"The contract at {contract.address} has another key than the record's source.", AGAIN
        )

    def save(self, path: str | Path) -> None:
        """Write the record as JSON. Raises FileError."""
        write_json(require_path("Deployment.save", "path", path), self.to_json())

    def to_json(self) -> dict[str, Json]:
        """As its file holds it."""
        compiled = self.compiled
        return {
            "format": FORMAT,
            "contract": compiled.name,
            "address": self.address,
            "chainId": self.chain_id,
            "transactionHash": self.transaction_hash,
            "blockNumber": self.block_number,
            "gasUsed": self.gas_used,
            "keyDigest": self.key_digest,
            "provenance": None if self.standing is None else self.standing.provenance.word,
            "unverifiedReason": None if self.standing is None else self.standing.reason,
            "qualifiedName": f"{compiled.source_name}:{compiled.name}",
            "compiler": compiled.compiler,
            "constructorArguments": self.constructor_arguments,
            "abi": compiled.abi,  # type: ignore[dict-item] # solc's JSON
            "bytecode": compiled.bytecode,
            "runtime": compiled.runtime,
            "standardInput": dict(compiled.standard_input),
        }

    @staticmethod
    def load(path: str | Path) -> Deployment:
        """Read a record. Raises FileError, or FormatError if it is none."""
        file = require_path("Deployment.load", "path", path)
        return Deployment.from_json(parse_json(read_file(file, LARGEST), str(path)), str(path))

    @staticmethod
    def from_json(value: Json, name: str) -> Deployment:
        """Of a file's content; `name` stands in the errors. Raises FormatError."""
        name = require_text("Deployment.from_json", "name", name)
        if type(value) is not dict or value.get("format") not in (FORMAT, BEGUN_FORMAT):
            raise FormatError(
                f"{name} is not a record of a deployment.",
                "Give the file that `zkpipe deploy` wrote.",
            )
        if value["format"] == BEGUN_FORMAT:
            raise FormatError(
                f"{name} is the record of a deployment that is not finished.",
                "Run the `zkpipe deploy` that began it again.",
            )
        fields = Fields(value, name)
        contract, given = fields.text("contract", NAME), fields.standard_input()
        compiled = CompiledContract(
            contract,
            fields.abi(),
            fields.code("bytecode"),
            fields.code("runtime"),
            fields.text("compiler", COMPILER),
            given,
            fields.source_name(contract, given),
        )
        digest = digest_in(compiled.source)
        if value.get("keyDigest") != digest:
            raise fields.wrong("keyDigest", "is not that of the key in the record's source")
        record = Deployment(
            compiled,
            fields.address(),
            fields.number("chainId", least=1),
            fields.text("transactionHash", HASH),
            fields.number("blockNumber"),
            fields.number("gasUsed"),
            fields.code("constructorArguments"),
            digest,
            fields.standing(standing_of_key(compiled.source)),
        )
        other = first_difference(value, record.to_json())
        if other is not None:
            raise fields.wrong(other, "is none that zkpipe writes")
        return record


def _check_chain(method: str, chain: object) -> None:
    from zkpipe.verifier_contracts.chain import Chain

    require(f"Deployment.{method}", "chain", chain, Chain, "Give what Chain.connect gives.")


def creation_gas(compiled: CompiledContract) -> int:
    """Enough gas to deploy a verifier, and so little that a constructor without end stops soon.

    What its size takes, as EIP-170, EIP-2028 and EIP-3860 have it, and some for the constructor.
    """
    created, left = len(compiled.bytecode) // 2, len(compiled.runtime) // 2
    return 53_000 + 17 * created + 200 * left + CONSTRUCTOR_GAS


def _is_code_of(runtime: bytes, code: bytes) -> bool:
    """Whether code on a chain is this runtime with its immutables, zeros here, filled in."""
    pieces = (re.escape(piece) for piece in runtime.split(PUSHED_IMMUTABLE))
    filled = re.escape(PUSHED_IMMUTABLE[:1]) + rb".{32}"
    return re.fullmatch(filled.join(pieces), code, re.DOTALL) is not None
