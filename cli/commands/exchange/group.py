"""The group `zkpipe exchange`."""

from __future__ import annotations

import click

from zkpipe.cli.commands.exchange import home


@click.group("exchange")
def exchange() -> None:
    """Keep what a party of the data exchange has: its account, keys and documents."""


for made in home.COMMANDS:
    exchange.add_command(made)
