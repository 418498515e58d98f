"""check."""

from __future__ import annotations

from pathlib import Path

import click

from zkpipe.cli.authors.circuit_name import CIRCUIT, CircuitName
from zkpipe.cli.command import command
from zkpipe.cli.console.answer import Answer
from zkpipe.cli.console.progress import progress
from zkpipe.cli.console.words import FILE
from zkpipe.cli.files.file_kind import Kind, expect
from zkpipe.cli.machine.warm_up import compile_kernels


@command(
    "check",
    example="zkpipe check square.py square.wtns\nzkpipe check build/square.r1cs square.wtns",
    status="Exit status 1: the witness does not satisfy a constraint; the first one is named.",
)
@click.argument("circuit", metavar="CIRCUIT", type=CIRCUIT)
@click.argument("witness", metavar="W.wtns", type=FILE)
@click.option("--show-values", is_flag=True, help="Print the values in the constraint that fails.")
def check(circuit: CircuitName, witness: Path, show_values: bool) -> Answer:
    """Check a witness against every constraint of a circuit.

    CIRCUIT is FILE.py[:NAME], PACKAGE.MODULE[:NAME] or C.r1cs.

    Of a circuit in Python the line that fails is named; of an .r1cs its constraint, with the names
    of the .sym file beside it.
    """
    from zkpipe.circuits.witness import Witness
    from zkpipe.cli.authors.circuit_file import load_traced_system

    expect((witness, Kind.WITNESS))
    values = Witness.load(witness)
    system = load_traced_system(circuit, None)
    compile_kernels()
    with progress(f"checking {system.name}"):
        system.check(values)
    return Answer(
        {"name": system.name, "constraints": system.constraint_count, "satisfied": True},
        f"satisfied: all {system.constraint_count:,} constraints of {system.name} hold.",
    )
