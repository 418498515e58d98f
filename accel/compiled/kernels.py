"""The decorator of every kernel.

Kernels compile when they are first called, and are kept in a folder named by a digest of everything
that they are made of (sources): what changed compiles again, what did not is read from disk. `warm`
compiles them ahead.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numba
import numba.extending

from zkpipe.accel.compiled.kernel_files import KernelFiles
from zkpipe.accel.compiled.sources import source_digest

# numba types an intrinsic as the function that builds it; kernels call what it becomes.
intrinsic: Any = numba.extending.intrinsic


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a function with numba: no GIL, kept on disk, arithmetic as the hardware has it.

    A kernel allocates nothing, raises nothing and reads no global that changes; the Python
    function around it checks, allocates and raises.
    """
    return _compiled(function)


def inlined(function: Callable[..., Any]) -> Any:
    """As `kernel`, but built into each kernel that calls it, whatever its size.

    For what an inner loop calls with arrays: each is seven arguments, and a call moves them all.
    """
    return _compiled(function, forceinline=True)


def part(function: Callable[..., Any]) -> Any:
    """As `kernel`, but never compiled by itself: its text is taken into each kernel that calls it.

    For long loops that one kernel calls once: compiled by themselves they take as long again.
    """
    return _compiled(function, inline="always")


def _compiled(function: Callable[..., Any], **options: Any) -> Any:
    made: Any = numba.njit(nogil=True, error_model="numpy", **options)(function)
    # Before a first call numba asks every installed package for extensions of its types. Compiling
    # begins with that anyway, and a kernel from disk needs none.
    made._compilation_chain_init_hook = _nothing
    made._cache = KernelFiles(function, _digest(function.__code__.co_filename))
    return made


def _nothing() -> None:
    pass


@cache
def _digest(file: str) -> str:
    return source_digest(Path(file))
