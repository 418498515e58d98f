"""bench report: one page over the results of all runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from zkpipe.cli.command import command
from zkpipe.cli.console.answer import Answer, Fact, table
from zkpipe.cli.console.progress import progress
from zkpipe.cli.console.words import FILE, PRICE
from zkpipe.cli.files.file_kind import Kind, expect
from zkpipe.cli.files.outputs import outputs

if TYPE_CHECKING:
    from zkpipe.benchmarks.records.reading import Run

MOST = 16  # files of results: as many as the library takes
_PARTS = {  # of the usage, each with what it is
    "RESULTS.json": "the results of a run, to read",
    "REPORT.html": "the page to write",
    "REPORT.md": "the tables to write",
}
_ENDINGS = {
    "RESULTS.json": (".json",),
    "REPORT.html": (".html", ".htm"),
    "REPORT.md": (".md", ".markdown"),
}


@command("report", example="zkpipe bench report results.json report.html report.md")
@click.argument("results", metavar="RESULTS.json...", type=FILE, nargs=-1)
@click.argument("page", metavar="REPORT.html", type=FILE, required=False)
@click.argument("text", metavar="REPORT.md", type=FILE, required=False)
@click.option(
    "--machine-hour-price",
    "machine_prices",
    metavar="PRICE",
    type=PRICE,
    multiple=True,
    help="What an hour of the machine costs. Once, or once for each RESULTS.json.",
)
@click.option(
    "--core-hour-price",
    metavar="PRICE",
    type=PRICE,
    default=0.05,
    show_default=True,
    help="What an hour of a processor core costs: for machines without a price.",
)
@click.option(
    "--currency", metavar="NAME", default="USD", show_default=True, help="What prices are in."
)
def bench_report(
    results: tuple[Path, ...],
    page: Path | None,
    text: Path | None,
    machine_prices: tuple[float, ...],
    core_hour_price: float,
    currency: str,
) -> Answer:
    """Write one report on all runs given: a page that loads nothing, and its tables as Markdown.

    RESULTS.json is what `zkpipe bench run` wrote, or what benchmarks/gpu.sh wrote of a card.

    The report says what proofs cost, at the price of an hour of the machine that made them. Without
    a price it is 0.05 US dollars for each of the machine's processors.
    """
    page, text = _refuse_what_is_missing(results, page, text)
    has_price = bool(machine_prices) or _is_given("core_hour_price")
    _refuse_prices(len(results), len(machine_prices), _is_given("currency") and not has_price)
    expect(*((path, Kind.RESULTS) for path in results))
    written = (page, Kind.PAGE), (text, Kind.TABLES)
    with outputs(*written, inputs=results) as [page_place, text_place]:
        from zkpipe.benchmarks import html_report, markdown_report
        from zkpipe.benchmarks.records.reading import read_run
        from zkpipe.ground.files.writing import write_file

        found = [read_run(path) for path in results]
        prices: Sequence[float] | None = None
        if has_price:
            prices = machine_prices * (len(found) if len(machine_prices) == 1 else 1)
            prices = prices or [core_hour_price * run.machine.cores for run in found]
        with progress("drawing"):
            write_file(page_place, html_report(found, prices, currency).encode())
        write_file(text_place, markdown_report(found, prices, currency).encode())
    runs = [_told(path, run) for path, run in zip(results, found, strict=True)]
    lines = [f"{run['file']}: {run['subject']}, {run['date'] or 'of no date'}" for run in runs]
    return Answer(
        {"page": str(page), "text": str(text), "runs": runs},
        table([("page", page), ("tables", text), *(("measured", line) for line in lines)]),
    )


def _told(path: Path, run: Run) -> dict[str, Fact]:
    """What is said of a run: its file, what it is about, and when it was."""
    from zkpipe.benchmarks.reports.report import subject

    return {"file": str(path), "subject": subject(run), "date": run.date}


def _is_given(name: str) -> bool:
    source = click.get_current_context().get_parameter_source(name)
    return source is not ParameterSource.DEFAULT


def _refuse_prices(runs: int, prices: int, is_currency_alone: bool) -> None:
    context = click.get_current_context()
    if runs > MOST:
        raise click.UsageError(
            f"A report takes at most {MOST} files of results, and {runs} are given.", context
        )
    if prices > 1 and prices != runs:
        raise click.UsageError(
            f"--machine-hour-price is given {prices} times, for {runs} files of results. Give it "
            "once for all, or once for each.",
            context,
        )
    if is_currency_alone:
        raise click.UsageError(
            "--currency names what a price is in, and none is given. Give --machine-hour-price or "
            "--core-hour-price too.",
            context,
        )


def _refuse_what_is_missing(
    results: tuple[Path, ...], page: Path | None, text: Path | None
) -> tuple[Path, Path]:
    """The page and the tables. Raises UsageError that names what is not among the words.

    Too few words are told apart by their endings, and by what lies there.
    """
    context = click.get_current_context()
    words = [*results, *(word for word in (page, text) if word is not None)]
    missing = [
        name
        for name, endings in _ENDINGS.items()
        if not any(word.suffix in endings for word in words)
    ]
    is_short = missing and any(map(_is_read, words[-2:]))
    if not results or page is None or text is None or is_short:
        few = missing or list(_PARTS)
        told = " and ".join(f"{name} ({_PARTS[name]})" for name in few)
        raise click.UsageError(f"{told} {'is' if len(few) == 1 else 'are'} missing.", context)
    for name, path in (("REPORT.html", page), ("REPORT.md", text)):
        if _is_read(path):
            raise click.UsageError(
                f"{path} is {Kind.RESULTS.value}, and stands where {name} is to be written: "
                "results come first.",
                context,
            )
    if page.suffix in _ENDINGS["REPORT.md"] and text.suffix in _ENDINGS["REPORT.html"]:
        raise click.UsageError(
            f"{page} would be the page, and {text} the tables: the page comes first.", context
        )
    return page, text


def _is_read(path: Path) -> bool:
    """Whether a file lies there that a report reads and does not write."""
    from zkpipe.cli.files.file_kind import kind_of
    from zkpipe.ground.files.reading import FileError

    try:
        return kind_of(path) is Kind.RESULTS
    except FileError:
        return False
