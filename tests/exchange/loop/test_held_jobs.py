"""Damaged files hold the jobs that need them and no others; tries are counted across restarts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from tests.exchange.clients.market import Market, made
from tests.exchange.schema_checks import validator
from zkpipe.exchange.clients.circuits import Circuits
from zkpipe.exchange.clients.holdings import FOLDER as SEGMENTS
from zkpipe.exchange.clients.uses.steps import use_of
from zkpipe.exchange.errors import AnswerError
from zkpipe.exchange.home.vault import JOB
from zkpipe.exchange.loop import Reason, Stage, Status, monitor
from zkpipe.exchange.loop import loop as loop_module
from zkpipe.exchange.loop import tries as tries_module
from zkpipe.exchange.loop.loop import Loop
from zkpipe.exchange.loop.tries import Tries
from zkpipe.exchange.states import JobState
from zkpipe.ground.errors import FormatError
from zkpipe.prover import ProvingKey

JOBS = (bytes([1]) * 32, bytes([2]) * 32)


def status(statuses: list[Status], job: bytes) -> Status | None:
    return next((one for one in statuses if one.job == job), None)


def served(loop: Loop) -> list[Status]:
    return loop.run(lambda: False, once=True)


def state(market: Market, job: bytes) -> int:
    return int(market.owner.call("JobBoard", "jobs", job)[0])


def asked(market: Market, kind: str) -> bytes:
    terms = market.terms(kind)
    market.granted(terms)
    return market.job(terms, **({"ask": 40} if kind == "query" else {}))


@pytest.fixture
def key_file(open_market: Market) -> Iterator[Path]:
    """The owner's key of the query, which is mended after the test, and loaded anew."""
    record = open_market.records["query"]
    (path,) = open_market.owner.home.path.glob(f"circuits/*-{record.key_digest.hex()}/key.zkey")
    whole = path.read_bytes()
    open_market._compiled.pop(("key", record.circuit), None)
    yield path
    path.write_bytes(whole)
    open_market._compiled.pop(("key", record.circuit), None)


def of_another_circuit(path: Path, market: Market) -> None:
    other = market.records["stats"].key_digest.hex()
    (file,) = market.owner.home.path.glob(f"circuits/*-{other}/key.zkey")
    path.write_bytes(file.read_bytes())


def with_other_points(path: Path, market: Market) -> None:
    """Its rows are the circuit's and its points are not: it loads, and makes no proofs."""
    key = ProvingKey.load(path)
    arrays = {"l_query": np.roll(key.l_query, 1, axis=0)}
    other = path.with_name("other")
    replace(key, **arrays).save(other)
    path.write_bytes(other.read_bytes())
    other.unlink()


DAMAGES: dict[str, Callable[[Path, Market], Any]] = {
    "cut": lambda path, _: path.write_bytes(path.read_bytes()[:-100]),
    "no key": lambda path, _: path.write_bytes(b"no key"),
    "unreadable": lambda path, _: (path.unlink(), path.mkdir()),
    "another's": of_another_circuit,
    "points": with_other_points,
}


@pytest.mark.parametrize("how", DAMAGES)
def test_a_damaged_key_holds_the_jobs_of_its_circuit_until_it_is_mended(
    open_market: Market, key_file: Path, how: str
) -> None:
    market, owner = open_market, open_market.owner
    whole = key_file.read_bytes()
    bad, good = asked(market, "query"), asked(market, "stats")
    DAMAGES[how](key_file, market)
    loop = market.loop()
    held = Status(bad, Stage.REFUSED, Reason.CIRCUIT_DAMAGED)
    assert status(served(loop), bad) == held
    assert state(market, good) == JobState.CLOSED
    assert status(served(loop), bad) == held  # and it is not counted as a try
    lines = [one for one in owner.home.log.entries() if one.get("job") == f"0x{bad.hex()}"]
    assert lines[-1]["event"] == "circuit of job damaged"
    found = [one.shown() for one in monitor.alerts(owner, owner.me, owner.home.path)]
    (alert,) = [one for one in found if one["about"] == f"0x{bad.hex()}"]
    assert (alert["alert"], alert["reason"]) == ("job_not_served", "circuit_damaged")
    if key_file.is_dir():
        key_file.rmdir()
    key_file.write_bytes(whole)
    assert status(served(loop), bad) is None
    assert state(market, bad) == JobState.CLOSED


