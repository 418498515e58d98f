"""compile, witness."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from zkpipe.cli.authors.circuit_name import CIRCUIT, CircuitName
from zkpipe.cli.authors.solving import SHOW_VALUES, TIME_LIMIT, solve
from zkpipe.cli.command import command
from zkpipe.cli.commands.info import counts, names_by_kind
from zkpipe.cli.console.answer import Answer, table
from zkpipe.cli.console.signals import held
from zkpipe.cli.console.words import FILE
from zkpipe.cli.files.file_kind import Kind, expect
from zkpipe.cli.files.outputs import outputs
from zkpipe.cli.files.piped import SOURCE, Piped

if TYPE_CHECKING:
    from zkpipe.circuits.system import ConstraintSystem
    from zkpipe.circuits.witness import Witness


@command("compile", example="zkpipe compile square.py --out build")
@click.argument("circuit", metavar="CIRCUIT", type=CIRCUIT)
@click.option(
    "--out", "folder", metavar="DIR", type=FILE, required=True, help="Made if it is not there."
)
def compile_circuit(circuit: CircuitName, folder: Path) -> Answer:
    """Compile a circuit to DIR/NAME.r1cs and DIR/NAME.sym.

    CIRCUIT is FILE.py[:NAME] or PACKAGE.MODULE[:NAME].
    """
    from zkpipe.circuits.errors import CompileError
    from zkpipe.circuits.formats.sym import write_sym
    from zkpipe.cli.authors.circuit_file import load_system

    if circuit.is_compiled:
        raise CompileError(f"{circuit.path} is compiled.", "Give the circuit's source, a .py file.")
    system = load_system(circuit)
    r1cs, sym = folder / f"{system.name}.r1cs", folder / f"{system.name}.sym"
    written = (r1cs, Kind.R1CS), (sym, Kind.SYM)
    with _folder(folder), outputs(*written, inputs=[circuit.path]) as [r1cs_place, sym_place]:
        system.save(r1cs_place)
        write_sym(sym_place, system)
    return Answer(
        {"name": system.name, "r1cs": str(r1cs), "sym": str(sym), **counts(system)},
        table(
            [
                ("circuit", system.name),
                ("files", f"{r1cs}, {sym}"),
                ("constraints", f"{system.constraint_count:,}"),
                ("wires", f"{system.wire_count:,}"),
            ]
        ),
    )


@contextmanager
def _folder(folder: Path) -> Iterator[None]:
    """The folder, made if it is not there; those that were made are removed if the block fails."""
    from zkpipe.ground.files.reading import FileError

    new: list[Path] = []
    try:
        try:
            new += [place for place in (folder, *folder.parents) if not place.exists()]
            folder.mkdir(parents=True, exist_ok=True)
        except (OSError, ValueError) as error:
            raise FileError(
                f"{folder} cannot be made a folder: {getattr(error, 'strerror', None) or error}.",
                "Give another folder for --out.",
            ) from error
        yield
    except BaseException:
        with held(), suppress(OSError):  # something of another program's lies in it
            for place in new:
                place.rmdir()
        raise


@command(
    "witness",
    example="zkpipe witness square.py input.json square.wtns",
    status="Exit status 1: the values do not satisfy the circuit.",
)
@click.argument("circuit", metavar="CIRCUIT|C.wasm", type=CIRCUIT)
@click.argument("values", metavar="INPUT.json", type=SOURCE)
@click.argument("witness", metavar="W.wtns", type=FILE)
@SHOW_VALUES
@TIME_LIMIT
def make_witness(
    circuit: CircuitName,
    values: Path | Piped,
    witness: Path,
    show_values: bool,
    time_limit: float,
) -> Answer:
    """Solve a circuit for the values in INPUT.json, and write every wire's value.

    CIRCUIT is FILE.py[:NAME] or PACKAGE.MODULE[:NAME]. C.wasm is what circom wrote for a circuit of
    its own: it runs in a sandbox, without files. INPUT.json may be - for standard input, or a pipe.
    Only its owner can read W.wtns: it holds the private values.
    """
    expect((values, Kind.INPUT))
    with outputs((witness, Kind.WITNESS), inputs=[circuit.path, values]) as [place]:
        solved = solve(circuit, values, show_values=show_values, seconds=time_limit)
        solved.witness.save(place)
    wires = len(solved.witness.values)
    shown = _values(solved.system, solved.witness, show_values) if solved.system else {}
    return Answer(
        {"witness": str(witness), "wires": wires, "values": shown},
        table(
            [
                ("witness", f"{witness}, {wires:,} values"),
                *((name, value) for name, value in shown.items()),
            ]
        ),
    )


def _values(system: ConstraintSystem, witness: Witness, private_too: bool) -> dict[str, str]:
    """Names and values of the outputs and public inputs, and if asked of the private inputs."""
    from zkpipe.accel.fields.limbs import ints_from_words

    names = names_by_kind(system) or {}
    shown = [*names.get("outputs", ()), *names.get("public_inputs", ())]
    shown += names.get("private_inputs", ()) if private_too else ()
    values = ints_from_words(witness.values[1 : 1 + len(shown)])
    return {name: str(value) for name, value in zip(shown, values, strict=True)}
