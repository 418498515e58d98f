"""Threads around kernels that release the GIL: a pool, made for one call and gone after it.

numba's own parallel layers are not used: one aborts after a fork, another cannot be entered twice,
and batches fork.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from accel.backend import thread_count

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_threads(work: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """Do the work for every item on as many threads as there may be; results in order.

    The first exception of any item is raised.
    """
    todo = list(items)
    threads = min(thread_count(), len(todo))
    if threads <= 1:
        return [work(item) for item in todo]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, todo))
