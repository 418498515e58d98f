"""Amounts of memory: as people write them, 800M or 1.5G in units of 1,000, and as messages do."""

from __future__ import annotations

import re

from zkpipe.ground.errors import KindError
from zkpipe.ground.kinds import describe, is_of, whole_number

FORM = r"(?ia)([0-9]{1,12})(?:\.([0-9]{1,3}))?([KMGT]?)B?"
UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


def size_of_text(text: str) -> int | None:
    """The bytes that a text says; None if it says none."""
    found = re.fullmatch(FORM, text)
    if found is None:
        return None
    whole, part = found[1], found[2] or ""
    return int(whole + part) * UNITS[found[3].upper()] // int(10 ** len(part))


def size_of(function: str, name: str, value: object) -> int:
    """The bytes of an argument: a whole number of them, or a text. Raises KindError."""
    size = size_of_text(value) if is_of(value, str) else whole_number(value)
    if size is None or size < 0:
        given = "another text" if is_of(value, str) else describe(value)
        given = "a negative number" if size is not None else given
        raise KindError(
            f"{function} takes an amount of memory for `{name}`, and was given {given}.",
            'Give a number of bytes, or a text such as "800M" or "1.5G".',
        )
    return size


def needed(size: int) -> str:
    """An amount that is needed, for messages: rounded up, so that so much is enough."""
    return f"{-(-size // 10**5) / 10:,.1f} MB"


def allowed(size: int) -> str:
    """An amount that is allowed, for messages: rounded down, so never as much as one needed."""
    return f"{size // 10**5 / 10:,.1f} MB"
