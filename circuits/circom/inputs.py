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
MOST = 1 << 20  # of them in all
_DECIMAL = re.compile(r"(0|-?[1-9][0-9]{0,77})")
_HEX = re.compile(r"0x[0-9a-fA-F]{1,64}")
_FIX = (
    "Give an integer strictly between -r and r: as a number, or as a text of decimal digits, or of "
    "hex digits after 0x."
)


def signals(inputs: Mapping[str, object]) -> dict[str, list[int]]:
    """The values of each signal, canonical, in their order. Raises InputError, KindError."""
    reading = _Reading()
    for name, value in inputs.items():
        reading.collect(name, value, ())
    return reading.found


class _Reading:
    """Signals on their way out of lists and objects."""

    def __init__(self) -> None:
        self.found: dict[str, list[int]] = {}
        self._seen = 0  # values, lists and objects

    def collect(self, path: str, value: object, outer: tuple[object, ...]) -> None:
        """Add the signals of a value within `outer` lists and objects to those found."""
        self._enter(path, value, outer)
        if is_of(value, Mapping):  # type: ignore[type-abstract] # it asks whether it is one
            for key, part in value.items():
                self.collect(f"{path}.{key}", part, (*outer, value))
            return
        listed = items(value)
        if listed is not None and _has_buses(listed):
            for i, part in enumerate(listed):
                self.collect(f"{path}[{i}]", part, (*outer, value))
            return
        if path in self.found:  # {"p": {"x": 1}, "p.x": 2}
            raise InputError(f"`{path}` is given twice.", "Give it once.", path)
        values: list[int] = []
        if listed is None:
            values.append(_element(path, value))
        else:
            self._flatten(path, listed, values, (*outer, value))
        self.found[path] = values

    def _flatten(
        self, path: str, listed: Sequence[object], values: list[int], outer: tuple[object, ...]
    ) -> None:
        for i, value in enumerate(listed):
            inner = items(value)
            if inner is None:
                values.append(_element(f"{path}[{i}]", value))
            else:
                self._enter(path, value, outer)
                self._flatten(f"{path}[{i}]", inner, values, (*outer, value))

    def _enter(self, path: str, value: object, outer: tuple[object, ...]) -> None:
        """Refuse what has no end: a list within itself, and lists of the same lists."""
        self._seen += 1
        if len(outer) > DEEPEST or any(value is one for one in outer) or self._seen > MOST:
            raise InputError(
                f"`{path.partition('[')[0]}` has more than {DEEPEST} lists within each other, or "
                "too many in all.",
                "Give its values as one list.",
            )


def _has_buses(listed: Sequence[object]) -> bool:
    """Whether the first value in a nested list is a bus: all others have to be."""
    first: object = listed
    for _ in range(DEEPEST):
        inner = items(first)
        if not inner:
            break
        first = inner[0]
    return is_of(first, Mapping)  # type: ignore[type-abstract] # as above


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
