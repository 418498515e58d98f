"""The files of the catalogue are as the JSON schemas in docs/schemas say, by jsonschema's word."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from tests.exchange.clients.catalogue.owner import FLOOR, Owner, rows
from tests.exchange.schema_checks import validator
from tests.exchange.some_tables import small_schema
from zkpipe.exchange.clients.catalogue import calls
from zkpipe.exchange.clients.catalogue.lineages import destroy
from zkpipe.exchange.clients.catalogue.removal import remove_units
from zkpipe.exchange.struct_files import struct_file
from zkpipe.exchange.structs import Policy

NAMES = (
    "segments",
    "segment-proof",
    "kept-circuit",
    "commit",
    "lineage",
    "destruction",
    "asked",
    "policy",
)


@pytest.fixture(scope="module")
def files(owner: Owner) -> dict[str, list[dict[str, Any]]]:
    home = owner.session.home
    lineage = owner.lineage()
    made = owner.commit(rows(range(8)))
    owner.publisher.publish(lineage, [made])
    roots = [one.root for one in made.segments]
    updated = remove_units(owner.holdings, roots, {"person": [0, 1]}, FLOOR, small_schema())

    class Stopped(BaseException):
        pass

    def stop(*_: object, **__: object) -> None:
        raise Stopped

    added = [updated, owner.commit(rows(range(90, 95)))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calls.Call, "task", stop)
        with pytest.raises(Stopped):
            owner.publisher.publish(lineage, added)
    proofs = [json.loads(path.read_bytes()) for path in (home.path / "proofs").iterdir()]
    owner.publisher.publish(lineage, added)  # the owner is other tests', too: nothing is left
    destroy(owner.session, owner.holdings, lineage)
    policy = Policy(schema_hash=small_schema().hash, limit_bits=9, floor=FLOOR, keyed=False)

    def documents(kind: str) -> list[dict[str, Any]]:
        return [json.loads(home.documents.get(kind, name)) for name in home.documents.names(kind)]

    return {
        "segments": [json.loads(one.to_bytes()) for one in (made, updated)],
        "segment-proof": proofs,
        "kept-circuit": [
            json.loads(path.read_bytes()) for path in home.path.glob("circuits/*/circuit.json")
        ],
        "commit": documents("commit"),
        "lineage": documents("lineage"),
        "destruction": documents("destruction"),
        "asked": documents("asked"),
        "policy": [json.loads(struct_file(policy))],
    }


@pytest.mark.parametrize("name", NAMES)
def test_files_are_as_their_schema_says_and_nothing_else_is(
    name: str, files: dict[str, list[dict[str, Any]]]
) -> None:
    check = validator(name)
    assert files[name]
    for file in files[name]:
        check.validate(file)
        for key in file:
            for other in (None, {"more": 1}, -1, "0x"):
                changed = copy.deepcopy(file)
                changed[key] = other
                assert not check.is_valid(changed) or (name, key) == ("segments", "schema")
        assert not check.is_valid({**file, "more": 1})
