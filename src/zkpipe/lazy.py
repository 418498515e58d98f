"""Packages whose public names are loaded when they are first used.

`import zkpipe` must not cost what compiling a circuit takes: a command that proves needs none of
it, and each command starts anew.

    if TYPE_CHECKING:                                   what type checkers and editors read
        from zkpipe.accel.msm.multi_scalar import msm_g1
    else:
        __getattr__, __dir__ = late(__name__, {"accel.msm.multi_scalar": "msm_g1"})

Source: PEP 562.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def late(
    package: str, homes: Mapping[str, str], modules: str = ""
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """A package's __getattr__ and __dir__, for the names that its modules hold.

    homes    for each module its names, with spaces between
    modules  of the package that are names of it themselves, without an import
    """
    home = {name: module for module, names in homes.items() for name in names.split()}
    inside = set(modules.split())

    def get(name: str) -> Any:
        if name in inside:
            return import_module(f"{package}.{name}")  # which sets the name
        if name not in home:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(home[name]), name)
        setattr(sys.modules[package], name, value)  # not asked for again
        return value

    def names() -> list[str]:
        here = vars(sys.modules[package])
        return sorted({*here["__all__"], *inside, *(name for name in here if name[:2] == "__")})

    return get, names
