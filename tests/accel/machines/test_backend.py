"""Which machine and how many threads: what the environment may say, and what it may not."""

from __future__ import annotations

import _thread
import os
import threading
import time
from collections import deque
from collections.abc import Callable

import pytest

from zkpipe.accel.machines import backend
from zkpipe.accel.machines.backend import has_ifma, machine
from zkpipe.accel.machines.machine import AVX512, SCALAR
from zkpipe.accel.machines.processors import Processor
from zkpipe.ground.errors import MissingError, RangeError
from zkpipe.ground.process.settings import thread_count
from zkpipe.ground.process.threads import in_threads, stream_in_threads


def test_the_scalar_machine_is_always_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZKPIPE_BACKEND", "scalar")
    assert machine() is SCALAR


def test_without_a_name_the_best_machine_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    for unset in (True, False):
        if unset:
            monkeypatch.delenv("ZKPIPE_BACKEND", raising=False)
        else:
            monkeypatch.setenv("ZKPIPE_BACKEND", "")
        assert machine() is (AVX512 if has_ifma() else SCALAR)
        monkeypatch.setattr(backend, "has_ifma", lambda: False)
        assert machine() is SCALAR
        monkeypatch.undo()


def test_lanes_are_refused_where_the_processor_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZKPIPE_BACKEND", "avx512")
    monkeypatch.setattr(backend, "has_ifma", lambda: True)
    assert machine() is AVX512
    monkeypatch.setattr(backend, "has_ifma", lambda: False)
    with pytest.raises(MissingError, match="no AVX-512 IFMA") as caught:
        machine()
    assert caught.value.exit_status == 3
    assert "scalar" in caught.value.fix


def test_the_processor_has_lanes_only_with_all_instructions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def having(names: set[str]) -> bool:
        here = Processor("any", frozenset(names))
        monkeypatch.setattr(backend, "this_processor", lambda: here)
        return has_ifma()

    assert having({*backend.NEEDED, "sse2"})
    for name in backend.NEEDED:
        assert not having(backend.NEEDED - {name})


@pytest.mark.parametrize("name", ["AVX512", "sse", "scalar ", "0", "Scalar", "avx512,scalar", "ñ"])
def test_other_names_are_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZKPIPE_BACKEND", name)
    with pytest.raises(RangeError, match="names no back end") as caught:
        machine()
    assert repr(name) in str(caught.value)


def test_beside_a_card_the_processors_best_machine_computes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("ZKPIPE_BACKEND", raising=False)
    best = machine()
    monkeypatch.setenv("ZKPIPE_BACKEND", "cuda")
    assert machine() is best


def test_a_long_name_is_not_repeated_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZKPIPE_BACKEND", "a" * 5000)
    with pytest.raises(RangeError, match=r"aaa\.\.\.', which names no back end"):
        machine()


