"""batch status, cancel: of a batch that may be running."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from zkpipe.cli.command import command
from zkpipe.cli.console.answer import Answer, table
from zkpipe.cli.console.progress import duration
from zkpipe.cli.console.words import FILE

if TYPE_CHECKING:
    from zkpipe.jobs.batch.groups.group import Group

JOB = click.argument("job", metavar="JOB.toml", type=FILE)
SHOWN = 20  # failed rows, and groups, in a text; report.json and --json have all
_STATES = {
    "submitting": "not known to be mined",
    "submitted": "accepted",
    "reverted": "mined and failed",
    "unsent": "not sent",
}


@command("status", example="zkpipe batch status job.toml")
@JOB
def batch_status(job: Path) -> Answer:
    """Say how far a batch is. It may be running."""
    from zkpipe.cli.jobs.submitting import group_fact
    from zkpipe.jobs.batch.job_file import read_job_file
    from zkpipe.jobs.batch.status import status_of

    file = read_job_file(job)
    status = status_of(file)
    rows: list[tuple[str, object]] = [("state", status.state)]
    if status.rows is not None:
        rows.append(("rows", f"{status.rows:,}"))
    rows += [("proved", f"{status.proved:,}"), ("failed", f"{status.failed:,}")]
    if status.rate:
        rows.append(("rate", f"{status.rate:,.1f} rows a second"))
    if status.left is not None:
        rows.append(("time left", f"about {duration(status.left)}"))
    if status.groups or file.submit is not None:
        rows.append(("not sent", f"{status.waiting:,} proofs"))
    rows += [(f"group {group.number}", _group_line(group)) for group in status.groups[-SHOWN:]]
    facts = {
        "state": status.state,
        "rows": status.rows,
        "proved": status.proved,
        "failed": status.failed,
        "rate": None if status.rate is None else f"{status.rate:.3f}",
        "seconds_left": None if status.left is None else round(status.left),
        "not_sent": status.waiting,
        "groups": [group_fact(group) for group in status.groups],
    }
    return Answer(facts, table(rows))


def _group_line(group: Group) -> str:
    hashes = group.transaction or ", ".join(group.begun.hashes)
    which = f"transaction {hashes}" if hashes else f"nonce {group.begun.nonce}"
    return f"{group.count:,} proofs, {_STATES[group.kind.value]}: {which}"


@command("cancel", example="zkpipe batch cancel job.toml")
@JOB
def batch_cancel(job: Path) -> Answer:
    """Have a batch stop. What is proved stays; `batch resume` goes on."""
    from zkpipe.jobs.batch.batch import cancel
    from zkpipe.jobs.batch.job_file import read_job_file

    was_running = cancel(read_job_file(job))
    soon = "it stops within a second, or after the group that is being sent"
    said = soon if was_running else "it was not running"
    return Answer({"job": str(job), "was_running": was_running}, f"cancelled: {said}.")
