"""A card that runs PTX on the processor: accel.cuda.card.Card, without a card."""

from __future__ import annotations

import ctypes
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.oracles.ptx.launch import Kernel, kernel_of
from zkpipe.accel.cuda import driver
from zkpipe.accel.executors import choice
from zkpipe.ground.errors import CardError

FILL = 0xA5  # what new memory holds
EDGE = 64  # bytes on each side that nobody may write


class Piece:
    """A piece of memory between two edges, which are looked at when it is given back."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.whole = np.full(size + 2 * EDGE + 16, FILL, np.uint8)
        first = self.whole.ctypes.data + EDGE
        self.begin = EDGE + -first % 16
        self.address = self.whole.ctypes.data + self.begin

    def intact(self) -> bool:
        """Whether nothing was written beside it."""
        end = self.begin + self.size
        return bool((self.whole[: self.begin] == FILL).all() and (self.whole[end:] == FILL).all())


@cache
def _kernel(ptx: str) -> Kernel:
    return kernel_of(ptx)


@dataclass
class ProcessorCard:
    """Memory of the process, kernels run thread by thread.

    size       bytes that it has
    backwards  the last thread first
    used       bytes that somebody has now
    most       bytes that were in use at once
    """

    size: int = 1 << 30
    backwards: bool = False
    name: str = "Imagined 4090"
    used: int = 0
    most: int = 0
    launches: list[str] = field(default_factory=list)
    pieces: weakref.WeakSet[Piece] = field(default_factory=weakref.WeakSet)
    adding: threading.Lock = field(default_factory=threading.Lock)

    def allocate(self, size: int) -> Piece:
        if self.used + size > self.size:
            raise CardError("The card is full.", "Take a larger one.")
        self.used += size
        self.most = max(self.most, self.used)
        piece = Piece(size)
        with self.adding:
            self.pieces.add(piece)
        weakref.finalize(piece, self._take_back, size)
        return piece

    def _take_back(self, size: int) -> None:
        self.used -= size

    def free(self) -> int:
        return self.size - self.used

    def clear(self, memory: Any, size: int) -> None:
        assert 0 < size <= memory.size
        ctypes.memset(memory.address, 0, size)

    def write(self, memory: Any, array: NDArray[Any]) -> None:
        assert 0 < array.nbytes <= memory.size
        ctypes.memmove(memory.address, array.ctypes.data, array.nbytes)

    def read(self, memory: Any, offset: int, array: NDArray[Any]) -> None:
        assert offset + array.nbytes <= memory.size
        ctypes.memmove(array.ctypes.data, memory.address + offset, array.nbytes)

    def launch(self, ptx: str, blocks: int, threads: int, words: list[int]) -> None:
        kernel = _kernel(ptx)
        self.launches.append(kernel.name)
        kernel.launch(blocks, threads, words, backwards=self.backwards)
        with self.adding:  # by another thread's proof
            pieces = list(self.pieces)
        assert all(piece.intact() for piece in pieces), f"{kernel.name} writes beside arrays"


class NamedCard(ProcessorCard):
    """With what a driver says of a card, and a driver that compiles."""

    capability, driver = (8, 9), (13, 0)
    compiled = 0

    def memory(self) -> tuple[int, int]:
        return self.free(), self.size

    def clock(self) -> int | None:
        return 2_520_000_000

    def compile(self, ptx: str) -> None:
        self.compiled += 1


@contextmanager
def in_use(card: Any) -> Iterator[Any]:
    """ZKPIPE_BACKEND is cuda, and this card is found; nothing of it is found later."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZKPIPE_BACKEND", "cuda")
        patch.setattr(driver, "open_card", lambda: card)
        choice.forget_cards()
        try:
            yield card
        finally:
            choice.forget_cards()
