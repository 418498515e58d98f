"""Kernels that this process called and the shared object lacks: the next process finds them there.

What numba gives instead is marked in the cache as called by Python. When the process ends, the
shared object is written again, with all that is marked.
"""

from __future__ import annotations

import atexit
import sys
from contextlib import suppress
from typing import Any

from zkpipe.accel.compiled.objects.arguments import types_text
from zkpipe.accel.compiled.objects.index import entry_name
from zkpipe.accel.compiled.objects.key import can_be_used
from zkpipe.accel.compiled.objects.opened import opened

KERNELS = "zkpipe.accel.compiled.kernels"  # imported by each text
_missed: set[str] = set()


def note(text: Any, module: str, kernel: str, arguments: tuple[Any, ...]) -> None:
    """Remember a call that numba served; arguments have a quick key."""
    from zkpipe.accel.compiled.sources import module_file

    if not can_be_used() or module_file(module) is None:
        return
    name = entry_name(module, kernel, types_text(arguments))
    here = opened()
    if here is not None and here.index.knows(name):
        return
    with suppress(Exception):  # it is a matter of speed only
        from numba import typeof
        from numba.core.registry import cpu_target

        signature = tuple(map(typeof, arguments))
        text._cache.mark(signature, cpu_target.target_context.codegen())
        if not _missed:
            atexit.unregister(write)
            atexit.register(write)
        _missed.add(name)


def write_all() -> None:
    """Write the shared object with all that is marked: the last job of `warm`.

    Raises LookupError in a process that has compiled nothing: another is asked then.
    """
    if KERNELS not in sys.modules:
        raise LookupError("no kernel was compiled here")
    from zkpipe.accel.compiled.objects.gathering import write_marked

    write_marked()


def write() -> None:
    """Write the shared object with what was missed, as the process ends."""
    names = sorted(_missed)
    _missed.clear()
    if names:
        with suppress(Exception):  # likewise
            from zkpipe.accel.compiled.objects.gathering import write_with

            write_with(names)
