"""The group `zkpipe key`."""

from __future__ import annotations

import click

from zkpipe.cli.commands.key import looking, making, preparing


@click.group("key")
def key() -> None:
    """Phase 2 of a ceremony, which makes the key of one circuit; `setup --ptau` begins it.

    `key prepare` makes the first proof under any key start sooner.
    """


for made in (*making.COMMANDS, *looking.COMMANDS, *preparing.COMMANDS):
    key.add_command(made)
