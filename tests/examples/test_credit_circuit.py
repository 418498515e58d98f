"""The circuit of examples/credit against the plain score, and against applicants who cheat."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import pytest

from zkpipe.accel.bn254 import R
from zkpipe.circuits import ConstraintSystem, InputError, UnsatisfiedError

CREDIT = Path(__file__).resolve().parents[2] / "examples" / "credit"
SCORECARD = json.loads((CREDIT / "scorecard.json").read_text(encoding="utf-8"))
CATEGORIES = [a for a in SCORECARD["attributes"] if "categories" in a]
NUMBERS = [a for a in SCORECARD["attributes"] if "bins" in a]
SALT = 0x5A17
BELOW = "the score does not reach the cut-off"
OTHER = "this is not the committed application"


@pytest.fixture(scope="module")
def credit() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(CREDIT)
        return importlib.import_module("credit")


@pytest.fixture(scope="module")
def plain() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(CREDIT)
        return importlib.import_module("plain_score")


@pytest.fixture(scope="module")
def system(credit: Any) -> ConstraintSystem:
    return credit.credit_score.compile()


@pytest.fixture(scope="module")
def rows(plain: Any) -> list[dict[str, str]]:
    return plain.applicants()


def inputs(credit: Any, application: dict[str, int], cut_off: int) -> dict[str, int]:
    commitment = credit.commit(application, SALT)
    return {"commitment": commitment, "cut_off": cut_off, **application, "salt": SALT}


def assert_scores_exactly(
    credit: Any, system: ConstraintSystem, application: dict[str, int], score: int
) -> None:
    """A proof exists at a cut-off equal to the score, and at none above it."""
    given = inputs(credit, application, score)
    witness = system.solve(**given)
    system.check(witness)
    assert witness.public == [given["commitment"], score]
    with pytest.raises(UnsatisfiedError) as caught:
        system.solve(**inputs(credit, application, score + 1))
    assert caught.value.message == BELOW


def test_the_attributes_of_circuit_and_scorecard_stand_in_the_same_order(credit: Any) -> None:
    private = list(credit.credit_score.__annotations__)[2:-2]
    assert private == [attribute["name"] for attribute in SCORECARD["attributes"]]


def test_the_plain_run_gives_every_applicant_exactly_the_plain_score(
    credit: Any, plain: Any, rows: list[dict[str, str]]
) -> None:
    for number, row in enumerate(rows):
        application, score = credit.application_of(row), plain.plain_score(row)
        credit.credit_score(**inputs(credit, application, score))
        if number % 10 == 0:
            with pytest.raises(UnsatisfiedError, match="cut-off"):
                credit.credit_score(**inputs(credit, application, score + 1))


def test_the_compiled_circuit_gives_a_sample_exactly_the_plain_score(
    credit: Any, plain: Any, system: ConstraintSystem, rows: list[dict[str, str]]
) -> None:
    for row in rows[::25]:
        assert_scores_exactly(credit, system, credit.application_of(row), plain.plain_score(row))


@pytest.mark.parametrize("attribute", CATEGORIES, ids=lambda a: a["name"])
def test_every_category_earns_its_points(
    attribute: dict[str, Any],
    credit: Any,
    plain: Any,
    system: ConstraintSystem,
    rows: list[dict[str, str]],
) -> None:
    for category in attribute["categories"]:
        row = rows[0] | {attribute["name"]: category["label"]}
        assert_scores_exactly(credit, system, credit.application_of(row), plain.plain_score(row))


@pytest.mark.parametrize("attribute", NUMBERS, ids=lambda a: a["name"])
def test_numbers_beside_every_edge_earn_their_points(
    attribute: dict[str, Any],
    credit: Any,
    plain: Any,
    system: ConstraintSystem,
    rows: list[dict[str, str]],
) -> None:
    edges = [bin_["from"] for bin_ in attribute["bins"]]
    largest = {"duration_in_month": 2**8 - 1, "credit_amount": 2**20 - 1}[attribute["name"]]
    beside = {value for edge in edges for value in (edge - 1, edge, edge + 1)} - {0}
    for value in sorted({*beside, largest}):
        row = rows[0] | {attribute["name"]: str(value)}
        assert_scores_exactly(credit, system, credit.application_of(row), plain.plain_score(row))


@pytest.mark.parametrize("attribute", CATEGORIES, ids=lambda a: a["name"])
def test_a_code_the_scorecard_does_not_know_is_refused(
    attribute: dict[str, Any],
    credit: Any,
    system: ConstraintSystem,
    rows: list[dict[str, str]],
) -> None:
    """Refused by a check where the type holds it, by the type where not: never scored 0."""
    name, known = attribute["name"], len(attribute["categories"])
    for code in range(known, 20):
        application = credit.application_of(rows[0]) | {name: code}
        with pytest.raises((UnsatisfiedError, InputError)) as caught:
            system.solve(**inputs(credit, application, 0))
        if isinstance(caught.value, UnsatisfiedError):
            assert caught.value.message == f"{name}: the scorecard has no such category"
        else:
            assert caught.value.parameter == name


@pytest.mark.parametrize("attribute", NUMBERS, ids=lambda a: a["name"])
def test_a_number_below_the_first_bin_is_refused(
    attribute: dict[str, Any],
    credit: Any,
    system: ConstraintSystem,
    rows: list[dict[str, str]],
) -> None:
    application = credit.application_of(rows[0]) | {attribute["name"]: 0}
    with pytest.raises(UnsatisfiedError, match=attribute["name"]):
        system.solve(**inputs(credit, application, 0))


def test_another_application_salt_or_commitment_is_refused(
    credit: Any, system: ConstraintSystem, rows: list[dict[str, str]]
) -> None:
    given = inputs(credit, credit.application_of(rows[0]), 0)
    changes = [
        {"salt": SALT + 1},
        {"commitment": given["commitment"] + 1},
        {"credit_amount": given["credit_amount"] + 1},
        {"housing": (given["housing"] + 1) % 3},
    ]
    for change in changes:
        with pytest.raises(UnsatisfiedError) as caught:
            system.solve(**(given | change))
        assert caught.value.message == OTHER


def test_every_wire_of_a_witness_is_pinned_but_the_free_inverses(
    credit: Any, plain: Any, system: ConstraintSystem, rows: list[dict[str, str]]
) -> None:
    """An is-zero's inverse is free at zero: where a category of many matches, and where all bits
    under a run of a boundary's ones are 1.
    """
    score = plain.plain_score(rows[0])
    witness = system.solve(**inputs(credit, credit.application_of(rows[0]), score))
    free = []
    for wire in range(1, system.wire_count):
        kept = witness.values[wire].copy()
        value = int.from_bytes(kept.tobytes(), "little")
        changed = ((value + 1) % R).to_bytes(32, "little")
        witness.values[wire] = [
            int.from_bytes(changed[i : i + 8], "little") for i in (0, 8, 16, 24)
        ]
        try:
            system.check(witness)
            free.append(wire)
        except UnsatisfiedError:
            pass
        witness.values[wire] = kept
    system.check(witness)
    names = list(system.symbols or ())
    inverses = [i for i, name in enumerate(names) if ".inverse_" in name]
    assert free == [wire for wire in inverses if not witness.values[wire].any()]
    assert 0 < len(free) < len(inverses)
    assert min(free) > system.public_count + system.private_input_count


def test_messages_show_nothing_private(
    credit: Any, system: ConstraintSystem, rows: list[dict[str, str]]
) -> None:
    row = rows[0] | {"credit_amount": "987654"}
    given = inputs(credit, credit.application_of(row), SCORECARD["highest_score"] + 1)
    with pytest.raises(UnsatisfiedError) as below:
        system.solve(**given)
    with pytest.raises(UnsatisfiedError) as other:
        system.solve(**(given | {"salt": 123454321}))
    for shown in (str(below.value), str(other.value)):
        assert "987654" not in shown
        assert str(SALT) not in shown
        assert "123454321" not in shown


def test_two_applications_never_pack_into_the_same_element(credit: Any) -> None:
    widest = {a["name"]: 2**credit.STRIDE - 1 for a in SCORECARD["attributes"]}
    assert credit.pack(list(widest.values())) == 2 ** (credit.STRIDE * len(widest)) - 1
    assert credit.STRIDE * len(widest) < 253


def test_a_label_the_scorecard_does_not_know_has_no_code(
    credit: Any, rows: list[dict[str, str]]
) -> None:
    with pytest.raises(ValueError, match=r"^purpose: the scorecard has no such category$"):
        credit.application_of(rows[0] | {"purpose": "vacation"})


def test_a_salt_is_new_each_time_and_an_element_of_the_field(credit: Any) -> None:
    salts = {credit.new_salt() for _ in range(64)}
    assert len(salts) == 64
    assert max(salts) < 2**253
