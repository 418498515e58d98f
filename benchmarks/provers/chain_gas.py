"""What a proof costs on an EVM chain: the circuit's verifier, deployed and called here."""

from __future__ import annotations

from zkpipe.benchmarks.errors import CrossCheckError
from zkpipe.benchmarks.provers.provers import Place
from zkpipe.benchmarks.records.own_circuit import Gas
from zkpipe.benchmarks.records.records import printable
from zkpipe.benchmarks.records.results import Skipped
from zkpipe.benchmarks.workloads.workloads import Workload
from zkpipe.ground.errors import ZkpipeError
from zkpipe.prover import Proof, VerifyingKey, load_public
from zkpipe.verifier_contracts import Chain, calldata, compile_solidity, solidity_verifier

NAME = "Verifier"
ENOUGH, OF_VALUE = 500_000, 15_000  # gas: twice what a proof takes, and each public value
WHAT = "gas of a verification"


def gas_of(workload: Workload, place: Place) -> Gas | Skipped:
    """The gas of a proof's verification by the contract of `zkpipe export verifier`.

    Skipped with the reason where there is no compiler, or where the contract cannot be: it has room
    for some hundred public values.

    Raises CrossCheckError if the contract refuses the proof.
    """
    values = load_public(place.public)
    arguments = calldata(Proof.load(place.proof), values)
    most = ENOUGH + OF_VALUE * len(values)
    try:
        source = solidity_verifier(VerifyingKey.load(workload.vkey), NAME)
        compiled = compile_solidity(source)
        contract = Chain.embedded().deploy(compiled, NAME)
        accepted = contract.call("verifyProof", *arguments, gas=most)
        used = contract.gas("verifyProof", *arguments, most=most)
    except ZkpipeError as error:
        return Skipped(WHAT, printable(f"{error.problem} {error.fix}"))
    if accepted is not True:
        raise CrossCheckError(
            f"The verifier contract refuses a proof of {workload.size.circuit}.",
            "This is a fault of zkpipe. Please report it.",
        )
    receipt = contract.receipt
    assert receipt is not None  # noqa: S101 # it was deployed here
    code = (len(compiled[NAME].runtime) - 2) // 2
    return Gas(used, receipt.gas_used, code, printable(compiled[NAME].compiler))
