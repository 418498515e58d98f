"""The statement of examples/statement: nobody shows what the issuer did not sign of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.examples.example import (
    assert_no_proof,
    assert_the_page_shows_what_the_demo_prints,
    copy_of,
    module_of,
)
from zkpipe import ConstraintSystem, Point
from zkpipe.circuits.gadgets import Signature, poseidon_sponge
from zkpipe.circuits.gadgets.baby_jubjub import PrivateKey, sign

statement = module_of("statement")
ISSUER, OTHER = PrivateKey(bytes(range(32))), PrivateKey(bytes(32))
SALT, SESSION = 0x5EC2E7, 2026
ROW = {"name": "Zoë Ahlgren", "born": "1984-03-12", "country": "SE", "salary": "52000"}
STATED = statement.statement_of(ROW, statement.owner_of(SALT))
SIGNED = sign(ISSUER, statement.digest_of(STATED))
NOT_SIGNED = "the issuer did not sign this"
NOT_THE_HOLDER = "the statement is not of who has this salt"


@pytest.fixture(scope="module")
def system() -> ConstraintSystem:
    return statement.shows_country.trace()  # the demonstration compiles it


def inputs(**changes: Any) -> dict[str, Any]:
    given = {
        "issuer": ISSUER.public_key,
        "least_salary": 40_000,
        "session": SESSION,
        "statement": STATED,
        "salt": SALT,
        "signature": SIGNED,
    }
    return given | changes


def test_the_country_is_shown_and_a_mark(system: ConstraintSystem) -> None:
    shown = [statement.number_of("SE"), statement.mark_of(SALT, SESSION)]
    key = ISSUER.public_key
    for limit in (0, 40_000, 52_000):
        public = system.solve(**inputs(least_salary=limit)).public
        assert public == [*shown, key.x, key.y, limit, SESSION]
    assert statement.text_of(shown[0]) == "SE"


def test_a_salary_below_the_limit_has_no_proof(system: ConstraintSystem) -> None:
    assert_no_proof(
        statement.shows_country,
        system,
        inputs(least_salary=52_001),
        "the salary is below the limit",
    )


@pytest.mark.parametrize("field", ["name", "born", "country", "salary", "owner"])
def test_no_field_can_be_changed(field: str, system: ConstraintSystem) -> None:
    changed = replace(STATED, **{field: getattr(STATED, field) + 1})
    assert_no_proof(statement.shows_country, system, inputs(statement=changed), NOT_SIGNED)


def test_another_key_or_signature_has_no_proof(system: ConstraintSystem) -> None:
    by_other = sign(OTHER, statement.digest_of(STATED))
    assert_no_proof(statement.shows_country, system, inputs(signature=by_other), NOT_SIGNED)
    assert_no_proof(statement.shows_country, system, inputs(issuer=OTHER.public_key), NOT_SIGNED)
    for_anybody = {"issuer": Point.IDENTITY, "signature": Signature(Point.BASE, 1)}
    assert_no_proof(statement.shows_country, system, inputs(**for_anybody), NOT_SIGNED)


def test_a_signature_of_another_kind_of_statement_has_no_proof(system: ConstraintSystem) -> None:
    of_another_kind = sign(ISSUER, poseidon_sponge([statement.KIND + 1, STATED]))
    assert_no_proof(statement.shows_country, system, inputs(signature=of_another_kind), NOT_SIGNED)


def test_nobody_has_a_proof_without_the_salt(system: ConstraintSystem) -> None:
    assert_no_proof(statement.shows_country, system, inputs(salt=SALT + 1), NOT_THE_HOLDER)
    assert_no_proof(statement.shows_country, system, inputs(salt=STATED.owner), NOT_THE_HOLDER)


def test_a_text_and_its_number_belong_together() -> None:
    for text in ("SE", "Zoë Ahlgren", "z" * 31):
        assert statement.text_of(statement.number_of(text)) == text
    for text in ("", "a\0", "z" * 32):
        with pytest.raises(ValueError, match="31 bytes"):
            statement.number_of(text)


@pytest.mark.parametrize(
    ("people", "because"),
    [
        ("name,born,salary\nAda,1984-03-12,1\n", "people.csv, line 2: no country"),
        ("name,born,country,salary\nAda,1984-03-12,SE,much\n", "people.csv: "),
        ("name,born,country,salary\n,1984-03-12,SE,1\n", "1 to 31 bytes"),
    ],
)
def test_a_faulty_file_ends_the_demonstration_in_a_sentence(
    people: str, because: str, tmp_path: Path
) -> None:
    demo = copy_of("statement", tmp_path, people_csv=people)
    with pytest.raises(SystemExit, match=because):
        demo["main"]()


def test_the_page_shows_what_the_demonstration_prints(capsys: pytest.CaptureFixture[str]) -> None:
    assert_the_page_shows_what_the_demo_prints("statement", capsys)
