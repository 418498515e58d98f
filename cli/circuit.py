"""compile, info, witness."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.answer import Answer, table
from cli.circuit_name import CIRCUIT, CircuitName
from cli.command import command
from cli.contract_limit import warn_of_public_values
from cli.kernels import compile_kernels
from cli.outputs import FILE, outputs
from cli.progress import progress

if TYPE_CHECKING:
    from circuits.system import ConstraintSystem, Witness

SHOWN = 8  # names in a line of text; --json has all


@command("compile", example="zkpipe compile square.py --out build")
@click.argument("circuit", metavar="FILE.py[:NAME]", type=CIRCUIT)
@click.option(
    "--out", "folder", metavar="DIR", type=FILE, required=True, help="Made if it is not there."
)
def compile_circuit(circuit: CircuitName, folder: Path) -> Answer:
    """Compile a circuit to DIR/NAME.r1cs and DIR/NAME.sym."""
    from circuits.errors import CompileError
    from circuits.formats.sym import write_sym
    from cli.circuit_file import load_system

    if circuit.is_compiled:
        raise CompileError(f"{circuit.path} is compiled.", "Give the circuit's source, a .py file.")
    system = load_system(circuit)
    r1cs, sym = folder / f"{system.name}.r1cs", folder / f"{system.name}.sym"
    _make_folder(folder)
    with outputs(r1cs, sym, inputs=[circuit.path]) as [r1cs_place, sym_place]:
        system.save(r1cs_place)
        write_sym(sym_place, system)
    return Answer(
        {"name": system.name, "r1cs": str(r1cs), "sym": str(sym), **_counts(system)},
        table(
            [
                ("circuit", system.name),
                ("files", f"{r1cs}, {sym}"),
                ("constraints", f"{system.constraint_count:,}"),
                ("wires", f"{system.wire_count:,}"),
            ]
        ),
    )


def _make_folder(folder: Path) -> None:
    from circuits.formats.files import FileError

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise FileError(
            f"{folder} cannot be made a folder: {getattr(error, 'strerror', None) or error}.",
            "Give another folder for --out.",
        ) from error


@command("info", example="zkpipe info square.py\nzkpipe info build/square.r1cs")
@click.argument("circuit", metavar="FILE.py[:NAME]|C.r1cs", type=CIRCUIT)
def info(circuit: CircuitName) -> Answer:
    """Count a circuit's constraints and wires, name its inputs, estimate its key."""
    from cli.circuit_file import load_named_system
    from prover.groth16.setup import domain_size_for

    system = load_named_system(circuit)
    warn_of_public_values(system.name, system.public_count)
    domain_size = domain_size_for(system.constraint_count, system.public_count)
    key_bytes = _key_bytes(system, domain_size)
    names = _names(system)
    return Answer(
        {
            "name": system.name,
            **_counts(system),
            "domain_size": domain_size,
            "estimated_key_bytes": key_bytes,
            "names": names,
        },
        table(
            [
                ("circuit", system.name),
                ("constraints", f"{system.constraint_count:,}"),
                ("wires", f"{system.wire_count:,}"),
                ("outputs", _listed(system.output_count, names, "outputs")),
                ("public inputs", _listed(system.public_input_count, names, "public_inputs")),
                ("private inputs", _listed(system.private_input_count, names, "private_inputs")),
                ("domain", f"{domain_size:,} points"),
                ("proving key", f"about {key_bytes:,} bytes"),
            ]
        ),
    )


@command(
    "witness",
    example="zkpipe witness square.py input.json square.wtns",
    status="Exit status 1: the values do not satisfy the circuit.",
)
@click.argument("circuit", metavar="FILE.py[:NAME]", type=CIRCUIT)
@click.argument("values", metavar="INPUT.json", type=FILE)
@click.argument("witness", metavar="W.wtns", type=FILE)
@click.option("--show-values", is_flag=True, help="Print private values too, in errors as well.")
def make_witness(circuit: CircuitName, values: Path, witness: Path, show_values: bool) -> Answer:
    """Solve a circuit for the values in INPUT.json, and write every wire's value.

    Only its owner can read the file: it holds the private values.
    """
    from cli.circuit_file import load_system, solve_quietly
    from cli.input_file import arguments, load_inputs

    with outputs(witness, inputs=[circuit.path, values]) as [place]:
        inputs = load_inputs(values)
        system = load_system(circuit)
        compile_kernels()
        with progress(f"solving {system.name}"):
            solved = solve_quietly(system, arguments(system, inputs))
        solved.save(place)
    shown = _values(system, solved, show_values)
    return Answer(
        {"witness": str(witness), "wires": len(solved.values), "values": shown},
        table(
            [
                ("witness", f"{witness}, {len(solved.values):,} values"),
                *((name, value) for name, value in shown.items()),
            ]
        ),
    )


def _counts(system: ConstraintSystem) -> dict[str, int]:
    return {
        "constraints": system.constraint_count,
        "wires": system.wire_count,
        "outputs": system.output_count,
        "public_inputs": system.public_input_count,
        "private_inputs": system.private_input_count,
    }


def _names(system: ConstraintSystem) -> dict[str, list[str]] | None:
    """Names of outputs and inputs; None if the system came without names."""
    from circuits.compile.names import names_of

    if system.symbols is None:
        return None
    names = names_of(system.symbols, range(1, 1 + system.public_count))
    private = system.private_input_wires.tolist()
    by_label = dict(
        zip(system.labels[private].tolist(), names_of(system.symbols, private), strict=True)
    )
    by_label.update(system.dropped_inputs)
    return {
        "outputs": list(names[: system.output_count]),
        "public_inputs": list(names[system.output_count :]),
        "private_inputs": [by_label[label] for label in sorted(by_label)],
    }


def _listed(count: int, names: dict[str, list[str]] | None, kind: str) -> str:
    if not count or names is None:
        return f"{count:,}"
    more = f" and {count - SHOWN:,} more" if count > SHOWN else ""
    return f"{count:,}: {', '.join(names[kind][:SHOWN])}{more}"


def _values(system: ConstraintSystem, witness: Witness, private_too: bool) -> dict[str, str]:
    """Names and values of the outputs and public inputs, and if asked of the private inputs."""
    from accel.limbs import ints_from_words

    names = _names(system) or {}
    shown = [*names.get("outputs", ()), *names.get("public_inputs", ())]
    shown += names.get("private_inputs", ()) if private_too else ()
    values = ints_from_words(witness.values[1 : 1 + len(shown)])
    return {name: str(value) for name, value in zip(shown, values, strict=True)}


def _key_bytes(system: ConstraintSystem, domain_size: int) -> int:
    """Size of the .zkey, to within its headers: see prover.formats.zkey for the sections."""
    g1_points = 3 * system.wire_count + domain_size
    records = len(system.a.wires) + len(system.b.wires) + system.public_count + 1
    return 64 * g1_points + 128 * system.wire_count + 44 * records


COMMANDS = (compile_circuit, info, make_witness)
