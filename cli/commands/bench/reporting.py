"""bench report: one page over the results of all runs."""

from __future__ import annotations

from pathlib import Path

import click

from zkpipe.cli.command import command
from zkpipe.cli.console.answer import Answer, table
from zkpipe.cli.console.progress import progress
from zkpipe.cli.console.words import FILE, PRICE
from zkpipe.cli.files.file_kind import Kind, expect
from zkpipe.cli.files.outputs import outputs


@command("report", example="zkpipe bench report results.json report.html report.md")
@click.argument("results", metavar="RESULTS.json...", type=FILE, nargs=-1, required=True)
@click.argument("page", metavar="REPORT.html", type=FILE)
@click.argument("text", metavar="REPORT.md", type=FILE)
@click.option(
    "--machine-hour-price",
    "machine_prices",
    metavar="PRICE",
    type=PRICE,
    multiple=True,
    help="What an hour of the machine costs, in any currency. Once, or once for each RESULTS.json.",
)
@click.option(
    "--core-hour-price",
    metavar="PRICE",
    type=PRICE,
    default=0.05,
    show_default=True,
    help="What an hour of a processor core costs: for machines without a price.",
)
def bench_report(
    results: tuple[Path, ...],
    page: Path,
    text: Path,
    machine_prices: tuple[float, ...],
    core_hour_price: float,
) -> Answer:
    """Write one report on all runs given: a page that loads nothing, and its tables as Markdown.

    It says what proofs cost, at the price of an hour of the machine that made them. Without a price
    it is 0.05 dollars for each of the machine's processors.
    """
    from zkpipe.ground.files.writing import write_file

    if len(machine_prices) > 1 and len(machine_prices) != len(results):
        raise click.UsageError(
            f"--machine-hour-price is given {len(machine_prices)} times, for {len(results)} files "
            "of results. Give it once for all, or once for each.",
            click.get_current_context(),
        )
    expect(*((path, Kind.RESULTS) for path in results))
    written = (page, Kind.PAGE), (text, Kind.TABLES)
    with outputs(*written, inputs=results) as [page_place, text_place]:
        from zkpipe.benchmarks import Results, html_report, markdown_report

        found = [Results.load(path) for path in results]
        prices = machine_prices * (len(found) if len(machine_prices) == 1 else 1)
        prices = prices or tuple(core_hour_price * run.machine.cores for run in found)
        with progress("drawing"):
            write_file(page_place, html_report(found, prices).encode())
        write_file(text_place, markdown_report(found, prices).encode())
    dates = [run.date for run in found]
    return Answer(
        {
            "page": str(page),
            "text": str(text),
            "dates": dates,
            "proofs": sum(len(run.proofs) for run in found),
        },
        table([("page", page), ("tables", text), *(("measured", date) for date in dates)]),
    )
