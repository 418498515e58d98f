"""The group `zkpipe key`."""

from __future__ import annotations

import click

from zkpipe.cli.late_commands import LateCommands


@click.group(
    "key",
    commands=LateCommands(
        "zkpipe.cli.commands.key",
        {
            "contribute": "making.contribute",
            "beacon": "making.beacon",
            "verify": "looking.verify",
            "info": "looking.info",
            "prepare": "preparing.prepare",
        },
    ),
)
def key() -> None:
    """Phase 2 of a ceremony, which makes the key of one circuit; `setup --ptau` begins it.

    `key prepare` makes the first proof of each process under any key start sooner.
    """
