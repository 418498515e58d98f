"""INPUT.json: the values of a circuit's inputs by name."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from accel.errors import FormatError
from circuits.formats.strict_json import read_json
from circuits.language.inputs import from_json
from circuits.system import ConstraintSystem


def load_inputs(path: Path) -> dict[str, object]:
    """Read the values by name; numbers with a point pass, exactly as they are written.

    Raises FileError, FormatError if it is no JSON object.
    """
    value = read_json(path, floats=True, number=Decimal)
    if not isinstance(value, dict):
        raise FormatError(
            f"{path} is not a JSON object.", 'Give the inputs by name: {"x": 3, "y": [1, 2]}.'
        )
    return dict(value)


def arguments(system: ConstraintSystem, inputs: dict[str, object]) -> dict[str, object]:
    """The values with text of decimal digits as integers, where the system says what it takes.

    Raises InputError for other text.
    """
    return inputs if system.program is None else from_json(system.program.parameters, inputs)
