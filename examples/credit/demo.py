"""The whole way on real data: from a private loan application to a proof checked on a chain.

    make demo        or: python examples/credit/demo.py [FOLDER]

Everything it makes stays in FOLDER (build/demo), in the standard formats, so that other tools can
take any of it. Applicants' answers, scores and salts are never printed; the witness files hold
them, and only their owner can read those.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from credit import SCORECARD, application_of, commit, credit_score, new_salt
from plain_score import CUT_OFF, applicants, plain_score
from report import Times, console, failed, heading, size_of, summary, tell

from zkpipe import (
    DEVELOPMENT,
    ConstraintSystem,
    Proof,
    ProvingKey,
    UnsatisfiedError,
    ZkpipeError,
    prove,
    save_public,
    setup,
    verify,
)
from zkpipe.circuits.formats.sym import write_sym
from zkpipe.ground.files.writing import write_file
from zkpipe.verifier_contracts import (
    Chain,
    Contract,
    Deployment,
    calldata,
    compile_solidity,
    solidity_verifier,
)

CONTRACT = "CreditScoreVerifier"
SHOWN = 3  # applicants who pass; one who fails comes after them


class UnexpectedError(ZkpipeError):
    """Something was accepted that must be refused, or the other way round."""

    exit_status = 1


@dataclass(frozen=True, slots=True)
class Proven:
    """An applicant's proof: the row in the file (from 1), the proof, the public values."""

    row: int
    proof: Proof
    public: list[int]


