"""What the monitor tells: each event once, and what somebody should look at."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.exchange.clients.market import Market
from zkpipe.exchange.clients.grants import Grants
from zkpipe.exchange.clients.jobs import Jobs
from zkpipe.exchange.home.vault import JOB
from zkpipe.exchange.loop import Heartbeat, Reason, Stage, Status, monitor
from zkpipe.exchange.loop.heartbeat import FILE
from zkpipe.exchange.loop.monitor import Alert, Concern, alerts, events
from zkpipe.ground.errors import FormatError


def found(market: Market, concern: Concern, *, folder: Path | None = None) -> list[Alert]:
    told = alerts(market.owner, market.owner.me, folder)
    return [alert for alert in told if alert.concern is concern]


def about(market: Market, concern: Concern, subject: bytes, **more: Path) -> bool:
    return any(one.subject == f"0x{subject.hex()}" for one in found(market, concern, **more))


def test_events_are_told_once_and_without_what_is_large(market: Market) -> None:
    job = market.job()
    market.loop().run(lambda: False, once=True)
    end = market.owner.final.block
    middle = end - 3
    whole = list(events(market.owner, 0, end))
    parts = [*events(market.owner, 0, middle), *events(market.owner, middle + 1, end)]
    assert whole == parts
    ours = [one for one in whole if one.get("said", {}).get("job") == f"0x{job.hex()}"]
    assert [one["event"] for one in ours] == [
        "JobOpened", "StepProved", "StepDelivered", "JobClosed",
    ]  # fmt: skip
    assert set(ours[1]["said"]) == {"job", "lineage", "i", "ticket", "root"}
    assert "proof" not in json.dumps(ours)


def test_a_grant_of_which_little_is_left_is_named(market: Market) -> None:
    terms = market.terms(max_uses=2)
    grant = market.granted(terms)
    assert not about(market, Concern.GRANT_NEARLY_EXHAUSTED, grant)
    for _ in range(2):
        Jobs(market.developer).open(market.spec(terms))
    assert about(market, Concern.GRANT_NEARLY_EXHAUSTED, grant)
    Grants(market.owner).revoke(grant)
    assert not about(market, Concern.GRANT_NEARLY_EXHAUSTED, grant)


def test_a_budget_of_which_little_is_left_is_named(market: Market) -> None:
    budget = market.owner.latest.row("budgets", market.lineage)
    assert budget is not None
    left = budget["limit_bits"] - budget["held"] - budget["spent"]
    assert not about(market, Concern.BUDGET_NEARLY_SPENT, market.lineage)
    bits = market.records["stats"].leak_bits
    terms = market.terms(max_uses=left // bits)
    grant = market.granted(terms)
    assert about(market, Concern.BUDGET_NEARLY_SPENT, market.lineage)
    Grants(market.owner).revoke(grant)
    Grants(market.owner).close(grant)
    assert not about(market, Concern.BUDGET_NEARLY_SPENT, market.lineage)


def test_an_issuer_that_the_council_dismissed_is_named(market: Market) -> None:
    doc, circuit = b"d" * 32, market.records["stats"].circuit
    market.decide("CredentialRegistry", "defineTemplate", [doc, circuit, 7])
    template = int(market.owner.latest.rows("templates")[-1]["template"])
    arguments = [template, 77, market.owner.me]
    market.decide("CredentialRegistry", "setIssuer", [*arguments, True])
    assert found(market, Concern.ISSUER_REVOKED) == []
    market.act(market.owner, "CredentialRegistry", "setRevocation", template, 77, 5, [3])
    assert [one.subject for one in found(market, Concern.CREDENTIAL_REVOKED)] == ["77"]
    market.decide("CredentialRegistry", "setIssuer", [*arguments, False])
    assert [one.subject for one in found(market, Concern.ISSUER_REVOKED)] == ["77"]


def test_deadlines_that_are_near_or_over_are_named(market: Market) -> None:
    now = market.owner.now
    job = market.job(prove_by=now + 10_000, deliver_by=now + 20_000)
    assert not about(market, Concern.NOT_PROVED, job)
    market.later(8_000)
    assert about(market, Concern.NOT_PROVED, job)
    market.later(2_100)
    assert about(market, Concern.OVERDUE, job)
    assert not about(market, Concern.NOT_PROVED, job)
    Jobs(market.developer).expire(job)
    assert not about(market, Concern.OVERDUE, job)
    now = market.owner.now
    job = market.job(prove_by=now + 1_000, deliver_by=now + 9_000)
    loop = market.loop()
    while market.owner.call("JobBoard", "jobs", job)[0] == 41:
        loop.step()
    assert not about(market, Concern.NOT_DELIVERED, job)
    market.later(7_500)
    assert about(market, Concern.NOT_DELIVERED, job)
    loop.run(lambda: False, once=True)
    assert not about(market, Concern.NOT_DELIVERED, job)


def test_a_loop_that_is_silent_or_does_not_serve_is_named(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = market.owner.home
    loop = market.loop()
    loop.run(lambda: False, once=True)
    job = market.job()
    folder = home.path
    assert found(market, Concern.PROVER_SILENT, folder=folder) == []
    now = time.time()
    monkeypatch.setattr(monitor.time, "time", lambda: now + 61)
    (silent,) = found(market, Concern.PROVER_SILENT, folder=folder)
    assert int(str(silent.facts["jobs"])) >= 1
    monkeypatch.setattr(monitor.time, "time", lambda: now)
    for reason, concern in (
        (Reason.SEGMENT_UNKNOWN, Concern.JOB_NOT_SERVED),
        (Reason.FAILED, Concern.PROOF_REJECTED),
    ):
        beat = Heartbeat(int(now), 5, (Status(job, Stage.REFUSED, reason),))
        (folder / FILE).write_bytes(beat.to_bytes())
        assert Heartbeat.load(folder) == beat
        assert about(market, concern, job, folder=folder)
    (folder / FILE).write_text('{"format": "zkpipe heartbeat 1", "jobs": 5}')
    with pytest.raises(FormatError):
        Heartbeat.load(folder)
    (folder / FILE).unlink()
    assert len(found(market, Concern.PROVER_SILENT, folder=folder)) == 1
    loop.run(lambda: False, once=True)
    assert not home.vault.has(JOB, job.hex())
    assert found(market, Concern.PROVER_SILENT, folder=folder) == []
