"""The circuit of examples/credit against lying provers."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

from circuits.testing import agrees, lies, mutations, rejects

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
