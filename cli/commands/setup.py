"""setup."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from zkpipe.cli.authors.circuit_name import CIRCUIT, CircuitName
from zkpipe.cli.command import command
from zkpipe.cli.console.answer import DEVELOPMENT_WARNING, Answer, Fact, names_row, table
from zkpipe.cli.console.memory_size import OF_CEREMONY
from zkpipe.cli.console.progress import counted, progress
from zkpipe.cli.console.words import FILE
from zkpipe.cli.files.contract_limit import warn_of_public_values
from zkpipe.cli.files.file_kind import Kind, expect
from zkpipe.cli.files.outputs import FORCE, outputs
from zkpipe.cli.machine.warm_up import compile_kernels

if TYPE_CHECKING:
    from zkpipe.circuits.system import ConstraintSystem
    from zkpipe.prover.ceremony.progress import Told

UNBOUND = "unbound-public-values"  # a warning


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

    digest = make(system, powers).save(place, record, report, max_memory).hex()
    note = "An initial key: anyone can forge proofs under it until somebody contributes to it."
    return _Made({"circuit_hash": digest}, [("circuit hash", digest), ("warning", note)])