def main(folder: Path) -> None:
    """Run every stage, print what happened, and leave the files in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    times = Times()
    console.rule("[bold]zkpipe: a loan application that stays private[/]")
    tell("data", "1,000 real loan applicants (Hofmann, Statlog German Credit, CC BY 4.0)")
    tell(
        "public",
        f"a scorecard of {len(SCORECARD['attributes'])} attributes, the cut-off ({CUT_OFF} of "
        f"{SCORECARD['highest_score']} points), a commitment to each application",
    )
    tell("private", "an applicant's answers, the score, the salt of the commitment")

    heading("Circuit and keys")
    system = compile_circuit(folder, times)
    key = make_keys(system, folder, times)

    heading("Proofs")
    rows = applicants()
    good = [i for i, row in enumerate(rows, 1) if plain_score(row) >= CUT_OFF][:SHOWN]
    bad = next(i for i, row in enumerate(rows, 1) if plain_score(row) < CUT_OFF)
    proven = [prove_applicant(i, rows[i - 1], system, key, folder, times) for i in good]
    refuse_applicant(bad, rows[bad - 1], system)

    heading("On a chain")
    contract, record = deploy(key, folder, times)
    gas = verify_on_chain(contract, proven, times)

    heading("Forgeries")
    refuse_forgeries(key, contract, proven, folder)

    heading("What it took")
    summary(
        {
            "constraints": f"{system.constraint_count:,}",
            "public values": f"{system.public_count}",
            "private inputs": f"{system.private_input_count}",
            "proving key": size_of(folder / "credit_score.zkey"),
            "proof": "256 bytes",
            "calldata": "324 bytes",
            "gas to deploy": f"{record.gas_used:,}",
            "gas to verify": f"{gas:,}",
        },
        times,
    )
    tell("files", f"all in {folder}: .r1cs .sym .zkey .wtns .json .sol")


def compile_circuit(folder: Path, times: Times) -> ConstraintSystem:
    """Compile credit_score and write its .r1cs and .sym."""
    with times.of("compile the circuit"):
        system = credit_score.compile()
    system.save(folder / "credit_score.r1cs")
    write_sym(folder / "credit_score.sym", system)
    tell("circuit", f"credit_score: {system.constraint_count:,} constraints")
    return system


def make_keys(system: ConstraintSystem, folder: Path, times: Times) -> ProvingKey:
    """Make development keys and write them."""
    with times.of("make the keys"):
        key = setup(system, DEVELOPMENT)
    key.save(folder / "credit_score.zkey")
    key.verifying_key.save(folder / "verification_key.json")
    tell(
        "keys",
        "development keys, marked as such: whoever makes such keys alone can forge proofs, so they "
        "serve to try things out; keys for real use come from a ceremony",
    )
    return key


def prove_applicant(
    row: int,
    answers: dict[str, str],
    system: ConstraintSystem,
    key: ProvingKey,
    folder: Path,
    times: Times,
) -> Proven:
    """Commit, solve, prove and verify for one applicant; write witness, proof and public values."""
    application, salt = application_of(answers), new_salt()
    commitment = commit(application, salt)
    with times.of("solve"):
        witness = system.solve(commitment=commitment, cut_off=CUT_OFF, **application, salt=salt)
    witness.save(folder / f"applicant-{row}.wtns")
    with times.of("prove"):
        proof = prove(key, witness)
    proof.save(folder / f"applicant-{row}.proof.json")
    save_public(folder / f"applicant-{row}.public.json", witness.public)
    with times.of("verify in Python"):
        accepted = verify(key.verifying_key, proof, witness.public)
    expect(accepted, f"the proof of applicant {row} is accepted in Python")
    tell(
        f"applicant {row}",
        "proven, and accepted in Python: the committed answers reach the cut-off",
    )
    return Proven(row, proof, witness.public)


def refuse_applicant(row: int, answers: dict[str, str], system: ConstraintSystem) -> None:
    """Show that an applicant below the cut-off gets no witness, and what the applicant is told."""
    application, salt = application_of(answers), new_salt()
    commitment = commit(application, salt)
    try:
        system.solve(commitment=commitment, cut_off=CUT_OFF, **application, salt=salt)
    except UnsatisfiedError as error:
        place = f", {Path(error.source.file).name}:{error.source.line}" if error.source else ""
        tell(
            f"applicant {row}",
            f"no proof: {error.message} (check failed{place}). No values satisfy all checks for "
            "these answers, so there is no witness, and without one no proof",
        )
    else:
        raise UnexpectedError(
            f"Applicant {row} lies below the cut-off and has a witness.",
            "Compare credit.py with scorecard.json.",
        )


def deploy(key: ProvingKey, folder: Path, times: Times) -> tuple[Contract, Deployment]:
    """Generate the verifier, compile it and deploy it on a chain in this process."""
    source = solidity_verifier(key.verifying_key, CONTRACT)
    write_file(folder / f"{CONTRACT}.sol", source.encode())
    with times.of("compile the verifier"):
        compiled = compile_solidity(source)
    with times.of("start a chain, deploy"):
        chain = Chain.embedded()
        contract = chain.deploy(compiled, CONTRACT)
    record = Deployment.of(contract, compiled[CONTRACT])
    record.save(folder / f"{CONTRACT}.json")
    tell("contract", f"{CONTRACT} at {contract.address}, {record.gas_used:,} gas")
    return contract, record


def verify_on_chain(contract: Contract, proven: Sequence[Proven], times: Times) -> int:
    """Ask the contract about every proof; return the gas of a verification."""
    for one in proven:
        with times.of("verify on the chain"):
            accepted = contract.call("verifyProof", *calldata(one.proof, one.public))
        expect(accepted, f"the proof of applicant {one.row} is accepted on the chain")
    gas: int = contract.gas("verifyProof", *calldata(proven[0].proof, proven[0].public))
    rows = ", ".join(str(one.row) for one in proven)
    tell("verifyProof", f"accepts the proofs of applicants {rows}; {gas:,} gas each")
    return gas


def refuse_forgeries(
    key: ProvingKey, contract: Contract, proven: Sequence[Proven], folder: Path
) -> None:
    """Change a byte of a proof, a point, a public value: neither Python nor the chain accepts."""
    first, second = proven[0], proven[1]
    a, *others = calldata(first.proof, first.public)

    path = folder / "changed.proof.json"
    saved = json.loads((folder / f"applicant-{first.row}.proof.json").read_text(encoding="utf-8"))
    digits = saved["pi_a"][0]
    saved["pi_a"][0] = digits[:-1] + ("1" if digits[-1] == "0" else str(int(digits[-1]) - 1))
    write_file(path, json.dumps(saved).encode())
    try:
        python = verify(key.verifying_key, Proof.load(path), first.public)
        reason = "the pairing says no"
    except ZkpipeError as error:
        python, reason = False, error.problem
    chain = contract.call("verifyProof", (int(saved["pi_a"][0]), a[1]), *others)
    judge("one byte of the proof", python, chain, reason)

    forged = replace(first.proof, c=second.proof.c)
    python = verify(key.verifying_key, forged, first.public)
    chain = contract.call("verifyProof", *calldata(forged, first.public))
    judge("C of another proof", python, chain, "the pairing says no")

    public = [first.public[0], first.public[1] + 1]
    python = verify(key.verifying_key, first.proof, public)
    chain = contract.call("verifyProof", *calldata(first.proof, public))
    judge(f"cut-off {public[1]} for {CUT_OFF}", python, chain, "the pairing says no")


def judge(change: str, python: bool, chain: bool, reason: str) -> None:
    """Print that both refused, and why; raise if one did not."""
    expect(not python, f"Python refuses after a change: {change}")
    expect(not chain, f"the contract refuses after a change: {change}")
    tell(change, f"refused by Python and by the contract ({reason.rstrip('.')})")


def expect(holds: bool, claim: str) -> None:
    """Raise UnexpectedError unless the claim holds."""
    if not holds:
        raise UnexpectedError(
            f"It does not hold that {claim}.", "This is a fault of zkpipe: please report it."
        )


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("build/demo"))
    except ZkpipeError as error:
        failed(error)
        sys.exit(error.exit_status)
