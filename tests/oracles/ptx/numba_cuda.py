"""The part of numba.cuda and cuda.core that accel.cuda.driver uses, over a card that is none.

As of the real ones, a thread has to ask for the context before it calls the driver, and memory that
was given back is held until there is too much of it.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

from tests.oracles.ptx.card import ProcessorCard
from zkpipe.ground.errors import CardError


class CudaSupportError(ImportError):
    """No driver, or none that can be used."""


class CudaDriverError(Exception):
    """The driver refused."""


class CudaAPIError(CudaDriverError):
    """A call of the driver's API failed."""


@dataclass
class Pointer:
    """What memalloc gives: it holds the memory."""

    memory: Any
    offset: int = 0

    @property
    def device_pointer_value(self) -> int:
        return int(self.memory.address) + self.offset

    def view(self, start: int) -> Pointer:
        return Pointer(self.memory, self.offset + start)


class Deallocations:
    """Memory that nobody has, and that the driver does not have back yet."""

    def __init__(self) -> None:
        self.held: list[Any] = []

    def clear(self) -> None:
        self.held.clear()


@dataclass
class FakeCuda:
    """The modules numba.cuda, numba.cuda.cudadrv.driver and cuda.core as one object.

    unusable    what the driver says, if there is none
    broken      what it says to every later call, as after a kernel that wrote where it must not
    capability  of the card
    clock_khz   its highest, None if the driver does not say
    """

    card: ProcessorCard = field(default_factory=ProcessorCard)
    unusable: str = ""
    broken: str = ""
    capability: tuple[int, int] = (8, 9)
    clock_khz: int | None = 2_520_000
    deallocations: Deallocations = field(default_factory=Deallocations)
    current: Any = field(default_factory=threading.local)
    compiled: list[str] = field(default_factory=list)

    CudaSupportError = CudaSupportError
    CudaDriverError = CudaDriverError
    CudaAPIError = CudaAPIError

    def _called(self) -> None:
        if not getattr(self.current, "is_set", False):
            raise CudaAPIError("[201] Call results in CUDA_ERROR_INVALID_CONTEXT")
        if self.broken:
            raise CudaAPIError(self.broken)

    # --- numba.cuda

    def current_context(self) -> FakeCuda:
        if self.unusable:
            raise CudaSupportError(self.unusable)
        self.current.is_set = True
        return self

    @property
    def device(self) -> Any:
        said = {} if self.clock_khz is None else {"CLOCK_RATE": self.clock_khz}
        return SimpleNamespace(name=b"Imagined 4090", compute_capability=self.capability, **said)

    def default_stream(self) -> str:
        return "default stream"

    def get_memory_info(self) -> tuple[int, int]:
        self._called()
        return self.card.size - self.card.used, self.card.size

    def memalloc(self, size: int) -> Pointer:
        self._called()
        try:
            return Pointer(self.card.allocate(size))
        except CardError as error:
            raise CudaAPIError(
                "[2] Call to cuMemAlloc results in CUDA_ERROR_OUT_OF_MEMORY"
            ) from error

    # --- numba.cuda.cudadrv.driver

    @property
    def driver(self) -> Any:
        return SimpleNamespace(get_version=lambda: (13, 0))

    def device_memset(self, pointer: Pointer, value: int, size: int) -> None:
        self._called()
        assert value == 0
        assert pointer.offset == 0
        self.card.clear(pointer.memory, size)

    def host_to_device(self, pointer: Pointer, array: Any, size: int) -> None:
        self._called()
        assert size == array.nbytes
        assert pointer.offset == 0
        self.card.write(pointer.memory, array)

    def device_to_host(self, array: Any, pointer: Pointer, size: int) -> None:
        self._called()
        assert size == array.nbytes
        self.card.read(pointer.memory, pointer.offset, array)

    # --- cuda.core

    @staticmethod
    def LaunchConfig(*, grid: int, block: int) -> tuple[int, int]:  # theirs
        return grid, block

    @property
    def ObjectCode(self) -> Any:  # theirs
        def from_ptx(ptx: bytes) -> Any:
            self._called()
            self.compiled.append(ptx.decode())
            return SimpleNamespace(get_kernel=lambda name: (ptx.decode(), name))

        return SimpleNamespace(from_ptx=from_ptx)

    def launch(self, stream: str, config: tuple[int, int], kernel: Any, *args: Any) -> None:
        self._called()
        ptx, name = kernel
        assert stream == "default stream"
        assert f".entry {name}(" in ptx
        assert all(type(arg) is np.uint64 for arg in args)
        self.card.launch(ptx, *config, [int(arg) for arg in args])
