"""verify-onchain."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zkpipe.cli.command import command
from zkpipe.cli.console.answer import NO, STALE, YES, Answer, development_row, named_values
from zkpipe.cli.console.progress import progress
from zkpipe.cli.console.words import FILE
from zkpipe.cli.files.file_kind import Kind, expect, kind_of
from zkpipe.cli.files.piped import SOURCE, Piped
from zkpipe.cli.files.verifier_file import standing_rows
from zkpipe.cli.machine.warm_up import compile_kernels

if TYPE_CHECKING:
    from zkpipe.prover import VerifyingKey
    from zkpipe.verifier_contracts import Contract, Deployment
    from zkpipe.verifier_contracts.solidity.standing import Standing

MOST_VALUES = 999  # public values of a contract, as VERIFY_PROOF has them; none holds so many
UNKNOWN = (
    "The verifier says that its key is from a ceremony. Anybody can write that, and you have "
    "verified no such key: `zkpipe key verify`."
)
VERIFY_PROOF = re.compile(
    r"uint256\[2\],uint256\[2\]\[2\],uint256\[2\](,uint256\[([1-9][0-9]{0,2})?\])?"
)

# The most gas of a call in this process, which a contract could else keep busy for minutes: twice
# what a right proof takes.
CALL_GAS, VALUE_GAS = 500_000, 15_000


@command(
    "verify-onchain",
    example="zkpipe verify-onchain verifier.sol public.json proof.json\n"
    "zkpipe verify-onchain deployment.json public.json proof.json --rpc http://127.0.0.1:8545",
    status="Exit status 1: the contract does not accept the proof. "
    "3: no Solidity compiler is here, or no node answers.",
)
@click.argument("verifier", metavar="DEPLOYMENT.json|VERIFIER.sol", type=FILE)
@click.argument("public", metavar="PUBLIC.json", type=SOURCE)
@click.argument("proof", metavar="PROOF.json", type=SOURCE)
@click.option("--rpc", metavar="URL", help="Node of the deployment's chain.")
def verify_onchain(
    verifier: Path, public: Path | Piped, proof: Path | Piped, rpc: str | None
) -> Answer:
    """Ask a verifier contract about a proof; nothing on the chain changes.

    Without --rpc the contract is deployed on a chain in this process, and called there. The answer
    is that of the contract's own key: compare its digest with that of the key you mean.
    """
    from zkpipe.prover import Proof, load_public
    from zkpipe.verifier_contracts import calldata, key_digest
    from zkpipe.verifier_contracts.accepting import as_known

    record_or_source = Kind.DEPLOYMENT, Kind.SOLIDITY
    expect((verifier, record_or_source), (public, Kind.PUBLIC), (proof, Kind.PROOF))
    values = load_public(public, MOST_VALUES)
    compile_kernels()
    arguments = calldata(Proof.load(proof), values)
    most = CALL_GAS + VALUE_GAS * len(values) if rpc is None else None
    with progress("verifying on a chain"), _an_answer():
        contract, key, says = _contract(verifier, rpc)
        standing = as_known(says, key)
        accepted = bool(contract.call("verifyProof", *arguments, gas=most))
        gas = contract.gas("verifyProof", *arguments, most=most) if rpc is None else None
    where = f"{contract.address} on {contract.chain.place}"
    if rpc is None and _is_record(verifier):
        where += ", a copy of the record's contract: --rpc asks the deployed one"
    said = f"accepted by {where}" if accepted else f"not accepted by {where}"
    digest = key_digest(key)
    lines = [f"{said}; {gas:,} gas." if gas else f"{said}.", f"The digest of its key is {digest}."]
    lines += [f"{label}: {value}" for label, value in standing_rows(standing)]
    lines += [] if standing == says else [UNKNOWN]
    lines += [] if accepted else [STALE]
    if key.public_names and len(key.public_names) == len(values):
        lines += named_values(key.public_names, values)
    return Answer(
        {
            "accepted": accepted,
            "address": contract.address,
            "chain_id": contract.chain.chain_id,
            "gas": gas,
            "key_digest": digest,
            "public_names": key.public_names,
            "development": key.development,
            "provenance": None if standing is None else standing.provenance.word,
            "unverified_reason": None if standing is None else standing.reason,
        },
        "\n".join([*lines, *(str(text) for _, text in development_row(key.development))]),
        YES if accepted else NO,
    )


@contextmanager
def _an_answer() -> Iterator[None]:
    """A revert is no answer: the proof's points are in their groups, so it says nothing of it."""
    from zkpipe.verifier_contracts.errors import ContractError, HaltError, RevertError

    try:
        yield
    except HaltError:
        raise
    except RevertError as error:
        raise ContractError(
            f"The contract gives no answer about the proof. {error.problem}", error.fix
        ) from error


