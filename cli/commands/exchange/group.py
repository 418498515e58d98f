"""The groups of the data exchange: `zkpipe exchange`, `zkpipe audit`."""

from __future__ import annotations

import click

from zkpipe.cli.commands.exchange import auditing, deploying, home, joining, serving


@click.group("exchange")
def exchange() -> None:
    """The data exchange: a party's account, keys and documents, and the contracts."""


@click.group("audit")
def audit() -> None:
    """What happened in an exchange: as bundles that need no node, and as a page."""


for made in (*home.COMMANDS, *deploying.COMMANDS, *joining.COMMANDS):
    exchange.add_command(made)
for made in (*auditing.COMMANDS, *serving.COMMANDS):
    audit.add_command(made)
