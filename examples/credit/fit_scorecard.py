"""Fit the public scorecard of this example, and measure how good it is.

    python examples/credit/fit_scorecard.py          writes scorecard.json beside this file

The method is the industry's usual one (Siddiqi, "Credit Risk Scorecards", 2006): each attribute is
cut into a few classes, a class is replaced by its weight of evidence, ln(share of the goods / share
of the bads), one logistic regression (scikit-learn) weighs the attributes, and the result is scaled
so that POINTS_TO_DOUBLE points double the odds of being good. Points are whole numbers, 0 for the
worst class of an attribute, so that a circuit can add them up.

All that looks at the outcome (classes, choice of attributes, weights, cut-off) happens in `fit`,
and cross-validation repeats all of it on each training part. The cut-off is not searched for: it
is where the odds of being good balance the cost matrix that comes with the data.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from attributes import ATTRIBUTES, LEFT_OUT, Ints, Number
from numpy.typing import NDArray
from rich.console import Console
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score, roc_curve
from sklearn.model_selection import RepeatedStratifiedKFold

FOLDER = Path(__file__).resolve().parent
DATA = FOLDER / "german-credit.csv"
SCORECARD = FOLDER / "scorecard.json"

POINTS_TO_DOUBLE = 20  # the odds; fine enough to round, coarse enough to read
COST_OF_A_BAD = 5  # of granting a bad one, where refusing a good one costs 1: the data's own matrix
LEAST_INFORMATION = 0.02  # an attribute below it tells nothing (Siddiqi's rule of thumb)
FOLDS, REPEATS, SEED = 10, 5, 2026

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fit:
    """A scorecard: the points of each cell of each attribute, and the cut-off they lead to."""

    points: tuple[Ints | None, ...]  # per attribute and cell; None for an attribute not used
    information: tuple[float, ...]  # information value of each attribute, in nats
    cut_off: int

    def scores(self, cells: Ints) -> Ints:
        """Return the scores of applicants given as cells, (n, attributes)."""
        total: Ints = np.zeros(len(cells), dtype=np.int64)
        for j, table in enumerate(self.points):
            if table is not None:
                total += table[cells[:, j]]
        return total


def weights_of_evidence(counts: Ints, classes: list[list[int]]) -> tuple[Floats, float]:
    """Return the weight of evidence of each cell (its class's), and the information value.

    Half an applicant of each sort is added to a class, so that none is infinite.
    """
    totals = counts.sum(axis=0)
    weights, information = np.zeros(len(counts)), 0.0
    for members in classes:
        shares = (counts[members].sum(axis=0) + 0.5) / totals
        weights[members] = math.log(shares[0] / shares[1])
        information += float(shares[0] - shares[1]) * math.log(shares[0] / shares[1])
    return weights, information


def fit(cells: Ints, bad: NDArray[np.bool_]) -> Fit:
    """Fit a scorecard to applicants given as cells, (n, attributes), and their outcomes."""
    tables: list[Floats] = []
    information: list[float] = []
    for j, attribute in enumerate(ATTRIBUTES):
        counts = np.zeros((len(attribute.cells()), 2), dtype=np.int64)
        np.add.at(counts, (cells[:, j], bad.astype(np.int64)), 1)
        weights, value = weights_of_evidence(counts, attribute.classes(counts))
        tables.append(weights)
        information.append(value)

    used = [j for j, value in enumerate(information) if value >= LEAST_INFORMATION]
    while True:
        columns = np.stack([tables[j][cells[:, j]] for j in used], axis=1)
        # Newton's method: the optimum to machine precision, so the same points everywhere.
        model = LogisticRegression(C=1.0, solver="newton-cholesky", tol=1e-10, max_iter=100)
        model.fit(columns, ~bad)
        slopes = model.coef_[0]
        if slopes.min() > 0:
            break
        del used[int(slopes.argmin())]  # a weight against the evidence: correlated attributes

    factor = POINTS_TO_DOUBLE / math.log(2)
    points: list[Ints | None] = [None] * len(ATTRIBUTES)
    log_odds_at_zero = float(model.intercept_[0])
    for j, slope in zip(used, slopes, strict=True):
        log_odds_at_zero += slope * float(tables[j].min())
        points[j] = rounded(factor * slope * (tables[j] - tables[j].min()))
    cut_off = rounded(np.array([factor * (math.log(COST_OF_A_BAD) - log_odds_at_zero)]))
    return Fit(tuple(points), tuple(information), int(cut_off[0]))


def rounded(values: Floats) -> Ints:
    """Round to whole points; a tie that another machine could break otherwise is refused."""
    if np.abs(values - np.floor(values) - 0.5).min() < 1e-7:
        raise ValueError(f"a value is too close to a half to be rounded reliably: {values}")
    whole: Ints = np.rint(values).astype(np.int64)
    return whole


def measure(cells: Ints, bad: NDArray[np.bool_]) -> dict[str, Any]:
    """Cross-validate the whole procedure; each applicant is scored by fits that never saw it.

    Scores of different fits are compared by their distance to the fit's own cut-off.
    """
    margins = np.zeros((REPEATS, len(bad)), dtype=np.int64)
    areas, distances = [], []
    splits = RepeatedStratifiedKFold(n_splits=FOLDS, n_repeats=REPEATS, random_state=SEED)
    for number, (train, test) in enumerate(splits.split(cells, bad)):
        fitted = fit(cells[train], bad[train])
        margins[number // FOLDS, test] = fitted.scores(cells[test]) - fitted.cut_off
        areas.append(roc_auc_score(~bad[test], margins[number // FOLDS, test]))
    for margin in margins:
        false_rate, true_rate, _ = roc_curve(~bad, margin)
        distances.append(float((true_rate - false_rate).max()))
    granted = margins >= 0
    area = float(np.mean(areas))
    return {
        "how": f"{FOLDS}-fold stratified cross-validation, {REPEATS} times, of the whole procedure",
        "auc": round(area, 3),
        "auc_standard_deviation_over_folds": round(float(np.std(areas)), 3),
        "gini": round(2 * area - 1, 3),
        "ks": round(float(np.mean(distances)), 3),
        "at_the_cut_off": {
            "accuracy": share(granted != bad),
            "cost_per_applicant": round(
                float(np.mean(COST_OF_A_BAD * (granted & bad) + (~granted & ~bad))), 3
            ),
            "cost_per_applicant_if_none_is_granted": share(~bad),
        },
        "by_cut_off": [
            {
                "points_above_the_cut_off": shift,
                "accuracy": share((margins >= shift) != bad),
                "granted": share(margins >= shift),
                "bad_among_granted": share(np.broadcast_to(bad, margins.shape)[margins >= shift]),
                "goods_granted": share(margins[:, ~bad] >= shift),
                "bads_granted": share(margins[:, bad] >= shift),
            }
            for shift in range(-40, 41, 10)
        ],
    }


def share(flags: NDArray[np.bool_]) -> float:
    """Return how many of the flags are true, from 0 to 1, to three places."""
    return round(float(np.mean(flags)), 3)


def read(rows: Sequence[Mapping[str, str]]) -> tuple[Ints, NDArray[np.bool_]]:
    """Return the applicants as cells, (n, attributes), and whether each turned out bad."""
    cells = [[a.cell_of(row[a.name]) for a in ATTRIBUTES] for row in rows]
    return np.array(cells, dtype=np.int64), np.array([r["creditability"] == "bad" for r in rows])


def table_of(fitted: Fit) -> dict[str, Any]:
    """Return the scorecard as it is published: what an applicant or a circuit needs to score."""
    attributes = []
    for attribute, points, value in zip(ATTRIBUTES, fitted.points, fitted.information, strict=True):
        if points is None:
            continue
        cells = [int(p) for p in points]
        entry: dict[str, Any] = {"name": attribute.name, "information_value": round(value, 3)}
        if isinstance(attribute, Number):
            entry["bins"] = [
                {"from": start, "points": cells[i]}
                for i, start in enumerate(attribute.cells())
                if i == 0 or cells[i] != cells[i - 1]
            ]
        else:
            entry["categories"] = [
                {"code": code, "label": label, "points": cells[code]}
                for code, label in enumerate(attribute.cells())
            ]
        attributes.append(entry)
    unused = {
        a.name: f"information value {value:.3f}, below {LEAST_INFORMATION}"
        if value < LEAST_INFORMATION
        else "its weight beside the others would go against its evidence"
        for a, p, value in zip(ATTRIBUTES, fitted.points, fitted.information, strict=True)
        if p is None
    }
    return {
        "cut_off": fitted.cut_off,
        "highest_score": sum(int(p.max()) for p in fitted.points if p is not None),
        "points_to_double_the_odds": POINTS_TO_DOUBLE,
        "odds_at_the_cut_off": COST_OF_A_BAD,
        "attributes": attributes,
        "left_out_by_policy": LEFT_OUT,
        "left_out_by_the_fit": unused,
    }


def scorecard(rows: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Return all of scorecard.json, without its measured quality."""
    return {
        "made_by": "examples/credit/fit_scorecard.py from german-credit.csv (Hofmann, UCI Statlog, "
        "CC BY 4.0): weights of evidence, logistic regression, points",
        **table_of(fit(*read(rows))),
    }


def laid_out(value: Any, indent: str = "") -> str:
    """Return a value as JSON with each innermost list or object on a line of its own."""
    inner = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(value, dict | list) or not any(isinstance(v, dict | list) for v in inner):
        flat = json.dumps(value, ensure_ascii=False)
        if not isinstance(value, dict) or len(indent) + len(flat) <= 160:
            return flat
    deeper = indent + "  "
    keys = (
        [f"{json.dumps(key)}: " for key in value] if isinstance(value, dict) else [""] * len(inner)
    )
    lines = [deeper + key + laid_out(v, deeper) for key, v in zip(keys, inner, strict=True)]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return opening + "\n" + ",\n".join(lines) + "\n" + indent + closing


def main() -> None:
    """Fit, measure, write scorecard.json, and say how good it is."""
    with DATA.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    result = scorecard(rows)
    result["quality"] = quality = measure(*read(rows))
    SCORECARD.write_text(laid_out(result) + "\n", encoding="utf-8")
    Console().print(
        f"{len(result['attributes'])} attributes, cut-off {result['cut_off']} of "
        f"{result['highest_score']} points; cross-validated AUC {quality['auc']}, "
        f"Gini {quality['gini']}, KS {quality['ks']}. Written to {SCORECARD.name}.",
        highlight=False,
    )


if __name__ == "__main__":
    main()
