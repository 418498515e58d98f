"""The groups of the exchange's commands that stand in several modules."""

from __future__ import annotations

import click

from zkpipe.cli.late_commands import LateCommands


@click.group(
    "exchange",
    commands=LateCommands(
        "zkpipe.cli.commands.exchange",
        {
            "init": "parties.home.init",
            "show": "parties.home.show",
            "password": "parties.home.password",
            "backup": "parties.home.backup",
            "restore": "parties.home.restore",
            "deploy": "parties.deploying.deploy",
            "join": "parties.joining.join",
            "index": "parties.joining.index",
            "manifest": "parties.joining.manifest_",
            "sign": "parties.signing.sign",
            "open": "parties.council.open_exchange",
            "auditor-key": "parties.council.auditor_key",
            "set-council": "parties.council.set_council",
            "decide": "parties.council.decide",
            "council": "parties.council.council",
        },
    ),
)
def exchange() -> None:
    """The data exchange: a party's account, keys and documents, and the contracts."""


@click.group(
    "audit",
    commands=LateCommands(
        "zkpipe.cli.commands.exchange.audits",
        {
            "export": "auditing.export",
            "verify": "auditing.verify",
            "serve": "serving.serve",
        },
    ),
)
def audit() -> None:
    """What happened in an exchange: as bundles that need no node, and as a page."""


@click.group(
    "case",
    commands=LateCommands(
        "zkpipe.cli.commands.exchange",
        {
            "open-data": "cases.open_data",
        },
    ),
)
def case() -> None:
    """Whole cases of the exchange, on real data."""
