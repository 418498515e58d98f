"""Circuits that cannot be loaded: jobs wait until somebody mends them, and no path is told."""

from __future__ import annotations

import time
from pathlib import Path

from tests.cli.workshop import done
from tests.jobs.service.circuits.mischief import SLEEP
from tests.jobs.service.serving import Serving, serving, state_of

TYPO = "from zkpipe import circuit\ndef square(:\n"


def queued(state: Path) -> list[str]:
    return sorted(path.name for path in (state / "queued").iterdir())


def until_said(service: Serving, text: str) -> None:
    until = time.monotonic() + 60
    while text not in service.said():
        assert time.monotonic() < until, service.said()
        time.sleep(0.05)


def until_queued(service: Serving, jobs: list[str]) -> None:
    """Until they wait: each look at changed files may have them tried once more before that."""
    until = time.monotonic() + 60
    while (states := [service.get(job)["state"] for job in jobs]) != ["queued"] * len(jobs):
        assert set(states) <= {"queued", "running"}
        assert time.monotonic() < until, service.said()
        time.sleep(0.05)


def test_jobs_survive_a_start_with_a_circuit_that_does_not_compile(
    keys: Path, tmp_path: Path
) -> None:
    place = tmp_path / "service"
    with serving(keys, place, "--workers", "1") as found:
        found.wait_until_ready()
        busy = found.submit("mischief", {"what": SLEEP, "value": 1})
        jobs = [found.submit("square", {"root": n}) for n in range(3)]
        found.kill()
        text = (keys / "square.py").read_text()
        (keys / "square.py").write_text(TYPO)
        found.start()
        assert found.ask("DELETE", f"/jobs/{busy}").status == 204
        told = state_of(found, "square", "cannot be loaded")
        until_said(found, "jobs of circuit square wait")
        until_queued(found, jobs)
        assert queued(place / "state") == sorted(jobs)
        refused = found.post("square", {"root": 9})
        assert refused.refused(503) == told["problem"]
        assert "Error)" in told["problem"]
        assert str(tmp_path) not in refused.body.decode() + str(told)
        assert str(keys) in found.said()
        assert found.proved(found.submit("cube", {"root": 2}))["public"] == ["8"]
        found.kill()
        found.start()
        (keys / "square.py").write_text(text)
        assert [found.proved(job)["public"] for job in jobs] == [["0"], ["1"], ["4"]]
        assert queued(place / "state") == []


def test_jobs_wait_for_a_key_that_was_replaced_by_a_damaged_one(keys: Path, tmp_path: Path) -> None:
    with serving(keys, tmp_path / "service", "--workers", "1") as found:
        found.wait_until_ready()
        busy = found.submit("mischief", {"what": SLEEP, "value": 1})
        job = found.submit("square", {"root": 5})
        key = (keys / "square.zkey").read_bytes()
        (keys / "square.zkey").write_bytes(key[:100])
        assert found.ask("DELETE", f"/jobs/{busy}").status == 204
        until_said(found, "jobs of circuit square wait")
        until_queued(found, [job])
        (keys / "square.zkey").write_bytes(key)
        assert found.proved(job)["public"] == ["25"]


def test_jobs_wait_for_a_circuit_that_is_away(keys: Path, tmp_path: Path) -> None:
    with serving(keys, tmp_path / "service", "--workers", "1") as found:
        found.wait_until_ready()
        busy = found.submit("mischief", {"what": SLEEP, "value": 1})
        job, other = (found.submit("square", {"root": n}) for n in (5, 6))
        (keys / "square.zkey").rename(tmp_path / "away")
        time.sleep(1.2)  # for which a look at the folder serves
        assert found.ask("DELETE", f"/jobs/{busy}").status == 204
        until_said(found, "jobs of circuit square wait")
        assert found.ask("DELETE", f"/jobs/{other}").status == 204
        until_queued(found, [job])
        (tmp_path / "away").rename(keys / "square.zkey")
        assert found.proved(job)["public"] == ["25"]
        found.ask("GET", f"/jobs/{other}").refused(404)


def test_what_a_circuit_needs_elsewhere_is_looked_for_again(keys: Path, tmp_path: Path) -> None:
    text = (keys / "square.py").read_text()
    needed = tmp_path / "needed"
    check = f"import os\nif not os.path.exists({str(needed)!r}):\n    raise OSError\n"
    before, _, after = text.partition("from zkpipe")
    (keys / "square.py").write_text(f"{before}{check}from zkpipe{after}")
    with serving(keys, tmp_path / "service") as found:
        state_of(found, "square", "cannot be loaded")
        needed.touch()
        assert state_of(found, "square", "served")["key"]
        assert found.proved(found.submit("square", {"root": 3}))["public"] == ["9"]


def test_a_circuit_whose_file_ends_the_process_keeps_its_jobs(keys: Path, tmp_path: Path) -> None:
    text = (keys / "square.py").read_text()
    (keys / "square.py").write_text("import os\nos._exit(3)\n")
    with serving(keys, tmp_path / "service") as found:
        job = found.submit("square", {"root": 3})
        until_said(found, "jobs of circuit square wait")
        state_of(found, "square", "cannot be loaded")
        (keys / "square.py").write_text(text)
        assert found.proved(job)["public"] == ["9"]


def test_health_tells_the_new_key_before_any_job(keys: Path, tmp_path: Path) -> None:
    with serving(keys, tmp_path / "service") as found:
        found.wait_until_ready()
        first = state_of(found, "square", "served")["key"]
        done("setup", keys / "square.py", tmp_path / "new.zkey", "--dev")
        (tmp_path / "new.zkey").replace(keys / "square.zkey")
        until = time.monotonic() + 60
        while state_of(found, "square", "served")["key"] == first:
            assert time.monotonic() < until
            time.sleep(0.1)


def test_health_tells_of_a_key_without_a_source(keys: Path, tmp_path: Path) -> None:
    (keys / "square.py").unlink()
    with serving(keys, tmp_path / "service") as found:
        assert "no source" in state_of(found, "square", "cannot be loaded")["problem"]


def test_inputs_never_break_a_circuit(keys: Path, tmp_path: Path) -> None:
    odd = [
        "",
        "x",
        "1e999999",
        "0x",
        "-",
        " 1",
        "\u0661",
        None,
        True,
        1.5,
        [],
        {},
        [[1]],
        "1" * 5000,
    ]
    with serving(keys, tmp_path / "service", "--workers", "1") as found:
        found.wait_until_ready()
        for value in odd:
            got = found.post("square", {"root": value})
            if got.status == 202:
                found.wait(got.json["job"])
        kind = {"Content-Type": "application/octet-stream"}
        for data in (b"w", b"wtns" + bytes(50), b"wtns\x02\0\0\0\x02\0\0\0" + b"\xff" * 80):
            got = found.ask("POST", "/prove?circuit=square", data, kind)
            if got.status == 202:
                found.wait(got.json["job"])
        assert state_of(found, "square", "served")
        assert "cannot be loaded" not in found.said()
        assert found.proved(found.submit("square", {"root": 3}))["public"] == ["9"]
