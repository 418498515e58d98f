"""What goes wrong in a worker: the job is tried again or fails, and the others go on."""

from __future__ import annotations

import os
import signal as signals
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.jobs.service.circuits.mischief import (
    A_WHILE,
    END,
    FORK,
    LARGE_ONCE,
    MEMORY,
    ONCE,
    PRINT,
    SLEEP,
)
from tests.jobs.service.serving import Oracle, Serving, serving
from tests.long_form import IS_LONG


def told_to(service: Serving, what: int, value: int = 3) -> str:
    return service.submit("mischief", {"what": what, "value": value})


@pytest.fixture
def mark(keys: Path) -> Path:
    return keys / "mark"


def test_a_job_whose_worker_ends_is_tried_three_times(keys: Path, tmp_path: Path) -> None:
    with serving(keys, tmp_path / "service") as found:
        job = told_to(found, END)
        others = [found.submit("square", {"root": n}) for n in range(5)]
        told = found.wait(job)
        assert told["state"] == "failed"
        assert "has ended each time" in told["error"]["problem"]
        assert all(found.wait(other)["state"] == "done" for other in others)
        assert not list((tmp_path / "service" / "state" / "queued").iterdir())
        assert not list((tmp_path / "service" / "state" / "tries").iterdir())
        # It stays what it is until it is deleted.
        assert told_to(found, END) == job
        assert found.get(job) == told


def test_a_job_whose_worker_ends_once_is_proved(keys: Path, tmp_path: Path, mark: Path) -> None:
    with serving(keys, tmp_path / "service") as found:
        assert found.proved(told_to(found, ONCE))["public"] == ["9"]
        assert mark.exists()


def test_tries_survive_a_restart(keys: Path, tmp_path: Path) -> None:
    with serving(keys, tmp_path / "service", "--workers", "1") as found:
        job = told_to(found, END)
        tries = tmp_path / "service" / "state" / "tries" / job
        until = time.monotonic() + 30
        while not tries.exists():
            assert time.monotonic() < until
            time.sleep(0.01)
        found.kill()
        assert tries.read_bytes() in (b"w", b"ww")
        found.start()
        assert found.wait(job)["state"] == "failed"


def test_a_job_that_takes_too_long_fails_at_once(
    keys: Path, tmp_path: Path, oracle: Oracle
) -> None:
    with serving(keys, tmp_path / "service", "--time-limit", "1") as found:
        told = found.wait(told_to(found, SLEEP))
        assert told["state"] == "failed"
        assert "longer than the 1 seconds" in told["error"]["problem"]
        oracle.check(found.wait(found.submit("cube", {"root": 3})), "cube", {"root": 3})


def test_a_job_that_takes_too_much_memory_is_tried_once_more_alone(
    keys: Path, tmp_path: Path
) -> None:
    limits = ("--memory-limit", "400M", "--workers", "2")
    with serving(keys, tmp_path / "service", *limits) as found:
        waiting = [told_to(found, A_WHILE, n) for n in range(4)]
        job = told_to(found, MEMORY)
        told = found.wait(job)
        assert told["state"] == "failed"
        assert "more memory" in told["error"]["problem"]
        assert all(found.wait(other)["state"] == "done" for other in waiting)
        assert found.wait(told_to(found, A_WHILE, 99))["state"] == "done"


def test_a_job_that_has_enough_memory_alone_is_proved(
    keys: Path, tmp_path: Path, mark: Path
) -> None:
    with serving(keys, tmp_path / "service", "--memory-limit", "400M") as found:
        found.wait_until_ready()
        assert found.proved(told_to(found, LARGE_ONCE))["public"] == ["9"]
        assert mark.exists()
        assert found.wait(found.submit("square", {"root": 3}))["state"] == "done"


