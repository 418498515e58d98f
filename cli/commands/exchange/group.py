"""The group `zkpipe exchange`."""

from __future__ import annotations

import click

from zkpipe.cli.commands.exchange import council, deploying, home, joining


@click.group("exchange")
def exchange() -> None:
    """The data exchange: a party's account, keys and documents, and the contracts."""


for made in (*home.COMMANDS, *deploying.COMMANDS, *joining.COMMANDS, *council.COMMANDS):
    exchange.add_command(made)
