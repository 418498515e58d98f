"""The scorecard of examples/credit: the table in the file is what the fit gives, and sensible."""

from __future__ import annotations

import importlib
import json
from collections import defaultdict
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

CREDIT = Path(__file__).resolve().parents[2] / "examples" / "credit"
PUBLISHED = json.loads((CREDIT / "scorecard.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def plain() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(CREDIT)
        return importlib.import_module("plain_score")


@pytest.fixture(scope="module")
def fit_scorecard() -> Any:
    pytest.importorskip("sklearn", reason="scikit-learn fits the scorecard: pip install it")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(CREDIT)
        return importlib.import_module("fit_scorecard")


@pytest.fixture(scope="module")
def attributes() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(CREDIT)
        return importlib.import_module("attributes")


def test_the_published_table_is_what_the_fit_gives(fit_scorecard: Any, plain: Any) -> None:
    fitted = fit_scorecard.scorecard(plain.applicants())
    assert fitted == {key: PUBLISHED[key] for key in fitted}
    assert set(PUBLISHED) - set(fitted) == {"quality"}


def test_the_published_quality_is_what_cross_validation_measures(
    fit_scorecard: Any, plain: Any
) -> None:
    measured = fit_scorecard.measure(*fit_scorecard.read(plain.applicants()))
    published = PUBLISHED["quality"]
    for figure in ("auc", "gini", "ks"):
        assert measured[figure] == pytest.approx(published[figure], abs=0.002)
    for mine, theirs in zip(measured["by_cut_off"], published["by_cut_off"], strict=True):
        assert mine == pytest.approx(theirs, abs=0.005)


def test_the_fit_scores_as_the_published_table_does(fit_scorecard: Any, plain: Any) -> None:
    rows = plain.applicants()
    cells, bad = fit_scorecard.read(rows)
    scores = fit_scorecard.fit(cells, bad).scores(cells)
    assert scores.tolist() == [plain.plain_score(row) for row in rows]


def test_scores_separate_the_goods_from_the_bads_as_well_as_published(plain: Any) -> None:
    """AUC by its definition: how often a good one outscores a bad one; seen data flatter a bit."""
    scores: dict[str, list[int]] = defaultdict(list)
    for row in plain.applicants():
        scores[row["creditability"]].append(plain.plain_score(row))
    wins = sum((g > b) + 0.5 * (g == b) for g in scores["good"] for b in scores["bad"])
    area = wins / (len(scores["good"]) * len(scores["bad"]))
    assert PUBLISHED["quality"]["auc"] < area < PUBLISHED["quality"]["auc"] + 0.04


def test_no_protected_attribute_is_scored() -> None:
    scored = {attribute["name"] for attribute in PUBLISHED["attributes"]}
    protected = {
        "personal_status_and_sex",
        "foreign_worker",
        "age_in_years",
        "number_of_people_being_liable_to_provide_maintenance_for",
        "job",
    }
    assert not scored & protected
    assert protected == set(PUBLISHED["left_out_by_policy"])


def test_every_attribute_of_the_data_is_scored_or_left_out_with_a_reason(plain: Any) -> None:
    named = [attribute["name"] for attribute in PUBLISHED["attributes"]]
    named += [*PUBLISHED["left_out_by_policy"], *PUBLISHED["left_out_by_the_fit"]]
    assert sorted([*named, "creditability"]) == sorted(plain.applicants()[0])


def test_points_are_whole_and_the_worst_class_of_an_attribute_earns_none() -> None:
    for attribute in PUBLISHED["attributes"]:
        points = [c["points"] for c in attribute.get("categories", attribute.get("bins"))]
        assert all(type(p) is int for p in points)
        assert min(points) == 0
    highest = [
        max(c["points"] for c in a.get("categories", a.get("bins")))
        for a in PUBLISHED["attributes"]
    ]
    assert sum(highest) == PUBLISHED["highest_score"]


def test_points_fall_as_the_bad_rate_rises_along_the_bins(plain: Any) -> None:
    rows = plain.applicants()
    for attribute in PUBLISHED["attributes"]:
        if "bins" not in attribute:
            continue
        starts = [b["from"] for b in attribute["bins"]]
        counts = [[0, 0] for _ in starts]
        for row in rows:
            place = max(i for i, s in enumerate(starts) if int(row[attribute["name"]]) >= s)
            counts[place][row["creditability"] == "bad"] += 1
        rates = [Fraction(bad, good + bad) for good, bad in counts]
        points = [b["points"] for b in attribute["bins"]]
        assert rates == sorted(rates)
        assert points == sorted(points, reverse=True)


def test_neighbours_out_of_order_or_too_small_share_a_class(attributes: Any) -> None:
    np = pytest.importorskip("numpy")
    counts = np.array([[10, 90], [50, 50], [40, 60], [99, 1], [3, 0], [95, 5]])
    assert attributes.in_order(range(6), counts) == [[0], [1, 2], [3, 4, 5]]


def test_what_the_scorecard_has_no_points_for_is_not_scored(plain: Any) -> None:
    row = plain.applicants()[0]
    with pytest.raises(ValueError, match="purpose"):
        plain.plain_score(row | {"purpose": "vacation"})
    with pytest.raises(ValueError, match="credit_amount"):
        plain.plain_score(row | {"credit_amount": "0"})
