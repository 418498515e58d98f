"""A deployment that is stopped anywhere is finished by the same command, and paid for once.

Oracle: the chain. The account's nonce says how many transactions were paid for, and the code at the
address of its first says whether the contract lies there.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from tests.cli.place import RAW, RECEIPT, UNLOCKED, ZKPIPE, Place, opened
from tests.cli.workshop import contents, done, invoke
from tests.long_form import IS_LONG, in_turn
from tests.verifier_contracts.between import error
from zkpipe.verifier_contracts.transactions import sending


@pytest.fixture
def place(shop: Path) -> Iterator[Place]:
    with opened() as place:
        yield place


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A node that does not answer is not waited for long."""
    monkeypatch.setattr(sending, "BEARABLE", 0.3)


def names_it(result: Result, place: Place, keystore: bool = True) -> None:
    """The message names what was sent, and what to do."""
    record = json.loads(Path("deployment.json").read_text())
    assert record["format"] == "zkpipe begun deployment 1"
    assert result.stdout == ""
    for fact in (record["account"], f"nonce {record['nonce']}", record["address"]):
        assert fact in result.stderr
    if keystore:
        assert record["transactions"]
    for digest in (*record["transactions"], *(place.net.sent if keystore else ())):
        assert digest in result.stderr
    assert "Run the same command again" in result.stderr
    assert "Nothing was written" not in result.stderr
    assert result.exit_code not in (0, 70)


def lost(method: str, answer: Any) -> None:
    """The node acts, and its answer is lost."""


def http(status: int) -> Callable[[str, Any], int]:
    return lambda method, answer: status


def null(method: str, answer: dict[str, Any]) -> dict[str, Any]:
    return {**answer, "result": None}


def without_status(method: str, answer: dict[str, Any]) -> dict[str, Any]:
    if answer["result"]:
        del answer["result"]["status"]
    return answer


REFUSALS = {
    "429": http(429),
    "503": http(503),
    "lost": lost,
    "rate": error(-32005, "project ID request rate exceeded"),
    "indexing": error(-32000, "transaction indexing is in progress"),
    "internal": error(-32603, "Internal error"),
    "other": error(-32000, "computer says no"),
}


SENT_BY = [*((name, True) for name in REFUSALS), *((k, False) for k in ("429", "lost", "other"))]


@pytest.mark.parametrize(("case", "method"), in_turn(SENT_BY, [RECEIPT, "send"]))
def test_a_node_that_takes_it_and_answers_badly_costs_nothing_twice(
    place: Place, impatient: None, case: tuple[str, bool], method: str
) -> None:
    refusal, keystore = case
    if method == "send":
        method = RAW if keystore else UNLOCKED
    place.net.after[method] = REFUSALS[refusal]
    result = invoke(*place.words("--timeout", "20", keystore=keystore))
    if result.exit_code:
        names_it(result, place, keystore)
        place.net.after.clear()
        done(*place.words(keystore=keystore))
    assert place.finished()
    assert len(set(place.net.sent)) == 1


@pytest.mark.parametrize("point", ["gone", "later"])
def test_a_receipt_that_does_not_come_in_time_is_waited_for_by_the_next(
    place: Place, point: str
) -> None:
    place.net.after[RECEIPT] = null
    place.net.after["eth_getTransactionCount"] = lambda _, answer: {**answer, "result": "0x0"}
    result = invoke(*place.words("--timeout", "1"))
    names_it(result, place)
    assert "was not mined in 1 seconds" in result.stderr
    place.net.after.clear()
    words = place.words() if point == "gone" else place.words(keystore=False)
    done(*words)  # what is mined needs no account any more
    place.finished()


def test_a_receipt_without_a_status_is_judged_by_the_code(place: Place) -> None:
    place.net.after[RECEIPT] = without_status
    done(*place.words())
    place.finished()


SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL)
POINTS = ("before", "after", "receipt", "code")


@pytest.mark.parametrize(
    ("point", "number", "keystore"),
    [
        *((point, signal.SIGKILL, True) for point in POINTS),
        *((point, number, True) for number, point in in_turn(SIGNALS[:3], POINTS)),
        *((point, signal.SIGKILL, False) for point in (POINTS if IS_LONG else POINTS[1:2])),
    ],
)
def test_it_is_killed_anywhere_and_finished(
    place: Place, point: str, number: signal.Signals, keystore: bool
) -> None:
    send = RAW if keystore else UNLOCKED
    process: list[subprocess.Popen[str]] = []

    def strike(*_: Any) -> Any:
        process[0].send_signal(number)
        process[0].wait(20)
        return 503

    rules = {
        "before": (place.net.before, send),
        "after": (place.net.after, send),
        "receipt": (place.net.after, RECEIPT),
        "code": (place.net.after, "eth_getCode"),
    }
    where, method = rules[point]
    where[method] = strike
    process.append(place.run(*place.words(keystore=keystore)))
    _, said = process[0].communicate(timeout=60)
    where.clear()
    record = json.loads(Path("deployment.json").read_text())
    assert record["format"] == "zkpipe begun deployment 1"
    if number is not signal.SIGKILL:
        assert process[0].returncode == 128 + number
        assert record["address"] in said
        assert f"nonce {record['nonce']}" in said
        assert all(digest in said for digest in record["transactions"])
        assert "Run the same command again" in said
    done(*place.words(keystore=keystore))
    place.finished()
    if keystore:
        assert place.paid() == 1


def test_a_finished_record_is_replaced_with_force_only(place: Place) -> None:
    done(*place.words())
    before = contents(Path.cwd())
    result = invoke(*place.words())
    assert result.exit_code == 2
    assert "--force" in result.stderr
    assert contents(Path.cwd()) == before
    assert place.paid() == 1
    first = place.finished()
    done(*place.words("--force"))
    assert place.paid() == 2
    assert json.loads(Path("deployment.json").read_text())["address"] != first["address"]


def test_nothing_is_sent_if_the_record_cannot_be_begun(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    result = invoke(*place.words())
    assert result.exit_code == 2
    assert "No space left" in result.stderr
    assert not Path("deployment.json").exists()
    assert not place.net.sent
    assert place.paid() == 0
    monkeypatch.undo()


def test_a_disk_that_is_full_when_it_is_finished_loses_nothing(place: Place) -> None:
    limited = f'ulimit -f {1 + Path("verifier.sol").stat().st_size // 1024}; exec "$@"'
    # A file size limit stands for the disk: the begun record fits, the finished one does not.
    command = ["bash", "-c", limited, "bash", str(ZKPIPE), *place.words()]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 # ours
    assert ran.returncode in (0, 2), ran.stderr
    if ran.returncode:
        assert "cannot be written" in ran.stderr
        assert all(digest in ran.stderr for digest in place.net.sent)
        done(*place.words())
    place.finished()
    assert place.paid() == 1
