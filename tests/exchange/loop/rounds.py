"""Rounds of a provider's loop on a market, and what came of a job."""

from __future__ import annotations

import json
from typing import Any

from tests.exchange.clients.market import Market
from zkpipe.exchange.loop import Limits, Status


def served(market: Market, **limits: int) -> list[Status]:
    """Rounds of a loop, as after a restart, until nothing is left that can be done now."""
    loop = market.loop()
    loop._limits = Limits(**limits)
    return loop.run(lambda: False, once=True)


def status(statuses: list[Status], job: bytes) -> Status | None:
    return next((one for one in statuses if one.job == job), None)


def state(market: Market, job: bytes) -> int:
    return int(market.owner.call("JobBoard", "jobs", job)[0])


def opened(market: Market, job: bytes) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(market.answer(job).to_bytes())
    return said["answer"]  # type: ignore[no-any-return]


def granted(market: Market, kind: str, **others: Any) -> Any:
    terms = market.terms(kind, **others)
    market.granted(terms)
    return terms
