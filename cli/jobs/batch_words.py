"""What a batch came to, in words and for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zkpipe.cli.console.answer import one_line

if TYPE_CHECKING:
    from zkpipe.cli.jobs.batch_job import BatchJob
    from zkpipe.jobs.batch.run import Failure, Ran
    from zkpipe.jobs.submit.sender import Sent

SHOWN = 20  # failed rows in a text; report.json has all
LONGEST = 60  # characters of a row's name in a text


def accepted(sent: Sent) -> str:
    """What the contract has accepted."""
    groups = sum(group.kind.value == "submitted" for group in sent.groups)
    return f"{sent.rows:,} proofs by the contract, in {groups:,} groups; {sent.now:,} of them now"


def sent_fact(sent: Sent) -> dict[str, Any]:
    """What was sent, for JSON."""
    from zkpipe.cli.jobs.submitting import group_fact

    return {
        "rows": sent.rows,
        "groups_now": sent.now,
        "cancelled": sent.is_cancelled,
        "groups": [group_fact(group) for group in sent.groups],
    }


def proved(ran: Ran) -> str:
    """How many rows are proved."""
    progress = ran.progress
    before = f", of them {progress.kept:,} before" if progress.kept else ""
    again = f", {progress.again:,} again" if progress.again else ""
    return f"{progress.kept + progress.proved:,}{before}{again}"


def ignored(job: BatchJob) -> list[tuple[str, object]]:
    """The row of a table for columns that are no input; none if there is none."""
    from zkpipe.jobs.batch.tables.names import listed

    names = job.rows.columns.ignored
    return [("columns ignored", listed(names))] if names else []


def failed_fact(failure: Failure) -> dict[str, Any]:
    """A row that failed, for JSON."""
    failed = failure.failed
    explained = {} if failed.explanation is None else {"explanation": failed.explanation}
    return {
        "row": failure.row,
        "id": failure.name,
        "problem": failed.problem,
        "fix": failed.fix,
        "evidence": list(failed.evidence),
        **explained,
    }


def failed_lines(failures: list[Failure], count: int) -> list[str]:
    """The rows that failed, a paragraph each, and how many more there are."""
    lines = []
    for failure in sorted(failures, key=lambda one: one.row)[:SHOWN]:
        name = "" if failure.name is None else f" ({one_line(failure.name[:LONGEST])})"
        lines.append(f"row {failure.row}{name}: {failure.failed.problem}")
        if failure.failed.explanation is not None:
            said = failure.failed.explanation.splitlines()[1:]
        else:
            said = [*(f"  {line}" for line in failure.failed.evidence), failure.failed.fix]
        lines += [f"  {line.strip()}" for line in said]
    if count > len(failures[:SHOWN]):
        lines.append(f"and {count - len(failures[:SHOWN]):,} more rows")
    return lines
