"""Working memory for kernels: on cache lines, in huge pages where it is large, and used again.

A row of a point and a vector of lanes are 64 bytes, as a cache line is; arrays as numpy allocates
them begin 16 bytes into one, so that every access takes two. Sums of points gather rows from all
over a key: with pages of 4 KiB most of these miss the tables of addresses as well.

Memory fresh from the system has to be found and cleared, page by page, at its first use: on virtual
machines that took a seventh of a proof's time. So large pieces are cut from regions of address
space that stay, lowest address first, and what an array leaves serves the next one: a proof writes
its digits where its polynomials were, and the next proof finds all of it there.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import threading
from bisect import insort
from collections import deque
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint64]

LINE = 64
HUGE = 1 << 21  # bytes of a huge page on x86-64
REGION = 1 << 30  # address space asked for at once: the system gives pages as they are written

_PRIVATE: dict[str, int] = (
    {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS} if hasattr(mmap, "MAP_PRIVATE") else {}
)


C_ORDER, WRITABLE = 1, 0x400  # flags of an array, as numpy numbers them
_IN_PLACE = C_ORDER | WRITABLE
_nothing = ctypes.c_char * 0


def address_of(array: NDArray[Any]) -> int:
    """Where the first item of an array lies: `array.ctypes.data` in a quarter of its time."""
    is_plain = array.dtype.kind in "biufc"  # some records are no buffers for Python
    if is_plain and array.flags.num & _IN_PLACE == _IN_PLACE:
        return ctypes.addressof(_nothing.from_buffer(array))  # type: ignore[arg-type] # it is one
    return int(array.__array_interface__["data"][0])


class _Region:
    """A stretch of address space, cut into pieces of whole huge pages."""

    def __init__(self, size: int) -> None:
        # Private: a shared mapping, Python's own choice, is a file in memory without huge pages.
        self.memory = mmap.mmap(-1, size + HUGE, **_PRIVATE)
        if hasattr(mmap, "MADV_HUGEPAGE"):
            with suppress(OSError):  # a kernel without huge pages
                self.memory.madvise(mmap.MADV_HUGEPAGE)
        address = address_of(np.frombuffer(self.memory, np.uint8))
        self.address = address + -address % HUGE
        self.free = [(0, size)]  # (start, stop), ascending, never touching
        self.used = 0  # nothing from here on was ever given out: it is still zero

    def take(self, size: int) -> int | None:
        """Where a piece begins: the lowest that is large enough; None if there is none."""
        for i, (start, stop) in enumerate(self.free):
            if stop - start >= size:
                self.free[i : i + 1] = [(start + size, stop)] if stop - start > size else []
                return start
        return None

    def give_back(self, start: int, size: int) -> None:
        """Join a piece with its free neighbours."""
        insort(self.free, (start, start + size))
        joined: list[tuple[int, int]] = []
        for low, high in self.free:
            if joined and joined[-1][1] == low:
                joined[-1] = (joined[-1][0], high)
            else:
                joined.append((low, high))
        self.free = joined


class _Piece:
    """A piece of a region, which numpy sees as bytes; it goes back with the last array on it."""

    def __init__(self, region: _Region, start: int, size: int) -> None:
        self.region, self.start, self.size = region, start, size
        self.__array_interface__ = {
            "shape": (size,),
            "typestr": "|u1",
            "data": (region.address + start, False),
            "version": 3,
        }

    def __del__(self) -> None:
        _returned.append((self.region, self.start, self.size))  # no lock: it may be held right here


_regions: list[_Region] = []
_returned: deque[tuple[_Region, int, int]] = deque()
_lock = threading.Lock()


def _fresh_lock() -> None:
    global _lock
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_fresh_lock)


def _take(size: int) -> tuple[_Piece, int]:
    """A piece, and how many of its bytes were in use before."""
    with _lock:
        while _returned:
            region, start, length = _returned.popleft()
            region.give_back(start, length)
        for region in _regions:
            if (begin := region.take(size)) is not None:
                break
        else:
            region = _reserve(size)
            _regions.append(region)
            begin = region.take(size) or 0
        dirty = min(max(region.used - begin, 0), size)
        region.used = max(region.used, begin + size)
        return _Piece(region, begin, size), dirty


def _reserve(size: int) -> _Region:
    if size < REGION:
        try:
            return _Region(REGION)
        except OSError:  # a limit on address space: then no more than is needed
            pass
    try:
        return _Region(size)
    except OSError:  # mmap's word for it; whoever asks for memory waits for Python's
        raise MemoryError from None


def _bytes(size: int) -> tuple[Bytes, int]:
    """`size` bytes from the beginning of a line on, and how many of them may not be zero."""
    if size < HUGE:
        raw = np.empty(size + LINE, np.uint8)
        skip = -address_of(raw) % LINE
        return raw[skip : skip + size], size
    piece, dirty = _take(size + -size % HUGE)
    return np.asarray(piece)[:size], min(dirty, size)


def aligned_zeros(rows: int, words: int) -> Words:
    """(rows, words) uint64 zeros from the beginning of a cache line on.

    From 2 MiB on they lie in huge pages, where the system has them, and the memory is used again
    when the last array on it is gone.
    """
    raw, dirty = _bytes(8 * rows * words)
    raw[:dirty] = 0
    return raw.view(np.uint64).reshape(rows, words)


def aligned_empty(rows: int, words: int) -> Words:
    """The same, holding anything: for what is written before it is read."""
    return _bytes(8 * rows * words)[0].view(np.uint64).reshape(rows, words)
