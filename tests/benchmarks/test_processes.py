"""Processes of measurements: their own memory, their own environment, and no one left behind."""

from __future__ import annotations

import os
import sys
import time
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest

from zkpipe.benchmarks.errors import ExitError, MeasurementError
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


@pytest.mark.parametrize(
    ("content", "says"),
    [(None, "No such file or directory"), (b"\x7fELF", "Exec format error")],
    ids=["not there", "of no machine"],
)
def test_a_command_that_the_system_does_not_start_is_told_with_the_systems_reason(
    content: bytes | None, says: str, tmp_path: Path
) -> None:
    path = tmp_path / "prover"
    if content is not None:
        path.write_bytes(content)
        path.chmod(0o700)
    for name, named in ((None, "prover"), ("rapidsnark", "rapidsnark")):
        with pytest.raises(MeasurementError) as caught:
            whole_command([path], {}, name=name)
        assert caught.value.told == f"{named} cannot be started: {says}."


def test_how_a_command_ended_is_told() -> None:
    with pytest.raises(ExitError, match="failed with exit status 9, and left no reason"):
        whole_command(python("import os; os._exit(9)"), {})
    with pytest.raises(MeasurementError, match="was ended by the signal SIGSEGV") as caught:
        whole_command(python("import os; os.kill(os.getpid(), 11)"), {})
    assert not isinstance(caught.value, ExitError)


def test_of_what_a_command_said_the_end_is_told_however_long_it_is() -> None:
    text = "import sys; sys.stderr.write('x' * 2**22 + '\\nlast'); sys.exit(1)"
    with pytest.raises(ExitError) as caught:
        whole_command(python(text), {})
    assert caught.value.evidence[-1] == "last"
    assert len(caught.value.told) < 1000


def test_the_processor_time_told_is_that_of_the_command_and_its_children() -> None:
    spin = "import time\nwhile time.process_time() < 0.3: pass"
    both = (
        f"import subprocess, sys\nwords = [sys.executable, '-I', '-S', '-c', {spin!r}]\n"
        "for one in [subprocess.Popen(words) for _ in range(2)]: one.wait()"
    )
    assert 0.6 < whole_command(python(both), {}).processor_seconds < 2
    idle = whole_command(python("import time; time.sleep(0.5)"), {})
    assert idle.processor_seconds < 0.3 < 0.5 <= idle.seconds


FAMILY = """\
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-I", "-S", "-c", "import time; time.sleep(60)"])
open(sys.argv[1], "w").write(f"{os.getpid()} {child.pid}")
"""


@pytest.mark.parametrize("end", ["time.sleep(60)", "pass", "sys.exit(3)"])
def test_nothing_that_a_command_started_outlives_it(end: str, tmp_path: Path) -> None:
    """It is stopped, ends well, or fails: what is left would slow down the next measurement."""
    numbers = tmp_path / "numbers"
    started = time.monotonic()
    with nullcontext() if end == "pass" else pytest.raises(MeasurementError) as caught:
        whole_command(python(FAMILY + end, numbers), {}, limit=1.5)
    assert time.monotonic() - started < 15
    if end == "time.sleep(60)":
        assert caught is not None
        assert "was stopped after 1.5 seconds" in caught.value.problem
    assert_gone(numbers)


def test_a_worker_that_does_not_answer_is_stopped_with_all_that_it_started(
    tmp_path: Path,
) -> None:
    numbers = tmp_path / "numbers"
    text = FAMILY + "sys.stdin.readline(); time.sleep(60)"
    with Worker(python(text, numbers), {}) as worker:
        with pytest.raises(MeasurementError, match=r"was stopped after 1\.5 seconds"):
            worker.ask({}, 1.5)
        assert_gone(numbers)


def test_a_worker_that_does_not_end_is_stopped(tmp_path: Path) -> None:
    numbers = tmp_path / "numbers"
    text = FAMILY + "sys.stdin.readline(); print('{}', flush=True); time.sleep(60)"
    with Worker(python(text, numbers), {}) as worker:
        assert worker.ask({}) == {}
        with pytest.raises(MeasurementError, match="was stopped after"):
            worker.finish(0.2)
    assert_gone(numbers)


@pytest.mark.parametrize("said", ["Loading the key...", "12", ""])
def test_a_worker_that_answers_with_no_facts_is_an_error(said: str) -> None:
    text = f"import sys; sys.stdin.readline(); print({said!r}, flush=True); sys.stdin.readline()"
    with (
        Worker(python(text), {}) as worker,
        pytest.raises(MeasurementError, match="answered with something else"),
    ):
        worker.ask({})


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
        assert all(is_running(int(word)) for word in numbers.read_text().split())
    assert_gone(numbers)


def assert_gone(numbers: Path) -> None:
    """Whether no process of a file of their numbers is there any more, ten seconds later."""
    deadline = time.monotonic() + 10
    while any(is_running(int(word)) for word in numbers.read_text().split()):
        assert time.monotonic() < deadline, "a process was left behind"
        time.sleep(0.05)


def is_running(number: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        status = Path(f"/proc/{number}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
