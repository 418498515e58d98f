"""Amounts of memory as words of the command line: 800M, 1.5G, in units of 1,000."""

from __future__ import annotations

import re

import click

_FORM = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,3})?)([KMGT]?)B?", re.IGNORECASE | re.ASCII)
_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


class MemorySize(click.ParamType[int]):
    """Converts an amount to bytes."""

    name = "size"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """The bytes that the text says."""
        if isinstance(value, int):
            return value
        found = _FORM.fullmatch(str(value))
        if found is None:
            self.fail(f"{value!r} is no amount of memory: write 800M or 1.5G.", param, ctx)
        return int(float(found[1]) * _UNITS[found[2].upper()])


MEMORY = MemorySize()
