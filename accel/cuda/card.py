"""What a card must offer, its memory as arrays, and kernels launched on them.

A `Card` is driven by numba.cuda (accel.cuda.driver); tests have one that runs PTX on the processor.
Arrays of a card are handed to kernels by what they are: `DeviceArray` as an array, `DeviceRows` as
rows of field elements, an int as a 64-bit integer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numba import from_dtype, types
from numpy.typing import DTypeLike, NDArray

from zkpipe.accel.cuda.compiled.ptx import THREADS, CardKernel
from zkpipe.accel.cuda.compiled.texts import text_of
from zkpipe.accel.curve import Field
from zkpipe.accel.fields.arrays import RowsType
from zkpipe.accel.machines.machine import CUDA


class Memory(Protocol):
    """A piece of a card's memory, given back when nothing holds it any more."""

    @property
    def address(self) -> int:
        """Where it lies; a multiple of 16."""
        ...


class Card(Protocol):
    """A card: memory, copies, launches, all in order. Every method raises CardError if it fails."""

    @property
    def name(self) -> str:
        """As its maker calls it."""
        ...

    def free(self) -> int:
        """Bytes of its memory that nobody has."""
        ...

    def allocate(self, size: int) -> Memory:
        """So many bytes. Raises CardError if there are not as many."""
        ...

    def clear(self, memory: Memory, size: int) -> None:
        """Set bytes to 0."""
        ...

    def write(self, memory: Memory, array: NDArray[Any]) -> None:
        """Copy an array of the host, in C order, into memory."""
        ...

    def read(self, memory: Memory, offset: int, array: NDArray[Any]) -> None:
        """Copy memory from a byte on into an array of the host, when all launches are done."""
        ...

    def launch(self, ptx: str, blocks: int, threads: int, words: list[int]) -> None:
        """Run the entry of a PTX text; `words` are its parameters, 64 bits each."""
        ...


@dataclass(frozen=True, slots=True)
class DeviceArray:
    """A one-dimensional array in a card's memory, from some byte of a piece of it on."""

    card: Card
    memory: Memory
    dtype: np.dtype[Any]
    length: int
    offset: int = 0

    @classmethod
    def empty(cls, card: Card, length: int, dtype: DTypeLike) -> DeviceArray:
        """Not cleared."""
        kind = np.dtype(dtype)
        return cls(card, card.allocate(max(1, length) * kind.itemsize), kind, length)

    @classmethod
    def zeros(cls, card: Card, length: int, dtype: DTypeLike) -> DeviceArray:
        """Cleared."""
        array = cls.empty(card, length, dtype)
        if length:
            card.clear(array.memory, length * array.dtype.itemsize)
        return array

    @classmethod
    def of(cls, card: Card, array: NDArray[Any]) -> DeviceArray:
        """A copy of an array of any shape, flat."""
        flat = np.ascontiguousarray(array).reshape(-1)
        made = cls.empty(card, len(flat), flat.dtype)
        if len(flat):
            card.write(made.memory, flat)
        return made

    def part(self, first: int, length: int) -> DeviceArray:
        """Some of its elements, where they lie."""
        offset = self.offset + first * self.dtype.itemsize
        return replace(self, offset=offset, length=length)

    @property
    def address(self) -> int:
        """Of its first element."""
        return self.memory.address + self.offset

    def to_host(self) -> NDArray[Any]:
        """A copy."""
        array = np.empty(self.length, self.dtype)
        if self.length:
            self.card.read(self.memory, self.offset, array)
        return array

    @property
    def numba_type(self) -> Any:
        """As kernels have it."""
        return types.Array(from_dtype(self.dtype), 1, "C")

    @property
    def words(self) -> list[int]:
        """As numba passes an array: no owner, its size, its address, its shape and strides."""
        size = self.dtype.itemsize
        return [0, 0, self.length, size, self.address, self.length, size]


@dataclass(frozen=True, slots=True)
class DeviceRows:
    """Rows of field elements in a card's memory, `count` of them in each."""

    array: DeviceArray
    numba_type: RowsType

    @classmethod
    def over(cls, array: DeviceArray, field: Field, count: int, *, working: bool) -> DeviceRows:
        """An array of uint64 words as rows."""
        return cls(array, RowsType(field, CUDA, count, working))

    @classmethod
    def empty(cls, card: Card, rows: int, field: Field, count: int) -> DeviceRows:
        """Working rows, not cleared."""
        words = DeviceArray.empty(card, rows * 4 * field.degree * count, np.uint64)
        return cls.over(words, field, count, working=True)

    @property
    def length(self) -> int:
        """How many rows."""
        return self.array.length // self.numba_type.words

    @property
    def words(self) -> list[int]:
        """Their address and length."""
        return [self.array.address, self.length]

    def part(self, first: int, length: int) -> DeviceRows:
        """Some of the rows, where they lie."""
        words = self.numba_type.words
        return replace(self, array=self.array.part(first * words, length * words))


def launch(card: Card, kernel: CardKernel, threads: int, *args: Any) -> None:
    """Run a kernel in so many threads, or a few more: it looks at its own number."""
    if threads:
        text = text_of(kernel, tuple(_kinds(args)))
        words = [word for arg in args for word in ([arg] if isinstance(arg, int) else arg.words)]
        card.launch(text, -(-threads // THREADS), THREADS, words)


def _kinds(args: Iterable[Any]) -> Iterable[Any]:
    for arg in args:
        yield types.int64 if isinstance(arg, int) else arg.numba_type
