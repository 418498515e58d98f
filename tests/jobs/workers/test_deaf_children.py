"""A child that does not read is under the limits all the same."""

from __future__ import annotations

import threading
import time

import pytest

from tests.docs.pages import ROOT
from zkpipe.jobs.workers.worker import Limits, TooLong, TooMuchMemory, Worker, WorkerEnded

LARGE = {"inputs": "1" * (1 << 20)}  # more than a pipe takes


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(ROOT)  # where the module is found
    with Worker("tests.jobs.workers.deaf") as made:
        yield made


def test_it_is_killed_when_its_time_is_over(child: Worker) -> None:
    with pytest.raises(TooLong):
        child.ask(LARGE, Limits(seconds=1))
    assert child.memory() == 0


def test_it_is_killed_when_it_takes_too_much_memory(child: Worker) -> None:
    with pytest.raises(TooMuchMemory):
        child.ask(LARGE, Limits(memory=1000))


def test_it_can_be_killed_from_another_thread(child: Worker) -> None:
    killing = threading.Thread(target=lambda: (time.sleep(0.5), child.kill()))
    killing.start()
    with pytest.raises(WorkerEnded) as ended:
        child.ask(LARGE)
    assert type(ended.value) is WorkerEnded
    killing.join()
