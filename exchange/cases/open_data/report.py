"""The report of the case: one page that a manager can read, without anything from elsewhere."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zkpipe.exchange.cases.open_data.story import DATA, QUESTIONS, Told
from zkpipe.exchange.cases.parties import Facts

STYLE = Path(__file__).parents[2] / "page" / "templates" / "style.css"
TEMPLATE = "report.html"
ROLES = {
    "council": "approves computations, issues points",
    "owner": "an agency that has the rows",
    "developer": "from outside, asks questions",
    "auditor": "checks everything, later",
}
OPENS = {
    "register": "group and person",
    "visits": "group and visits",
    "region_score": "county, metro, college, poverty",
}


def report(told: Told, seconds: float) -> str:
    """The HTML of what happened.

    seconds  that the whole case took
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(short=short, seconds=in_seconds)
    return environment.get_template(TEMPLATE).render(
        told=told,
        roles=ROLES,
        opens=OPENS,
        style=STYLE.read_text(encoding="utf-8"),
        total=seconds,
        counties=county_names(),
        groups=groups(told),
        private_rows=sum(
            segment["rows"] for table in told.tables.values() for segment in table["segments"]
        ),
        paid=sum(right["price"] * _used(told, right) for right in told.rights),
    )


def groups(told: Told) -> list[Facts]:
    """The groups of the first answer, in words."""
    return [
        {
            "name": f"{'with' if cell['cell']['deductible'] else 'without'} a deductible, "
            f"health {cell['cell']['health']}",
            **{name: cell[name] for name in ("rows", "sum", "mean")},
        }
        for cell in told.uses[0]["answer"]["cells"]
    ]


def county_names() -> Mapping[int, str]:
    """The names of the counties that are asked about."""
    with (DATA / "counties.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {int(row["county"]): row["name"] for row in rows if int(row["county"]) in QUESTIONS}


def short(text: str) -> str:
    """The two ends of an id."""
    return f"{text[:8]}…{text[-4:]}" if len(text) > 16 else text


def in_seconds(number: float) -> str:
    """A time as a person reads it."""
    return f"{1000 * number:,.0f} ms" if number < 1 else f"{number:,.1f} s"


def _used(told: Told, right: Mapping[str, Any]) -> int:
    return sum(use["grant"] == right["grant"] for use in told.uses)
