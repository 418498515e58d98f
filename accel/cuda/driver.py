"""A card of this machine, by the driver as numba.cuda has it.

The package numba-cuda alone is enough: the kernels come as PTX, which the card's driver compiles,
so NVIDIA's compilers, some 250 MB, are not needed. Nothing of this is imported before a card is
asked for.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.cuda.pool import Piece, Pool
from zkpipe.accel.machines.backend import best
from zkpipe.ground.errors import CardError, MissingError
from zkpipe.ground.process.once import once
from zkpipe.ground.sizes import allowed, needed

LEAST = (7, 0)  # compute capability: Volta
LEAST_DRIVER = (12, 0)  # the CUDA whose calls cuda.core makes
PACKAGE = "numba-cuda"
DEVICES = ("/dev/nvidiactl", "/dev/dxg")  # what a driver makes, on Linux and in its Windows kin


class NumbaCard:
    """The first card: accel.cuda.card.Card. Everything goes through the default stream, in order.

    name        as its maker calls it
    capability  its compute capability, (major, minor)
    driver      the newest CUDA that its driver knows, (major, minor)

    Any thread may use it. Every method raises CardError if the driver refuses. Memory is the
    process' until it ends: after an error, freeing it would only fail.
    """

    def __init__(self, cuda: Any, driver: Any, core: Any) -> None:
        self._cuda, self._calls, self._core = cuda, driver.driver, core
        device = cuda.current_context().device
        name = device.name
        self.name = name.decode() if isinstance(name, bytes) else str(name)
        self.capability: tuple[int, int] = tuple(device.compute_capability)
        self.driver: tuple[int, int] = tuple(self._calls.get_version())
        self._stream = core.LEGACY_DEFAULT_STREAM
        self._kernels: dict[str, Any] = {}
        self._compiling = Lock()
        self._pool = Pool(self._allocate)

    def free(self) -> int:
        """Bytes of its memory that nobody has."""
        return self.memory()[0]

    def memory(self) -> tuple[int, int]:
        """Bytes of its memory that nobody has, and all."""
        with self._call("memory"):
            free, size = self._calls.cuMemGetInfo()
        return int(free) + self._pool.kept(), int(size)

    def clock(self) -> int | None:
        """Its highest clock in Hz, None if the driver does not say."""
        with suppress(CardError), self._call("its clock") as context:
            return 1000 * int(context.device.CLOCK_RATE) or None
        return None

    def allocate(self, size: int) -> Piece:
        """So many bytes. Raises CardError if there are not as many."""
        return self._pool.take(size)

    def clear(self, memory: Any, size: int) -> None:
        """Set bytes to 0."""
        with self._call("clearing memory"):
            self._calls.cuMemsetD8(memory.address, 0, size)

    def write(self, memory: Any, array: NDArray[Any]) -> None:
        """Copy an array of the host, in C order, into memory."""
        with self._call("a copy to the card"):
            self._calls.cuMemcpyHtoD(memory.address, array.ctypes.data, array.nbytes)

    def read(self, memory: Any, offset: int, array: NDArray[Any]) -> None:
        """Copy memory from a byte on into an array of the host, when all launches are done."""
        with self._call("a copy from the card"):
            self._calls.cuMemcpyDtoH(array.ctypes.data, memory.address + offset, array.nbytes)

    def launch(self, ptx: str, blocks: int, threads: int, words: list[int]) -> None:
        """Run the entry of a PTX text; `words` are its parameters, 64 bits each."""
        with self._call("a launch"):
            config = self._core.LaunchConfig(grid=blocks, block=threads)
            args = [np.uint64(word & (1 << 64) - 1) for word in words]
            self._core.launch(self._stream, config, self._kernel(ptx), *args)

    def compile(self, ptx: str) -> None:
        """Have the driver compile an entry, and keep it for the launches to come."""
        with self._call("compiling a kernel"):
            self._kernel(ptx)

    def _kernel(self, ptx: str) -> Any:
        """The driver's form of an entry, compiled once."""
        with self._compiling:
            if ptx not in self._kernels:
                module = self._core.ObjectCode.from_ptx(ptx.encode())
                name = ptx.split(".entry ", 1)[1].split("(", 1)[0]
                self._kernels[ptx] = module.get_kernel(name)
            return self._kernels[ptx]

    def _allocate(self, size: int) -> int:
        """The address of so many bytes; what is kept goes back if it has to."""
        with self._call("memory"):
            found = self._try_to_allocate(size)
            if found is None:
                for address in self._pool.forget():
                    self._calls.cuMemFree(address)
                found = self._try_to_allocate(size)
            if found is None:
                free, _ = self._calls.cuMemGetInfo()
                raise CardError(
                    f"The card {self.name} has no room for {needed(size)} more; "
                    f"{allowed(int(free))} are free.",
                    f"End what else runs on it, take a card with more memory, {_or_processor()}.",
                )
        return found

    def _try_to_allocate(self, size: int) -> int | None:
        try:
            return int(self._calls.cuMemAlloc(size))
        except Exception as error:
            if "OUT_OF_MEMORY" in str(error):
                return None
            raise

    @contextmanager
    def _call(self, what: str) -> Iterator[Any]:
        """The context of this thread, which the driver wants; what it says as our error."""
        try:
            yield self._cuda.current_context()
        except CardError:
            raise
        except Exception as error:  # of three packages, with no base in common
            raise CardError(
                f"The card {self.name} failed at {what}.",
                f"Start the process again. If that is no help, see nvidia-smi, {_or_processor()}.",
                _said(error),
            ) from error


