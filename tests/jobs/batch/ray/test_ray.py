"""Batches on a Ray cluster of this machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.jobs.batch.ray.ray_batch import Material, actors, material, right, task
from zkpipe.cli.jobs.proving_worker import Session
from zkpipe.ground.errors import MissingError, ZkpipeWarning
from zkpipe.ground.files.cache_folders import own_folder
from zkpipe.jobs.batch.engines.engine import Done, Task
from zkpipe.jobs.batch.engines.on_ray import OnRay
from zkpipe.jobs.batch.engines.ray_cluster import Cluster, _signals_after, _token, ray_module
from zkpipe.jobs.errors import JobError
from zkpipe.jobs.proving.outcome import Cause, Failed, Proved

if find_spec("ray") is None:  # it is imported by the engine, which makes it silent
    pytest.skip("Ray is not installed: pip install 'zkpipe[ray]'", allow_module_level=True)

CANARY = 7_316_905_284_417_733_021  # below 2^64, and nowhere else


@dataclass
class Place:
    """A cluster of this process, what is to be proved, and an engine for it."""

    material: Material
    engine: OnRay
    folder: Path

    def other(self, workers: int = 1, **more: Any) -> OnRay:
        base = {**self.material.base, **more.pop("base", {})}
        return OnRay(Session, base, workers, **more)

    def done(self, tasks: list[Task]) -> dict[int, Done]:
        return once(self.engine, tasks)


def once(engine: OnRay, tasks: list[Task]) -> dict[int, Done]:
    """What comes of the tasks, each exactly once."""
    done: dict[int, Done] = {}
    for result in engine.results(iter(tasks)):
        if result is not None:
            assert result.task.row not in done
            done[result.task.row] = result
    assert sorted(done) == sorted(task.row for task in tasks)
    return done


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    made = material(tmp_path_factory.mktemp("ray"))
    cluster = Cluster(None, processors=3, store=made.key.stat().st_size)
    folder = cluster._folder
    assert folder is not None
    engine = OnRay(Session, made.base, 2)
    yield Place(made, engine, folder)
    engine.close()
    cluster.close()
    assert not folder.exists()


def gone(pids: set[int]) -> bool:
    """Whether these processes end within some seconds."""
    until = time.monotonic() + 10
    while pids & actors():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def test_every_row_gets_its_proof_exactly_once(place: Place) -> None:
    tasks = [task(row, 1000 + row) for row in range(50)]
    tasks[20] = Task(20, [2**64, 1])  # does not fit
    done = place.done(tasks)
    failed = done.pop(20).outcome
    assert isinstance(failed, Failed)
    assert failed.cause is Cause.INPUTS
    assert failed.explanation is None
    assert all(right(place.material, result) for result in done.values())


def test_a_worker_that_is_killed_loses_nothing(place: Place) -> None:
    tasks = [task(row, row + 100) for row in range(60)]
    done: dict[int, Done] = {}
    killed = 0
    for result in place.engine.results(iter(tasks)):
        if result is None:
            continue
        assert result.task.row not in done
        done[result.task.row] = result
        if len(done) == 10 and not killed:
            killed = min(actors())
            os.kill(killed, signal.SIGKILL)
    assert killed
    assert sorted(done) == list(range(60))
    assert all(right(place.material, result) for result in done.values())


@pytest.fixture(scope="module")
def with_a_fatal_row(place: Place) -> dict[int, Done]:
    """Outcomes of rows whose values are printed, one of which ends its worker, one has no witness.

    All are private but for what is proved.
    """
    tasks = [Task(row, [CANARY, CANARY - row]) for row in range(12)]
    tasks[5], tasks[9] = Task(5, [13, CANARY]), Task(9, [2**64, CANARY])
    return place.done(tasks)


def test_a_row_that_ends_its_worker_fails_and_its_neighbours_are_proved(
    place: Place, with_a_fatal_row: dict[int, Done]
) -> None:
    done = dict(with_a_fatal_row)
    failed = done.pop(5).outcome
    assert isinstance(failed, Failed)
    assert failed.cause is Cause.WORKER
    assert failed.problem == "3 workers ended while they were proving this row."
    del done[9]
    assert all(right(place.material, result) for result in done.values())


def test_private_values_are_in_no_log(
    place: Place, with_a_fatal_row: dict[int, Done], capfd: pytest.CaptureFixture[str]
) -> None:
    assert with_a_fatal_row
    time.sleep(0.5)  # Ray writes its logs now and then
    files = [path for path in place.folder.rglob("*") if path.is_file()]
    assert any(path.name.startswith("worker") for path in files)
    assert not [path for path in files if str(CANARY).encode() in path.read_bytes()]
    assert str(CANARY) not in "".join(capfd.readouterr())


def test_only_its_user_comes_to_what_ray_writes(place: Place) -> None:
    assert place.folder.stat().st_mode & 0o777 == 0o700
    assert any(place.folder.iterdir())


def test_a_row_that_takes_too_long_is_ended(place: Place) -> None:
    engine = place.other(seconds=3.0)
    try:
        done = once(engine, [task(0, 5), task(1, 6), task(2, 77)])
    finally:
        engine.close()
    failed = done.pop(2).outcome
    assert isinstance(failed, Failed)
    assert failed.cause is Cause.TIME
    assert all(right(place.material, result) for result in done.values())


def test_a_key_that_a_node_has_not_comes_through_the_object_store(place: Place) -> None:
    base = {"key": "/nowhere/on/this/node.zkey", "precompute": 1}
    engine = place.other(2, base=base, key=place.material.key)
    folder = own_folder("keys")
    assert folder is not None
    path = folder / f"{place.material.sha256}.zkey"
    try:
        with pytest.warns(ZkpipeWarning, match="multiples"):  # a worker's, reported here
            done = once(engine, [task(row, row + 1000) for row in range(8)])
        assert path.read_bytes() == place.material.key.read_bytes()
        assert path.stat().st_mode & 0o777 == 0o600
        assert folder.stat().st_mode & 0o777 == 0o700
    finally:
        engine.close()
        path.unlink(missing_ok=True)
    assert all(right(place.material, result) for result in done.values())


def test_a_key_that_was_changed_since_the_batch_began_is_refused(place: Place) -> None:
    engine = place.other(base={"key_digest": "00" * 32})
    try:
        with pytest.raises(JobError, match=r"halves\.zkey has been changed"):
            list(engine.results(iter([task(0, 5)])))
    finally:
        engine.close()
        (own_folder("keys") / f"{place.material.sha256}.zkey").unlink()  # type: ignore[operator]


def test_workers_of_our_own_cluster_are_as_urgent_as_the_batch(place: Place) -> None:
    """Ray's own choice is the least urgent but four: on a busy machine nothing would go on."""
    engine = place.other()
    results = engine.results(iter([task(0, 5), task(1, 77)]))
    assert isinstance(next(filter(None, results)).outcome, Proved)
    found = {os.getpriority(os.PRIO_PROCESS, pid) for pid in actors()}
    assert found == {os.getpriority(os.PRIO_PROCESS, 0)}
    results.close()
    engine.close()


