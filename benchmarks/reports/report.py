"""One report on some runs: an HTML page that loads nothing, and the same tables as Markdown.

It opens with what was measured: each run's circuits, machine, date and main figures. Then come, run
by run, the pictures and the tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from zkpipe.benchmarks.records.card_run import CardRun
from zkpipe.benchmarks.records.reading import Run
from zkpipe.benchmarks.records.results import Results
from zkpipe.benchmarks.reports import markdown, page, summary
from zkpipe.benchmarks.reports.card import told
from zkpipe.benchmarks.reports.card.tables import card_figures, card_tables
from zkpipe.benchmarks.reports.colours import Looks
from zkpipe.benchmarks.reports.costs import CURRENCY, Price, usual_price
from zkpipe.benchmarks.reports.figures import all_figures
from zkpipe.benchmarks.reports.table import Figure, Table
from zkpipe.benchmarks.reports.tables import all_tables
from zkpipe.ground.errors import RangeError
from zkpipe.ground.kinds import is_of, require, require_list, require_real, shown_text

LONGEST_CURRENCY = 16  # characters
HIGHEST_PRICE = 10_000_000_000  # of a machine; a core's is at most a million
MOST_RUNS = 16
_METHOD = (
    "Every prover has the same key and the same witness, and all take turns: each round runs each "
    "of them once. Times are medians of the rounds. A first proof, which compiles kernels and "
    "fills caches, is not counted. Every proof is checked by another tool than the one that made "
    "it; of a batch, some are. zkpipe checks each proof itself before it gives it away, within its "
    "times."
)
_CARD_METHOD = (
    "A card was checked before it was timed: its arithmetic, transforms, sums and proofs have to "
    "agree with Python's integers and the processor's, bit for bit. Its times are medians after "
    "one run that is not counted; the processor's are of one run or more. Nobody else checked "
    "these proofs, and zkpipe verified each."
)
_LOAD = "Results.load reads what `zkpipe bench run` wrote."


def _runs(function: str, given: object) -> list[Run]:
    listed = require_list(function, "results", given, "results of runs", MOST_RUNS)
    if not listed:
        raise RangeError("A report on no run has nothing to say.", f"Give some. {_LOAD}")
    return [
        run if is_of(run, CardRun) else require(function, "results", run, Results, _LOAD)
        for run in listed
    ]


def _prices(function: str, given: object, currency: object, runs: Sequence[Run]) -> list[Price]:
    """A price for each run; the usual one if none is given."""
    named = str.__str__(require(function, "currency", currency, str, "Give its name: USD, EUR."))
    if not 0 < len(named) <= LONGEST_CURRENCY or not named.isprintable() or named.isspace():
        raise RangeError(
            f"{shown_text(named)} is not the name of a currency.",
            f"Give a name of at most {LONGEST_CURRENCY} characters, such as USD or EUR.",
        )
    if given is None:
        return [
            Price(usual_price(run.machine), run.machine.cores, named, assumed=True) for run in runs
        ]
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
    return [
        Price(price, run.machine.cores, named, assumed=False)
        for price, run in zip(prices, runs, strict=True)
    ]


def _title(runs: Sequence[Run]) -> str:
    dates = sorted({str(datetime.fromisoformat(run.date).date()) for run in runs if run.date})
    if not dates:
        return "zkpipe: measured on a day that the files do not tell"
    when = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
    return f"zkpipe: measured on {when}"  # cli.files.file_kind knows reports by these words


@dataclass(frozen=True, slots=True)
class _Part:
    """What a report has of a run.

    told     the main figures, a sentence each
    tables   in their order
    figures  drawn when they are asked for
    """

    subject: str
    where: str
    told: list[str]
    tables: Callable[[], Iterable[Table]]
    figures: Callable[[Looks, int], Iterable[Figure]]


def subject(run: Run) -> str:
    """What a run is about, in a few words."""
    return told.subject(run) if isinstance(run, CardRun) else summary.subject(run)


def _part(run: Run, price: Price) -> _Part:
    where = summary.where(run.date, run.commit, run.machine)
    if isinstance(run, CardRun):
        return _Part(
            subject(run),
            where,
            [*told.figures(run), *told.costs(run, price)],
            lambda: card_tables(run, price),
            lambda looks, _: card_figures(run, looks),
        )
    quick = [summary.QUICK] if run.settings.quick else []
    return _Part(
        subject(run),
        where,
        [*quick, *summary.figures(run), *summary.costs(run, price)],
        lambda: all_tables(run, price),
        lambda looks, number: all_figures(run, looks, number),
    )


def _parts(runs: Sequence[Run], prices: Sequence[Price]) -> list[_Part]:
    """Of each run, numbered where there are several."""
    parts = [_part(run, price) for run, price in zip(runs, prices, strict=True)]
    if len(parts) == 1:
        return parts
    return [replace(p, subject=f"Run {n}: {p.subject}") for n, p in enumerate(parts, 1)]


def _methods(runs: Sequence[Run]) -> list[str]:
    """How the kinds of runs that are here were measured."""
    kinds = ((Results, _METHOD), (CardRun, _CARD_METHOD))
    return [method for kind, method in kinds if any(isinstance(run, kind) for run in runs)]


def markdown_report(
    results: Sequence[Run],
    machine_hour_prices: Sequence[float] | None = None,
    currency: str = CURRENCY,
) -> str:
    """What was measured, and the tables, as Markdown.

    results              of at most 16 runs: Results, and CardRun of `benchmarks/gpu.sh`
    machine_hour_prices  what an hour of each run's machine costs; None for 0.05 for each processor
    currency             of the prices, by its name

    Raises RangeError for no run, or a price that is none.
    """
    runs = _runs("markdown_report", results)
    prices = _prices("markdown_report", machine_hour_prices, currency, runs)
    plain = markdown.plain
    parts = _parts(runs, prices)
    text = [f"# {plain(_title(runs))}"]
    for part in parts:
        lines = "\n".join(f"- {plain(line)}" for line in part.told)
        text += [f"## {plain(part.subject)}", plain(part.where), lines]
    text += ["## How it was measured", *map(plain, _methods(runs))]
    for part in parts:
        if len(runs) > 1:
            text.append(f"## {plain(part.subject)}")
        text += [markdown.table_section(made, 3) for made in part.tables()]
    return "\n\n".join(text) + "\n"


def html_report(
    results: Sequence[Run],
    machine_hour_prices: Sequence[float] | None = None,
    currency: str = CURRENCY,
) -> str:
    """A page with what was measured, pictures and tables, which loads nothing from anywhere.

    results, machine_hour_prices, currency  as for markdown_report

    Raises MissingError if a picture has lines and matplotlib is not installed, RangeError for no
    run, or a price that is none.
    """
    runs = _runs("html_report", results)
    prices = _prices("html_report", machine_hour_prices, currency, runs)
    return page.whole_page(_title(runs), _elements(_parts(runs, prices), runs))


def _elements(parts: Sequence[_Part], runs: Sequence[Run]) -> Iterable[str]:
    looks = Looks(runs)
    several = len(parts) > 1
    for number, part in enumerate(parts, 1):
        yield page.opening(number, part.subject, part.where, part.told, linked=several)
    for number, part in enumerate(parts, 1):
        if several:
            yield page.heading(number, part.subject)
        yield page.figures(part.figures(looks, number))
        yield from (page.table(made) for made in part.tables())
    yield "<h2>How it was measured</h2>"
    yield from map(page.paragraph, _methods(runs))
