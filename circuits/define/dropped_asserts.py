"""Python drops each `assert` under -O. A circuit refuses them, so none may vanish in silence."""

from __future__ import annotations

import ast
import dis
import sys
from types import FunctionType

from zkpipe.circuits.define.bodies import called_by_name, codes_of, source_in, tree_of
from zkpipe.circuits.errors import CompileError

_RAISES = "LOAD_ASSERTION_ERROR"


def refuse_dropped_asserts(function: FunctionType) -> None:
    """Raise CompileError for an `assert` in a body, or in what it calls, where Python drops it.

    Cost: nothing without -O; with it some ms for each function.
    """
    if not sys.flags.optimize:
        return
    for here, _ in called_by_name(function):
        tree = None if _has_asserts(here) else tree_of(here)
        for node in ast.walk(tree) if tree else ():
            if isinstance(node, ast.Assert):
                raise CompileError(
                    "Python runs with -O, which drops this `assert`.",
                    "Write check(...) for a condition of the circuit, or run Python without -O.",
                    source_in(here, node),
                )


def _has_asserts(function: FunctionType) -> bool:
    """Whether its code has them: a command loads an author's files as they are written."""
    codes = codes_of(function.__code__)
    return any(i.opname == _RAISES for code in codes for i in dis.get_instructions(code))
