"""Actions, signatures and lists of confirmers are as docs/schemas says, by jsonschema's word."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.exchange.clients.parties import MEMBERS, Parties
from tests.exchange.clients.test_decisions import CALLS, made
from zkpipe.exchange.clients.decisions.decision import signed_functions
from zkpipe.exchange.clients.decisions.signature_files import signature_file
from zkpipe.exchange.clients.ledger import CONFIRMERS, Note, append
from zkpipe.exchange.states import Stage

SCHEMAS = Path(__file__).resolve().parents[3] / "docs" / "schemas"


def validator(name: str) -> Draft202012Validator:
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.fixture(scope="module")
def files(parties: Parties, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    decision = parties.decision("Settlement", "issue", [str(MEMBERS[0].address), 5])
    manifest, member = parties.manifest, MEMBERS[1]
    signature = decision.action(manifest).signed_by(member)
    session = parties.session("owner")
    file = tmp_path_factory.mktemp("file") / "f"
    file.write_bytes(b"x")
    append(session, Note(session.me, Stage.USE, file, confirmers=(member.address,), need=1))
    (name,) = session.home.documents.names(CONFIRMERS)
    return {
        "action": [json.loads(made(name).to_bytes()) for name in CALLS],
        "signature": [json.loads(signature_file(decision, manifest, member.address, signature))],
        "confirmers": [json.loads(session.home.documents.get(CONFIRMERS, name))],
    }


@pytest.mark.parametrize("name", ["action", "signature", "confirmers"])
def test_real_files_are_as_their_schema_says(name: str, files: dict[str, Any]) -> None:
    check = validator(name)
    for value in files[name]:
        assert list(check.iter_errors(value)) == []
        assert not check.is_valid({**value, "more": 1})
        for field in value:
            assert not check.is_valid({key: part for key, part in value.items() if key != field})
            for wrong in (None, 5.5, "?", [1], -1):
                assert not check.is_valid({**value, field: wrong}), field


def test_the_schema_of_actions_names_all_functions_that_are_signed() -> None:
    properties = validator("action").schema["properties"]
    assert set(properties["contract"]["enum"]) == {contract for contract, _ in signed_functions()}
    assert set(properties["function"]["enum"]) == {function for _, function in signed_functions()}
