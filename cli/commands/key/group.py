"""The group `zkpipe key`."""

from __future__ import annotations

import click

from zkpipe.cli.commands.key import looking, making


@click.group("key")
def key() -> None:
    """Phase 2 of a ceremony, which makes the key of one circuit; `setup --ptau` begins it."""


for made in (*making.COMMANDS, *looking.COMMANDS):
    key.add_command(made)
