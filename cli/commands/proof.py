"""setup, prove, verify."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from zkpipe.cli.authors.circuit_name import CIRCUIT, CircuitName
from zkpipe.cli.command import command
from zkpipe.cli.console.answer import (
    DEVELOPMENT_WARNING,
    NO,
    STALE,
    YES,
    Answer,
    Fact,
    development_row,
    named_values,
    names_row,
    table,
)
from zkpipe.cli.console.memory_size import MEMORY, OF_CEREMONY
from zkpipe.cli.console.progress import counted, progress
from zkpipe.cli.console.words import FILE
from zkpipe.cli.files.contract_limit import warn_of_public_values
from zkpipe.cli.files.file_kind import Kind, expect
from zkpipe.cli.files.outputs import FORCE, outputs
from zkpipe.cli.files.piped import SOURCE, Piped
from zkpipe.cli.files.told import names_said_by, told_facts
from zkpipe.cli.machine.warm_up import compile_kernels

if TYPE_CHECKING:
    from zkpipe.circuits.system import ConstraintSystem
    from zkpipe.circuits.witness import Witness
    from zkpipe.prover import Proof, ProvingKey
    from zkpipe.prover.ceremony.progress import Told
    from zkpipe.prover.formats.circuit_record import Told as ToldOfCircuit

UNBOUND = "unbound-public-values"  # a warning
MAX_MEMORY = click.option(
    "--max-memory",
    metavar="SIZE",
    type=MEMORY,
    help="Take no more beside the key and the program itself: 800M, 1.5G. Slower.",
)


@command("setup", example="zkpipe setup square.py square.zkey --dev")
@click.argument("circuit", metavar="CIRCUIT", type=CIRCUIT)
@click.argument("key", metavar="KEY.zkey", type=FILE)
@click.option("--dev", is_flag=True, help="Make a development key; say so, as it is not secure.")
@click.option(
    "--ptau",
    "powers",
    metavar="FINAL.ptau",
    type=FILE,
    help="Make the initial key of a ceremony from prepared powers of tau.",
)
@OF_CEREMONY
@FORCE
def setup(
    circuit: CircuitName,
    key: Path,
    dev: bool,
    powers: Path | None,
    max_memory: int | None,
    force: bool,
) -> Answer:
    """Make the proving key of a circuit, the verifying key inside it.

    CIRCUIT is FILE.py[:NAME], PACKAGE.MODULE[:NAME] or C.r1cs.
    With --ptau the key is the one that a ceremony's second phase begins with. It proves nothing
    until somebody contributes to it. It is the same file, byte for byte, as the one that snarkjs
    makes. What it cannot hold then, the circuit's digest and the names of its public values, goes
    beside it, into KEY.zkey.circuit.json.
    An existing key is overwritten only with --force, and a record beside it too.
    """
    if dev == (powers is not None):
        raise click.UsageError(
            "Say what the key is made from: --ptau FINAL.ptau for a ceremony, or --dev for a "
            "development key.",
            click.get_current_context(),
        )
    if dev and max_memory is not None:
        raise click.UsageError(
            "--max-memory is for keys from --ptau: a development key takes what it takes.",
            click.get_current_context(),
        )
    from zkpipe.cli.authors.circuit_file import load_system_with_known_names

    sources = [circuit.path] if powers is None else [circuit.path, powers]
    if powers is not None:
        expect((powers, Kind.PTAU))
    written = [(key, Kind.PROVING_KEY)]
    if powers is not None:
        from zkpipe.prover.circuit_record import record_path

        written.append((record_path(key), Kind.CIRCUIT_RECORD))
    with outputs(*written, inputs=sources, force=force) as [place, *record]:
        from zkpipe.prover import DEVELOPMENT, setup_to_file

        system = load_system_with_known_names(circuit)
        warn_of_public_values(system.name, system.public_count)
        compile_kernels()
        _examine(system, circuit)
        if powers is None:
            with progress(f"setting up {system.name}"):
                setup_to_file(system, DEVELOPMENT, place)
            made: _Made = _Made({}, [("warning", DEVELOPMENT_WARNING)])
        else:
            with counted(f"setting up {system.name}") as report:
                made = _initial_key(system, powers, place, record[0], report, max_memory)
        size = place.stat().st_size
    return Answer(
        {
            "key": str(key),
            "bytes": size,
            "development": dev,
            "circuit": system.identity.name,
            "circuit_digest": system.identity.digest,
            "constraints": system.constraint_count,
            "public_count": system.public_count,
            "public_names": system.public_names,
            **made.facts,
        },
        table(
            [
                ("key", f"{key}, {size:,} bytes"),
                ("circuit digest", system.identity.digest),
                ("constraints", f"{system.constraint_count:,}"),
                ("public values", system.public_count),
                *names_row(system.public_names),
                *made.rows,
            ]
        ),
    )


def _examine(system: ConstraintSystem, circuit: CircuitName) -> None:
    """Warn of what should be known before a key is made."""
    from zkpipe.circuits.soundness.lint.before_setup import warnings_before_setup

    with progress(f"examining {system.name}"), redirect_stdout(sys.stderr):
        for warning in warnings_before_setup(system):
            if circuit.own is None or warning.kind != UNBOUND:  # ctx of the exchange: meant so
                warning.report()


class _Made(NamedTuple):
    """What is said of a key beside its size and its circuit."""

    facts: dict[str, Fact]
    rows: list[tuple[str, object]]


def _initial_key(
    system: ConstraintSystem,
    powers: Path,
    place: Path,
    record: Path,
    report: Told,
    max_memory: int | None,
) -> _Made:
    from zkpipe.prover import setup as make

    digest = make(system, powers).save(place, report, max_memory, record=record).hex()
    note = "An initial key: anyone can forge proofs under it until somebody contributes to it."
    return _Made({"circuit_hash": digest}, [("circuit hash", digest), ("warning", note)])


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


COMMANDS = (setup, prove, verify)
