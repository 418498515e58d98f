"""Everything for which the provider's loop refuses a job."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.exchange.clients.market import Market, made
from tests.exchange.loop.rounds import granted, served, state, status
from tests.exchange.some_tables import small_schema
from zkpipe.exchange.circuits import stats
from zkpipe.exchange.clients.grants import Grants
from zkpipe.exchange.clients.holdings import Holdings
from zkpipe.exchange.home.vault import JOB
from zkpipe.exchange.loop import Loop, Reason, Stage, Status, checking
from zkpipe.exchange.states import JobState
from zkpipe.exchange.structs import JobSpec, Scheme


def raw_open(market: Market, spec: JobSpec) -> bytes:
    """Opened past the client, by somebody who does not use it."""
    market.act(market.developer, "JobBoard", "open", spec.as_tuple, Scheme().as_tuple)
    return spec.job(market.manifest.chain_id, market.manifest.addresses["JobBoard"])


def refusal(
    market: Market, job: bytes, reason: Reason, *, is_warm: bool = True, **limits: int
) -> None:
    """Assert that the loop refuses a job, and that neither secret nor transaction comes of it."""
    count = market.sent(market.owner)
    run = served(market, **limits) if is_warm else Loop(market.owner).run(lambda: False, once=True)
    assert status(run, job) == Status(job, Stage.REFUSED, reason)
    assert market.sent(market.owner) == count
    assert not market.owner.home.vault.has(JOB, job.hex())
    assert state(market, job) == JobState.OPEN


def test_a_key_that_is_nobodys_is_refused(market: Market) -> None:
    for key in (5, 1, 0):
        job = raw_open(market, market.spec(granted(market, "stats"), opener_key=key))
        refusal(market, job, Reason.KEYS_OFF_CURVE)


def test_a_question_that_the_circuit_does_not_take_is_refused(market: Market) -> None:
    job = raw_open(market, market.spec(granted(market, "stats"), ask=1))
    refusal(market, job, Reason.WRONG_QUESTION)


def test_a_segment_that_was_never_published_is_refused(market: Market) -> None:
    """Also one that is no field element, of which no word could be made."""
    for root in (b"\xff" * 32, b"x" * 32):
        job = raw_open(market, market.spec(granted(market, "stats"), root=root))
        refusal(market, job, Reason.SEGMENT_CLOSED)


def test_a_segment_that_the_home_does_not_hold_is_refused(market: Market) -> None:
    root = market.publish(15)
    Holdings(market.owner.home).erase(root)
    refusal(market, market.job(root=root), Reason.SEGMENT_UNKNOWN)


def test_a_segment_that_was_withdrawn_meanwhile_is_refused(market: Market) -> None:
    root = market.publish(20)
    job = market.job(root=root)
    market.act(market.owner, "DataCatalogue", "publish", market.lineage, [], [root], bytes(32))
    refusal(market, job, Reason.SEGMENT_CLOSED)


def test_a_grant_that_was_revoked_meanwhile_is_refused(market: Market) -> None:
    terms = granted(market, "stats")
    job = market.job(terms)
    Grants(market.owner).revoke(Grants(market.owner).id_of(terms))
    refusal(market, job, Reason.GRANT_ENDED)


def test_a_job_that_cannot_be_done_in_time_is_refused(market: Market) -> None:
    now = market.owner.now
    job = market.job(prove_by=now + 1_000, deliver_by=now + 2_000)
    refusal(market, job, Reason.TOO_LATE, prove=1_500)
    refusal(market, job, Reason.DELIVERY_TOO_NEAR, deliver=2_000)
    served(market)
    assert state(market, job) == JobState.CLOSED


def test_a_circuit_that_the_home_has_not_checked_is_refused(market: Market) -> None:
    job = market.job()
    folder = market.owner.home.path / "circuits"
    folder.rename(folder.with_name("elsewhere"))
    try:
        refusal(market, job, Reason.CIRCUIT_UNKNOWN, is_warm=False)
    finally:
        folder.with_name("elsewhere").rename(folder)
    served(market)
    assert state(market, job) == JobState.CLOSED


def test_a_developers_file_that_was_changed_is_not_run(open_market: Market) -> None:
    job = open_market.job(granted(open_market, "query"), ask=40)
    file = Path(made("query", open_market.made_in).source.file)
    text = file.read_text()
    file.write_text(text + "raise SystemExit\n")
    try:
        refusal(open_market, job, Reason.CIRCUIT_UNKNOWN, is_warm=False)
        file.unlink()  # nor does the loop end, which serves other jobs
        refusal(open_market, job, Reason.CIRCUIT_UNKNOWN, is_warm=False)
    finally:
        file.write_text(text)
    served(open_market)
    assert state(open_market, job) == JobState.CLOSED


def test_the_job_of_a_prover_who_was_dismissed_is_refused(market: Market) -> None:
    """A home that proves for the owner, as its delegate."""
    prover = market.session("prover")
    kind = b"zkpipe/prover".ljust(32, b"\0")
    owner = market.owner
    market.act(owner, "IdentityRegistry", "addDelegate", owner.me, kind, prover.me, 10**6)
    job = market.job(submitter=prover.me)
    assert status(served(market), job) is None  # it is not the owner's to prove
    found = Loop(prover).run(lambda: False, once=True)
    assert status(found, job) == Status(job, Stage.REFUSED, Reason.CIRCUIT_UNKNOWN)
    market.act(owner, "IdentityRegistry", "revokeDelegate", owner.me, kind, prover.me)
    found = market.loop(prover).run(lambda: False, once=True)
    assert status(found, job) == Status(job, Stage.REFUSED, Reason.NOT_OURS)


def test_a_record_that_says_another_thing_than_the_circuit_is_refused() -> None:
    template = made_record()
    assert checking._is_of(*template)
    record, own = template
    for name in ("kind", "columns", "leak_bits", "results", "words"):
        assert not checking._is_of(replace(record, **{name: getattr(record, name) + 1}), own)
    assert not checking._is_of(replace(record, floor_safe=not record.floor_safe), own)


def made_record() -> tuple[Any, Any]:
    template = stats(small_schema(), "visits", 3)
    return template.record, template
