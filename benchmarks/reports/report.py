"""A report on a run: one HTML page that loads nothing, and the same tables as Markdown.

Results come from other machines, so no text of theirs becomes markup: one function escapes for
HTML (`html.escape`), one for Markdown (`_plain`).
"""

from __future__ import annotations

import re
from datetime import datetime
from html import escape

from zkpipe.benchmarks.records.results import Results
from zkpipe.benchmarks.reports.plots import all_plots
from zkpipe.benchmarks.reports.table import Table
from zkpipe.benchmarks.reports.tables import all_tables
from zkpipe.ground.errors import RangeError
from zkpipe.ground.kinds import require, require_real

PRICE = 0.05  # dollars for an hour of a processor core, as clouds ask for rented machines
HIGHEST_PRICE = 1_000_000
_METHOD = (
    "Every prover has the same key and the same witness, and all take turns: each round runs each "
    "of them once. Times are medians of the rounds. A first proof, which compiles kernels and "
    "fills caches, is not counted. Every proof is checked by another tool than the one that made "
    "it; of a batch, some are. zkpipe checks each proof itself before it gives it away, within its "
    "times."
)
_LOAD = "Results.load reads what `zkpipe bench run` wrote."
_QUICK = "This was a quick run: it shows that everything works, and its figures mean little."

_STYLE = """\
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem;
       color: #222; background: #fff; }
table { border-collapse: collapse; display: block; overflow-x: auto; margin: 0.5rem 0 1.5rem; }
th, td { border-bottom: 1px solid #ddd; padding: 0.25rem 0.75rem; text-align: left;
         font-variant-numeric: tabular-nums; }
svg { max-width: 100%; height: auto; }
"""


def _title(results: Results) -> str:
    version = results.machine.versions.get("zkpipe", "")
    return f"zkpipe {version}: measured on {datetime.fromisoformat(results.date).date()}"


def _notes(results: Results) -> list[str]:
    return [_METHOD, *([_QUICK] if results.settings.quick else [])]


def _price(function: str, given: object) -> float:
    price = require_real(function, "core_hour_price", given)
    if not 0 < price <= HIGHEST_PRICE:
        raise RangeError(
            f"A price of {price:g} for an hour of a processor core says nothing of a proof's.",
            f"Give a price above 0, of at most {HIGHEST_PRICE:,}.",
        )
    return price


def markdown_report(results: Results, core_hour_price: float = PRICE) -> str:
    """The tables as Markdown.

    core_hour_price  what an hour of a processor core costs, in any currency

    Raises RangeError for a price that is none.
    """
    require("markdown_report", "results", results, Results, _LOAD)
    price = _price("markdown_report", core_hour_price)
    parts = [f"# {_plain(_title(results))}", *map(_plain, _notes(results))]
    for table in all_tables(results, price):
        note = [_plain(table.note)] if table.note else []
        parts += [f"## {_plain(table.title)}", *note, _markdown(table)]
    return "\n\n".join(parts) + "\n"


def _markdown(table: Table) -> str:
    head, *body = (f"| {' | '.join(map(_plain, line))} |" for line in (table.header, *table.rows))
    return "\n".join([head, "|" + " --- |" * len(table.header), *body])


_MARKUP = re.compile(
    r"[\\`*~$#!\[\]|]|(?<![^\W_])_|_(?![^\W_])|(?<=\])\(|(?<=:)/(?=/)|^[-+=>]"
)  # an underscore within a word is none
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def _plain(text: str) -> str:
    """Text that stays text in Markdown, on one line: no markup, link, formula or end of a cell."""
    line = " ".join(text.split())
    return _MARKUP.sub(r"\\\g<0>", line).translate(_ENTITIES)


def html_report(results: Results, core_hour_price: float = PRICE) -> str:
    """A page with tables and plots, which loads nothing from anywhere.

    core_hour_price  as for markdown_report

    Raises MissingError if matplotlib is not installed, RangeError for a price that is none.
    """
    require("html_report", "results", results, Results, _LOAD)
    price = _price("html_report", core_hour_price)
    title = escape(_title(results))
    plots = [f"<h2>{escape(name)}</h2>\n<figure>{svg}</figure>" for name, svg in all_plots(results)]
    first, *others = map(
        _html, all_tables(results, price)
    )  # the targets, then the plots, then the rest
    notes = [f"<p>{escape(note)}</p>" for note in _notes(results)]
    head = f'<meta charset="utf-8">\n<title>{title}</title>\n<style>\n{_STYLE}</style>'
    body = "\n".join([f"<h1>{title}</h1>", *notes, first, *plots, *others])
    start = f'<!doctype html>\n<html lang="en">\n<head>\n{head}\n</head>'
    return f"{start}\n<body>\n{body}\n</body>\n</html>\n"


def _html(table: Table) -> str:
    def row(tag: str, cells: tuple[str, ...]) -> str:
        return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    note = f"<p>{escape(table.note)}</p>\n" if table.note else ""
    rows = "\n".join([row("th", table.header), *(row("td", cells) for cells in table.rows)])
    return f"<h2>{escape(table.title)}</h2>\n{note}<table>\n{rows}\n</table>"
