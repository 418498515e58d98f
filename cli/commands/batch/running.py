"""batch run, resume."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zkpipe.cli.command import command
from zkpipe.cli.commands.batch.looking import JOB
from zkpipe.cli.console.answer import (
    NO,
    YES,
    Answer,
    development_row,
    table,
)
from zkpipe.cli.console.progress import counted, duration, progress, rated
from zkpipe.cli.console.words import PRICE
from zkpipe.cli.files.piped import SOURCE, Piped
from zkpipe.cli.jobs.batch_words import (
    accepted,
    failed_fact,
    failed_lines,
    ignored,
    proved,
    sent_fact,
)

if TYPE_CHECKING:
    from zkpipe.cli.jobs.batch_job import BatchJob
    from zkpipe.jobs.batch.batch import OpenBatch
    from zkpipe.jobs.batch.estimate import Checked, Measured
    from zkpipe.jobs.batch.results import Results
    from zkpipe.jobs.batch.run import Ran
    from zkpipe.jobs.submit.sender import Sent

Decorator = Callable[[Callable[..., Answer]], Callable[..., Answer]]
ENGINES = click.Choice(["local", "processes", "ray"])


DROP = click.option(
    "--drop-rows",
    is_flag=True,
    help="Remove the proofs of rows that the table no longer has; without it they are an error.",
)
STATUS = (
    "Exit status 1: a row failed, and the others have their proofs; or the batch was cancelled."
)


PASSWORD = click.option(
    "--password-file",
    metavar="FILE",
    type=SOURCE,
    help="First line: the password of the keystore in [submit]. Without it a terminal is asked.",
)


def _engine_options(function: Callable[..., Answer]) -> Callable[..., Answer]:
    for option in (
        click.option(
            "--show-values",
            is_flag=True,
            help="Show the values of rows that fail: private ones too.",
        ),
        click.option(
            "--workers", type=click.IntRange(1, 1024), help="Rows at once; over the job's own."
        ),
        click.option("--engine", type=ENGINES, help="Who proves; over the job's own."),
    ):
        function = option(function)
    return function


@command(
    "run",
    example="zkpipe batch run job.toml",
    status=STATUS,
)
@JOB
@click.option(
    "--dry-run", is_flag=True, help="Check every row's inputs, and say what the batch will take."
)
@click.option(
    "--core-hour-price",
    metavar="PRICE",
    type=PRICE,
    help="With --dry-run: what an hour of a processor core costs, in any currency.",
)
@DROP
@PASSWORD
@_engine_options
def batch_run(
    job: Path,
    dry_run: bool,
    core_hour_price: float | None,
    drop_rows: bool,
    password_file: Path | Piped | None,
    engine: str | None,
    workers: int | None,
    show_values: bool,
) -> Answer:
    """Prove every row of a table, or go on after a stop.

    JOB.toml names the circuit, the key, the table and where the proofs go. Rows that have their
    proofs are left as they are. A row that fails is named, and the rest goes on.

    With [submit], proven rows then go to a batch verifier on a chain, in groups, each once.
    """
    if core_hour_price is not None and not dry_run:
        raise click.UsageError(
            "--core-hour-price belongs to --dry-run.", click.get_current_context()
        )
    if dry_run:
        return _dry_run(job, engine, workers, show_values, core_hour_price, drop_rows)
    return _run(job, engine, workers, show_values, password_file, resumed=False, may_drop=drop_rows)


@command(
    "resume",
    example="zkpipe batch resume job.toml",
    status=STATUS,
)
@JOB
@DROP
@PASSWORD
@_engine_options
def batch_resume(
    job: Path,
    drop_rows: bool,
    password_file: Path | Piped | None,
    engine: str | None,
    workers: int | None,
    show_values: bool,
) -> Answer:
    """Go on with a batch that was stopped or cancelled."""
    return _run(job, engine, workers, show_values, password_file, resumed=True, may_drop=drop_rows)


def _run(
    path: Path,
    engine: str | None,
    workers: int | None,
    show_values: bool,
    password_file: Path | Piped | None,
    *,
    resumed: bool,
    may_drop: bool,
) -> Answer:
    from zkpipe.cli.jobs.submitting import Submitting
    from zkpipe.ground.process.interruption import ends_the_process

    job = _loaded(path, engine, workers, show_values)
    key = job.statement.key.verifying_key
    submitting = Submitting.load(job.file, key, password_file, opens=True)

    try:
        with ExitStack() as stack:
            show = stack.enter_context(rated("proving"))

            def send(batch: OpenBatch, results: Results) -> Sent:
                stack.close()  # one bar at a time
                assert submitting is not None  # noqa: S101 # only then it is called
                with counted("sending proofs to the contract") as sending:
                    return submitting.work(batch, results, sending)

            ran, report, sent = job.run(
                lambda p: show(p.done, p.total, p.rate, p.left),
                None if submitting is None else send,
                resumed=resumed,
                may_drop=may_drop,
            )
    except BaseException as error:
        if ends_the_process(error):  # cli.failure tells the note
            error.begun = True  # type: ignore[attr-defined] # so it does of transactions
            error.add_note(f"Proofs that were made stay. `zkpipe batch run {path}` goes on.")
        raise
    return _answer(job, ran, report, sent)


def _loaded(path: Path, engine: str | None, workers: int | None, show_values: bool) -> BatchJob:
    from zkpipe.cli.jobs.batch_job import BatchJob
    from zkpipe.jobs.batch.job_file import read_job_file

    return BatchJob.load(read_job_file(path).with_engine(engine, workers), explained=show_values)


def _answer(job: BatchJob, ran: Ran, report: Path, sent: Sent | None) -> Answer:
    progress = ran.progress
    facts: dict[str, Any] = {
        "out": str(job.file.out),
        "report": str(report),
        "rows": progress.total,
        "proved": progress.kept + progress.proved,
        "proved_now": progress.proved,
        "failed": progress.failed,
        "removed": progress.removed,
        "cancelled": ran.is_cancelled or (sent is not None and sent.is_cancelled),
        "seconds": round(progress.seconds, 3),
        "ignored_columns": list(job.rows.columns.ignored),
        "failed_rows": [failed_fact(failure) for failure in ran.failures],
        "development": job.statement.key.development,
        "submitted": None if sent is None else sent_fact(sent),
    }
    rows: list[tuple[str, object]] = [
        ("proofs", job.file.out),
        ("report", report),
        ("rows", f"{progress.total:,}"),
        ("proved", proved(ran)),
    ]
    if progress.failed:
        rows.append(("failed", f"{progress.failed:,}"))
    if progress.removed:
        rows.append(("removed", f"{progress.removed:,} proofs: of rows that fail now, or are gone"))
    if progress.proved:
        rows.append(("time", f"{duration(progress.seconds)}, {progress.rate:,.1f} rows a second"))
    if ran.is_cancelled:
        left = progress.total - progress.done
        rows.insert(0, ("cancelled", f"{left:,} rows are not done"))
        rows.append(("to go on", f"zkpipe batch resume {job.file.path}"))
    if sent is not None:
        rows.append(("accepted", accepted(sent)))
        if sent.is_cancelled:
            rows.append(("to go on", f"zkpipe batch resume {job.file.path}"))
    rows += [*ignored(job), *development_row(job.statement.key.development)]
    text = "\n".join([table(rows), *failed_lines(ran.failures, progress.failed)])
    return Answer(facts, text, NO if progress.failed or facts["cancelled"] else YES)


def _dry_run(
    path: Path,
    engine: str | None,
    workers: int | None,
    show_values: bool,
    price: float | None,
    may_drop: bool,
) -> Answer:
    job = _loaded(path, engine, workers, show_values)
    total = job.row_count
    before = job.proved_before(total, may_drop=may_drop)
    with counted(f"checking {job.file.inputs}") as show:
        checked = job.check(lambda done: show(done, total))
    with progress("proving some rows to measure"):
        measured = job.measure(checked)
    return _estimate(job, checked, measured, price, before)


def _would_send(job: BatchJob, checked: Checked) -> dict[str, Any] | None:
    """What [submit] would send of the rows that fit; no node is asked."""
    from zkpipe.cli.jobs.submitting import Submitting

    submitting = Submitting.load(job.file, job.statement.key.verifying_key, None, opens=False)
    if submitting is None:
        return None
    size = submitting.settings.group
    waiting = submitting.waiting(job.file, checked.rows, checked.fitting)
    record = submitting.verifier.record
    return {
        "rows": waiting,
        "groups": -(-waiting // size),
        "address": record.address,
        "chain_id": record.chain_id,
    }


def _estimate(
    job: BatchJob, checked: Checked, measured: Measured, price: float | None, before: int
) -> Answer:
    from zkpipe.jobs.batch.estimate import cost

    unfit = checked.rows - checked.fitting
    each = measured.seconds
    cores = job.cores
    todo = max(checked.fitting - before, 0)
    whole = None if each is None else each * todo
    proof = None if each is None or price is None else cost(each, cores, price)
    total = None if proof is None else proof * todo
    failures = [*checked.failures, *measured.failures]
    rows: list[tuple[str, object]] = [
        ("rows", f"{checked.rows:,}"),
        ("inputs fit", f"{checked.fitting:,}"),
    ]
    if unfit:
        rows.append(("do not fit", f"{unfit:,}"))
    if before:
        rows.append(("proved before", f"{before:,}; they stay if their inputs are the same"))
    rows.append(("checks tried", f"on {len(checked.samples):,} rows; proving tries all"))
    if each is not None and whole is not None:
        rows.append(("time", f"about {duration(whole)}, {1000 * each:,.1f} ms a row"))
    if proof is not None:
        rows.append(("cost", f"about {total:,.4f}, {proof:.2g} a proof, on {cores} cores"))
    sends = _would_send(job, checked)
    if sends is not None:
        place = f"{sends['address']}, chain {sends['chain_id']}"
        rows.append(("to be sent", f"{sends['rows']:,} proofs in {sends['groups']:,} groups"))
        rows.append(("contract", place))
    rows += [*ignored(job), *development_row(job.statement.key.development)]
    text = "\n".join([table(rows), *failed_lines(failures, unfit + len(measured.failures))])
    facts: dict[str, Any] = {
        "rows": checked.rows,
        "fitting": checked.fitting,
        "proved_before": before,
        "tried": len(checked.samples),
        "seconds_each": each,
        "seconds": whole,
        "cores": cores,
        "cost": total,
        "to_submit": sends,
        "ignored_columns": list(job.rows.columns.ignored),
        "failed_rows": [failed_fact(failure) for failure in failures],
        "development": job.statement.key.development,
    }
    return Answer(facts, text, NO if failures else YES)
