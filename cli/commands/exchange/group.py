"""The groups of the exchange's commands."""

from __future__ import annotations

import click

from zkpipe.cli.commands.exchange import cases
from zkpipe.cli.commands.exchange.audits import auditing, serving
from zkpipe.cli.commands.exchange.catalogue.group import catalogue
from zkpipe.cli.commands.exchange.parties import council, deploying, home, joining, signing
from zkpipe.cli.commands.exchange.registries.identity import identity
from zkpipe.cli.commands.exchange.registries.ledger import ledger
from zkpipe.cli.commands.exchange.registries.settle import settle
from zkpipe.cli.commands.exchange.uses.granting import grant
from zkpipe.cli.commands.exchange.uses.running import job


@click.group("exchange")
def exchange() -> None:
    """The data exchange: a party's account, keys and documents, and the contracts."""


@click.group("audit")
def audit() -> None:
    """What happened in an exchange: as bundles that need no node, and as a page."""


@click.group("case")
def case() -> None:
    """Whole cases of the exchange, on real data."""


PARTS = {
    exchange: (home, deploying, joining, signing, council),
    audit: (auditing, serving),
    case: (cases,),
}
for group, modules in PARTS.items():
    for module in modules:
        for made in module.COMMANDS:
            group.add_command(made)
GROUPS = (exchange, identity, catalogue, grant, job, ledger, settle, audit, case)
