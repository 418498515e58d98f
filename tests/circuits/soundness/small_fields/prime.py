"""A small prime in place of r, for all of a process.

`take` comes before the first import of the analysis. Each of its modules then finds the small field
where it looks for Fr, and what it derives from r on import, as the number of its bits, is right
too. Nothing can be taken back, so a process has one field.

Kernels of both fields lie in one cache. What a kernel knows of its field it knows by the types of
its arguments, and they are part of the key by which it is found, with the modulus. It might also
hold a constant of its module that follows from r; `constants_of_kernels` shows that none does.
"""

from __future__ import annotations

import inspect
import sys
from importlib import import_module
from types import ModuleType, SimpleNamespace
from typing import Any

from numba.core.dispatcher import Dispatcher

from zkpipe.accel import bn254
from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.curve import Field


def take(prime: int) -> None:
    """Let r be a small prime in whatever this process imports from now on."""
    early = [name for name, module in sys.modules.items() if _holds_field(name, module)]
    assert not early, f"imported with the field of BN254: {early}"
    curve: Any = SimpleNamespace(name=f"small{prime}", label=f"small{prime}", r=prime)
    curve.fr = Field(f"F{prime}", prime, curve=curve)
    bn254.R, bn254.FR, bn254.BN254 = prime, curve.fr, curve
    from zkpipe.accel import roots

    root_of = {x * x % prime: x for x in range(prime)}
    roots.square_root = lambda x: root_of.get(x % prime)


def _holds_field(name: str, module: ModuleType) -> bool:
    """Whether a module has taken r, or what follows from it, from that of the curve."""
    is_ours = name.startswith(("zkpipe.", "tests.")) and module is not bn254
    return is_ours and not {"R", "FR", "signed", "BN254"}.isdisjoint(vars(module))


def constants_of_kernels() -> dict[str, str]:
    """What the kernels of all imported modules read of their modules, other functions aside.

    So do those that imported modules call by name, whose texts nothing else may have imported.
    """
    for contents in list(sys.modules.values()):
        for value in list(vars(contents).values()):
            if isinstance(value, Kernels):
                import_module(value._module)
    found = {}
    for module, contents in sorted(sys.modules.items()):
        for name, kernel in vars(contents).items() if module.startswith("zkpipe.") else ():
            if isinstance(kernel, Dispatcher):
                read = inspect.getclosurevars(kernel.py_func)
                for constant, value in {**read.globals, **read.nonlocals}.items():
                    if not callable(value) and not inspect.ismodule(value):
                        found[f"{module}.{name}: {constant}"] = repr(value)
    return found
