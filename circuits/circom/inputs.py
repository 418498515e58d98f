"""Inputs by name as the signals of circom's programs: each a flat list of the field's elements.

A list may be nested: its values count in their order. An object is a bus: the signals of `p` in
{"p": {"x": 1}} are `p.x`, and those of a list of buses `p[0].x`. A value is an integer, a Boolean
for 0 or 1, or a text of decimal digits, or of hex digits after 0x, as circom's users write them.
Integers lie strictly between -r and r; a negative one means its residue. snarkjs takes any integer
modulo r, and so proves something of another number than the one that was written.

Errors name the signal and never show a value.

Source: iden3/circom, witness_calculator.js, for names and the order of values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from zkpipe.accel.bn254 import R
from zkpipe.circuits.errors import InputError
from zkpipe.circuits.language.values.inputs import too_long
from zkpipe.ground.kinds import DATES, describe, integer, is_date, is_of, items

DEEPEST = 32  # lists and buses within each other
_DECIMAL = re.compile(r"(0|-?[1-9][0-9]{0,77})")
_HEX = re.compile(r"0x[0-9a-fA-F]{1,64}")
_FIX = (
    "Give an integer strictly between -r and r: as a number, or as a text of decimal digits, or of "
    "hex digits after 0x."
)


def signals(inputs: Mapping[str, object]) -> dict[str, list[int]]:
    """The values of each signal, canonical, in their order. Raises InputError."""
    found: dict[str, list[int]] = {}
    for name, value in inputs.items():
        _collect(name, value, found, 0)
    return found


def _collect(path: str, value: object, found: dict[str, list[int]], depth: int) -> None:
    """Add the signals of a value to those found."""
    _refuse_depth(path, depth)
    if is_of(value, Mapping):  # type: ignore[type-abstract] # it asks whether it is one
        for key, part in value.items():
            _collect(f"{path}.{key}", part, found, depth + 1)
        return
    listed = items(value)
    if listed is not None and _has_buses(listed, depth):
        for i, part in enumerate(listed):
            _collect(f"{path}[{i}]", part, found, depth + 1)
        return
    if path in found:  # {"p": {"x": 1}, "p.x": 2}
        raise InputError(f"`{path}` is given twice.", "Give it once.", path)
    values: list[int] = []
    if listed is None:
        values.append(_element(path, value))
    else:
        _flatten(path, listed, values, depth)
    found[path] = values


def _has_buses(listed: Sequence[object], depth: int) -> bool:
    """Whether the first value in a nested list is a bus: all others have to be."""
    first: object = listed
    while (inner := items(first)) is not None and depth <= DEEPEST:
        if not inner:
            return False
        first, depth = inner[0], depth + 1
    return is_of(first, Mapping)  # type: ignore[type-abstract] # as above


def _flatten(path: str, listed: Sequence[object], values: list[int], depth: int) -> None:
    _refuse_depth(path, depth)
    for i, value in enumerate(listed):
        inner = items(value)
        if inner is None:
            values.append(_element(f"{path}[{i}]", value))
        else:
            _flatten(f"{path}[{i}]", inner, values, depth + 1)


def _refuse_depth(path: str, depth: int) -> None:
    if depth > DEEPEST:
        raise InputError(
            f"`{path.partition('[')[0]}` has more than {DEEPEST} lists within each other.",
            "Give its values as one list.",
        )


def _element(path: str, value: object) -> int:
    """One value as a residue. Raises InputError."""
    number = _number(path, value) if is_of(value, str) else integer(value)
    if number is None:
        fix = DATES if is_date(value) else _FIX
        raise InputError(f"`{path}` is {describe(value)}, not an integer.", fix, path, value)
    if not -R < number < R:
        raise InputError(
            f"`{path}` is an integer of r or more, or of -r or less.",
            "Give its residue, x % r: a signal's values are integers modulo r.",
            path,
            value,
        )
    return number % R


def _number(path: str, text: str) -> int:
    if _DECIMAL.fullmatch(text):
        return int(text)
    if _HEX.fullmatch(text):
        return int(text, 16)
    raise too_long(path, text) or InputError(
        f"`{path}` is a text that is not a number.",
        "Write its decimal digits without leading zeros, or its hex digits, 64 at most, after 0x.",
        path,
        text,
    )
