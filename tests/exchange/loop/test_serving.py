"""The provider's loop: a job's way to its end, and everything for which one is refused."""

from __future__ import annotations

import json
import sqlite3
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.exchange.clients.market import Market, made
from tests.exchange.clients.parties import AUDITOR
from tests.exchange.some_tables import small_schema
from zkpipe.exchange.circuits import stats
from zkpipe.exchange.clients.grants import Grants
from zkpipe.exchange.clients.holdings import Holdings
from zkpipe.exchange.clients.uses.results import open_result
from zkpipe.exchange.clients.uses.steps import use_of
from zkpipe.exchange.errors import AnswerError, UnknownSubjectError
from zkpipe.exchange.home.vault import JOB
from zkpipe.exchange.loop import Heartbeat, Limits, Loop, Reason, Stage, Status, checking
from zkpipe.exchange.loop import loop as loop_module
from zkpipe.exchange.loop.material import Material
from zkpipe.exchange.loop.proving import opening, proven
from zkpipe.exchange.states import JobState
from zkpipe.exchange.structs import JobSpec, Scheme
from zkpipe.prover import DEVELOPMENT, setup


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


def test_a_job_is_proved_delivered_paid_and_forgotten(market: Market) -> None:
    owner, developer = market.owner, market.developer
    market.decide("Settlement", "issue", [developer.me, 30])
    market.act(developer, "Settlement", "allow", market.manifest.addresses["JobBoard"], 30)
    balance = owner.call("Settlement", "balance", owner.me)
    terms = market.terms(price=30)
    grant = market.granted(terms)
    job = market.job(terms)
    count = market.sent(owner)
    assert status(served(market), job) is None  # it is over
    assert state(market, job) == JobState.CLOSED
    assert market.sent(owner) == count + 2  # submit and deliver, once each
    assert not owner.home.vault.has(JOB, job.hex())
    assert owner.call("Settlement", "balance", owner.me) == balance + 30
    assert owner.call("UsageGrants", "grant", grant)[1:3] == (1, 0)  # used, and none open
    cells = opened(market, job)["cells"]
    told = [(cell["rows"], int(cell["sum"])) for cell in cells]
    expected = market.expected(market.root)
    assert told == [(rows, distance - 5 * rows) for rows, distance in expected]  # low is -5
    assert all(rows for rows, _ in told)
    assert [cell["cell"] for cell in cells] == [{"well": False}, {"well": True}]


def test_a_query_answers_its_question(open_market: Market) -> None:
    job = open_market.job(granted(open_market, "query"), ask=40)
    served(open_market)
    codes = open_market.columns[open_market.root][2]
    assert opened(open_market, job) == {"values": sum(code >= 46 for code in codes)}


def granted(market: Market, kind: str, **others: Any) -> Any:
    terms = market.terms(kind, **others)
    market.granted(terms)
    return terms


def test_what_is_not_final_is_not_proved(market: Market) -> None:
    """The loop sees an index whose final state is older than the job."""
    job = market.job()
    owner, loop = market.owner, market.loop()
    latest = owner.latest
    tip = latest.block
    row = latest.row("jobs", job)
    assert row is not None
    with owner.index.deep(tip - row["opened"] + 1) as before:
        assert loop._advanced(job, latest, before) == Status(job, Stage.SEEN)
    assert not owner.home.vault.has(JOB, job.hex())
    served(market)


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


