"""The group `zkpipe catalogue`."""

from __future__ import annotations

import click

from zkpipe.cli.late_commands import LateCommands


@click.group(
    "catalogue",
    commands=LateCommands(
        "zkpipe.cli.commands.exchange.catalogue",
        {
            "commit": "data.commit",
            "update": "data.update",
            "publish": "data.publish",
            "verify": "data.verify",
            "register": "lineages.register",
            "allow": "lineages.allow",
            "freeze": "lineages.freeze",
            "search": "looking.search",
            "show": "looking.show",
            "diff": "looking.diff",
            "circuit": "circuits.circuit",
        },
    ),
)
def catalogue() -> None:
    """The catalogue: tables that owners publish as commitments, and circuits that may ask them."""
