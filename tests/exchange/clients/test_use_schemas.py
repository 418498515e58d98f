"""Files of grants and jobs are as the JSON schemas in docs/schemas say, by jsonschema's word."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.exchange.clients.market import Market
from tests.exchange.schema_checks import check_fit, check_refusals
from zkpipe.exchange.clients.uses.approvers import Approvers
from zkpipe.exchange.loop import Heartbeat, Reason, Stage, Status
from zkpipe.exchange.struct_files import format_of, struct_file
from zkpipe.exchange.structs import JobSpec, Terms

NAMES = ("terms", "jobspec", "approvers", "heartbeat", "answer")


@pytest.fixture(scope="module")
def files(market: Market, open_market: Market) -> dict[str, list[dict[str, Any]]]:
    """Files as people write them, and as the library does."""
    terms = market.terms()
    spec = market.spec(terms, ask=1 << 250)
    job, root = "0x" + "11" * 32, "0x" + market.root.hex()
    queried = open_market.terms("query")
    open_market.granted(queried)
    asked = [market.job(), open_market.job(queried, ask=40)]
    for one in (market, open_market):
        one.loop().run(lambda: False, once=True)
    opened = [market.answer(asked[0]), open_market.answer(asked[1])]
    short = {
        "format": format_of(Terms), "lineage": job, "circuit": job, "price": 1, "expiry": 5,
        "maxUses": 2,
    }  # fmt: skip
    few = {"format": format_of(JobSpec), "steps": [{"grant": job, "root": root}]}
    beat = Heartbeat(5, 6, (Status(b"j" * 32, Stage.REFUSED, Reason.TOO_LATE),))
    beats = [beat, Heartbeat(5, -1, (Status(b"j" * 32, Stage.SEEN),))]
    approvers = Approvers((market.owner.me, market.developer.me), 2)
    return {
        "terms": [json.loads(struct_file(terms)), short],
        "jobspec": [json.loads(struct_file(spec)), few],
        "approvers": [json.loads(approvers.to_bytes())],
        "heartbeat": [json.loads(one.to_bytes()) for one in beats],
        "answer": [json.loads(one.to_bytes()) for one in opened],
    }


@pytest.mark.parametrize("name", NAMES)
def test_real_files_are_as_their_schema_says(
    name: str, files: dict[str, list[dict[str, Any]]]
) -> None:
    check_fit(name, files[name])


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_refuses_what_has_another_field_or_lacks_one(
    name: str, files: dict[str, list[dict[str, Any]]]
) -> None:
    check_refusals(name, files[name][0], wrong={"a": 1})
