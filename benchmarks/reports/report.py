"""One report on some runs: an HTML page that loads nothing, and the same tables as Markdown.

It opens with what was measured: each run's circuits, machine, date and main figures. Then come, run
by run, the pictures and the tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from zkpipe.benchmarks.records.results import Results
from zkpipe.benchmarks.reports import markdown, page
from zkpipe.benchmarks.reports.colours import Looks
from zkpipe.benchmarks.reports.costs import usual_price
from zkpipe.benchmarks.reports.figures import all_figures
from zkpipe.benchmarks.reports.summary import QUICK, costs, figures, subject, where
from zkpipe.benchmarks.reports.tables import all_tables
from zkpipe.ground.errors import RangeError
from zkpipe.ground.kinds import require, require_list, require_real

HIGHEST_PRICE = 10_000_000_000  # of a machine; a core's is at most a million
MOST_RUNS = 16
_METHOD = (
    "Every prover has the same key and the same witness, and all take turns: each round runs each "
    "of them once. Times are medians of the rounds. A first proof, which compiles kernels and "
    "fills caches, is not counted. Every proof is checked by another tool than the one that made "
    "it; of a batch, some are. zkpipe checks each proof itself before it gives it away, within its "
    "times."
)
_LOAD = "Results.load reads what `zkpipe bench run` wrote."


def _runs(function: str, given: object) -> list[Results]:
    listed = require_list(function, "results", given, "results of runs", MOST_RUNS)
    if not listed:
        raise RangeError("A report on no run has nothing to say.", f"Give some. {_LOAD}")
    return [require(function, "results", run, Results, _LOAD) for run in listed]


def _prices(function: str, given: object, runs: Sequence[Results]) -> list[float]:
    """A price for each run; the usual one if none is given."""
    if given is None:
        return [usual_price(run) for run in runs]
    prices = [
        require_real(function, "machine_hour_prices", price)
        for price in require_list(function, "machine_hour_prices", given, "prices", MOST_RUNS)
    ]
    if len(prices) != len(runs):
        raise RangeError(
            f"{len(prices)} prices of an hour of a machine are given, for {len(runs)} runs.",
            "Give one for each run, or none.",
        )
    for price in prices:
        if not 0 < price <= HIGHEST_PRICE:
            raise RangeError(
                f"A price of {price:g} for an hour of a machine says nothing of a proof's.",
                f"Give a price above 0, of at most {HIGHEST_PRICE:,}.",
            )
    return prices


def _title(runs: Sequence[Results]) -> str:
    dates = sorted({str(datetime.fromisoformat(run.date).date()) for run in runs})
    when = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
    return f"zkpipe: measured on {when}"  # cli.files.file_kind knows reports by these words


def _notes(results: Results) -> list[str]:
    return [QUICK] if results.settings.quick else []


def markdown_report(
    results: Sequence[Results], machine_hour_prices: Sequence[float] | None = None
) -> str:
    """What was measured, and the tables, as Markdown.

    results              of at most 16 runs
    machine_hour_prices  what an hour of each run's machine costs, in any currency; None for 0.05 of
                         it for each processor

    Raises RangeError for no run, or a price that is none.
    """
    runs = _runs("markdown_report", results)
    prices = _prices("markdown_report", machine_hour_prices, runs)
    plain = markdown.plain
    parts = [f"# {plain(_title(runs))}"]
    for run, price in zip(runs, prices, strict=True):
        told = [*_notes(run), *figures(run), *costs(run, price)]
        lines = "\n".join(f"- {plain(line)}" for line in told)
        parts += [f"## {plain(subject(run))}", plain(where(run)), lines]
    parts += ["## How it was measured", plain(_METHOD)]
    for number, (run, price) in enumerate(zip(runs, prices, strict=True), 1):
        if len(runs) > 1:
            parts.append(f"## Run {number}: {plain(subject(run))}")
        parts += [markdown.table_section(made, 3) for made in all_tables(run, price)]
    return "\n\n".join(parts) + "\n"


def html_report(
    results: Sequence[Results], machine_hour_prices: Sequence[float] | None = None
) -> str:
    """A page with what was measured, pictures and tables, which loads nothing from anywhere.

    results, machine_hour_prices  as for markdown_report

    Raises MissingError if a picture has lines and matplotlib is not installed, RangeError for no
    run, or a price that is none.
    """
    runs = _runs("html_report", results)
    prices = _prices("html_report", machine_hour_prices, runs)
    return page.whole_page(_title(runs), _parts(runs, prices))


def _parts(runs: Sequence[Results], prices: Sequence[float]) -> Iterable[str]:
    looks, several = Looks(runs), len(runs) > 1
    numbered = list(enumerate(zip(runs, prices, strict=True), 1))
    for number, (run, price) in numbered:
        told = [*_notes(run), *figures(run), *costs(run, price)]
        yield page.opening(number, subject(run), where(run), told, linked=several)
    for number, (run, price) in numbered:
        if several:
            yield page.heading(number, f"Run {number}: {subject(run)}")
        yield page.figures(all_figures(run, looks, number))
        yield from (page.table(made) for made in all_tables(run, price))
    yield "<h2>How it was measured</h2>"
    yield page.paragraph(_METHOD)
