"""Working memory begins on a cache line, is zero, and stays as long as someone looks at it."""

from __future__ import annotations

import errno
import mmap
import os
import threading
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from zkpipe.ground.process import memory
from zkpipe.ground.process.memory import HUGE, LINE, address_of, aligned_empty, aligned_zeros

AT_HUGE = HUGE // 64


@pytest.mark.parametrize("rows", [1, 2, 3, 100, AT_HUGE - 1, AT_HUGE, AT_HUGE + 1, 3 * AT_HUGE])
def test_memory_is_zero_and_begins_on_a_cache_line(rows: int) -> None:
    array = aligned_zeros(rows, 8)
    assert array.shape == (rows, 8)
    assert array.dtype == np.uint64
    assert array.flags.c_contiguous
    assert array.flags.writeable
    assert array.ctypes.data % LINE == 0
    assert not array.any()
    array[:] = 0xFFFF_FFFF_FFFF_FFFF
    assert (array[-1] == 0xFFFF_FFFF_FFFF_FFFF).all()


def test_large_memory_begins_on_a_huge_page() -> None:
    assert all(aligned_zeros(AT_HUGE + k, 8).ctypes.data % HUGE == 0 for k in range(3))


@pytest.mark.parametrize(("rows", "words"), [(0, 8), (5, 0), (1, 1), (3, 5), (7, 40)])
def test_any_shape_is_given(rows: int, words: int) -> None:
    array = aligned_zeros(rows, words)
    assert array.shape == (rows, words)
    assert array.ctypes.data % LINE == 0 or array.size == 0


@pytest.mark.parametrize("rows", [100, 2 * AT_HUGE])
def test_a_view_keeps_the_memory(rows: int) -> None:
    views = []
    for k in range(8):
        array = aligned_zeros(rows, 8)
        array[:] = k
        views.append(array[rows // 2 :])
        del array
    assert all((view == k).all() for k, view in enumerate(views))


def test_arrays_do_not_overlap() -> None:
    arrays = [aligned_zeros(rows, 8) for rows in (10, AT_HUGE, 10, AT_HUGE + 3)]
    for k, array in enumerate(arrays):
        array[:] = k
    assert all((array == k).all() for k, array in enumerate(arrays))


def test_memory_is_given_where_huge_pages_cannot_be_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(mmap, "MADV_HUGEPAGE", raising=False)
    array = aligned_zeros(AT_HUGE, 8)
    assert not array.any()
    assert array.ctypes.data % LINE == 0


@pytest.fixture
def own_regions(monkeypatch: pytest.MonkeyPatch) -> None:
    """No memory that another test left."""
    monkeypatch.setattr(memory, "_regions", [])
    monkeypatch.setattr(memory, "_returned", type(memory._returned)())


@pytest.fixture(autouse=True)
def _memory_as_it_is(monkeypatch: pytest.MonkeyPatch, _memory_holds_anything: None) -> None:
    monkeypatch.undo()


@pytest.mark.usefixtures("own_regions")
def test_memory_that_was_used_before_is_zero_again() -> None:
    for words in (8, 4, 8, 16):
        array = aligned_zeros(AT_HUGE, words)
        assert not array.any()
        array[:] = 7
        del array
    partly = aligned_zeros(4 * AT_HUGE, 8)  # its end is fresh
    assert not partly.any()


@pytest.mark.usefixtures("own_regions")
def test_what_an_array_leaves_serves_the_next() -> None:
    first = aligned_empty(3 * AT_HUGE, 8)
    address = first.ctypes.data
    view = first[AT_HUGE:]
    del first
    assert aligned_empty(AT_HUGE, 8).ctypes.data != address  # the view still has it
    del view
    assert aligned_empty(AT_HUGE, 8).ctypes.data == address


@pytest.mark.usefixtures("own_regions")
@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (1, 3, 0, 2), (2, 0, 3, 1)])
def test_pieces_given_back_in_any_order_make_room_for_the_whole(order: tuple[int, ...]) -> None:
    pieces = [aligned_empty(2 * AT_HUGE, 8) for _ in range(4)]
    address = pieces[0].ctypes.data
    kept = dict(enumerate(pieces))
    pieces.clear()
    for k in order:
        del kept[k]
    assert aligned_empty(8 * AT_HUGE, 8).ctypes.data == address


@pytest.mark.usefixtures("own_regions")
def test_more_than_a_region_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "REGION", 4 * HUGE)
    arrays = [aligned_zeros(rows * AT_HUGE, 8) for rows in (3, 3, 9, 1, 1)]
    for k, array in enumerate(arrays):
        array[:] = k
    assert all((array == k).all() for k, array in enumerate(arrays))
    assert len(memory._regions) == 3


@pytest.mark.usefixtures("own_regions")
def test_where_address_space_is_short_no_more_is_asked_for_than_needed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = memory._Region

    def short(size: int) -> memory._Region:
        if size >= memory.REGION:
            raise OSError
        return made(size)

    monkeypatch.setattr(memory, "_Region", short)
    array = aligned_zeros(AT_HUGE + 1, 8)
    array[:] = 1
    assert len(memory._regions) == 1


@pytest.mark.usefixtures("own_regions")
def test_where_there_is_none_a_memory_error_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(size: int) -> memory._Region:
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    monkeypatch.setattr(memory, "_Region", none)
    with pytest.raises(MemoryError):
        aligned_zeros(AT_HUGE, 8)


def test_threads_take_and_leave_memory_side_by_side() -> None:
    wrong: list[int] = []

    def work(seed: int) -> None:
        for k in range(30):
            array = aligned_zeros(AT_HUGE + 1000 * k, 8)
            if array[:: AT_HUGE // 8].any():
                wrong.append(seed)
            array[:] = seed
            if not (array[:: AT_HUGE // 8] == seed).all():
                wrong.append(seed)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_child_forked_while_memory_is_taken_takes_its_own() -> None:
    memory._lock.acquire()  # as a thread does that is taking memory at that moment
    try:
        child = os.fork()
        if child == 0:
            os._exit(0 if not aligned_zeros(AT_HUGE, 8).any() else 1)
    finally:
        memory._lock.release()
    for _ in range(100):
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            break
        threading.Event().wait(0.1)
    else:
        os.kill(child, 9)
        os.waitpid(child, 0)
    assert ended
    assert os.waitstatus_to_exitcode(status) == 0


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6, dtype=np.uint32),
        np.zeros((3, 4), np.uint64)[1:],
        np.zeros((3, 4), np.uint64)[:, 1:],
        np.zeros((3, 4), np.uint64)[::-1],
        np.zeros((3, 4), np.uint64).T,
        np.zeros(0, np.uint8),
        np.zeros((4, 0), np.uint8),
        np.zeros((), np.int64),
        np.frombuffer(b"12345678", np.uint64),
        np.ndarray((2,), np.uint64, buffer=bytearray(40), offset=5),
        np.zeros(3, np.dtype([("a", "u4"), ("b", "u8", (4,))])),
        np.zeros(3, np.dtype({"names": ["a", "b"], "formats": ["u8", "u1"], "offsets": [8, 0]})),
        np.zeros(3, "M8[s]"),
        np.zeros(3, ">u4"),
        np.zeros(3, object),
    ],
    ids=lambda array: f"{array.dtype.kind}{array.shape}{array.flags.num}",
)
def test_an_address_is_that_of_the_first_item(array: NDArray[Any]) -> None:
    assert address_of(array) == array.ctypes.data
    if array.flags.writeable:
        array.setflags(write=False)
        assert address_of(array) == array.ctypes.data
