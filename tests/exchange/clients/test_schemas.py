"""Actions, signatures and lists of confirmers are as docs/schemas says, by jsonschema's word."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.exchange.clients.decisions.test_decisions import CALLS, made
from tests.exchange.clients.parties import MEMBERS, Parties
from tests.exchange.schema_checks import check_fit, check_refusals, validator
from zkpipe.exchange.clients.decisions.decision import signed_functions
from zkpipe.exchange.clients.decisions.signature_files import signature_file
from zkpipe.exchange.clients.ledger import CONFIRMERS, Note, append
from zkpipe.exchange.states import Stage


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
    check_fit(name, files[name])
    for value in files[name]:
        check_refusals(name, value, wrong=-1)


def test_the_schema_of_actions_names_all_functions_that_are_signed() -> None:
    properties = validator("action").schema["properties"]
    assert set(properties["contract"]["enum"]) == {contract for contract, _ in signed_functions()}
    assert set(properties["function"]["enum"]) == {function for _, function in signed_functions()}
