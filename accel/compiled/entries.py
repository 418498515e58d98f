"""Kernels as host code calls them: by the module of their text, which may never be imported.

    _kernels = Kernels("zkpipe.accel.msm.kernels.buckets")
    _kernels.add_runs(rows, index, 0)

A text needs numba, llvmlite and the lowerings, whose import takes longer than most commands
compute. So host modules import no text: a kernel's text is imported when it is first called.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Kernel:
    """A kernel by its name; called as its text is."""

    __slots__ = ("_text", "module", "name")

    def __init__(self, module: str, name: str) -> None:
        self.module, self.name = module, name
        self._text: Any = None

    def __call__(self, *arguments: Any) -> Any:
        """Call it. Arguments choose the machine code, as numba's types of them do."""
        return self.text(*arguments)

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
