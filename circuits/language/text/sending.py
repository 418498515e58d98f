"""Circuits and hints on their way to other processes, which get names of functions, never code.

A worker of multiprocessing imports the module and takes the function from there. So what goes to
one must be found in a module by its name.
"""

from __future__ import annotations

import sys
from functools import partial, reduce

from zkpipe.circuits.errors import CompileError, Source


def not_sent(what: str, source: Source | None) -> CompileError:
    """The error for a circuit that no other process could have: what in it is the reason."""
    return CompileError(
        f"This circuit cannot be sent to another process: {what} is not at the top of a module "
        "that the process could import.",
        "Move the function there; or send the names of the circuit's module and function, and "
        "compile there. What needs no witness can take the path of the .r1cs file.",
        source,
    )


def is_of_console(function: object) -> bool:
    """Whether it was typed into a console or a notebook, whose module no process can import."""
    while isinstance(function, partial):
        function = function.func
    main = sys.modules.get("__main__")
    return getattr(function, "__module__", None) == "__main__" and not hasattr(main, "__file__")


def is_found(thing: object, module: str, path: str) -> bool:
    """Whether a module has the thing under its qualified name."""
    try:
        found = reduce(getattr, path.split("."), sys.modules.get(module))
    except AttributeError:
        return False
    return found is thing and not is_of_console(thing)