def test_a_key_that_is_damaged_while_the_loop_runs_is_seen(
    open_market: Market, key_file: Path
) -> None:
    market, whole, loop = open_market, key_file.read_bytes(), open_market.loop()
    first = asked(market, "query")
    served(loop)
    assert state(market, first) == JobState.CLOSED
    second = asked(market, "query")
    key_file.write_bytes(whole[: len(whole) // 2])
    assert status(served(loop), second) == Status(second, Stage.REFUSED, Reason.CIRCUIT_DAMAGED)
    key_file.write_bytes(whole)
    served(loop)
    assert state(market, second) == JobState.CLOSED


def test_a_circuit_that_is_checked_again_gets_its_key_back(
    open_market: Market, key_file: Path
) -> None:
    whole = key_file.read_bytes()
    key_file.write_bytes(b"no key")
    Circuits(open_market.owner.home).keep(made("query", open_market.made_in).checked)
    assert key_file.read_bytes() == whole


def test_damaged_rows_and_a_damaged_secret_hold_their_jobs_alone(market: Market) -> None:
    owner = market.owner
    root, loop = market.publish(31), market.loop()
    bad, good = market.job(root=root), market.job()
    rows = owner.home.path / SEGMENTS / root.hex()
    whole = rows.read_bytes()
    rows.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert status(served(loop), bad) == Status(bad, Stage.REFUSED, Reason.SEGMENT_DAMAGED)
    assert state(market, good) == JobState.CLOSED
    rows.write_bytes(whole)
    while (now := state(market, bad)) in (JobState.OPEN, JobState.CLOSED):
        if now == JobState.CLOSED:  # a step may take a job to its end: another is begun
            bad = market.job(root=root)
        loop.step()
    secret = owner.home.path / "secrets" / f"{JOB}-{bad.hex()}"
    whole = secret.read_bytes()
    secret.write_bytes(whole.replace(b'"payload":"', b'"payload":"00'))
    good = market.job()
    assert status(served(loop), bad) == Status(bad, Stage.REFUSED, Reason.SECRET_DAMAGED)
    assert state(market, good) == JobState.CLOSED
    secret.write_bytes(whole)
    served(loop)
    assert state(market, bad) == JobState.CLOSED


def test_a_job_that_fails_is_not_tried_again_after_restarts(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, calls = market.job(), []

    def failing(*_: Any) -> Any:
        calls.append(1)
        raise AnswerError("It is not so.", "Do something.")

    monkeypatch.setattr(loop_module, "REST", (0.0, 0.0, 0.0))
    with monkeypatch.context() as patch:
        patch.setattr(loop_module, "proven", failing)
        for _ in range(3):
            assert status(served(market.loop()), job) == Status(job, Stage.DEAD, Reason.FAILED)
    assert len(calls) == 3
    assert status(served(market.loop()), job) == Status(job, Stage.DEAD, Reason.FAILED)
    loop = market.loop()
    loop.retry()
    assert status(served(loop), job) is None
    assert state(market, job) == JobState.CLOSED
    loop.step()
    assert Tries(market.owner.home.place("tries.json"))._counts == {}  # of jobs that are over


class Killed(BaseException):
    """As when the process ends: nothing below it is run."""


def test_a_job_that_ends_the_process_each_time_is_given_up(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, calls = market.job(), []

    def deadly(*_: Any) -> Any:
        calls.append(1)
        raise Killed

    monkeypatch.setattr(tries_module, "BEGUN", 3)
    with monkeypatch.context() as patch:
        patch.setattr(loop_module, "proven", deadly)
        for _ in range(3):
            with pytest.raises(Killed):
                served(market.loop())
        dead = Status(job, Stage.DEAD, Reason.FAILED)
        assert status(served(market.loop()), job) == dead
    assert len(calls) == 3
    loop = market.loop()
    loop.retry()
    served(loop)
    assert state(market, job) == JobState.CLOSED


def test_tries_are_a_file_as_its_schema_says(tmp_path: Path) -> None:
    path = tmp_path / "tries.json"
    tries = Tries(path)
    assert not path.exists()
    tries.begin(JOBS[0])
    tries.begin(JOBS[0])
    tries.begin(JOBS[1])
    tries.fail(JOBS[1])
    check: Draft202012Validator = validator("tries")
    said = json.loads(path.read_bytes())
    check.validate(said)
    for other in ({"jobs": {}}, {**said, "more": 1}, {**said, "jobs": {"0x": 1}}):
        assert not check.is_valid(other)
    again = Tries(path)
    assert again._counts == tries._counts
    assert (again.failed(JOBS[0]), again.failed(JOBS[1])) == (0, 1)
    again.succeed(JOBS[0])
    assert Tries(path)._counts.keys() == {JOBS[1]}
    for data in (b"{}", b"[]", b'{"format":"zkpipe tries 1","jobs":{"0x01":{"begun":-1}}}'):
        path.write_bytes(data)
        with pytest.raises(FormatError, match="does not say how often"):
            Tries(path)


def test_a_proved_answers_secret_is_not_erased_on_a_nodes_word(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says in both ways that the job is over; by this machine's clock it can be delivered."""
    job, owner, loop = market.job(), market.owner, market.loop()
    while state(market, job) == JobState.OPEN:
        loop.step()
    loop.step()
    secret = owner.home.vault.get(JOB, job.hex())
    use = use_of(owner.manifest, owner.final, job)
    told = replace(use, state=JobState.FAILED)
    with monkeypatch.context() as patch:
        patch.setattr(loop._board, "call", lambda *_, **__: (JobState.FAILED, 0, 0))
        patch.setattr(loop._sending, "is_signed", lambda function, _: function == "submit")
        kept = Status(job, Stage.DEAD, Reason.NOT_DELIVERED)
        assert loop._ended(told, owner.final.block) == kept
        assert owner.home.vault.get(JOB, job.hex()) == secret
        patch.setattr(loop_module.time, "time", lambda: float(use.spec.deliver_by + 1))
        assert loop._ended(told, owner.final.block).stage is Stage.ERASED
    assert not owner.home.vault.has(JOB, job.hex())


def test_a_job_that_the_board_has_not_ended_keeps_its_secret(market: Market) -> None:
    job, owner, loop = market.job(), market.owner, market.loop()
    while state(market, job) == JobState.OPEN:
        loop.step()
    final = owner.final
    told = replace(use_of(owner.manifest, final, job), state=JobState.CLOSED)
    assert loop._ended(told, final.block) == Status(job, Stage.DELIVERED)
    assert owner.home.vault.has(JOB, job.hex())
    assert job not in loop.ended
    served(loop)
    assert state(market, job) == JobState.CLOSED