def test_a_job_that_runs_is_cancelled_and_its_worker_serves_the_next(
    keys: Path, tmp_path: Path
) -> None:
    with serving(keys, tmp_path / "service", "--workers", "1") as found:
        job, other = told_to(found, SLEEP), found.submit("square", {"root": 3})
        until = time.monotonic() + 30
        while found.get(job)["state"] != "running":
            assert time.monotonic() < until
            time.sleep(0.05)
        assert found.ask("DELETE", f"/jobs/{job}").status == 204
        found.ask("GET", f"/jobs/{job}").refused(404)
        assert found.wait(other)["public"] == ["9"]
        third, waiting = told_to(found, SLEEP, 4), found.submit("square", {"root": 5})
        assert found.ask("DELETE", f"/jobs/{waiting}").status == 204  # one that waits
        assert found.ask("DELETE", f"/jobs/{third}").status == 204
        assert found.wait(found.submit("square", {"root": 6}))["public"] == ["36"]
        assert not list((tmp_path / "service" / "state" / "queued").iterdir())
        assert 'zkpipe_jobs_total{circuit="square",state="cancelled"} 1.0' in (
            found.ask("GET", "/metrics").body.decode()
        )


def test_a_full_queue_answers_429_and_says_when_to_come_again(keys: Path, tmp_path: Path) -> None:
    with serving(keys, tmp_path / "service", "--workers", "1", "--queue", "3") as found:
        jobs = []
        while (got := found.post("mischief", {"what": A_WHILE, "value": len(jobs)})).status == 202:
            jobs.append(got.json["job"])
            assert len(jobs) < 10
        assert "wait already" in got.refused(429)
        assert 1 <= int(got.headers["retry-after"]) <= 600
        # What waits already is accepted again.
        assert found.post("mischief", {"what": A_WHILE, "value": len(jobs) - 1}).status == 202
        for job in jobs:
            assert found.wait(job)["state"] == "done"


def test_what_a_hint_prints_is_dropped(keys: Path, tmp_path: Path) -> None:
    with serving(keys, tmp_path / "service") as found:
        value = 918273645546372819
        assert found.wait(told_to(found, PRINT, value))["state"] == "done"
        assert str(value) not in found.said()
        assert hex(value) not in found.said()


def test_children_end_with_a_service_that_is_killed(keys: Path, tmp_path: Path) -> None:
    with serving(keys, tmp_path / "service") as found:
        told_to(found, SLEEP)
        found.wait(found.submit("square", {"root": 3}))
        children = found.children()
        assert children
        found.kill()
        until = time.monotonic() + 10
        while any(_is_there(child) for child in children):
            assert time.monotonic() < until
            time.sleep(0.1)


def _is_there(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


SIGNALS = ("SIGTERM", "SIGINT", "SIGHUP")


@pytest.mark.parametrize("signal", SIGNALS if IS_LONG else SIGNALS[:1])
def test_a_signal_ends_it_in_good_order_and_jobs_are_done_after_the_restart(
    keys: Path, tmp_path: Path, signal: str
) -> None:
    with serving(keys, tmp_path / "service", "--workers", "1") as found:
        found.wait_until_ready()
        jobs = [told_to(found, A_WHILE, n) for n in range(4)]
        children = found.children()
        os.kill(found.process.pid, getattr(signals, signal))
        assert found.process.wait(15) == 0
        assert not any(_is_there(child) for child in children)
        assert "Traceback" not in found.said()
        found.start()
        assert [found.wait(job)["public"] for job in jobs] == [[str(n * n)] for n in range(4)]


def test_a_worker_that_ends_and_leaves_a_process_is_noticed_and_the_process_ended(
    keys: Path, tmp_path: Path
) -> None:
    with serving(keys, tmp_path / "service", "--workers", "1", "--time-limit", "60") as found:
        job = told_to(found, FORK)
        begun = set()
        while found.get(job)["state"] != "failed":
            begun |= set(found.children())
            time.sleep(0.02)
        assert "has ended each time" in found.get(job)["error"]["problem"]
        assert found.proved(found.submit("square", {"root": 3}))
        ended = begun - set(found.children())
        until = time.monotonic() + 10  # a signal was sent, which takes a busy machine a moment
        while left := groups() & ended:
            assert time.monotonic() < until, left
            time.sleep(0.05)


def groups() -> set[int]:
    """The groups of all processes, but of those that have ended and wait to be asked how."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, _, group = (process / "stat").read_text().rpartition(")")[2].split()[:3]
            if state != "Z":
                found.add(int(group))
    return found
