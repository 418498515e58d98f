"""Ids, as commands take them: 0x and 64 hexadecimal digits."""

from __future__ import annotations

import re

import click

FORM = re.compile("0x[0-9a-fA-F]{64}")


class Id(click.ParamType[bytes]):
    """The id of a grant, a job, a lineage, a circuit or a segment, as 32 bytes."""

    name = "id"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> bytes:
        """The bytes."""
        if isinstance(value, bytes):
            return value
        text = str(value)
        if not FORM.fullmatch(text):
            self.fail(f"{text!r} is not 0x and 64 hexadecimal digits.", param, ctx)
        return bytes.fromhex(text[2:])


ID = Id()


def shown_id(value: bytes) -> str:
    """An id as text."""
    return "0x" + value.hex()
