"""The group `zkpipe batch`."""

from __future__ import annotations

import click

from zkpipe.cli.late_commands import LateCommands


@click.group(
    "batch",
    commands=LateCommands(
        "zkpipe.cli.commands.batch",
        {
            "run": "running.batch_run",
            "status": "looking.batch_status",
            "cancel": "looking.batch_cancel",
            "resume": "running.batch_resume",
        },
    ),
)
def batch() -> None:
    """Prove every row of a table with one circuit and key."""
