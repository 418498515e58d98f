"""Whether a proposed circuit is what its source and key make: what a member of the council asks.

    compare(view, record, source, key)    what is another thing than it should be, in words

The key is a proving key: the rows in it are compared with the circuit's. A verifying key says
nothing of what is proved under it, so with that alone any other circuit's would be taken.
The verifier is generated and compiled here for the key. Its code is compared with the one on the
chain, with zeros in the places that the constructor fills (solc's immutableReferences). The only
such value, PAIRING_GAS, is the price of a pairing at its deployment, and an eighth more: it is
compared with the price that one's own node has now.
"""

from __future__ import annotations

from collections.abc import Sequence

from zkpipe.exchange.clients.circuits.checking import OTHER_KEY, check_record
from zkpipe.exchange.clients.circuits.proposing import compiled_verifier
from zkpipe.exchange.clients.circuits.sources import CircuitSource
from zkpipe.exchange.clients.view import View
from zkpipe.exchange.errors import CircuitError
from zkpipe.exchange.structs import Record
from zkpipe.exchange.words import keccak
from zkpipe.prover import Provenance, ProvingKey, VerifyingKey
from zkpipe.prover.groth16.matching import is_key_of
from zkpipe.verifier_contracts import CompiledContract, key_digest
from zkpipe.verifier_contracts.abi import decoded, selector
from zkpipe.verifier_contracts.accepting import is_known
from zkpipe.verifier_contracts.errors import ContractError
from zkpipe.verifier_contracts.solidity.generator import standing_of
from zkpipe.verifier_contracts.solidity.standing import Standing, checked_reason

REASON_GAS = 200_000
UNVERIFIED_REASON = {
    "type": "function",
    "name": "UNVERIFIED_REASON",
    "inputs": [],
    "outputs": [{"type": "string"}],
    "stateMutability": "view",
}
NOT_VERIFIED = (
    "The record says that the key is from a ceremony, and you have not verified that: "
    "`zkpipe key verify`."
)
OTHER_PROVENANCE = "The record's provenance is none that a verifier of the key could have."
SAME_PRICE = "PAIRING_GAS is not what a deployment through this node would have now."


def compare(view: View, record: Record, source: CircuitSource, key: ProvingKey) -> list[str]:
    """What differs between a circuit's record, its source and key, and the chain; empty for none.

    record  as the chain has it
    source  whose file is run, if it is a developer's

    Raises CompilerMissingError, and what the circuit raises.

    Cost: that of compiling the circuit and the verifier.
    """
    return [
        *_of_circuit(record, source, key),
        *_of_verifier(view, record, key),
    ]


def _of_circuit(record: Record, source: CircuitSource, key: ProvingKey) -> list[str]:
    template = source.template()
    found = []
    try:
        check_record(template, record)
    except CircuitError as error:
        found.append(error.problem)
    system = template.circuit.trace()
    if bytes.fromhex(system.digest) != record.r1cs_hash:
        found.append("The source makes another constraint system than r1csHash says.")
    if not is_key_of(key, system):
        found.append(f"T{OTHER_KEY[1:]}")
    if source.hash != record.source_hash:
        found.append("sourceHash is not the digest of the source.")
    return found


def _of_verifier(view: View, record: Record, proving_key: ProvingKey) -> list[str]:
    found, key = [], proving_key.verifying_key
    if bytes.fromhex(key_digest(key)) != record.key_digest:
        found.append("keyDigest is not that of the key.")
    if key.development != record.development:
        found.append("The record does not say truly whether the key is one of development.")
    code = view.chain.code(record.verifier)
    if keccak(code) != record.codehash:
        found.append("codehash is not that of the code at the verifier's address.")
    if record.provenance == Provenance.CEREMONY and not is_known(proving_key):
        found.append(NOT_VERIFIED)
    standing = _standing(view, record, key)
    if standing is None:
        return [*found, OTHER_PROVENANCE]
    compiled = compiled_verifier(key, standing)
    runtime = bytes.fromhex(compiled.runtime[2:])
    places = compiled.immutables or ()
    if without(code, places) != without(runtime, places):
        found.append("The verifier on the chain is not what zkpipe generates for the key.")
    elif not _has_the_price(view, compiled, code):
        found.append(SAME_PRICE)
    return found


def _standing(view: View, record: Record, key: VerifyingKey) -> Standing | None:
    """What the verifier is to say of its key; None if no key of this kind could have it said."""
    try:
        provenance = Provenance(record.provenance)
        return standing_of(key, provenance, _reason(view, record.verifier))
    except (ValueError, ContractError):
        return None


def _reason(view: View, verifier: str) -> str | None:
    """UNVERIFIED_REASON of a verifier; None if it has none, or one that we would not write."""
    call = {"to": verifier, "data": f"0x{selector(UNVERIFIED_REASON).hex()}", "gas": REASON_GAS}
    try:
        values = decoded(["string"], view.chain.call(call))
        return None if values is None else checked_reason(values[0])
    except ContractError:
        return None


def without(code: bytes, places: Sequence[tuple[int, int]]) -> bytes:
    """Code with zeros in the places of its immutables: first byte and count of each."""
    cleared = bytearray(code)
    for first, count in places:
        cleared[first : first + count] = bytes(len(cleared[first : first + count]))
    return bytes(cleared)


def _has_the_price(view: View, compiled: CompiledContract, code: bytes) -> bool:
    """Whether a creation, run by the node now, leaves the same code."""
    try:
        return view.chain.call({"data": compiled.bytecode}) == code
    except ContractError:
        return False
