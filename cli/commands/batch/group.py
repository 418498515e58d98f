"""The group `zkpipe batch`."""

from __future__ import annotations

import click

from zkpipe.cli.commands.batch import looking, running


@click.group("batch")
def batch() -> None:
    """Prove every row of a table with one circuit and key."""


_run, _resume = running.COMMANDS
for made in (_run, *looking.COMMANDS, _resume):
    batch.add_command(made)
