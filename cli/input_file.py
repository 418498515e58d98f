"""INPUT.json: the values of a circuit's inputs by name.

A value is a number, true or false, a list, or an object for a record; an integer may also stand as
a string of decimal digits, as circom's users write it.
"""

from __future__ import annotations

from pathlib import Path

from accel.errors import FormatError
from circuits.errors import InputError
from circuits.formats.strict_json import Json, is_decimal, read_json


def load_inputs(path: Path) -> dict[str, object]:
    """Read the inputs; whether they fit the circuit its solver says.

    Raises FileError, FormatError if it is no JSON object, InputError for a string that is not
    decimal digits.
    """
    value = read_json(path, floats=True)
    if not isinstance(value, dict):
        raise FormatError(
            f"{path} is not a JSON object.", 'Give the inputs by name: {"x": 3, "y": [1, 2]}.'
        )
    return {name: _value(name, given) for name, given in value.items()}


def _value(name: str, given: Json) -> object:
    """The value with strings of digits as integers. Nesting is bounded by read_json."""
    if isinstance(given, list):
        return [_value(f"{name}[{i}]", part) for i, part in enumerate(given)]
    if isinstance(given, dict):
        return {part: _value(f"{name}.{part}", inner) for part, inner in given.items()}
    if not isinstance(given, str):
        return given
    if not is_decimal(given):
        raise InputError(
            f"{name[:60]} is a string that is not a number in decimal digits.",
            "Give an integer, or its decimal digits without sign, spaces or leading zeros.",
            name,
            given,
        )
    return int(given)
