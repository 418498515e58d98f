"""The group `zkpipe ptau`."""

from __future__ import annotations

import click

from zkpipe.cli.late_commands import LateCommands


@click.group(
    "ptau",
    commands=LateCommands(
        "zkpipe.cli.commands.ptau",
        {
            "new": "making.new",
            "contribute": "making.contribute",
            "beacon": "making.beacon",
            "prepare": "making.prepare",
            "truncate": "making.truncate",
            "verify": "looking.verify",
            "info": "looking.info",
        },
    ),
)
def ptau() -> None:
    """Phase 1 of a ceremony, the powers of tau, which serves every circuit up to its size."""
