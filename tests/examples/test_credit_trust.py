"""The circuit of examples/credit against lying provers."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

from tests.long_form import IS_LONG
from zkpipe.circuits.formats.equations import equations
from zkpipe.circuits.testing import agrees, deletions, lies, mutations, rejects

CREDIT = Path(__file__).resolve().parents[2] / "examples" / "credit"
SALT = 0x5A17
BELOW = "the score does not reach the cut-off"


@pytest.fixture(scope="module")
def credit() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(CREDIT)
        return importlib.import_module("credit")


@pytest.fixture(scope="module")
def applicants() -> list[tuple[dict[str, int], int]]:
    """The attributes and the plain scores of a few applicants."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(CREDIT)
        plain, module = importlib.import_module("plain_score"), importlib.import_module("credit")
        rows = plain.applicants()[:400:100]
    return [(module.application_of(row), plain.plain_score(row)) for row in rows]


def inputs(credit: Any, application: dict[str, int], cut_off: int) -> dict[str, int]:
    commitment = credit.commit(application, SALT)
    return {"commitment": commitment, "cut_off": cut_off, **application, "salt": SALT}


def test_no_lie_and_no_changed_wire_is_accepted(credit: Any, applicants: Any) -> None:
    for application, score in applicants:
        given = inputs(credit, application, score)
        assert lies(credit.credit_score, given).advice > 20
        mutations(credit.credit_score, given)


def test_who_falls_short_gets_no_proof_by_lying(credit: Any, applicants: Any) -> None:
    for application, score in applicants:
        rejects(credit.credit_score, inputs(credit, application, score + 1), because=BELOW)
        rejects(credit.credit_score, {**inputs(credit, application, score), "commitment": 1})


def test_the_plain_run_agrees(credit: Any, applicants: Any) -> None:
    def draw(rng: Any) -> dict[str, int]:
        application, score = applicants[int(rng.integers(len(applicants)))]
        return inputs(credit, application, score + int(rng.integers(-2, 3)))

    found = agrees(credit.credit_score, 40, draw=draw)
    assert found.accepted > 10
    assert found.refused > 5


def test_constraints_that_are_deleted_are_noticed(credit: Any, applicants: Any) -> None:
    """Twenty of 368, evenly spread, as each takes an analysis; all in the long form."""
    accepted = [inputs(credit, *applicant) for applicant in applicants]
    rejected = [inputs(credit, application, score + 1) for application, score in applicants]
    rejected += [{**given, "commitment": 1} for given in accepted]
    types = {parameter.name: parameter.type for parameter in credit.credit_score.parameters}
    for attribute in credit.SCORECARD["attributes"]:
        if "categories" in attribute:
            known = len(attribute["categories"])
            values = [known, known + 1, -1, 15]
        else:
            values = [attribute["bins"][0]["from"] - 1, -1, types[attribute["name"]].high + 1]
        application = applicants[0][0]
        rejected += [
            inputs(credit, {**application, attribute["name"]: value}, 0) for value in values
        ]
    system = credit.credit_score.trace()
    texts = [str(equation) for equation in equations(system, range(system.constraint_count))]
    twice = {text for text in texts if texts.count(text) > 1}
    reason = "it stands there twice: check says it in the scorecard's words, lookup for itself"
    found = deletions(
        credit.credit_score,
        accepted,
        rejected,
        equivalent=dict.fromkeys(twice, reason),
        sample=None if IS_LONG else 20,
    )
    assert len(found.tried) == (system.constraint_count if IS_LONG else 20)
    assert len(found.equivalent) <= 0.05 * len(found.tried)
