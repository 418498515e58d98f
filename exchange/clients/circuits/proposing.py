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

NAME = "Verifier"
REGISTRY = "CircuitRegistry"
DEPLOYMENT = "deployment.json"
DEVELOPMENT_CHAINS = (1337, 31337, 131277322940537)  # as CircuitRegistry has them
STATE = 6  # of a registry's entry
PATIENCE = 900.0  # seconds until a deployment is final


def propose(
    session: Session, circuits: Circuits, checked: Checked, ceremony: bytes = ZERO
) -> Record:
    """Deploy the verifier of a checked circuit and propose it; what the registry was told.

    ceremony  SHA-256 of the transcript of the key's ceremony; zeros for a key without one

    The circuit is kept in the home. The same key again finds what was proposed.

    Raises CircuitError if something speaks against it, or it has a development key and the chain is
    none of development; CompilerMissingError; what Chain.deploy and Sender.send raise.
    """
    _require_development_chain(session, checked)
    session.settle()
    circuits.keep(checked)
    verifier = _deployed(session, circuits.folder(checked) / DEPLOYMENT, checked)
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


def compiled_verifier(key: VerifyingKey) -> CompiledContract:
    """The verifier that our generator writes for a key, compiled, with its immutables' places.

    Raises CompilerMissingError, CompilationError, InsecureKeyError.
    """
    return compile_sources({f"{NAME}.sol": solidity_verifier(key, NAME)})[NAME]


def _require_development_chain(session: Session, checked: Checked) -> None:
    """Raises CircuitError for a development key elsewhere: the registry would refuse it later."""
    chain_id = session.manifest.chain_id
    if checked.development and chain_id not in DEVELOPMENT_CHAINS:
        raise CircuitError(
            f"The key of {checked.system.name} is a development key, and chain {chain_id} is none "
            "for development: whoever made it could forge proofs.",
            "Make the key by a ceremony of several parties.",
        )


def _deployed(session: Session, path: Path, checked: Checked) -> Contract:
    """The verifier on the chain, once its block is final."""
    chain = session.chain  # the embedded one signs for its own accounts only
    if not chain.is_embedded:
        chain = chain.signing_as(session.home.account)
    compiled = compiled_verifier(checked.key.verifying_key)
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
            f"{file.path} began the deployment of another verifier: the compiler is another one.",
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
