"""INPUT.json: the values of a circuit's inputs by name."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from zkpipe.circuits.language.values.inputs import from_json
from zkpipe.circuits.system import ConstraintSystem
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.reading import Source
from zkpipe.ground.files.strict_json import read_json

SMALL = 1 << 18  # bytes that a file may have for any circuit: names, spaces, and mistakes
BYTES = 128  # more for each of a circuit's inputs: 78 digits, and what stands around them
NODES = 4  # values in the file for each input: a number, and lists around it


def load_small_inputs(path: Source) -> dict[str, object] | None:
    """The values of a file of ordinary size, which any circuit might want; None for a larger one.

    So what is wrong with most files is said before the circuit is compiled.

    Raises FileError, FormatError if it is no JSON object.
    """
    try:
        size = path.stat().st_size if isinstance(path, Path) else len(path.up_to(SMALL + 1))
    except (OSError, ValueError):
        size = 0  # its reader says what is wrong
    return load_inputs(path) if size <= SMALL else None


def load_inputs(path: Source, count: int = 0) -> dict[str, object]:
    """Read the values by name; numbers with a point pass, exactly as they are written.

    count  of the circuit's inputs: bounds what the file may hold

    Raises FileError, FormatError if it is no JSON object or larger than any for the circuit.
    """
    value = read_json(
        path,
        limit=SMALL + BYTES * count,
        values=SMALL // 4 + NODES * count,
        floats=True,
        number=Decimal,
    )
    if not isinstance(value, dict):
        raise FormatError(
            f"{path} is not a JSON object.", 'Give the inputs by name: {"x": 3, "y": [1, 2]}.'
        )
    return dict(value)


def input_count(system: ConstraintSystem) -> int:
    """How many inputs a circuit has."""
    return system.public_input_count + system.private_input_count


def arguments(system: ConstraintSystem, inputs: dict[str, object]) -> dict[str, object]:
    """The values with texts of digits as numbers, where the system says what it takes.

    Raises InputError for other text.
    """
    return inputs if system.program is None else from_json(system.program.parameters, inputs)
