"""Propose a circuit: its verifier is deployed, then CircuitRegistry is asked to list it.

    circuits/R1CS-KEY/deployment.json    the deployment, from before it is sent

However a run ends, the next one finishes what was begun, and pays for nothing twice.
"""

from __future__ import annotations

import time
from pathlib import Path

from zkpipe.exchange.clients.circuits.checking import Checked
from zkpipe.exchange.clients.circuits.store import Circuits
from zkpipe.exchange.clients.session import Session
from zkpipe.exchange.errors import CircuitError, NotFinalError
from zkpipe.exchange.structs import ZERO, Record
from zkpipe.exchange.words import keccak
from zkpipe.prover import VerifyingKey
from zkpipe.verifier_contracts import (
    Chain,
    CompiledContract,
    Contract,
    Deployment,
    compile_sources,
    solidity_verifier,
)
from zkpipe.verifier_contracts.deployment_file import DeploymentFile
from zkpipe.verifier_contracts.solidity.generator import standing_of
from zkpipe.verifier_contracts.solidity.standing import DEVELOPMENT_CHAINS, Standing

NAME = "Verifier"
REGISTRY = "CircuitRegistry"
DEPLOYMENT = "deployment.json"
STATE = 6  # of a registry's entry
PATIENCE = 900.0  # seconds until a deployment is final


def propose(
    session: Session,
    circuits: Circuits,
    checked: Checked,
    ceremony: bytes = ZERO,
    accept_unverified: str | None = None,
) -> Record:
    """Deploy the verifier of a checked circuit and propose it; what the registry was told.

    ceremony           SHA-256 of the transcript of the key's ceremony; zeros for a key without one
    accept_unverified  why a key that is not known to be from a ceremony is good enough for a real
                       network; its verifier tells everybody. It is of no use to development keys,
                       which the registry takes on development chains only.

    The circuit is kept in the home. The same key again finds what was proposed.

    Raises CircuitError if something speaks against it, or its key is not for this chain;
    CompilerMissingError; ContractError; what Chain.deploy and Sender.send raise.
    """
    standing = standing_of(checked.key.verifying_key, checked.key.provenance, accept_unverified)
    _require_chain_for(session, checked, standing)
    session.settle()
    circuits.keep(checked)
    verifier = _deployed(session, circuits.folder(checked) / DEPLOYMENT, checked, standing)
    record = record_of_verifier(session, checked, verifier, ceremony)
    circuits.bind(record)
    session.send(
        REGISTRY,
        "propose",
        [record.as_tuple],
        subject=record.circuit,
        effect=lambda block: (
            session.call(REGISTRY, "entry", record.circuit, block=block)[STATE] != 0
        ),
    )
    return record


def record_of_verifier(
    session: Session, checked: Checked, verifier: Contract, ceremony: bytes = ZERO
) -> Record:
    """What CircuitRegistry is to know of a circuit whose verifier lies on the chain."""
    provenance = 0
    if any(entry.get("name") == "PROVENANCE" for entry in verifier.abi):
        provenance = verifier.call("PROVENANCE")
    return checked.template.record.registered(
        verifier=verifier.address,
        developer=session.me,
        codehash=keccak(session.chain.code(verifier.address)),
        key_digest=checked.key_digest,
        r1cs_hash=checked.r1cs_hash,
        source_hash=checked.source.hash,
        ceremony_hash=ceremony,
        provenance=provenance,
        development=checked.development,
    )


def compiled_verifier(key: VerifyingKey, standing: Standing) -> CompiledContract:
    """The verifier that our generator writes for a key, compiled, with its immutables' places.

    standing  what it says of the key's provenance

    Raises CompilerMissingError, CompilationError, InsecureKeyError.
    """
    source = solidity_verifier(
        key, NAME, provenance=standing.provenance, accept_unverified=standing.reason
    )
    return compile_sources({f"{NAME}.sol": source})[NAME]


def _require_chain_for(session: Session, checked: Checked, standing: Standing) -> None:
    """Raises CircuitError for a key that the registry, or its verifier, would refuse later."""
    chain_id, name = session.manifest.chain_id, checked.system.name
    if chain_id in DEVELOPMENT_CHAINS:
        return
    if checked.development:
        raise CircuitError(
            f"The key of {name} is a development key, and chain {chain_id} is none for "
            "development: whoever made it could forge proofs.",
            "Make the key by a ceremony of several parties.",
        )
    if not standing.is_for_all_chains:
        raise CircuitError(
            f"You have not verified that the key of {name} is from a ceremony, and chain "
            f"{chain_id} is none for development: whoever made it could forge proofs.",
            "Verify it: `zkpipe key verify`. To propose it all the same, say why: "
            "--accept-unverified REASON.",
        )


def _deployed(session: Session, path: Path, checked: Checked, standing: Standing) -> Contract:
    """The verifier on the chain, once its block is final."""
    chain = session.chain  # the embedded one signs for its own accounts only
    if not chain.is_embedded:
        chain = chain.signing_as(session.home.account)
    compiled = compiled_verifier(checked.key.verifying_key, standing)
    file = DeploymentFile(path, lambda begun: None)
    file.contract = compiled.name
    if file.is_finished:
        contract = Deployment.load(path).attach(chain)
    else:
        contract = _finished(chain, file, compiled)
        file.finish(Deployment.of(contract, compiled))
    _wait_until_final(session, contract.address)
    return contract


def _finished(chain: Chain, file: DeploymentFile, compiled: CompiledContract) -> Contract:
    """A deployment that an earlier run began, or a new one."""
    begun = file.begun
    if begun is None or begun.failed is not None:
        return chain.deploy({compiled.name: compiled}, compiled.name, keeper=file)
    if begun.begun.data != compiled.bytecode:
        raise CircuitError(
            f"{file.path} began the deployment of another verifier: the compiler is another one, "
            "or another thing is known of the key.",
            "Name the compiler of that time in ZKPIPE_SOLC, or remove the file once you have "
            "seen that its transaction was not mined.",
        )
    receipt = chain.finish(begun.begun, compiled.abi, keeper=file)
    return Contract(chain, str(receipt.contract_address), compiled.abi, receipt)


def _wait_until_final(session: Session, address: str) -> None:
    """Wait until the code lies there in the last final block."""
    until = time.monotonic() + PATIENCE
    while True:
        tip = int(session.chain.ask("eth_blockNumber"), 16)
        final = max(0, tip - session.manifest.depth)
        if session.chain.ask("eth_getCode", address, hex(final)) not in ("0x", None):
            return
        if time.monotonic() > until:
            raise NotFinalError(
                f"The verifier at {address} is not final in the time that was given.",
                "Ask for it again: it goes on, and nothing is sent twice.",
            )
        time.sleep(1.0)
