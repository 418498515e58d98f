"""Secrets in memory: arrays that are overwritten after use, in a process that dumps no core."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from numpy.typing import NDArray


def erase(*arrays: NDArray[Any]) -> None:
    """Overwrite arrays of secrets with zeros."""
    for array in arrays:
        array.fill(0)


def dump_no_core() -> None:
    """From now on no file holds this process's memory if it crashes, where the system has such."""
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