def _or_processor() -> str:
    return f"or set ZKPIPE_BACKEND={best().name} to compute on the processor"


def _said(error: BaseException) -> list[str]:
    """An error's first lines, none of them empty."""
    lines = [line.strip() for line in str(error).splitlines()]
    return [line for line in lines if line][:3] or [type(error).__name__]


def is_likely() -> bool:
    """Whether a card may be found: a driver's device and the package are there. Some 0.1 ms.

    Neither numba nor numba-cuda is imported.
    """
    return has_device() and _has_package()


def has_device() -> bool:
    """Whether a driver for cards has made its device."""
    return any(map(os.path.exists, DEVICES))


def _has_package() -> bool:
    from importlib import metadata  # which takes 30 ms: where there is no device, nobody asks

    try:
        metadata.version(PACKAGE)
    except metadata.PackageNotFoundError:
        return False
    return True


@once
def open_card() -> NumbaCard:
    """The first card of this machine. Raises MissingError, and says what is missing."""
    if not _has_package():
        raise MissingError(
            f"No card can be used: the package {PACKAGE} is not installed.",
            f"Install it: pip install 'zkpipe[cuda]', {_or_processor()}.",
        )
    if os.environ.get("NUMBA_ENABLE_CUDASIM", "0") not in ("", "0"):
        raise MissingError(
            "No card can be used: NUMBA_ENABLE_CUDASIM is set, so numba only simulates one.",
            f"Unset it, {_or_processor()}.",
        )
    card = _opened()
    for version, least, what in (
        (card.capability, LEAST, "compute capability"),
        (card.driver, LEAST_DRIVER, "a driver for CUDA"),
    ):
        if version < least:
            have, need = (".".join(map(str, numbers)) for numbers in (version, least))
            raise MissingError(
                f"The card {card.name} has {what} {have}; the kernels need {need}.",
                f"Take a card from Volta on with a driver of CUDA 12 or later, {_or_processor()}.",
            )
    return card


def _opened() -> NumbaCard:
    try:
        with warnings.catch_warnings():
            # Newer bindings than the driver: what the kernels need of it, open_card looks at.
            warnings.filterwarnings("ignore", message="cuda-bindings was built for")
            names = ("numba.cuda", "numba.cuda.cudadrv.driver", "cuda.core")
            cuda, driver, core = map(import_module, names)
            if not driver.driver.get_device_count():
                raise LookupError("The driver sees no card.")
            return NumbaCard(cuda, driver, core)
    except Exception as error:  # of three packages, with no base in common
        raise MissingError(
            "No card can be used here.",
            f"See whether nvidia-smi shows one, and install its driver, {_or_processor()}.",
            _said(error),
        ) from error
