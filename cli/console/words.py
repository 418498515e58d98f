"""Words of a command line that stand for files and numbers."""

from __future__ import annotations

import math
from pathlib import Path

import click


class FileWord(click.ParamType[Path]):
    """The path of a file; what it holds, and whether it is there, the file's reader says."""

    name = "file"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Path:
        """The path. Refused are what names no file anywhere, and `-`, which is a stream's name."""
        text = str(value)
        if not text:
            self.fail("an empty name is not the name of a file.", param, ctx)
        if text == "-":
            self.fail(
                "it takes the name of a file. - is not one; write ./- for a file of that name.",
                param,
                ctx,
            )
        if "\0" in text:
            self.fail(f"{text!a} is not the name of a file: it contains a zero byte.", param, ctx)
        return Path(text)


class Seconds(click.ParamType[float]):
    """A number of seconds above 0."""

    name = "seconds"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The number. Refused are what Python calls numbers and nobody can wait for."""
        text = str(value)
        try:
            seconds = float(text) if text.isascii() else math.nan
        except ValueError:
            seconds = math.nan
        if not 0 < seconds < math.inf:
            self.fail(f"{text!r} is not a number of seconds above 0.", param, ctx)
        return seconds


class Price(click.ParamType[float]):
    """What an hour costs: a number above 0. The reckoning refuses prices that are too large."""

    name = "price"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The number. Refused are words, units, zero and negative numbers."""
        text = str(value)
        try:
            price = float(text) if text.isascii() else 0.0
        except ValueError:
            price = 0.0
        if price <= 0:
            self.fail(f"{text!r} is not a price: a number above 0, without a currency.", param, ctx)
        return price


FILE = FileWord()
PRICE = Price()
SECONDS = Seconds()
