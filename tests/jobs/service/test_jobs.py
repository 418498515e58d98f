"""Jobs as a client has them: accepted, proved, told, forgotten."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path

import platformdirs
import pytest

from tests.jobs.service.serving import (
    SERVED,
    ZKPIPE,
    Oracle,
    Serving,
    serving,
    some_inputs,
)


@pytest.mark.parametrize("circuit", SERVED)
def test_a_proof_of_each_circuit_holds(service: Serving, oracle: Oracle, circuit: str) -> None:
    inputs = some_inputs(circuit, 5)
    told = service.wait(service.submit(circuit, inputs))
    oracle.check(told, circuit, inputs)
    assert told["development"] is True


def test_a_witness_is_proved_as_it_is(
    service: Serving, oracle: Oracle, all_keys: Path, tmp_path: Path
) -> None:
    (tmp_path / "input.json").write_text('{"root": 12}')
    words = ["witness", all_keys / "square.py", tmp_path / "input.json", tmp_path / "w.wtns"]
    subprocess.run([ZKPIPE, *words], check=True)  # noqa: S603 # ours
    body = (tmp_path / "w.wtns").read_bytes()
    kind = {"Content-Type": "application/octet-stream"}
    job = service.ask("POST", "/prove?circuit=square", body, kind).json["job"]
    oracle.check(service.wait(job), "square", {"root": 12})
    other = service.ask("POST", "/prove?circuit=cube", body, kind).json["job"]
    assert service.wait(other)["state"] == "failed"
    wrong = bytearray(body)
    wrong[-32:] = (13).to_bytes(32, "little")
    told = service.wait(
        service.ask("POST", "/prove?circuit=square", bytes(wrong), kind).json["job"]
    )
    assert told["state"] == "failed"
    assert "log" not in told["error"]["problem"]  # it is told what is wrong with the witness
    for junk in (b"junk", body[:-1], body[:40]):
        told = service.wait(service.ask("POST", "/prove?circuit=square", junk, kind).json["job"])
        assert told["state"] == "failed"
        assert "/proc" not in json.dumps(told)


def test_the_same_request_is_the_same_job_however_it_is_written(service: Serving) -> None:
    bodies = [
        b'{"circuit":"product","inputs":{"factors":[3,4],"by":5}}',
        b' {"inputs" : {"by": 5, "factors": [3,\n 4]}, "circuit": "product"}\n',
        b'{"circuit":"\\u0070roduct","inputs":{"\\u0062y":5,"factors":[3,4]}}',
    ]
    kind = {"Content-Type": "application/json; charset=utf-8"}
    jobs = {service.ask("POST", "/prove", body, kind).json["job"] for body in bodies}
    assert len(jobs) == 1
    told = service.wait(jobs.pop())
    assert [service.ask("POST", "/prove", body, kind).json["job"] for body in bodies] == [
        told["job"]
    ] * 3
    assert service.get(told["job"]) == told  # it is not proved again
    other = service.ask("POST", "/prove", bodies[0].replace(b"5", b"6"), kind).json["job"]
    assert other != told["job"]


def test_wrong_inputs_fail_with_what_is_wrong(service: Serving) -> None:
    for inputs, says in (
        ({"rot": 3}, "has no input `rot`"),
        ({}, "root"),
        ({"root": "one"}, "root"),
        ({"root": 1.5}, "root"),
    ):
        told = service.wait(service.submit("square", inputs))
        assert told["state"] == "failed"
        assert says in told["error"]["problem"]
        assert told["error"]["fix"]
    told = service.wait(service.submit("small-sum", {"left": 4, "right": 4}))
    assert "left is not below right" in told["error"]["problem"]


def test_a_job_that_is_deleted_is_forgotten(service: Serving) -> None:
    job = service.submit("square", {"root": 77})
    first = service.wait(job)
    assert service.ask("DELETE", f"/jobs/{job}").status == 204
    service.ask("GET", f"/jobs/{job}").refused(404)
    service.ask("DELETE", f"/jobs/{job}").refused(404)
    assert service.submit("square", {"root": 77}) == job
    assert service.wait(job)["proof"] != first["proof"]


def test_health_and_metrics_tell_of_circuits_and_jobs(service: Serving) -> None:
    service.wait(service.submit("square", {"root": 78}))
    told = service.ask("GET", "/health").json
    assert told["status"] == "ok"
    assert told["circuits"]["square"]["development"] is True
    page = service.ask("GET", "/metrics")
    assert page.headers["content-type"].startswith("text/plain")
    text = page.body.decode()
    for line in (
        'zkpipe_jobs_total{circuit="square",state="done"}',
        'zkpipe_job_seconds_count{circuit="square"}',
        "zkpipe_queue_length 0.0",
        "zkpipe_workers 2.0",
        'zkpipe_worker_memory_bytes{worker="0"}',
        "process_resident_memory_bytes",
    ):
        assert line in text


def test_a_volatile_service_writes_nothing_and_forgets(
    all_keys: Path, tmp_path: Path, oracle: Oracle
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    cache = platformdirs.user_cache_path().as_posix()
    places = {"HOME": str(home), "TMPDIR": str(home), "XDG_CACHE_HOME": cache}
    with serving(all_keys, tmp_path / "service", "--volatile", **places) as found:
        job = found.submit("square", {"root": 5})
        oracle.check(found.wait(job), "square", {"root": 5})
        assert not list(home.iterdir())
        assert found.end() == 0
        found.start()
        found.ask("GET", f"/jobs/{job}").refused(404)
        assert found.submit("square", {"root": 5}) != job  # under another secret


def test_results_are_kept_for_as_long_as_it_was_said(all_keys: Path, tmp_path: Path) -> None:
    with serving(all_keys, tmp_path, "--keep", str(3 / 86_400)) as found:
        job = found.submit("square", {"root": 6})
        assert found.wait(job)["state"] == "done"
        for _ in range(100):
            if found.ask("GET", f"/jobs/{job}").status == 404:
                break
            time.sleep(0.1)
        else:
            raise AssertionError("it is still there")
    assert not list((tmp_path / "state" / "results").iterdir())
