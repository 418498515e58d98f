"""Amounts of memory as words of the command line: 800M, 1.5G (ground.sizes)."""

from __future__ import annotations

import click


class MemorySize(click.ParamType[int]):
    """Converts an amount to bytes.

    least  the least that makes sense, as a text: a number alone is one of bytes, and mostly a slip
    """

    name = "size"

    def __init__(self, least: str = "0") -> None:
        self._least = least

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """The bytes that the text says."""
        if isinstance(value, int):
            return value
        from zkpipe.ground.sizes import size_of_text

        size = size_of_text(str(value))
        if size is None:
            self.fail(f"{value!r} is not an amount of memory: write 800M or 1.5G.", param, ctx)
        if size < (size_of_text(self._least) or 0):
            self.fail(
                f"{value!r} is {size:,} bytes; the least is {self._least}. Write it with a unit, "
                "as 800M or 4G.",
                param,
                ctx,
            )
        return size


MEMORY = MemorySize()
OF_CEREMONY = click.option(
    "--max-memory",
    metavar="SIZE",
    type=MEMORY,
    help="Take no more beside the program itself: 800M, 1.5G. Default: half of the machine's.",
)
