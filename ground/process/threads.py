"""Threads around kernels that release the GIL, made for one call and gone after it.

numba's own parallel layers are not used: one aborts after a fork, another cannot be entered twice,
and batches fork.
"""

from __future__ import annotations

import _thread
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from zkpipe.ground.process.settings import thread_count

if TYPE_CHECKING:
    from _thread import LockType
    from concurrent.futures import Future, ThreadPoolExecutor

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_threads(work: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """Do the work for every item on as many threads as there may be; results in order.

    The calling thread is one of them: a proof comes here some twenty times, and a pool with its
    queue and futures takes a millisecond each time, one more thread a tenth of that.

    When an item fails, no more are begun; the exception of the first that failed is raised.
    """
    todo = list(items)
    threads = min(thread_count(), len(todo))
    if threads <= 1:
        return [work(item) for item in todo]
    left = deque(enumerate(todo))
    results: list[Result] = [None] * len(todo)  # type: ignore[list-item] # until each is there
    failures: list[tuple[int, BaseException]] = []

    def run() -> None:
        while True:
            try:
                number, item = left.popleft()
            except IndexError:
                return
            try:
                results[number] = work(item)
            except BaseException as error:  # noqa: BLE001 - raised below, in the caller's thread
                failures.append((number, error))
                left.clear()

    ended: list[LockType] = []
    with suppress(RuntimeError):  # the system gives no more threads: those that are there do it
        for _ in range(threads - 1):
            other = _begin(run)
            ended.append(other)
    try:
        run()
        for other in ended:
            other.acquire()
    finally:
        left.clear()  # an interrupt strikes anywhere: then nothing more is begun
    if failures:
        _, error = min(failures, key=lambda failure: failure[0])
        # The error holds `run`, whose memory nothing would free if it held the error in turn.
        failures.clear()
        try:
            raise error
        finally:
            del error
    return results


def _begin(run: Callable[[], None]) -> LockType:
    """Begin to run on a thread of its own; give a lock that is free when it has ended.

    threading.Thread waits for the new thread to say that it runs, which takes until the system has
    found a processor for it: a tenth of a millisecond, in which the caller can work.
    """
    ended = _thread.allocate_lock()
    ended.acquire()

    def whole() -> None:
        try:
            run()
        finally:
            ended.release()

    _thread.start_new_thread(whole, ())
    return ended


def stream_in_threads(work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """The work's results in order, as they are asked for.

    Threads go on while the caller uses what it has; at most two results a thread are kept ahead of
    it. Nothing begins before the first is asked for. The first exception is raised in its place,
    and then, or when the caller asks no more, what has not begun is left undone.

    A stream that is given up does not wait for what has begun: the garbage collector may close it,
    on any thread and while that thread holds locks that joining another would take once more.
    """
    threads = thread_count()
    if threads == 1:
        yield from map(work, items)
        return
    from concurrent.futures import ThreadPoolExecutor  # 7 ms, which a small proof does without

    pool = ThreadPoolExecutor(threads)
    wait = True
    try:
        ahead: deque[Future[Result]] = deque()
        for item in items:
            ahead.append(_begun(pool, work, item))
            if len(ahead) > 2 * threads:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
    except GeneratorExit:
        wait = False
        raise
    finally:
        pool.shutdown(wait, cancel_futures=True)


def _begun(pool: ThreadPoolExecutor, work: Callable[[Item], Result], item: Item) -> Future[Result]:
    """The work for an item, begun by the pool; done by the caller if the system gives no thread."""
    from concurrent.futures import Future

    future: Future[Result] = Future()
    todo = deque([item])  # for whoever comes first: a pool keeps what it found no thread for

    def run() -> None:
        try:
            mine = todo.pop()
        except IndexError:
            return
        try:
            future.set_result(work(mine))
        except BaseException as error:  # noqa: BLE001 - raised where the result is asked for
            future.set_exception(error)

    try:
        pool.submit(run)
    except RuntimeError:
        run()
    return future