def _contract(path: Path, rpc: str | None) -> tuple[Contract, VerifyingKey, Standing | None]:
    """The contract to ask, the key that its source has, and what that counts as."""
    from zkpipe.cli.files.verifier_file import compiled_verifier, read_verifier
    from zkpipe.verifier_contracts import Chain, Deployment
    from zkpipe.verifier_contracts.deployment import creation_gas
    from zkpipe.verifier_contracts.errors import ContractError
    from zkpipe.verifier_contracts.solidity.source_key import standing_of_key

    if _is_record(path):
        _refuse_batch(path, Deployment.load(path).compiled.source)
        record, key = _record(path)
        if rpc is None:
            return record.copy_on(Chain.embedded()), key, record.standing
        return record.attach(Chain.connect(rpc)), key, record.standing
    if rpc is not None:
        raise ContractError(
            f"{path} does not say where a contract lies.",
            "Give the record that `zkpipe deploy` wrote, or leave --rpc out.",
        )
    source, key = read_verifier(path)
    _refuse_batch(path, source)
    compiled = compiled_verifier(source, path)
    gas = creation_gas(compiled)
    contract = Chain.embedded().deploy({compiled.name: compiled}, compiled.name, gas=gas)
    return contract, key, standing_of_key(source)


def _refuse_batch(path: Path, source: str) -> None:
    """Raises ContractError for a verifier of batches, whose function is another."""
    from zkpipe.verifier_contracts import Form
    from zkpipe.verifier_contracts.errors import ContractError
    from zkpipe.verifier_contracts.solidity.source_key import form_of

    if form_of(source) is Form.BATCH:
        raise ContractError(
            f"{path} is of a batch verifier, which is not asked about one proof here.",
            "Export a verifier without --batch; or call verifyProofs of the contract in Python.",
        )


def _is_record(path: Path) -> bool:
    """Whether a file is a deployment's record, or an object that lacks something to be one."""
    kind = kind_of(path)
    return kind in (Kind.DEPLOYMENT, Kind.INPUT) or (kind is None and path.suffix == ".json")


def _record(path: Path) -> tuple[Deployment, VerifyingKey]:
    """A deployment's record, its ABI cut down to verifyProof and the errors of a verifier; its key.

    The record comes from outside: another ABI could make an answer of 1 look like a yes, and other
    code than its source's says what it likes.
    """
    from zkpipe.cli.files.verifier_file import warn_if_changed, warn_of_code
    from zkpipe.verifier_contracts import Deployment, verifying_key_of
    from zkpipe.verifier_contracts.compilers.recompiled import is_of_its_source
    from zkpipe.verifier_contracts.errors import ContractError

    record = Deployment.load(path)
    function = [entry for entry in record.compiled.abi if _is_verify_proof(entry)]
    if len(function) != 1:
        raise ContractError(
            f"{path} is not the record of a verifier: its ABI lacks verifyProof as snarkjs has it.",
            "Give the record that `zkpipe deploy` wrote for a verifier.",
        )
    key = verifying_key_of(record.compiled.source)
    if is_of_its_source(record.compiled) is None:
        warn_of_code(path, record.compiled.compiler)
    warn_if_changed(record.compiled.source, key, str(path))
    errors = [entry for entry in record.compiled.abi if _is_error(entry)]
    return replace(record, compiled=replace(record.compiled, abi=[*function, *errors])), key


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
