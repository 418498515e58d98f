"""The queue: each job once, alone where it has to be, and nothing that was let go comes back."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from zkpipe.jobs.errors import FullError, StoppingError
from zkpipe.jobs.service.job import Form, Request, Result, State, canonical, number_of
from zkpipe.jobs.service.kept.memory import MemoryStore
from zkpipe.jobs.service.scheduler import Scheduler
from zkpipe.jobs.service.settings import Settings
from zkpipe.jobs.service.work import Job, LetGo, Look

RESULT = Result("square", {"pi_a": ["1"]}, ("144",), "ab", True)


class Place:
    """A queue in memory."""

    def __init__(self, queue: int = 10, workers: int = 2, **more: int) -> None:
        self.store = MemoryStore()
        self.told: list[tuple[str, str]] = []
        settings = Settings(Path(), queue=queue, workers=workers, **more)
        self.queue = Scheduler(
            self.store, settings, lambda job, what: self.told.append((job.number, what))
        )

    def submit(self, text: bytes) -> str:
        request = Request("square", Form.INPUTS, text)
        number = number_of(self.store.secret, request, "v")
        self.queue.submit(number, request)
        return number

    def job(self, worker: int = 0, *, holds: bool = False) -> Job:
        found = self.queue.take(worker, holds)
        assert isinstance(found, Job)
        return found


def later(call: object) -> threading.Thread:
    thread = threading.Thread(target=call, daemon=True)  # type: ignore[arg-type] # a function
    thread.start()
    return thread


def test_the_same_request_at_once_from_many_is_one_job() -> None:
    place = Place()
    with ThreadPoolExecutor(32) as pool:
        numbers = set(pool.map(lambda _: place.submit(b"same"), range(200)))
    assert len(numbers) == 1
    assert place.queue.counts() == (1, 0)
    place.queue.finish(place.job(), RESULT, 0.1)
    place.submit(b"same")
    assert place.queue.counts() == (0, 0)


def test_while_jobs_end_the_same_request_never_makes_a_second_one() -> None:
    place = Place(queue=1000)
    is_over = threading.Event()

    def work() -> None:
        while not is_over.is_set():
            job = place.queue.take(0, False)
            if isinstance(job, Job):
                place.queue.finish(job, RESULT, 0.0)

    worker = later(work)
    with ThreadPoolExecutor(8) as pool:
        for n in range(200):
            list(pool.map(lambda _, n=n: place.submit(b"%d" % n), range(8)))  # type: ignore[misc]
    while place.queue.counts() != (0, 0):
        time.sleep(0.01)
    is_over.set()
    place.queue.stop()
    worker.join()
    assert len(place.told) == 200


def test_a_failed_acceptance_leaves_nothing_and_wakes_who_waits() -> None:
    place = Place()
    begun, go = threading.Event(), threading.Event()
    accept = place.store.accept

    def failing(number: str, request: Request) -> None:
        begun.set()
        go.wait(5)
        place.store.accept = accept  # type: ignore[method-assign] # the next one works
        raise OSError

    place.store.accept = failing  # type: ignore[method-assign] # the test's
    failed: list[BaseException] = []

    def first() -> None:
        try:
            place.submit(b"x")
        except OSError as error:
            failed.append(error)

    one = later(first)
    begun.wait(5)
    two = later(lambda: place.submit(b"x"))
    time.sleep(0.1)
    assert two.is_alive()  # it is told nothing before the first is on the disk
    go.set()
    one.join(5)
    two.join(5)
    assert len(failed) == 1
    assert place.queue.counts() == (1, 0)


def test_what_is_too_much_is_refused() -> None:
    place = Place(queue=2, waiting=10)
    place.submit(b"1")
    place.submit(b"22")
    with pytest.raises(FullError, match="2 jobs wait"):
        place.submit(b"3")
    place.submit(b"1")  # it waits already
    place.job()
    with pytest.raises(FullError, match="bytes"):
        place.submit(b"4" * 9)
    place.submit(b"4")


def test_a_large_job_is_taken_when_nothing_else_waits() -> None:
    place = Place(waiting=10)
    place.submit(b"4" * 100)


def test_more_results_than_may_be_kept_are_refused() -> None:
    place = Place(results=1)
    place.submit(b"1")
    place.queue.finish(place.job(), RESULT, 0.1)
    with pytest.raises(FullError, match="1 results"):
        place.submit(b"2")


def test_a_job_alone_has_no_other_beside_it() -> None:
    place = Place()
    for text in (b"1", b"2", b"3"):
        place.submit(text)
    first, second = place.job(0), place.job(1)
    assert place.queue.again(first, "m")
    assert place.queue.take(0, True) == LetGo()  # its child makes room for whoever is alone
    found: dict[int, object] = {}

    def taking(worker: int) -> threading.Thread:
        return later(lambda: found.update({worker: place.queue.take(worker, False)}))

    taking(0)
    time.sleep(0.1)
    assert found == {}  # the other one still runs
    place.queue.finish(second, RESULT, 0.1)
    taking(1)
    while not found:
        time.sleep(0.01)
    time.sleep(0.1)
    ((alone, job),) = found.items()
    assert job is first  # and the third waits, though a worker is free
    place.queue.finish(first, RESULT, 0.1)
    taking(alone)
    while len(found) < 2 and found[alone] is first:
        time.sleep(0.01)
    assert any(isinstance(one, Job) and one not in (first, second) for one in found.values())
    place.queue.stop()


def test_an_alone_job_does_not_wait_for_its_own_child() -> None:
    place = Place(workers=1)
    place.submit(b"1")
    job = place.job(0)
    assert place.queue.again(job, "m")
    assert place.queue.take(0, True) is job  # nobody else: its own child is its worker's affair
    assert not place.queue.again(job, "m")


def test_a_worker_that_ended_three_times_is_enough() -> None:
    place = Place()
    place.submit(b"1")
    for may in (True, True, False):
        assert place.queue.again(place.job(), "w") is may


def test_a_cancelled_job_is_not_stored_and_its_child_is_killed() -> None:
    place = Place()
    number = place.submit(b"1")
    job = place.job()
    killed = threading.Event()
    assert place.queue.began(job, killed.set)
    assert place.queue.forget(number)
    assert killed.is_set()
    assert place.queue.again(job, "w")  # as if it were tried again: nobody cares
    place.queue.finish(job, RESULT, 0.1)
    assert place.store.result(number) is None
    assert place.queue.state(number) is None
    assert place.told == [(number, "cancelled")]
    assert not place.queue.forget(number)


def test_a_job_that_was_cancelled_and_sent_again_is_another_job() -> None:
    place = Place()
    number = place.submit(b"1")
    old = place.job(0)
    place.queue.forget(number)
    assert place.submit(b"1") == number
    place.queue.finish(old, RESULT, 0.1)
    assert place.queue.state(number) is State.QUEUED
    place.queue.finish(place.job(1), RESULT, 0.1)
    assert place.store.result(number) == RESULT


def test_at_the_end_nothing_is_given_and_nothing_is_taken() -> None:
    place = Place()
    number = place.submit(b"1")
    job = place.job(0)
    place.submit(b"2")
    place.queue.stop()
    assert place.queue.take(0, False) is None
    with pytest.raises(StoppingError):
        place.submit(b"3")
    assert not place.queue.began(job, lambda: None)
    assert place.queue.again(job, "w")
    assert job.tries == ""
    assert place.store.request(number)


def test_circuits_are_examined_when_nothing_else_is_to_do() -> None:
    place = Place()
    place.queue.look_at("square")
    place.submit(b"1")
    place.job(0)
    assert place.queue.take(1, False) == Look("square")


def test_a_held_job_takes_no_place_and_goes_on_when_it_is_released() -> None:
    place = Place(queue=1)
    number = place.submit(b"1")
    assert place.queue.hold(place.job())
    assert place.queue.held() == {"square"}
    assert place.queue.state(number) is State.QUEUED
    place.submit(b"2")
    place.queue.look_at("square")
    place.queue.look_at("square")
    assert place.queue.take(1, False) == Look("square")  # before the job that waits
    place.queue.look_at("square")  # it is being examined
    assert not place.queue.hold(place.job())
    place.queue.release("square")
    assert place.queue.held() == set()
    assert place.job().number == number


def test_a_held_job_can_be_cancelled() -> None:
    place = Place()
    number = place.submit(b"1")
    place.queue.hold(place.job())
    assert place.queue.forget(number)
    assert place.queue.held() == set()
    assert place.queue.state(number) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Request("ab", Form.INPUTS, b"c"), Request("a", Form.INPUTS, b"bc")),
        (Request("a", Form.INPUTS, b"c"), Request("a", Form.WITNESS, b"c")),
        (Request("a", Form.INPUTS, b"c"), Request("a", Form.INPUTS, b"d")),
    ],
)
def test_other_requests_have_other_numbers(one: Request, other: Request) -> None:
    assert number_of(b"s", one, "v") != number_of(b"s", other, "v")
    assert number_of(b"s", one, "v") != number_of(b"s", one, "w")
    assert number_of(b"s", one, "v") != number_of(b"t", one, "v")
    assert "c" not in repr(one).replace("bytes of inputs", "")


def test_canonical_json_is_one_text_and_means_the_same() -> None:
    import json
    from decimal import Decimal

    value = {"b": [1, -2, True, None, 'é\u2028"\\'], "a": {"y": [], "x": {}, "": "z"}}
    text = canonical(value)  # type: ignore[arg-type] # JSON
    assert json.loads(text) == value
    assert text == canonical(json.loads(json.dumps(value, indent=3)))
    assert b" " not in text
    assert canonical([Decimal("1.50"), Decimal("1E+2"), Decimal("1E-7")]) == b"[1.50,1E+2,1E-7]"
    assert json.loads(b"[1.50,1E+2,1E-7]") == [1.5, 100, 1e-7]


@pytest.mark.parametrize("was_there", [True, False])
def test_a_request_that_comes_while_its_number_is_forgotten_keeps_its_inputs(
    was_there: bool,
) -> None:
    place = Place()
    begun, go = threading.Event(), threading.Event()
    forget = place.store.forget

    def slow(number: str) -> bool:
        begun.set()
        go.wait(5)
        return forget(number)

    place.store.forget = slow  # type: ignore[method-assign] # the test's
    number = number_of(place.store.secret, Request("square", Form.INPUTS, b"x"), "v")
    if was_there:
        place.submit(b"x")
    one = later(lambda: place.queue.forget(number))
    assert begun.wait(5)
    two = later(lambda: place.submit(b"x"))
    two.join(0.2)
    go.set()
    one.join(5)
    two.join(5)
    assert place.store.request(place.job().number).data == b"x"
