"""Ids on the command line: 32 bytes, as 0x and 64 hexadecimal digits."""

from __future__ import annotations

import re

import click

_FORM = re.compile("0x[0-9a-fA-F]{64}")


class IdType(click.ParamType[bytes]):
    """The type of arguments that are ids of 32 bytes."""

    name = "id"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> bytes:
        """The 32 bytes."""
        if isinstance(value, bytes):
            return value
        text = str(value)
        if not _FORM.fullmatch(text):
            self.fail(f"{text!r} is no id: 0x and 64 hexadecimal digits.", param, ctx)
        return bytes.fromhex(text[2:])


ID = IdType()


def shown_id(value: bytes) -> str:
    """An id as it is printed."""
    return "0x" + value.hex()
