"""The part of numba.cuda and cuda.core that accel.cuda.driver uses, over a card that is none."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

from tests.oracles.ptx.card import ProcessorCard
from zkpipe.ground.errors import MissingError


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

    @property
    def device_pointer_value(self) -> int:
        return int(self.memory.address)


@dataclass
class FakeCuda:
    """The modules numba.cuda, numba.cuda.cudadrv.driver and cuda.core as one object.

    unusable    what the driver says, if there is none
    capability  of the card
    """

    card: ProcessorCard = field(default_factory=ProcessorCard)
    unusable: str = ""
    capability: tuple[int, int] = (8, 9)

    CudaSupportError = CudaSupportError
    CudaDriverError = CudaDriverError
    CudaAPIError = CudaAPIError

    # --- numba.cuda

    def current_context(self) -> FakeCuda:
        if self.unusable:
            raise CudaSupportError(self.unusable)
        return self

    @property
    def device(self) -> Any:
        return SimpleNamespace(name=b"Imagined 4090", compute_capability=self.capability)

    def default_stream(self) -> str:
        return "default stream"

    def get_memory_info(self) -> tuple[int, int]:
        return self.card.size - self.card.used, self.card.size

    def memalloc(self, size: int) -> Pointer:
        try:
            return Pointer(self.card.allocate(size))
        except MissingError as error:
            raise CudaAPIError(
                "[2] Call to cuMemAlloc results in CUDA_ERROR_OUT_OF_MEMORY"
            ) from error

    # --- numba.cuda.cudadrv.driver

    def device_memset(self, pointer: Pointer, value: int, size: int) -> None:
        assert value == 0
        self.card.clear(pointer.memory, size)

    def host_to_device(self, pointer: Pointer, array: Any, size: int) -> None:
        assert size == array.nbytes
        self.card.write(pointer.memory, array)

    def device_to_host(self, array: Any, pointer: Pointer, size: int) -> None:
        assert size == array.nbytes
        self.card.read(pointer.memory, array)

    # --- cuda.core

    @staticmethod
    def LaunchConfig(*, grid: int, block: int) -> tuple[int, int]:  # theirs
        return grid, block

    class ObjectCode:
        """PTX that the driver has compiled."""

        @staticmethod
        def from_ptx(ptx: bytes) -> Any:
            return SimpleNamespace(get_kernel=lambda name: (ptx.decode(), name))

    def launch(self, stream: str, config: tuple[int, int], kernel: Any, *args: Any) -> None:
        ptx, name = kernel
        assert stream == "default stream"
        assert f".entry {name}(" in ptx
        assert all(type(arg) is np.uint64 for arg in args)
        self.card.launch(ptx, *config, [int(arg) for arg in args])
