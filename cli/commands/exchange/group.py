"""The groups of the data exchange: `zkpipe exchange`, `zkpipe audit`."""

from __future__ import annotations

import click

from zkpipe.cli.commands.exchange import auditing, deploying, home


@click.group("exchange")
def exchange() -> None:
    """The data exchange: a party's account, keys and documents, and the contracts."""


@click.group("audit")
def audit() -> None:
    """Bundles that show what happened in an exchange, to whoever has no node."""


for made in (*home.COMMANDS, *deploying.COMMANDS):
    exchange.add_command(made)
for made in auditing.COMMANDS:
    audit.add_command(made)
