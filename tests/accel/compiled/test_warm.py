"""Kernels compiled ahead: shared out among processes, remembered, and never needed."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.accel.compiled.objects.tree import call_without, plant, run
from tests.long_form import IS_LONG
from zkpipe.accel.compiled import warm as module
from zkpipe.accel.compiled import workers
from zkpipe.accel.compiled.kernel_folders import readable, writable
from zkpipe.accel.compiled.objects.key import can_be_used
from zkpipe.accel.compiled.sources import ROOT, source_digest
from zkpipe.accel.compiled.warm import can_warm_up, is_warm, warm_up
from zkpipe.accel.compiled.workers import work
from zkpipe.ground.files import cache_folders
from zkpipe.ground.files.reading import FileError

CHECKOUT = Path(__file__).resolve().parents[3]
TINY = ("tests.accel.compiled.tiny_jobs:nothing", "tests.accel.compiled.tiny_jobs:little")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(CHECKOUT))  # where tests.accel.compiled.tiny_jobs is found
    return tmp_path


def test_jobs_are_done_and_counted_and_remembered() -> None:
    told: list[tuple[int, int]] = []
    assert not is_warm(TINY)
    assert warm_up(TINY, lambda *numbers: told.append(numbers))
    assert told == [(0, 2), (1, 2), (2, 2)]
    assert is_warm(TINY)


def test_what_a_job_compiles_is_read_from_disk_afterwards(cache: Path) -> None:
    assert warm_up(["zkpipe.accel.warm_jobs:vectors"], lambda *_: None)
    program = (
        "from zkpipe.accel.compiled import entries\n"
        "entries.find_kernel = lambda *_: None\n"  # numba's files, not the shared object
        "from zkpipe.accel.linear.kernels import sparse\n"
        "from zkpipe.accel.warm_jobs import vectors\nvectors()\n"
        "print(sum(sparse.to_montgomery.stats.cache_misses.values()),"
        " sum(sparse.to_montgomery.stats.cache_hits.values()))"
    )
    command = [sys.executable, "-P", "-c", program]
    environment = {**os.environ, "PYTHONPATH": str(ROOT.parent)}
    done = subprocess.run(  # noqa: S603 # this interpreter, a program of the test
        command, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["0", "1"]


WARM_UP = """
import sys
from zkpipe.accel.compiled.warm import is_warm, warm_up
JOBS = ["zkpipe.accel.compiled.example:job"]
print(is_warm(JOBS), warm_up(JOBS, lambda *_: None), is_warm(JOBS), "numba" in sys.modules)
"""
JOB = """
from zkpipe.accel.compiled.entries import Kernels

def job():
    Kernels("zkpipe.accel.text").raised(10)
"""


@pytest.mark.skipif(not can_be_used(), reason="shared objects are for Linux on x86-64")
def test_what_a_job_compiles_is_called_without_numba_afterwards(tmp_path: Path) -> None:
    """Of a damaged file nothing is warm, and it is written again."""
    plant(tmp_path)
    (tmp_path / "zkpipe" / "accel" / "compiled" / "example.py").write_text(JOB)
    assert run(tmp_path, WARM_UP) == ["False", "True", "True", "False"]
    assert call_without(tmp_path) == ["11", "False"]
    assert run(tmp_path, WARM_UP) == ["True", "True", "True", "False"]
    [code] = (tmp_path / "cache").rglob("*.so")
    os.truncate(code, 5000)
    assert run(tmp_path, WARM_UP) == ["False", "True", "True", "False"]
    assert call_without(tmp_path) == ["11", "False"]


def test_where_there_can_be_no_shared_object_the_mark_alone_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module.opened, "opened", lambda: None)
    assert warm_up(TINY, lambda *_: None)
    assert is_warm(TINY)


def test_another_back_end_is_not_warm_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZKPIPE_BACKEND", "scalar")
    folder = next(writable(module._digest(TINY)))
    (folder / "warm").touch()
    assert is_warm(TINY)
    monkeypatch.setattr(module, "machine", lambda: type("Other", (), {"name": "other"}))
    assert not is_warm(TINY)


def test_a_job_that_fails_leaves_the_others_done_and_the_next_time_tries_again() -> None:
    told: list[int] = []
    jobs = ("tests.accel.compiled.tiny_jobs:fails", *TINY)
    assert not warm_up(jobs, lambda done, _: told.append(done))
    assert told[-1] >= 2
    assert not is_warm(jobs)


def test_a_process_that_is_killed_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZKPIPE_THREADS", "2")
    told: list[int] = []
    jobs = ("tests.accel.compiled.tiny_jobs:dies", *TINY)
    assert not warm_up(jobs, lambda done, _: told.append(done))
    assert told[-1] == 2


def test_where_no_process_can_be_started_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    assert not warm_up(TINY, lambda *_: None)
    monkeypatch.setattr(sys, "executable", "")
    assert not warm_up(TINY, lambda *_: None)


def test_where_nothing_can_be_kept_nothing_is_compiled_ahead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    for home in ("XDG_CACHE_HOME", "TMPDIR"):
        monkeypatch.setenv(home, str(tmp_path / "file"))
    monkeypatch.setattr(cache_folders, "TEMPORARY", ())
    assert not is_warm(TINY)
    assert not can_warm_up(TINY)
    told: list[int] = []
    assert not warm_up(TINY, lambda done, _: told.append(done))
    assert told == []


def test_what_was_compiled_into_a_folder_that_can_only_be_read_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert warm_up(TINY, lambda *_: None)
    [warm] = readable(module._digest(TINY))
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert is_warm(TINY)
    (warm / "warm").unlink()
    assert not is_warm(TINY)


def test_a_machine_where_what_was_compiled_could_not_be_kept_is_not_warm(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would be silent for minutes in every process from then on."""
    answers = io.BytesIO()
    monkeypatch.setattr(workers.Losses, "count", 5)
    monkeypatch.setattr(
        workers, "import_module", lambda _: type("Jobs", (), {"job": staticmethod(lose)})
    )
    work(io.StringIO("any:job\n"), answers)
    assert answers.getvalue() == b"not kept\n"


