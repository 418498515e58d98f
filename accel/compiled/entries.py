"""Kernels as host code calls them: by the module of their text, which may never be imported.

    _kernels = Kernels("zkpipe.accel.msm.kernels.buckets")
    _kernels.add_runs(rows, index, 0)

A text needs numba, llvmlite and the lowerings, whose import takes longer than most commands
compute. So host modules import no text. A kernel's machine code is called out of a shared object
(`objects`); if that lacks the kernel, or is not there, its text is imported, and numba compiles it
or reads what it compiled before. Numba calls in 1 us a kernel of arrays and numbers that is called
here in 20: so one that is called very often is called by numba from then on. It takes 60 us for
tuples and our own objects, whose types it finds out anew each time; those stay here.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

from zkpipe.accel.compiled.objects.arguments import Key, quick_key
from zkpipe.accel.compiled.objects.missed import note
from zkpipe.accel.compiled.objects.opened import find_kernel

OFTEN = 10_000  # calls that take as long as importing a text
QUICK = (np.ndarray, int, float, bool)  # types of arguments that numba tells by itself


class Kernel:
    """A kernel by its name; called as its text is."""

    __slots__ = ("_bound", "_calls", "_text", "module", "name")

    def __init__(self, module: str, name: str) -> None:
        self.module, self.name = module, name
        self._text: Any = None
        self._calls = 0
        self._bound: dict[Key | None, Callable[[tuple[Any, ...]], Any]] = {}

    def __call__(self, *arguments: Any) -> Any:
        """Call it. Arguments choose the machine code, as numba's types of them do."""
        if self._calls >= OFTEN and all(type(value) in QUICK for value in arguments):
            return self.text(*arguments)
        self._calls += 1
        key = quick_key(arguments)
        bound = self._bound.get(key)
        if bound is not None:
            return bound(arguments)
        if key is None:  # of types that only numba can tell
            return self.text(*arguments)
        found = find_kernel(self.module, self.name, arguments)
        if found is not None:
            self._bound[key] = found
            return found(arguments)
        text = self.text
        result = text(*arguments)
        self._bound[key] = lambda arguments: text(*arguments)
        note(text, self.module, self.name, arguments)
        return result

    @property
    def text(self) -> Any:
        """What the decorator made of the text; its module is imported here."""
        if self._text is None:
            self._text = getattr(import_module(self.module), self.name)
        return self._text


class Kernels:
    """The kernels of one module, each an attribute by its name."""

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Kernel:
        if name.startswith("__"):
            raise AttributeError(name)
        made = Kernel(self._module, name)
        setattr(self, name, made)
        return made
