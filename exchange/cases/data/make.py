"""How the two tables of the case were made of the data sets that statsmodels and plotnine carry.

    python -m zkpipe.exchange.cases.data.make RANDHIE.csv MIDWEST.csv FOLDER

RANDHIE.csv is statsmodels/datasets/randhie/src/randhie.csv, MIDWEST.csv plotnine/data/midwest.csv,
both in the wheels of those packages. README.md beside this file names sources and licences.
"""

from __future__ import annotations

import csv
import sys
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

EVERY = 20  # of the experiment's persons, in the order of their numbers
STATES = {"IL": "Illinois", "IN": "Indiana", "MI": "Michigan", "OH": "Ohio", "WI": "Wisconsin"}


def visits(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """A row for each year of every twentieth person: what the person was entitled to, and used."""
    persons = sorted({int(row["zper"]) for row in rows})
    kept = set(persons[::EVERY])
    return [_year(row) for row in rows if int(row["zper"]) in kept]


def counties(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """A row for each county of five states."""
    return [
        {
            "county": row["PID"],
            "name": f"{row['county'].title()}, {STATES[row['state']]}",
            "metro": _flag(row["inmetro"]),
            "college": _rounded(row["percollege"], 1),
            "poverty": _rounded(row["percbelowpoverty"], 1),
            "density": _rounded(row["popdensity"], 0),
        }
        for row in rows
    ]


def _year(row: dict[str, str]) -> dict[str, str]:
    fair = row["hlthf"] == "1" or row["hlthp"] == "1"
    return {
        "person": row["zper"],
        "year": row["year"],
        "deductible": _flag(row["idp"]),
        "health": "fair or poor" if fair else "good" if row["hlthg"] == "1" else "excellent",
        "visits": row["mdvis"],
        "admissions": row["totadm"],
        "spending": _rounded(row["meddol"], 2),
        "health_index": _rounded(row["ghindx"], 1),
    }


def _flag(text: str) -> str:
    return {"0": "false", "1": "true"}[text]


def _rounded(text: str, places: int) -> str:
    """To so many places, half to even; nothing stays nothing."""
    unit = Decimal(1).scaleb(-places)
    return str(Decimal(text).quantize(unit, ROUND_HALF_EVEN)) if text else ""


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a file."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def written(rows: list[dict[str, str]]) -> str:
    """Rows as the text of a file."""
    listed = [list(rows[0]), *(list(row.values()) for row in rows)]
    lines = [",".join(f'"{x}"' if "," in x else x for x in row) for row in listed]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write visits.csv and counties.csv."""
    randhie, midwest, folder = map(Path, sys.argv[1:])
    (folder / "visits.csv").write_text(written(visits(read(randhie))))
    (folder / "counties.csv").write_text(written(counties(read(midwest))))


if __name__ == "__main__":
    main()
