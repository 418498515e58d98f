"""A circuit solved for the values in INPUT.json: one in Python, or a .wasm of circom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from zkpipe.cli.console.progress import progress
from zkpipe.cli.console.words import SECONDS
from zkpipe.cli.files.file_kind import Kind, expect
from zkpipe.cli.machine.warm_up import compile_kernels

if TYPE_CHECKING:
    from pathlib import Path

    from zkpipe.circuits.circom.calculator import WitnessCalculator
    from zkpipe.circuits.system import ConstraintSystem
    from zkpipe.circuits.witness import Witness
    from zkpipe.cli.authors.circuit_name import CircuitName
    from zkpipe.cli.files.piped import Piped

SHOW_VALUES = click.option(
    "--show-values", is_flag=True, help="Print private values too, in errors as well."
)
TIME_LIMIT = click.option(
    "--time-limit",
    metavar="SECONDS",
    type=SECONDS,
    default=600.0,
    show_default=True,
    help="For a .wasm, which is ended then.",
)


@dataclass(frozen=True, slots=True)
class Solved:
    """A witness; `system` is None for a .wasm, which does not say what its wires mean."""

    witness: Witness
    system: ConstraintSystem | None


def solve(
    circuit: CircuitName, values: Path | Piped, *, show_values: bool, seconds: float
) -> Solved:
    """The witness of a circuit for the values in a file.

    show_values  whether what a .wasm logs is shown: it may hold private values
    seconds      that a .wasm may take

    Raises FileError, FormatError, CompileError, InputError, UnsatisfiedError, CalculatorError.
    """
    if circuit.is_program:
        return Solved(_calculated(circuit.path, values, show_values, seconds), None)
    if circuit.is_compiled:
        raise _without_a_solver(circuit.path)
    from zkpipe.cli.authors.circuit_file import load_system, solve_quietly
    from zkpipe.cli.files.input_file import arguments, input_count, load_inputs, load_small_inputs

    inputs = load_small_inputs(values)
    system = load_system(circuit)
    if inputs is None:
        inputs = load_inputs(values, input_count(system))
    compile_kernels()
    with progress(f"solving {system.name}"):
        solved = solve_quietly(circuit, system, arguments(system, inputs))
    return Solved(solved, system)


def _without_a_solver(path: Path) -> Exception:
    from zkpipe.ground.errors import FormatError

    expect((path, Kind.R1CS))
    return FormatError(
        f"{path} is {Kind.R1CS.value}, which does not say how to find a witness.",
        "Give its source: the .py file, or the .wasm that circom wrote with it.",
    )


def load_calculator(path: Path, seconds: float) -> WitnessCalculator:
    """The program in a .wasm. Raises FileError, FormatError, CalculatorError, MissingError."""
    from zkpipe.circuits.circom.calculator import WitnessCalculator
    from zkpipe.circuits.circom.sandbox import Limits

    expect((path, Kind.WASM))
    with progress(f"compiling {path}"):
        return WitnessCalculator.load(path, Limits(seconds))


def _calculated(path: Path, values: Path | Piped, show_values: bool, seconds: float) -> Witness:
    from zkpipe.cli.files.input_file import load_inputs, load_small_inputs

    inputs = load_small_inputs(values)
    calculator = load_calculator(path, seconds)
    if inputs is None:
        inputs = load_inputs(values, calculator.input_count)
    compile_kernels()
    with progress(f"solving {calculator.name}"):
        bound = calculator.bound(inputs)
        return calculator.solve_signals(bound, _log if show_values else None)


def _log(line: str) -> None:
    """A line that the circuit logs, on standard error: standard output is the command's answer."""
    click.echo(line, err=True)
