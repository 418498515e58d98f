"""Memory of a card that was given back is kept by size, and goes back whole when it is wanted."""

from __future__ import annotations

import gc
import threading
from typing import Any

import pytest

from zkpipe.accel.cuda.pool import ALIGNMENT, Pool


class Memory:
    """A driver that counts what it gave."""

    def __init__(self) -> None:
        self.given: list[int] = []

    def allocate(self, size: int) -> int:
        self.given.append(size)
        return ALIGNMENT * len(self.given)


def test_a_piece_that_was_given_back_serves_the_next_of_its_size() -> None:
    memory = Memory()
    pool = Pool(memory.allocate)
    first = pool.take(1000)
    second = pool.take(1000)
    assert first.address != second.address
    address = first.address
    del first
    assert pool.kept() == 1024
    assert pool.take(1).address not in (address, second.address)
    assert pool.take(1024).address == address
    assert memory.given == [1024, 1024, 256]


def test_what_is_forgotten_is_the_drivers_and_what_is_held_is_not() -> None:
    pool = Pool(Memory().allocate)
    held, left = pool.take(5000), pool.take(5000)
    second = left.address
    del left
    assert pool.forget() == [second]
    assert pool.kept() == 0
    address = held.address
    del held
    assert pool.take(5000).address == address


def test_any_thread_may_give_back() -> None:
    """As the garbage collector does, in whichever thread it happens to run."""
    pool = Pool(Memory().allocate)
    holder: list[Any] = [pool.take(300)]
    holder.append(holder)  # only the collector finds it
    del holder
    thread = threading.Thread(target=gc.collect)
    thread.start()
    thread.join()
    assert pool.kept() == 512


def test_a_driver_that_fails_takes_nothing_with_it() -> None:
    memory = Memory()
    pool = Pool(memory.allocate)
    pool.take(300)

    def fails(size: int) -> int:
        raise OSError("no more")

    pool._allocate = fails
    assert pool.take(300).address == ALIGNMENT
    with pytest.raises(OSError, match="no more"):
        pool.take(3000)
    assert pool.kept() == 512
