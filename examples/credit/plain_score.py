"""The scorecard in plain Python: what the lender would compute if it could see the applicant.

It reads scorecard.json by labels and bin edges, and knows nothing of codes, circuits or fields:
the independent answer that the circuit is compared with.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
SCORECARD = json.loads((FOLDER / "scorecard.json").read_text(encoding="utf-8"))
CUT_OFF: int = SCORECARD["cut_off"]


def applicants() -> list[dict[str, str]]:
    """Return the 1,000 applicants of german-credit.csv, as text by attribute."""
    with (FOLDER / "german-credit.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def plain_score(row: Mapping[str, str]) -> int:
    """Return the score of an applicant; a label or number outside the scorecard is a ValueError."""
    total = 0
    for attribute in SCORECARD["attributes"]:
        name, earned = attribute["name"], None
        for category in attribute.get("categories", ()):
            if category["label"] == row[name]:
                earned = category["points"]
        for bin_ in attribute.get("bins", ()):
            if int(row[name]) >= bin_["from"]:  # bins rise: the last one that begins below counts
                earned = bin_["points"]
        if earned is None:
            raise ValueError(f"{name}: the scorecard has no points for what this applicant states")
        total += earned
    return total