def lose() -> None:
    workers.Losses.count += 1


def test_a_place_that_is_full_leads_to_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    put, opened = module.place_file, Path.open

    def refuse_to_put(path: Path, data: bytes) -> None:
        if "temporary" not in str(path):
            raise FileError("No space left on device.", "Make room.")
        put(path, data)

    def refuse_to_open(path: Path, *words: Any, **named: Any) -> Any:
        if path.name == "lock" and "temporary" not in str(path):
            raise OSError(28, "No space left on device")
        return opened(path, *words, **named)

    monkeypatch.setattr(module, "place_file", refuse_to_put)
    monkeypatch.setattr(Path, "open", refuse_to_open)
    assert warm_up(TINY, lambda *_: None)
    assert is_warm(TINY)
    assert len(list((tmp_path / "temporary").rglob("warm"))) == 1


def test_two_at_once_wait_for_each_other_and_work_once(cache: Path) -> None:
    counts: list[int] = []

    def one() -> None:
        warm_up(
            ["tests.accel.compiled.tiny_jobs:notes_its_run"], lambda done, _: counts.append(done)
        )

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(cache.glob("ran-*"))) == 1


def test_no_process_is_left_when_a_report_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    start = subprocess.Popen

    def noted(*words: object, **settings: object) -> subprocess.Popen[bytes]:
        started.append(start(*words, **settings))
        return started[-1]

    def interrupted(done: int, total: int) -> None:
        if done:
            raise KeyboardInterrupt

    monkeypatch.setattr(subprocess, "Popen", noted)
    with pytest.raises(KeyboardInterrupt):
        warm_up(TINY, interrupted)
    assert started
    assert all(process.returncode is not None for process in started)


OPTIMIZED = """
from zkpipe.accel.compiled.sources import module_file, source_digest
from zkpipe.accel.compiled.warm import warm_up
print(source_digest(module_file("zkpipe.accel.linear.kernels.sparse")))
print(warm_up(["tests.accel.compiled.tiny_jobs:notes_its_options"], lambda *_: None))
"""


@pytest.mark.parametrize("options", [[], ["-OO"], ["-O"]] if IS_LONG else [[], ["-OO"]])
def test_kernels_are_compiled_ahead_for_a_python_with_the_same_options(
    options: list[str], cache: Path
) -> None:
    """`-O` and `-OO` change the bytecode by which a kernel is found."""
    command = [sys.executable, *options, "-c", OPTIMIZED]
    path = os.pathsep.join(map(str, (ROOT.parent, CHECKOUT)))
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONWARNINGS": "error::UserWarning"}
    done = subprocess.run(  # noqa: S603 # this interpreter, a program of the test
        command, env=environment, capture_output=True, text=True, check=True
    )
    digest, is_done = done.stdout.split()
    assert is_done == "True"
    assert (cache / "options").read_text() == str(len("".join(options).replace("-", "")))
    text = ROOT / "accel" / "linear" / "kernels" / "sparse.py"
    assert (digest == source_digest(text)) == (options == [])


def test_a_process_answers_each_job_it_is_given() -> None:
    answers = io.BytesIO()
    names = [*TINY, "tests.accel.compiled.tiny_jobs:fails", "no.such.module:job"]
    work(io.StringIO("".join(f"{name}\n" for name in names)), answers)
    assert answers.getvalue().split() == [b"done", b"done", b"failed", b"failed"]


def test_a_process_whose_parent_is_gone_ends_by_itself() -> None:
    command = [sys.executable, "-P", "-m", "zkpipe.accel.compiled.workers"]
    process = subprocess.Popen(  # noqa: S603 # this interpreter, our module
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT.parent)},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    begun = time.monotonic()
    assert process.wait(30) == 0
    process.stdout.close()
    assert time.monotonic() - begun < 30
