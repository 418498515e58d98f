"""fullprove."""

from __future__ import annotations

from pathlib import Path

import click

from zkpipe.cli.authors.circuit_name import CIRCUIT, CircuitName, named
from zkpipe.cli.authors.solving import SHOW_VALUES, TIME_LIMIT, solve
from zkpipe.cli.command import command
from zkpipe.cli.commands.proof import MAX_MEMORY, make_proof
from zkpipe.cli.console.answer import Answer
from zkpipe.cli.console.words import FILE
from zkpipe.cli.files.file_kind import Kind, expect, kind_of
from zkpipe.cli.files.outputs import outputs
from zkpipe.cli.files.piped import ITS_NAMES, SOURCE, Piped


class CircuitOrInputs(click.ParamType["CircuitName | Path | Piped"]):
    """The type of an argument that is a circuit, or the values of its inputs."""

    name = "circuit or inputs"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> CircuitName | Path | Piped:
        """A circuit if it is named as one and is not JSON; else a file or a pipe of values."""
        text = str(value)
        try:
            circuit = None if text in ITS_NAMES else named(text)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if circuit is not None and not _is_json(circuit.path):
            return circuit
        return SOURCE.convert(value, param, ctx)


def _is_json(path: Path) -> bool:
    from zkpipe.ground.files.reading import FileError

    try:
        return kind_of(path) is Kind.INPUT
    except FileError:
        return False


EITHER = CircuitOrInputs()


@command(
    "fullprove",
    example="zkpipe fullprove input.json square.py square.zkey proof.json public.json",
    status="Exit status 1: the values do not satisfy the circuit, so there is no proof.",
)
@click.argument("first", metavar="INPUT.json", type=EITHER)
@click.argument("second", metavar="CIRCUIT|C.wasm", type=EITHER)
@click.argument("key", metavar="KEY.zkey", type=FILE)
@click.argument("proof", metavar="PROOF.json", type=FILE)
@click.argument("public", metavar="PUBLIC.json", type=FILE)
@MAX_MEMORY
@SHOW_VALUES
@TIME_LIMIT
def fullprove(
    first: CircuitName | Path | Piped,
    second: CircuitName | Path | Piped,
    key: Path,
    proof: Path,
    public: Path,
    max_memory: int | None,
    show_values: bool,
    time_limit: float,
) -> Answer:
    """Solve a circuit for the values in INPUT.json and prove it, in one process.

    It does what `witness` and `prove` do, and no witness is written to a disk. INPUT.json may be -
    for standard input, or a pipe. The first two may come in either order: the circuit is a Python
    file or module, or circom's C.wasm.
    """
    circuit, values = _told_apart(first, second)
    expect((values, Kind.INPUT), (key, Kind.PROVING_KEY))
    written = (proof, Kind.PROOF), (public, Kind.PUBLIC)
    with outputs(*written, inputs=[circuit.path, values, key]) as [proof_place, public_place]:
        solved = solve(circuit, values, show_values=show_values, seconds=time_limit)
        made = make_proof(key, solved.witness, max_memory)
        made.save(proof_place, public_place)
    return made.answer(proof, public)


def _told_apart(
    first: CircuitName | Path | Piped, second: CircuitName | Path | Piped
) -> tuple[CircuitName, Path | Piped]:
    """The circuit and the inputs. Raises UsageError if both are circuits, or neither is."""
    context = click.get_current_context()
    if isinstance(first, CircuitName):
        if not isinstance(second, CircuitName):
            return first, second
        raise click.UsageError(
            f"{first} and {second} are two circuits. Give INPUT.json, the values of the inputs, as "
            "one of the two.",
            context,
        )
    if isinstance(second, CircuitName):
        return second, first
    # Neither is named as a circuit: what is no JSON was meant to be one.
    meant = next((one for one in (second, first) if not _is_inputs(one)), second)
    circuit = next(one for one in context.command.params if one.name == "second")
    found = CIRCUIT.convert(str(meant), circuit, context)
    return found, first if meant is second else second


def _is_inputs(one: Path | Piped) -> bool:
    return isinstance(one, Piped) or _is_json(one)
