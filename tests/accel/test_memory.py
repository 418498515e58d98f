"""Working memory begins on a cache line, is zero, and stays as long as someone looks at it."""

from __future__ import annotations

import mmap

import numpy as np
import pytest

from accel.memory import HUGE, LINE, aligned_zeros

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
