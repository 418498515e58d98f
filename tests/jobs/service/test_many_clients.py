"""Many clients at once: every proof is right and its own, and memory stays under its cap.

SERVICE_CLIENTS and SERVICE_JOBS make it longer: 64 and 1000 for `make fuzz`.
"""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.jobs.service.serving import SERVED, Oracle, Serving, serving, some_inputs

CLIENTS = int(os.environ.get("SERVICE_CLIENTS", "16"))
JOBS = int(os.environ.get("SERVICE_JOBS", "40"))
CAP = 600_000_000  # bytes of a worker
OWN = 400_000_000  # bytes of the service itself
WORKERS = 2


class Client:
    """Sends jobs, each again where there is no room, and reads what became of them."""

    def __init__(self, service: Serving) -> None:
        self.service = service
        self.statuses: Counter[int] = Counter()

    def do(self, number: int) -> tuple[str, dict[str, Any], Any]:
        circuit = SERVED[number % len(SERVED)]
        inputs = some_inputs(circuit, number)
        until = time.monotonic() + 300
        while (got := self.service.post(circuit, inputs)).status == 429:
            self.statuses[429] += 1
            assert time.monotonic() < until
            time.sleep(0.05)
        self.statuses[got.status] += 1
        assert got.status == 202, got
        return circuit, inputs, self.service.wait(got.json["job"], 300)


def test_every_proof_is_right_and_none_is_anothers(
    all_keys: Path, tmp_path: Path, oracle: Oracle
) -> None:
    limits = ("--queue", "8", "--workers", str(WORKERS), "--memory-limit", str(CAP))
    with serving(all_keys, tmp_path, *limits) as found:
        largest = {"service": 0, "worker": 0}
        is_done = threading.Event()

        def watch() -> None:
            while not is_done.wait(0.2):
                largest["service"] = max(largest["service"], _memory(found.process.pid))
                for child in found.children():
                    largest["worker"] = max(largest["worker"], _memory(child))

        watcher = threading.Thread(target=watch)
        watcher.start()
        clients = [Client(found) for _ in range(CLIENTS)]
        begun = time.monotonic()
        try:
            with ThreadPoolExecutor(CLIENTS) as pool:
                done = list(pool.map(lambda n: clients[n % CLIENTS].do(n), range(JOBS)))
        finally:
            seconds = time.monotonic() - begun
            is_done.set()
            watcher.join()
        for circuit, inputs, told in done:
            oracle.check(told, circuit, inputs)
        statuses = sum((client.statuses for client in clients), Counter())
        assert statuses[202] == JOBS
        assert statuses[429] > 0, "it was never full"
        assert set(statuses) == {202, 429}
        assert len({told["job"] for _, _, told in done}) == JOBS
        assert 0 < largest["worker"] < CAP
        assert 0 < largest["service"] < OWN
        text = found.ask("GET", "/metrics").body.decode()
        counts = {
            circuit: sum(n % len(SERVED) == i for n in range(JOBS))
            for i, circuit in enumerate(SERVED)
        }
        for circuit, count in counts.items():
            assert f'zkpipe_jobs_total{{circuit="{circuit}",state="done"}} {count}.0' in text
        print(f"{JOBS} jobs, {seconds:.1f} s, {dict(statuses)}, {largest}")  # noqa: T201 # for -s


def _memory(number: int) -> int:
    try:
        return int(Path(f"/proc/{number}/statm").read_text().split()[1]) * os.sysconf(
            "SC_PAGE_SIZE"
        )
    except (OSError, IndexError):
        return 0
