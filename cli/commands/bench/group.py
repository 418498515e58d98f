"""The group `zkpipe bench`."""

from __future__ import annotations

import click

from zkpipe.cli.late_commands import LateCommands


@click.group(
    "bench",
    commands=LateCommands(
        "zkpipe.cli.commands.bench",
        {"run": "running.bench_run", "report": "reporting.bench_report"},
    ),
)
def bench() -> None:
    """Measure zkpipe beside other provers, and report on it."""
