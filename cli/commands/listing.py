"""print."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from zkpipe.cli.authors.circuit_name import CIRCUIT, CircuitName
from zkpipe.cli.command import command
from zkpipe.cli.console.answer import Answer, table
from zkpipe.cli.console.progress import progress

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zkpipe.circuits.formats.equations import Equation
    from zkpipe.cli.console.answer import Fact


_NUMBER = re.compile("[0-9]{1,18}")


class RowsType(click.ParamType[slice]):
    """Rows as Python's slices have them: FIRST:LAST, either left out."""

    name = "rows"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> slice:
        """Take the words apart."""
        if isinstance(value, slice):
            return value
        first, colon, last = str(value).partition(":")
        parts = first, last
        if not colon or any(part and not _NUMBER.fullmatch(part) for part in parts):
            self.fail(f"{value!r} is not like 0:20.", param, ctx)
        return slice(*(int(part) if part else None for part in parts))


@command("print", example="zkpipe print square.py\nzkpipe print build/square.r1cs --rows 0:20")
@click.argument("circuit", metavar="CIRCUIT", type=CIRCUIT)
@click.option(
    "--rows", metavar="FIRST:LAST", type=RowsType(), default=":", help="Not all; LAST excluded."
)
def print_rows(circuit: CircuitName, rows: slice) -> Answer:
    """Print a circuit's constraints as equations, with the names of its signals.

    CIRCUIT is FILE.py[:NAME], PACKAGE.MODULE[:NAME] or C.r1cs. Names of an .r1cs come from the .sym
    file beside it; without one they are labels.
    """
    from zkpipe.circuits.formats.equations import equations
    from zkpipe.cli.authors.circuit_file import load_named_system

    system = load_named_system(circuit)
    chosen = range(system.constraint_count)[rows]
    with progress(f"writing rows of {system.name}"):
        found = list(equations(system, chosen))
        lines = [(f"{equation.number:,}", _line(equation)) for equation in found]
    return Answer(
        {
            "name": system.name,
            "constraints": system.constraint_count,
            "rows": [_facts(equation) for equation in found],
        },
        table([(system.name, f"{system.constraint_count:,} constraints"), *lines]),
    )


def _line(equation: Equation) -> str:
    place = equation.source
    return str(equation) if place is None else f"{equation}    {place.file}:{place.line}"


def _facts(equation: Equation) -> Mapping[str, Fact]:
    """Coefficients stand as text: they are larger than JSON's numbers."""
    place = equation.source
    return {
        "row": equation.number,
        **{
            side: {name: str(value) for name, value in combination.items()}
            for side, combination in (("a", equation.a), ("b", equation.b), ("c", equation.c))
        },
        "source": None if place is None else f"{place.file}:{place.line}",
    }
