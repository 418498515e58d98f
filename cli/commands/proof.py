"""prove, verify."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from zkpipe.cli.command import command
from zkpipe.cli.console.answer import (
    DEVELOPMENT_WARNING,
    NO,
    STALE,
    YES,
    Answer,
    development_row,
    named_values,
    table,
)
from zkpipe.cli.console.memory_size import MEMORY
from zkpipe.cli.console.progress import progress
from zkpipe.cli.console.words import FILE
from zkpipe.cli.files.file_kind import Kind, expect
from zkpipe.cli.files.piped import SOURCE, Piped
from zkpipe.cli.machine.warm_up import compile_kernels
from zkpipe.ground.quick_dataclass import dataclass

if TYPE_CHECKING:
    from zkpipe.circuits.witness import Witness
    from zkpipe.prover import Proof, ProvingKey
    from zkpipe.prover.formats.circuit_record import Told as ToldOfCircuit

MAX_MEMORY = click.option(
    "--max-memory",
    metavar="SIZE",
    type=MEMORY,
    help="Take no more beside the key and the program itself: 800M, 1.5G. Slower.",
)


@command(
    "prove",
    example="zkpipe prove square.zkey square.wtns proof.json public.json",
    status="Exit status 1: the witness does not satisfy the circuit, so there is no proof.",
)
@click.argument("key", metavar="KEY.zkey", type=FILE)
@click.argument("witness", metavar="W.wtns", type=FILE)
@click.argument("proof", metavar="PROOF.json", type=FILE)
@click.argument("public", metavar="PUBLIC.json", type=FILE)
@MAX_MEMORY
def prove(key: Path, witness: Path, proof: Path, public: Path, max_memory: int | None) -> Answer:
    """Prove that a witness exists, and check the proof before writing it.

    Written are the proof and the public values, in snarkjs' JSON. A .wtns does not say of which
    circuit it is: compared are the numbers of its values and of the key's wires.
    """
    from zkpipe.cli.files.outputs import outputs  # here: `verify` writes nothing

    expect((key, Kind.PROVING_KEY), (witness, Kind.WITNESS))
    written = (proof, Kind.PROOF), (public, Kind.PUBLIC)
    with outputs(*written, inputs=[key, witness]) as [proof_place, public_place]:
        from zkpipe.circuits.witness import Witness

        made = make_proof(key, Witness.load(witness), max_memory)
        made.save(proof_place, public_place)
    return made.answer(proof, public)


@dataclass(frozen=True, slots=True)
class Made:
    """A proof that was checked, and its public values."""

    key: ProvingKey
    told: ToldOfCircuit
    proof: Proof
    public_values: list[int]

    def save(self, proof_place: Path, public_place: Path) -> None:
        """Write both, in snarkjs' JSON."""
        from zkpipe.prover import save_public

        self.proof.save(proof_place)
        save_public(public_place, self.public_values)

    def answer(self, proof: Path, public: Path) -> Answer:
        """What is told of it, and where it is."""
        from zkpipe.cli.files.told import names_said_by, told_facts

        key = self.key
        shown = named_values(key.public_names, self.public_values)
        return Answer(
            {
                "proof": str(proof),
                "public": str(public),
                "public_values": [str(value) for value in self.public_values],
                "public_names": key.public_names,
                **told_facts(self.told),
                "development": key.development,
            },
            table(
                [
                    ("proof", proof),
                    ("public values", f"{public}: {', '.join(shown) or 'none'}"),
                    *names_said_by(self.told),
                    *development_row(key.development),
                ]
            ),
        )


def make_proof(key: Path, witness: Witness, max_memory: int | None) -> Made:
    """Prove a witness under the key in a file, and check the proof."""
    from zkpipe.accel.executors.choice import executor
    from zkpipe.prover import ProvingKey
    from zkpipe.prover import prove as proof_of
    from zkpipe.prover.formats.circuit_record import told_of
    from zkpipe.prover.formats.zkey import read_head

    executor()  # a card that is asked for and not here is said before anything is compiled
    compile_kernels()
    proving_key = ProvingKey.load(key)
    told = told_of(read_head(key))
    with progress(f"proving with {key.name}"):
        made = proof_of(proving_key, witness, max_memory)
    return Made(proving_key, told, made, witness.public_for(proving_key))


@command(
    "verify",
    example="zkpipe verify vkey.json public.json proof.json",
    status="Exit status 1: the proof does not hold for these public values.",
)
@click.argument("key", metavar="VKEY.json", type=SOURCE)
@click.argument("public", metavar="PUBLIC.json", type=SOURCE)
@click.argument("proof", metavar="PROOF.json", type=SOURCE)
def verify(key: Path | Piped, public: Path | Piped, proof: Path | Piped) -> Answer:
    """Check a proof of public values under a verifying key.

    Each may come through a pipe, and one of them from standard input, which is -.
    """
    from zkpipe.prover import Proof, VerifyingKey
    from zkpipe.prover import verify as holds
    from zkpipe.prover.formats.snarkjs_json import read_public

    expect((key, Kind.VERIFYING_KEY), (public, Kind.PUBLIC), (proof, Kind.PROOF))
    compile_kernels()
    verifying_key = VerifyingKey.load(key)
    values = read_public(public, verifying_key.public_count, verifying_key.public_names)
    checked = Proof.load(proof)
    with progress("verifying"):
        valid = holds(verifying_key, checked, values)
    warning = f"\n{DEVELOPMENT_WARNING}" if verifying_key.development else ""
    text = (
        f"valid: the proof holds for these public values, {len(values)} of them.{warning}"
        if valid
        else f"not valid: the proof does not hold for these public values under this key.\n{STALE}"
    )
    names = verifying_key.public_names
    if names and len(names) == len(values):
        text = "\n".join([text, *named_values(names, values)])
    return Answer(
        {"valid": valid, "public_names": names, "development": verifying_key.development},
        text,
        YES if valid else NO,
    )
