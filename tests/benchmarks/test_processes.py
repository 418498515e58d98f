"""Processes of measurements: their own memory, their own environment, and no one left behind."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from zkpipe.benchmarks.errors import MeasurementError
from zkpipe.benchmarks.processes import Worker, module_worker, whole_command

MEGABYTE = 1 << 20
ECHO = """\
import json, os, sys
for line in sys.stdin:
    facts = {"got": json.loads(line), "threads": os.environ["ZKPIPE_THREADS"]}
    print(json.dumps(facts), flush=True)
"""


def python(text: str, *words: object) -> list[str | Path]:
    return [sys.executable, "-I", "-S", "-c", text, *map(str, words)]


def test_the_peak_memory_told_is_the_commands_and_not_that_of_who_started_it() -> None:
    held = np.ones(200 * MEGABYTE // 8)  # in this process
    small = whole_command(python("pass"), {})
    large = whole_command(python(f"b'x' * {100 * MEGABYTE}"), {})
    assert held.sum() > 0
    assert small.peak_bytes < 50 * MEGABYTE
    assert 100 * MEGABYTE < large.peak_bytes < 150 * MEGABYTE


def test_the_time_told_is_the_commands() -> None:
    assert 0.2 < whole_command(python("import time; time.sleep(0.2)"), {}).seconds < 5


def test_a_command_that_fails_is_an_error_with_its_last_words() -> None:
    with pytest.raises(MeasurementError) as caught:
        whole_command(python("import sys; sys.exit('first\\nlast')"), {})
    assert caught.value.evidence[-1] == "last"
    assert str(Path(sys.executable).parent) not in caught.value.problem


def test_a_command_that_fails_without_a_word_may_have_had_no_space_for_it() -> None:
    with pytest.raises(MeasurementError, match="left no reason") as caught:
        whole_command(python("import os; os._exit(1)"), {})
    assert "TMPDIR" in caught.value.fix


def test_a_command_that_is_not_there_is_an_error() -> None:
    with pytest.raises(MeasurementError, match="no-such-program failed"):
        whole_command(["no-such-program"], {})


def test_a_worker_takes_no_module_of_the_working_folder_for_pythons(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "csv.py").write_text("raise SystemExit('not this one')\n")
    monkeypatch.chdir(tmp_path)
    with (
        module_worker("zkpipe.benchmarks.workers.loop_worker", {}) as worker,
        pytest.raises(MeasurementError) as caught,
    ):
        worker.ask({})
    assert "not enough values to unpack" in caught.value.told  # it has no words


def test_a_worker_answers_each_request_in_its_own_environment() -> None:
    with Worker(python(ECHO), {"ZKPIPE_THREADS": "7"}) as worker:
        for number in range(3):
            assert worker.ask({"n": number}) == {"got": {"n": number}, "threads": "7"}
        assert worker.finish().peak_bytes < 50 * MEGABYTE
    assert os.environ.get("ZKPIPE_THREADS") != "7"


def test_a_worker_that_dies_is_an_error_with_its_last_words() -> None:
    with (
        Worker(python("import sys; sys.stdin.readline(); sys.exit('out of luck')"), {}) as worker,
        pytest.raises(MeasurementError) as caught,
    ):
        worker.ask({})
    assert caught.value.evidence == ("out of luck",)


def test_a_worker_ends_with_its_block_and_so_does_what_it_started(tmp_path: Path) -> None:
    numbers = tmp_path / "numbers"
    text = (
        "import os, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "open(sys.argv[1], 'w').write(f'{os.getpid()} {child.pid}')\n"
        "sys.stdin.readline(); print('{}', flush=True); time.sleep(60)"
    )
    with Worker(python(text, numbers), {}) as worker:
        worker.ask({})
        processes = [int(word) for word in numbers.read_text().split()]
        assert all(is_running(number) for number in processes)
    deadline = time.monotonic() + 10
    while any(is_running(number) for number in processes):
        assert time.monotonic() < deadline, "a process was left behind"
        time.sleep(0.05)


def is_running(number: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        status = Path(f"/proc/{number}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
