"""kill -9 at random moments: no accepted job is lost, and what was told stays.

SERVICE_KILLS makes it longer: 500 for `make fuzz`.
"""

from __future__ import annotations

import http.client
import os
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.jobs.service.serving import SERVED, Oracle, Serving, serving, some_inputs

KILLS = int(os.environ.get("SERVICE_KILLS", "8"))
SEED = int(os.environ.get("SERVICE_SEED", "1"))
SHORT, LONG = 3.0, 8.0  # seconds between a start and a kill, at most: workers take some to start
BACK = 10.0 if "SERVICE_KILLS" in os.environ else 60.0  # seconds to work again
GONE = (OSError, http.client.HTTPException)  # the service was killed


class Clients:
    """Send jobs without an end, and note what was accepted and what was told."""

    def __init__(self, service: Serving) -> None:
        self.service = service
        self.accepted: dict[str, tuple[str, dict[str, Any]]] = {}
        self.told: dict[str, Any] = {}
        self.progress = 0
        self.is_over = threading.Event()
        self.faults: list[str] = []
        self._threads = [
            threading.Thread(target=self._watched, args=(work,))
            for work in (self._send, self._read, self._read_again)
        ]

    def __enter__(self) -> Clients:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """Send and read nothing more."""
        self.is_over.set()
        for thread in self._threads:
            thread.join()

    def _watched(self, work: Callable[[], None]) -> None:
        while not self.is_over.is_set():
            try:
                work()
            except GONE:
                time.sleep(0.02)
            except Exception as error:  # noqa: BLE001 # told at the end
                self.faults.append(repr(error))
                return

    def _send(self) -> None:
        number = len(self.accepted) + 1
        circuit = SERVED[number % len(SERVED)]
        inputs = some_inputs(circuit, number)
        got = self.service.post(circuit, inputs)
        if got.status == 202:
            self.accepted[got.json["job"]] = circuit, inputs
            time.sleep(0.02)
        elif got.status == 429:
            time.sleep(0.1)
        else:
            self.faults.append(f"{got}")

    def _read(self) -> None:
        for job in list(self.accepted):
            if job not in self.told and not self.is_over.is_set():
                self._note(job)
        time.sleep(0.05)

    def _read_again(self) -> None:
        for job in list(self.told):
            if not self.is_over.is_set():
                self._note(job)
        time.sleep(0.2)

    def _note(self, job: str) -> None:
        """Read a job; one that was accepted is there, and one that was told stays the same."""
        got = self.service.ask("GET", f"/jobs/{job}", timeout=20)
        if got.status != 200:
            self.faults.append(f"{job}: {got}")
        elif got.json["state"] in ("done", "failed"):
            before = self.told.setdefault(job, got.json)
            self.progress += before is got.json or before == got.json
            if before != got.json:
                self.faults.append(f"{job} was told twice: {before}, {got.json}")


def test_no_accepted_job_is_lost_and_none_is_told_twice(
    all_keys: Path, tmp_path: Path, oracle: Oracle
) -> None:
    chance = random.Random(SEED)  # noqa: S311 # a test's
    slowest = 0.0
    with serving(all_keys, tmp_path, "--queue", "50") as found, Clients(found) as clients:
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.0, chance.choice([SHORT, LONG])))
            found.kill()
            begun = time.monotonic()
            found.start()
            while True:
                with suppress(*GONE):
                    if found.ask("GET", "/health", timeout=5).status == 200:
                        break
                assert time.monotonic() - begun < BACK
            slowest = max(slowest, time.monotonic() - begun)
        assert not clients.faults, clients.faults[:5]
        begun, before = time.monotonic(), len(clients.told)
        while len(clients.told) <= before:
            assert time.monotonic() - begun < BACK
            time.sleep(0.05)
        clients.end()
        for job, (circuit, inputs) in clients.accepted.items():
            told = found.wait(job, 120)
            oracle.check(told, circuit, inputs)
            assert clients.told.get(job, told) == told
        assert not clients.faults, clients.faults[:5]
        found.end()
        state = tmp_path / "state"
        assert {p.name for p in state.iterdir()} == {"lock", "secret", "queued", "tries", "results"}
        assert {p.name for p in (state / "results").iterdir()} == set(clients.accepted)
        assert not list((state / "queued").iterdir())
        assert not list((state / "tries").iterdir())
        assert "damaged" not in found.said()
        assert "Traceback" not in found.said()
        print(f"{KILLS} kills, {len(clients.accepted)} jobs, back in {slowest:.1f} s at most")  # noqa: T201 # for -s
