"""The group `zkpipe catalogue`."""

from __future__ import annotations

import click

from zkpipe.cli.commands.exchange.catalogue import data, lineages, looking
from zkpipe.cli.commands.exchange.catalogue.circuits import circuit


@click.group("catalogue")
def catalogue() -> None:
    """The catalogue: tables that owners publish as commitments, and circuits that may ask them."""


for made in (*data.COMMANDS, *lineages.COMMANDS, *looking.COMMANDS, circuit):
    catalogue.add_command(made)