@pytest.mark.parametrize(
    ("text", "count"), [("1", 1), ("2", 2), ("007", 7), ("1024", 1024), ("0" * 5000 + "3", 3)]
)
def test_threads_as_asked_for(text: str, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZKPIPE_THREADS", text)
    assert thread_count() == count


@pytest.mark.parametrize(
    "text", ["0", "-1", "1025", "two", "1.5", " 1", "1 ", "+1", "0x2", "1_0", "²", "٣", "9" * 5000]
)
def test_what_is_no_number_of_threads_is_refused(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZKPIPE_THREADS", text)
    with pytest.raises(RangeError, match="not a number of threads"):
        thread_count()


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="this system does not say")
def test_without_a_number_every_processor_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZKPIPE_THREADS", raising=False)
    assert thread_count() == len(os.sched_getaffinity(0))


@pytest.mark.parametrize("threads", ["1", "3"])
def test_results_come_in_the_order_of_the_items(
    threads: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZKPIPE_THREADS", threads)
    assert in_threads(lambda n: n * n, range(50)) == [n * n for n in range(50)]
    assert in_threads(lambda n: n, []) == []


def test_work_is_done_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZKPIPE_THREADS", "3")
    meeting = threading.Barrier(3, timeout=60)  # breaks unless three are there at once
    assert len(in_threads(lambda _: meeting.wait(), range(3))) == 3


@pytest.mark.parametrize("threads", ["1", "3"])
def test_the_first_failure_of_any_item_is_raised(
    threads: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(n: int) -> int:
        if n in (2, 4):
            raise RangeError(f"item {n}", "fix")
        return n

    monkeypatch.setenv("ZKPIPE_THREADS", threads)
    with pytest.raises(RangeError, match="item 2"):
        in_threads(work, range(6))


@pytest.mark.parametrize("given", [0, 1, 2])
def test_what_the_system_gives_no_thread_for_is_done_all_the_same(
    given: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, started = _thread.start_new_thread, []

    def refuse_after_some(function: Callable[..., object], arguments: tuple[object, ...]) -> int:
        if len(started) == given:
            raise RuntimeError("can't start new thread")
        started.append(function)
        return start(function, arguments)

    monkeypatch.setenv("ZKPIPE_THREADS", "4")
    monkeypatch.setattr(_thread, "start_new_thread", refuse_after_some)
    monkeypatch.setattr(threading, "_start_new_thread", refuse_after_some)
    squares = [n * n for n in range(50)]
    assert in_threads(lambda n: n * n, range(50)) == squares
    assert len(started) == given
    started.clear()
    begun: list[int] = []

    def work(n: int) -> int:
        begun.append(n)
        return n * n

    assert list(stream_in_threads(work, range(50))) == squares
    assert sorted(begun) == list(range(50))  # each once, by the pool or by the caller


def test_nothing_is_begun_after_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZKPIPE_THREADS", "2")
    begun: list[int] = []
    failed = threading.Event()

    def work(n: int) -> None:
        begun.append(n)
        if n == 0:
            failed.set()
            raise RangeError("item 0", "fix")
        failed.wait()
        time.sleep(0.05)  # until the failure is known

    with pytest.raises(RangeError, match="item 0"):
        in_threads(work, range(20))
    assert len(begun) <= 3


def test_nothing_is_begun_after_an_interrupt_between_two_items(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caller, begun, interrupted = threading.get_ident(), list[int](), threading.Event()

    class Left(deque[object]):
        def popleft(self) -> object:
            if threading.get_ident() == caller:
                raise KeyboardInterrupt
            return super().popleft()

    def work(n: int) -> None:
        begun.append(n)
        interrupted.wait(60)

    monkeypatch.setenv("ZKPIPE_THREADS", "2")
    monkeypatch.setattr("zkpipe.ground.process.threads.deque", Left)
    with pytest.raises(KeyboardInterrupt):
        in_threads(work, range(20))
    interrupted.set()
    time.sleep(0.1)  # for a thread that would go on
    assert len(begun) <= 1


def test_a_stream_gives_results_in_order_and_keeps_few_ahead(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ZKPIPE_THREADS", "2")
    begun: list[int] = []

    def work(n: int) -> int:
        begun.append(n)
        return n * n

    stream = stream_in_threads(work, range(50))
    assert begun == []
    assert next(stream) == 0
    assert len(begun) <= 5
    assert list(stream) == [n * n for n in range(1, 50)]
    monkeypatch.setenv("ZKPIPE_THREADS", "1")
    assert list(stream_in_threads(work, range(5))) == [0, 1, 4, 9, 16]
    assert list(stream_in_threads(work, [])) == []


@pytest.mark.parametrize("threads", ["1", "2"])
def test_a_stream_raises_in_the_place_of_a_result_and_stops(
    threads: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZKPIPE_THREADS", threads)
    begun: list[int] = []

    def work(n: int) -> int:
        begun.append(n)
        if n == 2:
            raise ValueError("third")
        return n

    stream = stream_in_threads(work, range(50))
    assert [next(stream), next(stream)] == [0, 1]
    with pytest.raises(ValueError, match="third"):
        next(stream)
    assert len(begun) < 10
    assert list(stream) == []


def test_a_stream_that_nobody_reads_on_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZKPIPE_THREADS", "2")
    begun: list[int] = []
    stream = stream_in_threads(begun.append, range(50))
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert len(begun) < 10


def test_a_stream_that_is_given_up_waits_for_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """The collector closes one on any thread: also on one that starts, and holds Python's locks."""
    monkeypatch.setenv("ZKPIPE_THREADS", "2")
    go_on = threading.Event()

    def work(n: int) -> int:
        if n:
            go_on.wait(30)
        return n

    stream = stream_in_threads(work, range(50))
    assert next(stream) == 0
    begin = time.monotonic()
    stream.close()  # type: ignore[attr-defined]
    assert time.monotonic() - begin < 10
    go_on.set()
