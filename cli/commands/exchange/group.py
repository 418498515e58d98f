"""The groups of the exchange's commands."""

from __future__ import annotations

import click

from zkpipe.cli.commands.exchange import (
    auditing,
    council,
    deploying,
    home,
    joining,
    serving,
)


@click.group("exchange")
def exchange() -> None:
    """The data exchange: a party's account, keys and documents, and the contracts."""


@click.group("audit")
def audit() -> None:
    """What happened in an exchange: as bundles that need no node, and as a page."""


GROUPS = {
    exchange: (home, deploying, joining, council),
    audit: (auditing, serving),
}
for group, modules in GROUPS.items():
    for module in modules:
        for made in module.COMMANDS:
            group.add_command(made)
