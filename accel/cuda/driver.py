"""A card of this machine, by the driver as numba.cuda has it.

The package numba-cuda alone is enough: the kernels come as PTX, which the card's driver compiles,
so NVIDIA's compilers, some 250 MB, are not needed. Nothing of this is imported before a card is
asked for.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module, metadata
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkpipe.ground.errors import MissingError
from zkpipe.ground.sizes import allowed, needed

LEAST = (7, 0)  # compute capability: Volta
PACKAGE = "numba-cuda"
_UNSET = "or unset ZKPIPE_BACKEND to compute on the processor"


class NumbaCard:
    """The first card: accel.cuda.card.Card. Everything goes through the default stream, in order.

    name        as its maker calls it
    capability  its compute capability, (major, minor)
    """

    def __init__(self, cuda: Any, driver: Any, core: Any) -> None:
        self._driver, self._core = driver, core
        self._context = cuda.current_context()
        device = self._context.device
        name = device.name
        self.name = name.decode() if isinstance(name, bytes) else str(name)
        self.capability: tuple[int, int] = tuple(device.compute_capability)
        self._stream = cuda.default_stream()
        self._kernels: dict[str, Any] = {}

    def free(self) -> int:
        """Bytes of its memory that nobody has."""
        return int(self._context.get_memory_info()[0])

    def allocate(self, size: int) -> Any:
        """So many bytes. Raises MissingError if there are not as many."""
        try:
            return _Memory(self._context.memalloc(size))
        except self._driver.CudaAPIError as error:
            raise MissingError(
                f"The card {self.name} has no room for {needed(size)} more; "
                f"{allowed(self.free())} are free.",
                f"End what else runs on it, take a card with more memory, {_UNSET}.",
            ) from error

    def clear(self, memory: Any, size: int) -> None:
        """Set bytes to 0."""
        self._driver.device_memset(memory.pointer, 0, size)

    def write(self, memory: Any, array: NDArray[Any]) -> None:
        """Copy an array of the host, in C order, into memory."""
        self._driver.host_to_device(memory.pointer, array, array.nbytes)

    def read(self, memory: Any, array: NDArray[Any]) -> None:
        """Copy memory into an array of the host, when all launches before are done."""
        self._driver.device_to_host(array, memory.pointer, array.nbytes)

    def launch(self, ptx: str, blocks: int, threads: int, words: list[int]) -> None:
        """Run the entry of a PTX text; `words` are its parameters, 64 bits each."""
        config = self._core.LaunchConfig(grid=blocks, block=threads)
        args = [np.uint64(word & (1 << 64) - 1) for word in words]
        self._core.launch(self._stream, config, self._kernel(ptx), *args)

    def _kernel(self, ptx: str) -> Any:
        """The driver's form of an entry, compiled once."""
        if ptx not in self._kernels:
            module = self._core.ObjectCode.from_ptx(ptx.encode())
            name = ptx.split(".entry ", 1)[1].split("(", 1)[0]
            self._kernels[ptx] = module.get_kernel(name)
        return self._kernels[ptx]


class _Memory:
    """A piece of a card's memory, given back with this object."""

    def __init__(self, pointer: Any) -> None:
        self.pointer = pointer
        self.address = int(pointer.device_pointer_value)


@cache
def open_card() -> NumbaCard:
    """The first card of this machine. Raises MissingError, and says what is missing."""
    try:
        metadata.version(PACKAGE)
    except metadata.PackageNotFoundError:
        raise MissingError(
            f"No card can be used: the package {PACKAGE} is not installed.",
            f"Install it: pip install 'zkpipe[cuda]', {_UNSET}.",
        ) from None
    cuda, driver = import_module("numba.cuda"), import_module("numba.cuda.cudadrv.driver")
    try:
        card = NumbaCard(cuda, driver, import_module("cuda.core"))
    except (driver.CudaSupportError, driver.CudaDriverError) as error:
        said = str(error).strip().splitlines()
        raise MissingError(
            "No card can be used here.",
            f"See whether nvidia-smi shows one, and install its driver, {_UNSET}.",
            said[:3],
        ) from error
    if card.capability < LEAST:
        have, need = (".".join(map(str, version)) for version in (card.capability, LEAST))
        raise MissingError(
            f"The card {card.name} has compute capability {have}; the kernels need {need}.",
            f"Take a card from Volta on, {_UNSET}.",
        )
    return card
