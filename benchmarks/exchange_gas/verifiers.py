"""Gas of the generated verifiers beside snarkjs' verifier, and the part of the page about them."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from zkpipe.benchmarks.exchange_gas.stand_ins import StandIn, stand_in
from zkpipe.benchmarks.exchange_gas.table import rounded, table
from zkpipe.benchmarks.provers.peers import snarkjs_words
from zkpipe.circuits.gadgets import keccak256
from zkpipe.ground.errors import MissingError
from zkpipe.prover import prove
from zkpipe.verifier_contracts import (
    Chain,
    Contract,
    Form,
    batch_calldata,
    calldata,
    compile_solidity,
    solidity_verifier,
)

COUNTS = (1, 5, 10, 50)  # public values of one proof
SIZES = (1, 2, 5, 10, 50, 100)  # proofs of a batch
OF_BATCH = 2  # public values of its proofs
SECONDS = 120
ENOUGH = (
    2_000_000  # gas: an estimate is too low for snarkjs' verifier, which says no for want of it
)
FORMS = ("snarkjs", "single", "hashed")
Gas = dict[tuple[str, int], int]

HEAD = """
## Verifiers

The contracts of `zkpipe export verifier`, and the one that snarkjs exports for the same key,
compiled in the same way. Figures are of whole transactions.

One proof. With `--hash-inputs`, the circuit makes the digest of its values public instead.

"""
MANY = """
Many proofs of two public values: one transaction for each to snarkjs' verifier, or one to
`recordProofs` of a verifier made with `--batch`.

"""


def measured(url: str, counts: Sequence[int] = COUNTS, sizes: Sequence[int] = SIZES) -> Gas:
    """Gas of whole transactions on a node, by contract and number of values or proofs.

    Raises MissingError without snarkjs, NodeMissingError, CompilerMissingError.
    """
    chain, gas = Chain.connect(url), Gas()
    for count in counts:
        values = list(range(3, 3 + count))
        made = stand_in(count)
        arguments = calldata(*_proof(made, values))
        gas["snarkjs", count] = _used(_snarkjs(chain, made), arguments)
        gas["single", count] = _used(_ours(chain, made, Form.SINGLE), arguments)
    if counts:
        one = stand_in(1)
        contract = _ours(chain, one, Form.HASHED)
    for count in counts:
        values = [(7**200 + i) % (1 << 253) for i in range(count)]
        proof, _ = _proof(one, [_digest(values)])
        gas["hashed", count] = _used(contract, (*calldata(proof, [])[:3], values))
    made = stand_in(OF_BATCH)
    contract, other = _ours(chain, made, Form.BATCH), _snarkjs(chain, made)
    found = [_proof(made, [3 + i, 4]) for i in range(max(sizes))]
    one_by_one = [_used(other, calldata(*pair)) for pair in found[:5]]
    for size in sizes:
        proofs, publics = zip(*found[:size], strict=True)
        receipt = contract.transact("recordProofs", batch_calldata(list(proofs), list(publics)))
        gas["batch", size] = receipt.gas_used
        gas["one by one", size] = size * sum(one_by_one) // len(one_by_one)
    return gas


def _proof(made: StandIn, values: Sequence[int]):  # type: ignore[no-untyped-def] # Proof, values
    total = sum(value * value for value in values)
    witness = made.system.solve(values=list(values), total=total % made.key.verifying_key.curve.r)
    return prove(made.key, witness), list(witness.public)


def _used(contract: Contract, arguments: Sequence[object]) -> int:
    if contract.call("verifyProof", *arguments, gas=ENOUGH) is not True:
        raise AssertionError("A right proof is refused.")
    return contract.transact("verifyProof", *arguments, gas=ENOUGH).gas_used


def _ours(chain: Chain, made: StandIn, form: Form) -> Contract:
    source = solidity_verifier(made.key.verifying_key, "Verifier", form=form)
    return chain.deploy(compile_solidity(source), "Verifier")


def _snarkjs(chain: Chain, made: StandIn) -> Contract:
    """The verifier that snarkjs exports for the same key, compiled in the same way."""
    words = snarkjs_words()
    if words is None:
        raise MissingError(
            "snarkjs is not here, beside whose verifier gas is measured.",
            "Get node, and run `npm ci` in a checkout.",
        )
    with tempfile.TemporaryDirectory() as folder:
        key, source = Path(folder) / "key.zkey", Path(folder) / "verifier.sol"
        made.key.save(key)
        command = [*words, "zkey", "export", "solidityverifier", str(key), str(source)]
        subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)  # noqa: S603 # npm's
        compiled = compile_solidity(source.read_text(encoding="utf-8"))
    return chain.deploy(compiled, "Groth16Verifier")


def _digest(values: Sequence[int]) -> int:
    message = b"".join(value.to_bytes(32, "big") for value in values)
    return int.from_bytes(bytes(keccak256(message)), "big") >> 3


def section(gas: Mapping[tuple[str, int], int]) -> str:
    """The part of the page."""
    counts = [n for name, n in gas if name == "single"]
    sizes = [n for name, n in gas if name == "batch"]
    one = [(str(n), *(f"{rounded(gas[form, n]):,}" for form in FORMS)) for n in counts]
    many = [
        (
            str(n),
            f"{rounded(gas['one by one', n]):,}",
            f"{rounded(gas['batch', n]):,}",
            f"{rounded(gas['batch', n] // n):,}",
        )
        for n in sizes
    ]
    return (
        HEAD
        + table(("public values", "snarkjs", "single", "`--hash-inputs`"), one)
        + MANY
        + table(("proofs", "snarkjs", "`--batch`", "`--batch`, for each proof"), many)
    )


def verifier_figures(text: str) -> Gas:
    """The gas of verifiers, read from the page."""
    part = text.partition("\n## Verifiers\n")[2].partition("\n## ")[0]
    one, _, many = part.partition("\nMany proofs")
    gas = Gas()
    for table_, names in ((one, FORMS), (many, ("one by one", "batch"))):
        for row in re.findall(r"^\| (\d+) \|((?: [\d,]+ \|)+)$", table_, re.MULTILINE):
            used = [int(cell.replace(",", "")) for cell in row[1].strip(" |").split(" | ")]
            gas |= {(name, int(row[0])): n for name, n in zip(names, used, strict=False)}
    return gas
