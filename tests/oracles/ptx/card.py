"""A card that runs PTX on the processor: accel.cuda.card.Card, without a card."""

from __future__ import annotations

import ctypes
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
from zkpipe.ground.errors import MissingError

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
    """

    size: int = 1 << 30
    backwards: bool = False
    used: int = 0
    launches: list[str] = field(default_factory=list)
    pieces: weakref.WeakSet[Piece] = field(default_factory=weakref.WeakSet)

    def allocate(self, size: int) -> Piece:
        if self.used + size > self.size:
            raise MissingError("The card is full.", "Take a larger one.")
        self.used += size
        piece = Piece(size)
        self.pieces.add(piece)
        weakref.finalize(piece, self._take_back, size)
        return piece

    def _take_back(self, size: int) -> None:
        self.used -= size

    def clear(self, memory: Any, size: int) -> None:
        ctypes.memset(memory.address, 0, size)

    def write(self, memory: Any, array: NDArray[Any]) -> None:
        ctypes.memmove(memory.address, array.ctypes.data, array.nbytes)

    def read(self, memory: Any, array: NDArray[Any]) -> None:
        ctypes.memmove(array.ctypes.data, memory.address, array.nbytes)

    def launch(self, ptx: str, blocks: int, threads: int, words: list[int]) -> None:
        kernel = _kernel(ptx)
        self.launches.append(kernel.name)
        kernel.launch(blocks, threads, words, backwards=self.backwards)
        assert all(piece.intact() for piece in self.pieces), f"{kernel.name} writes beside arrays"


@contextmanager
def in_use(card: Any) -> Iterator[Any]:
    """ZKPIPE_BACKEND is cuda, and this card is found; nothing of it is found later."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZKPIPE_BACKEND", "cuda")
        patch.setattr(driver, "open_card", lambda: card)
        choice._card.cache_clear()
        try:
            yield card
        finally:
            choice._card.cache_clear()