def test_closing_midway_ends_the_workers(place: Place) -> None:
    before = actors()
    engine = place.other()
    results = engine.results(iter([task(0, 5), task(1, 77), task(2, 6)]))
    assert isinstance(next(filter(None, results)).outcome, Proved)
    mine = actors() - before
    assert mine
    results.close()
    assert gone(mine)
    engine.close()


def test_a_circuit_that_a_node_has_not_is_named(place: Place) -> None:
    circuit = {**place.material.base["circuit"], "path": "/nowhere/halves.py"}
    engine = place.other(base={"circuit": circuit})
    try:
        with pytest.raises(JobError, match=r"/nowhere/halves\.py is not on the node"):
            list(engine.results(iter([task(0, 5)])))
    finally:
        engine.close()


def test_a_cluster_without_room_says_what_it_has_and_what_was_asked(place: Place) -> None:
    engine = place.other(threads=64, patience=0.5)
    try:
        with pytest.raises(JobError, match=r"It has 3 CPU and . GPU in all, and was asked for 64"):
            list(engine.results(iter([task(0, 5)])))
    finally:
        engine.close()


def test_no_rows_take_no_cluster(place: Place) -> None:
    engine = OnRay(Session, place.material.base, 1, address="192.0.2.1:1")
    assert list(engine.results(iter([]))) == []
    engine.close()


def test_signals_end_a_command_that_proves_on_a_cluster_and_its_answer_is_its_own(
    place: Place, tmp_path: Path
) -> None:
    """In a process of its own, on the same cluster, where a worker ends as well."""
    place.material.save(tmp_path)
    address = ray_module().get_runtime_context().gcs_address
    command = [sys.executable, "-m", "tests.jobs.batch.ray.ray_batch", str(tmp_path), address]
    token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": _token()}
    child = subprocess.Popen(  # noqa: S603 # ours
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | token
    )
    assert child.stderr is not None
    said = []
    for line in child.stderr:
        said.append(line.strip())
        if "proving" in line:
            child.send_signal(signal.SIGTERM)
    out, _ = child.communicate(timeout=60)
    assert out == "the answer\n", said
    assert said[-1] == "ended by 15", said


def test_a_signal_waits_for_the_end_of_the_block_and_its_handler_is_kept() -> None:
    came: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _: came.append(number))
    handler = signal.getsignal(signal.SIGTERM)
    try:
        with _signals_after():
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(0.01)
            assert came == []
            signal.signal(signal.SIGTERM, signal.SIG_IGN)  # as Ray does
        assert came == [signal.SIGTERM]
        assert signal.getsignal(signal.SIGTERM) is handler
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_second_signal_does_not_wait() -> None:
    class Now(BaseException):
        pass

    def now(_number: int, _frame: object) -> None:
        raise Now

    before = signal.signal(signal.SIGTERM, now)
    try:
        with pytest.raises(Now), _signals_after():  # noqa: PT012 # two signals are the point
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(0.01)
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(5)
            pytest.fail("it waited")
    finally:
        signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize("address", ["127.0.0.1:9", "ray://127.0.0.1:9"])
def test_a_cluster_that_does_not_answer_is_an_error_at_once(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ray_module(), "is_initialized", lambda: False)
    with pytest.raises(JobError, match="No Ray cluster can be reached"):
        Cluster(address, 1, 0)


def test_without_ray_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingError, match=r"pip install 'zkpipe\[ray\]'"):
        OnRay(Session, {"key": "k"}, 1)
