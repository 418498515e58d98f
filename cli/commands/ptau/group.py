"""The group `zkpipe ptau`."""

from __future__ import annotations

import click

from zkpipe.cli.commands.ptau import looking, making


@click.group("ptau")
def ptau() -> None:
    """Phase 1 of a ceremony, the powers of tau, which serves every circuit up to its size."""


for made in (*making.COMMANDS, *looking.COMMANDS):
    ptau.add_command(made)
