"""verify-onchain; the source of a verifier and its one contract."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.answer import NO, YES, Answer
from cli.command import command
from cli.outputs import FILE
from cli.progress import progress

if TYPE_CHECKING:
    from verifier_contracts import CompiledContract, Contract, Deployment, Settings

LARGEST = 1 << 20  # bytes of a source; a verifier of 170 values has 100,000
VERIFY_PROOF = re.compile(
    r"uint256\[2\],uint256\[2\]\[2\],uint256\[2\](,uint256\[[1-9][0-9]{0,2}\])?"
)


@command(
    "verify-onchain",
    example="zkpipe verify-onchain verifier.sol public.json proof.json\n"
    "zkpipe verify-onchain deployment.json public.json proof.json --rpc http://127.0.0.1:8545",
    status="Exit status 1: the contract does not accept the proof. "
    "3: no Solidity compiler is here, or no node answers.",
)
@click.argument("verifier", metavar="DEPLOYMENT.json|VERIFIER.sol", type=FILE)
@click.argument("public", metavar="PUBLIC.json", type=FILE)
@click.argument("proof", metavar="PROOF.json", type=FILE)
@click.option("--rpc", metavar="URL", help="Node of the deployment's chain.")
def verify_onchain(verifier: Path, public: Path, proof: Path, rpc: str | None) -> Answer:
    """Ask a verifier contract about a proof; nothing on the chain changes.

    Without --rpc the contract is deployed on a chain in this process, and called there.
    """
    from prover import Proof, load_public
    from verifier_contracts import calldata

    arguments = calldata(Proof.load(proof), load_public(public))
    with progress("verifying on a chain"):
        contract = _embedded(verifier) if rpc is None else _attached(verifier, rpc)
        accepted = bool(contract.call("verifyProof", *arguments))
        gas = contract.gas("verifyProof", *arguments) if rpc is None else None
    where = f"{contract.address} on {contract.chain.place}"
    if rpc is None and verifier.suffix == ".json":
        where += ", a copy of the record's contract: --rpc asks the deployed one"
    text = f"accepted by {where}" if accepted else f"not accepted by {where}"
    return Answer(
        {
            "accepted": accepted,
            "address": contract.address,
            "chain_id": contract.chain.chain_id,
            "gas": gas,
        },
        f"{text}; {gas:,} gas." if gas else f"{text}.",
        YES if accepted else NO,
    )


def read_source(path: Path) -> str:
    """The text of a verifier's source. Raises FileError, FormatError."""
    from accel.errors import FormatError
    from circuits.formats.files import read_file

    try:
        return read_file(path, LARGEST).decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormatError(
            f"{path} is not a text in UTF-8.", "Give a verifier's Solidity source."
        ) from error


def compile_verifier(source: str, path: Path, settings: Settings | None = None) -> CompiledContract:
    """The one contract of the source that can be deployed. Raises ContractError."""
    from verifier_contracts import compile_solidity
    from verifier_contracts.errors import ContractError

    contracts = [c for c in compile_solidity(source, settings).values() if c.bytecode != "0x"]
    if len(contracts) != 1:
        raise ContractError(
            f"{path} has {len(contracts)} contracts that can be deployed, not one.",
            "Export a verifier with `zkpipe export verifier`, and give that file.",
        )
    return contracts[0]


def _embedded(path: Path) -> Contract:
    """The contract of a source or of a deployment's record, on a new chain in this process."""
    from verifier_contracts import Chain, verifying_key_of

    if path.suffix == ".json":
        compiled = _record(path).compiled
    else:
        source = read_source(path)
        verifying_key_of(source)
        compiled = compile_verifier(source, path)
    return Chain.embedded().deploy({compiled.name: compiled}, compiled.name)


def _attached(path: Path, rpc: str) -> Contract:
    """The contract of a deployment's record, on the chain that it was deployed on."""
    from verifier_contracts import Chain
    from verifier_contracts.errors import ContractError

    if path.suffix != ".json":
        raise ContractError(
            f"{path} does not say where a contract lies.",
            "Give the record that `zkpipe deploy` wrote, or leave --rpc out.",
        )
    return _record(path).attach(Chain.connect(rpc))


def _record(path: Path) -> Deployment:
    """A deployment's record, its ABI cut down to verifyProof and the errors of a verifier.

    The record comes from outside: another ABI could make an answer of 1 look like a yes.
    """
    from verifier_contracts import Deployment
    from verifier_contracts.errors import ContractError

    record = Deployment.load(path)
    function = [entry for entry in record.compiled.abi if _is_verify_proof(entry)]
    if len(function) != 1:
        raise ContractError(
            f"{path} is not the record of a verifier: its ABI lacks verifyProof as snarkjs has it.",
            "Give the record that `zkpipe deploy` wrote for a verifier.",
        )
    errors = [entry for entry in record.compiled.abi if _is_error(entry)]
    return replace(record, compiled=replace(record.compiled, abi=[*function, *errors]))


def _is_verify_proof(entry: Mapping[str, Any]) -> bool:
    return (
        entry["type"] == "function"
        and entry["name"] == "verifyProof"
        and _types(entry["outputs"]) == "bool"
        and VERIFY_PROOF.fullmatch(_types(entry["inputs"])) is not None
    )


def _is_error(entry: Mapping[str, Any]) -> bool:
    """Whether it is an error with numbers only, as verifiers have them."""
    inputs = entry.get("inputs")
    return (
        entry["type"] == "error"
        and isinstance(entry.get("name"), str)
        and isinstance(inputs, list)
        and all(isinstance(part, dict) and part.get("type") == "uint256" for part in inputs)
    )


def _types(parameters: Sequence[Mapping[str, Any]]) -> str:
    return ",".join(parameter["type"] for parameter in parameters)


COMMANDS = (verify_onchain,)
