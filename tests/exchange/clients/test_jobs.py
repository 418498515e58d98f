"""Jobs: what is refused before they are opened, what they cost, and how they end."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.exchange.clients.market import DAY, Market
from tests.exchange.clients.parties import AUDITOR
from zkpipe.exchange.clients.grants import Grants
from zkpipe.exchange.clients.jobs import Jobs
from zkpipe.exchange.clients.uses.drafts import Deadlines, spec_for, spec_in
from zkpipe.exchange.errors import TermsError, UnknownSubjectError
from zkpipe.exchange.states import JobState
from zkpipe.exchange.struct_files import format_of, struct_file
from zkpipe.exchange.structs import JobSpec, Terms
from zkpipe.ground.errors import FormatError

OFF_CURVE = 5


@pytest.fixture(scope="module")
def terms(market: Market) -> Terms:
    """Of a grant of many uses that tests may take."""
    made = market.terms(max_uses=20)
    market.granted(made)
    return made


def test_a_job_of_a_grant_and_a_segment_has_the_homes_keys(market: Market, terms: Terms) -> None:
    grant = Grants(market.developer).id_of(terms)
    spec = spec_for(market.developer, grant, market.root, within=Deadlines(1_000, 3_000))
    assert spec.opener == market.developer.me
    assert spec.opener_key == market.developer.home.public.seal.y
    assert spec.auditor_key == AUDITOR.public_key.y
    assert spec.steps[0].submitter == market.owner.me
    assert spec.deliver_by - spec.prove_by == 2_000
    opened = Jobs(market.developer).open(spec)
    assert len(opened.warnings) == 2  # less than a day to deliver; a development key
    state = market.developer.call("JobBoard", "jobs", opened.id)
    assert tuple(state) == (JobState.OPEN, 4, opened.ticket)
    count = market.sent(market.developer)
    assert Jobs(market.developer).open(spec).id == opened.id  # nothing is sent again
    assert market.sent(market.developer) == count


def test_a_file_of_a_job_may_name_a_grant_alone(market: Market, terms: Terms) -> None:
    grant = Grants(market.developer).id_of(terms)
    step: dict[str, Any] = {"grant": "0x" + grant.hex(), "root": "0x" + market.root.hex()}
    value: dict[str, Any] = {"format": format_of(JobSpec), "steps": [step]}

    def read(value: dict[str, Any]) -> JobSpec:
        data = json.dumps(value).encode()
        return spec_in(market.developer, data, "a file", Deadlines(1_000, 2_000))

    one, another = read(value), read(value)
    assert one.nonce != another.nonce
    assert one.steps == another.steps == market.spec(terms).steps
    assert read(json.loads(struct_file(one))) == one
    for wrong in ({"steps": [{**step, "grant": "0x11"}]}, {"steps": [1]}, {"more": 1}):
        with pytest.raises(FormatError):
            read({**value, **wrong})
    with pytest.raises(UnknownSubjectError, match="no grant 0x"):
        read({**value, "steps": [{**step, "grant": "0x" + "78" * 32}]})


WRONG: dict[str, tuple[Callable[[Market], dict[str, Any]], str]] = {
    "other opener": (lambda m: {"opener": m.owner.me}, "only that account can open"),
    "a question": (lambda m: {"ask": 1}, "takes no question"),
    "opener key": (lambda _: {"opener_key": OFF_CURVE}, "openerKey .* of nobody"),
    "torsion": (lambda _: {"opener_key": 1}, "openerKey .* of nobody"),
    "auditor key": (lambda _: {"auditor_key": OFF_CURVE}, "auditorKey .* of nobody"),
    "auditor epoch": (
        lambda m: {"auditor_key": m.developer.home.public.seal.y},
        "not that of the auditor's epoch",
    ),
    "joint": (lambda m: {"until": m.owner.now}, "joint scores"),
    "too late": (lambda m: {"prove_by": m.owner.now + 10}, "leaves -?[0-9]+ seconds"),
    "no time": (lambda m: {"deliver_by": m.owner.now + DAY}, "leaves -?[0-9]+ seconds"),
    "after expiry": (
        lambda m: {"prove_by": m.owner.now + 40 * DAY, "deliver_by": m.owner.now + 50 * DAY},
        "before the job must be proved",
    ),
    "other submitter": (lambda m: {"submitter": m.developer.me}, "neither the lineage's owner"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_job_that_would_be_refused_is_not_opened(market: Market, terms: Terms, name: str) -> None:
    change, says = WRONG[name]
    spec = market.spec(terms, **change(market))
    count = market.sent(market.developer)
    with pytest.raises(TermsError, match=says):
        Jobs(market.developer).open(spec)
    assert market.sent(market.developer) == count


def test_a_job_needs_a_live_grant_with_uses_left(market: Market) -> None:
    jobs = Jobs(market.developer)
    terms = market.terms(max_uses=1)
    with pytest.raises(UnknownSubjectError, match="no grant"):
        jobs.open(market.spec(terms))
    grant = Grants(market.developer).request(terms).id
    with pytest.raises(TermsError, match="not approved yet"):
        jobs.open(market.spec(terms))
    Grants(market.owner).approve(grant)
    jobs.open(market.spec(terms))
    with pytest.raises(TermsError, match="All 1 uses"):
        jobs.open(market.spec(terms))
    Grants(market.owner).revoke(grant)
    with pytest.raises(TermsError, match="is revoked"):
        jobs.open(market.spec(terms))


def test_a_job_needs_a_segment_of_the_lineage(market: Market, terms: Terms) -> None:
    jobs = Jobs(market.developer)
    with pytest.raises(UnknownSubjectError, match="no segment 0x"):
        jobs.open(market.spec(terms, root=b"x" * 32))
    root = market.publish(13)
    pinned = market.terms(version=1)
    market.granted(pinned)
    with pytest.raises(TermsError, match="newer than the version"):
        jobs.open(market.spec(pinned, root=root))
    call = [market.lineage, [], [root], bytes(32)]
    market.act(market.owner, "DataCatalogue", "publish", *call)
    with pytest.raises(TermsError, match="is withdrawn"):
        jobs.open(market.spec(terms, root=root))


def test_a_price_is_locked_paid_or_given_back(market: Market) -> None:
    developer, jobs = market.developer, Jobs(market.developer)
    board = market.manifest.addresses["JobBoard"]
    market.act(developer, "Settlement", "allow", board, 0)
    price = 30 + developer.call("Settlement", "balance", developer.me)  # other tests' rest, too
    terms = market.terms(price=price, max_uses=5)
    market.granted(terms)
    market.decide("Settlement", "issue", [developer.me, 40])
    with pytest.raises(TermsError, match=r"lets the board lock [0-9]+.*"):
        jobs.open(market.spec(terms))
    market.act(developer, "Settlement", "allow", board, price)
    job = jobs.open(market.spec(terms)).id
    assert developer.call("Settlement", "balance", developer.me) == 10
    with pytest.raises(TermsError, match=f"costs {price} points, and the account has 10"):
        jobs.open(market.spec(terms))
    with pytest.raises(TermsError, match="time is not over"):
        jobs.expire(job)


def test_a_job_that_nobody_answers_is_expired(market: Market) -> None:
    """On the node time can be moved; on the embedded chain it goes on by itself."""
    terms = market.terms()
    market.granted(terms)
    jobs = Jobs(market.developer)
    spec = market.spec(terms, prove_by=market.owner.now + 400, deliver_by=market.owner.now + 800)
    job = jobs.open(spec).id
    market.later(401)
    assert jobs.expire(job) is JobState.VOID
    assert jobs.expire(job) is JobState.VOID  # nothing is sent again
    with pytest.raises(UnknownSubjectError, match="no job"):
        jobs.expire(b"x" * 32)