def test_a_job_that_fails_three_times_is_dead(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The board takes no proof whose words are another ticket's."""
    job = market.job()
    monkeypatch.setattr(loop_module, "REST", (0.0, 0.0, 0.0))

    def mauled(*arguments: Any) -> Any:
        found = proven(*arguments)
        return replace(found, results=(found.results[0] ^ 1, *found.results[1:]))

    count = market.sent(market.owner)
    monkeypatch.setattr(loop_module, "proven", mauled)
    assert status(served(market), job) == Status(job, Stage.DEAD, Reason.FAILED)
    assert market.sent(market.owner) == count  # the node says that it would be refused
    monkeypatch.setattr(loop_module, "proven", proven)
    assert status(served(market), job) is None  # after a restart it is tried again
    assert state(market, job) == JobState.CLOSED


def test_a_key_that_makes_no_proofs_stops_its_own_jobs_alone(
    open_market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its rows are the circuit's and its points are not: a developer could give an owner such."""
    market = open_market
    bad, good = market.job(granted(market, "query"), ask=40), market.job()
    monkeypatch.setattr(loop_module, "REST", (0.0, 0.0, 0.0))
    tools = Material.tools

    def mauled(material: Material, circuit: bytes) -> Any:
        found = tools(material, circuit)
        if found is None or circuit != market.records["query"].circuit:
            return found
        key = setup(found.system, DEVELOPMENT)
        return replace(found, key=replace(key, l_query=np.roll(key.l_query, 1, axis=0)))

    monkeypatch.setattr(Material, "tools", mauled)
    assert status(served(market), bad) == Status(bad, Stage.REFUSED, Reason.CIRCUIT_DAMAGED)
    assert state(market, good) == JobState.CLOSED


def test_an_answer_whose_secret_is_lost_is_dead(market: Market) -> None:
    """A restored home has none of its jobs' secrets: it makes no new one."""
    job = market.job()
    loop, owner = market.loop(), market.owner
    while state(market, job) == JobState.OPEN:
        loop.step()
    owner.home.vault.erase(JOB, job.hex())
    count = market.sent(owner)
    assert status(served(market), job) == Status(job, Stage.DEAD, Reason.SECRET_LOST)
    assert market.sent(owner) == count
    assert not owner.home.vault.has(JOB, job.hex())
    market.later(4 * 86_400)
    assert status(served(market), job) == Status(job, Stage.DEAD, Reason.SECRET_LOST)


def test_what_opens_an_answer_is_not_told_on_the_word_of_the_index_alone(market: Market) -> None:
    """A proof can be seen before it is counted: whoever then says that it was would read for free.

    The index is changed to say that the board has taken the proof.
    """
    job, owner, loop = market.job(), market.owner, market.loop()
    final = owner.final
    use = use_of(owner.manifest, final, job)
    tools, rows = loop._material.tools(use.terms.circuit), Holdings(owner.home)
    assert tools is not None
    made_here = proven(use, tools, rows.segment(use.step.root), loop._secret(job))
    told = replace(use, state=JobState.PROVED, results=made_here.results)
    assert opening(told, loop._secret(job)) is not None
    assert loop._delivered(told, told, final.block).stage is Stage.SUBMITTED
    board = owner.contract("JobBoard")
    assert owner.sender.last(board, "deliver", job, 0) is None
    served(market)
    assert state(market, job) == JobState.CLOSED


def test_the_same_job_has_the_same_sealed_answer(market: Market) -> None:
    """And another ticket has other numbers, so that nothing of the difference shows."""
    job = market.job()
    owner = market.owner
    use = use_of(market.manifest, owner.final, job)
    material = Material(owner.home)
    tools, segment = material.tools(use.terms.circuit), material.segment(use.step.root)
    assert tools is not None
    assert segment is not None
    secret = bytes(range(32))
    one, again = (proven(use, tools, segment, secret) for _ in range(2))
    assert one.results == again.results
    assert one.words != again.words  # proofs are fresh
    for other in (
        proven(replace(use, ticket=use.ticket + 1), tools, segment, secret),
        proven(use, tools, segment, bytes(32)),
    ):
        assert not set(other.results) & set(one.results)
    known = replace(use, results=one.results)
    assert opening(known, secret) is not None
    assert opening(known, bytes(32)) is None
    assert opening(use, secret) is None
    served(market)


def test_the_auditor_opens_it_and_nobody_else(market: Market) -> None:
    job = market.job()
    served(market)
    circuits = market.circuits(market.developer)
    found = open_result(market.developer, circuits, job, AUDITOR.scalar, as_auditor=True)
    said = json.loads(found.to_bytes())
    assert said["openedAs"] == "auditor"
    assert said["answer"] == opened(market, job)
    for wrong in (market.owner.home.keys.seal.scalar, AUDITOR.scalar):
        with pytest.raises(AnswerError, match="sealed for another key"):
            open_result(market.developer, circuits, job, wrong)
    mine = market.developer.home.keys.seal.scalar
    with pytest.raises(AnswerError, match="sealed for another key"):
        open_result(market.developer, circuits, job, mine, as_auditor=True)


def test_the_log_and_the_heartbeat_have_ids_and_states_alone(market: Market) -> None:
    job = market.job(granted(market, "stats"), submitter=market.owner.me)
    loop = market.loop()
    stages = []
    for _ in range(10):
        found = status(loop.step(), job)
        beat = Heartbeat.load(market.owner.home.path)
        assert beat is not None
        assert status(list(beat.jobs), job) == found
        if found is not None:
            stages.append(found.stage)
    order = [Stage.PROVED, Stage.DELIVERING, Stage.ERASED]
    assert [stage for stage in stages if stage in order] == order
    lines = [one for one in market.owner.home.log.entries() if one.get("job") == f"0x{job.hex()}"]
    assert [line["state"] for line in lines] == [stage.value for stage in dict.fromkeys(stages)]
    assert all(set(line) == {"time", "event", "state", "job"} for line in lines)


def test_a_loop_stops_when_it_is_told_to(market: Market) -> None:
    asked = iter([False, False, True])
    before = time.monotonic()
    market.loop().run(lambda: next(asked, True))
    assert next(asked, None) is None
    assert time.monotonic() - before < 5


def test_a_node_that_changes_what_was_proved_is_found_out(market: Market) -> None:
    """Rows of the index as a lying node would have made them."""
    job = market.job()
    served(market)
    assert opened(market, job)
    index = market.developer.home.path / "index.sqlite"
    key = f"0x{job.hex()}"

    def told(**values: str) -> None:
        with sqlite3.connect(index) as database:
            for name, value in values.items():
                database.execute(f"UPDATE final_steps SET {name} = ? WHERE job = ?", (value, key))  # noqa: S608

    def row() -> dict[str, Any]:
        found = market.developer.final.row("steps", job, 0)
        assert found is not None
        return found

    before = row()
    results = json.loads(before["results"])
    for change, says in (
        ({"w0": before["w1"]}, "does not open the proof's lock"),
        ({"results": json.dumps([*results[:-1], "5"])}, "not those that the board keeps"),
        ({"ticket": "77"}, "not one of this answer"),
    ):
        told(**change)
        with pytest.raises(AnswerError, match=says):
            opened(market, job)
        told(**{name: str(before[name]) for name in change})
    assert opened(market, job)


def test_an_answer_that_is_not_there_is_said_to_be_so(market: Market) -> None:
    job = market.job()
    with pytest.raises(AnswerError, match="is not proved yet"):
        opened(market, job)
    loop = market.loop()
    while state(market, job) == JobState.OPEN:
        loop.step()
    with pytest.raises(AnswerError, match="is proved; its answer must be delivered"):
        opened(market, job)
    served(market)
    assert opened(market, job)
    with pytest.raises(UnknownSubjectError):
        opened(market, b"x" * 32)
