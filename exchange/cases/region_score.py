"""A developer's circuit: how well a new branch would do in a county.

    zkpipe catalogue circuit check region_score.py region_score.zkey

The developer wrote it, the agency that has the rows read it, and the council approved it. It tells
one number of 10 bits of one county for each use.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from zkpipe import UInt, check, narrow, select
from zkpipe.exchange.circuits import Opened, query
from zkpipe.exchange.tables import Schema

COUNTIES = Schema.load(Path(__file__).with_name("data") / "counties.schema.json")


@query(COUNTIES, ["county", "metro", "college", "poverty"])
def region_score(
    county: Opened, metro: Opened, college: Opened, poverty: Opened, ask: Any
) -> UInt[10]:
    """0 to 1,020: graduates count for a county, poverty against it, and a large town 20 more.

    ask is the county's number.
    """
    chosen = [number == ask for number in county.values]
    check(sum(chosen) == 1, "no county has this number")

    def of_chosen(column: Opened) -> Any:
        return sum(c * value for c, value in zip(chosen, column.values, strict=True))

    balance = narrow(of_chosen(college) + 1_000 - of_chosen(poverty), UInt[11])  # in 0.1 percent
    return narrow((balance >> 1) + select(of_chosen(metro) == 1, 20, 0), UInt[10])
