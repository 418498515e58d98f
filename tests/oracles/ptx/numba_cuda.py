"""The part of numba.cuda and cuda.core that accel.cuda.driver uses, over a card that is none.

As of the real ones, a thread has to ask for the context before it calls the driver.
"""

from __future__ import annotations

import ctypes
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


class Address(int):
    """What cuMemAlloc gives: a type of the bindings that an int can be had of."""


@dataclass
class FakeCuda:
    """The modules numba.cuda, numba.cuda.cudadrv.driver and cuda.core as one object.

    unusable    what the driver says, if there is none
    broken      what it says to every later call, as after a kernel that wrote where it must not
    capability  of the card
    version     the newest CUDA that the driver knows
    count       of cards
    clock_khz   the card's highest, None if the driver does not say
    """

    card: ProcessorCard = field(default_factory=ProcessorCard)
    unusable: str = ""
    broken: str = ""
    capability: tuple[int, int] = (8, 9)
    version: tuple[int, int] = (13, 0)
    count: int = 1
    clock_khz: int | None = 2_520_000
    current: Any = field(default_factory=threading.local)
    compiled: list[str] = field(default_factory=list)
    pieces: dict[int, Any] = field(default_factory=dict)
    LEGACY_DEFAULT_STREAM: str = "legacy default stream"

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

    # --- numba.cuda.cudadrv.driver

    @property
    def driver(self) -> FakeCuda:
        return self

    def get_device_count(self) -> int:
        return self.count

    def get_version(self) -> tuple[int, int]:
        return self.version

    def cuMemGetInfo(self) -> tuple[int, int]:  # theirs
        self._called()
        return self.card.size - self.card.used, self.card.size

    def cuMemAlloc(self, size: int) -> Address:  # theirs
        self._called()
        try:
            piece = self.card.allocate(size)
        except CardError as error:
            raise CudaAPIError(
                "[2] Call to cuMemAlloc results in CUDA_ERROR_OUT_OF_MEMORY"
            ) from error
        self.pieces[piece.address] = piece
        return Address(piece.address)

    def cuMemFree(self, address: int) -> None:  # theirs
        self._called()
        del self.pieces[address]

    def _piece(self, address: int, size: int) -> tuple[Any, int]:
        """The piece in which so many bytes lie, and where in it."""
        for begin, piece in self.pieces.items():
            if begin <= address and address + size <= begin + piece.size:
                return piece, address - begin
        raise CudaAPIError("[1] Call results in CUDA_ERROR_INVALID_VALUE")

    def cuMemsetD8(self, address: int, value: int, size: int) -> None:  # theirs
        self._called()
        piece, offset = self._piece(address, size)
        assert (value, offset) == (0, 0)
        self.card.clear(piece, size)

    def cuMemcpyHtoD(self, address: int, source: int, size: int) -> None:  # theirs
        self._called()
        self._piece(address, size)
        ctypes.memmove(address, source, size)

    def cuMemcpyDtoH(self, target: int, address: int, size: int) -> None:  # theirs
        self._called()
        self._piece(address, size)
        ctypes.memmove(target, address, size)

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
        assert stream == "legacy default stream"
        assert f".entry {name}(" in ptx
        assert all(type(arg) is np.uint64 for arg in args)
        self.card.launch(ptx, *config, [int(arg) for arg in args])
