"""The shared object of this process, opened when a kernel is first called.

Where there is none, or it lacks a kernel, numba compiles the kernel or reads what it compiled
before: see `missed`.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from zkpipe.accel.compiled.objects.arguments import types_text
from zkpipe.accel.compiled.objects.calling import Bound
from zkpipe.accel.compiled.objects.files import find
from zkpipe.accel.compiled.objects.index import Index, entry_name
from zkpipe.accel.compiled.objects.key import can_be_used, object_key
from zkpipe.accel.compiled.objects.layout import BEGIN, HEADER_SIZE
from zkpipe.accel.compiled.stamps import Look
from zkpipe.ground.errors import ZkpipeError


class Opened:
    """A shared object in place; it stays there until the process ends.

    begin  the address of its first byte
    """

    def __init__(self, index: Index, begin: int) -> None:
        self.index = index
        self._begin = begin
        self._raised = {begin + at: (it.name, it.values) for at, it in index.exceptions.items()}

    def bound(self, name: str, arguments: tuple[Any, ...]) -> Bound | None:
        """The kernel of this name, with types, ready to be called; None if it is not there."""
        entry = self.index.kernels.get(name)
        if entry is None:
            return None
        address = self._begin + entry.offset
        return Bound(address, entry.arguments, entry.result, self._raised, arguments)


class _Process:
    opened: Opened | None = None
    has_looked = False


def opened(look: Look | None = None) -> Opened | None:
    """The shared object for this process; None if there is none that can be used.

    look  at the sources, a moment ago
    """
    if not _Process.has_looked:
        _Process.opened = _open(look)
        _Process.has_looked = True
    return _Process.opened


def forget() -> None:
    """Look for it again when it is next asked for."""
    _Process.has_looked = False


def _open(look: Look | None) -> Opened | None:
    if not can_be_used():
        return None
    with suppress(ZkpipeError, OSError):  # a back end that is not here: calls say so
        found = find(object_key(look))
        if found is not None:
            return Opened(found.contents, load(found.path.as_posix(), found.code))
    return None


def load(path: str, code: Callable[[], bytes]) -> int:
    """Put a file in place by the system's loader, or by ours where that may not map it.

    path  absolute, of a file of our making
    code  reads its bytes

    The address of its first byte. Raises OSError.
    """
    try:
        library = ctypes.CDLL(path)
        return ctypes.addressof(ctypes.c_char.in_dll(library, BEGIN)) - HEADER_SIZE
    except (OSError, ValueError):
        from zkpipe.accel.compiled.objects.own_loader import load_in_memory

        return load_in_memory(code())


def find_kernel(module: str, kernel: str, arguments: tuple[Any, ...]) -> Bound | None:
    """A kernel for the types of arguments that have a quick key; None if numba must give it."""
    here = opened()
    if here is None:
        return None
    return here.bound(entry_name(module, kernel, types_text(arguments)), arguments)
