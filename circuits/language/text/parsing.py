r"""The user's text as Python reads it, for what messages say of it; None if Python cannot.

Python warns of odd text (`"\d"`, `x is 5`; from 3.12 on to everybody) whenever it reads it. It did
when it imported the user's file, so here it is quiet: the text has a name of its own, by which a
filter knows the warnings. The filter stays, since to take one away is not safe among threads.
"""

from __future__ import annotations

import ast
import re
import warnings
from types import CodeType

_NAME = "<read again by zkpipe>"
_QUIET = ("ignore", None, Warning, re.compile(_NAME), 0)  # as the list of filters has it
_CANNOT = (SyntaxError, ValueError, RecursionError, MemoryError)


def module_of(text: str) -> ast.Module | None:
    """The text as statements."""
    _be_quiet()
    try:
        return ast.parse(text, _NAME)
    except _CANNOT:
        return None


def expression_of(text: str) -> ast.expr | None:
    """The text as one expression."""
    _be_quiet()
    try:
        return ast.parse(text, _NAME, mode="eval").body
    except _CANNOT:
        return None


def code_of(text: str, level: int) -> CodeType | None:
    """The text compiled, as a file's; `level` is that of Python's -O."""
    _be_quiet()
    try:
        return compile(text, _NAME, "exec", dont_inherit=True, optimize=level)
    except _CANNOT:
        return None


def _be_quiet() -> None:
    if not warnings.filters or warnings.filters[0] != _QUIET:
        warnings.filterwarnings("ignore", module=_NAME)
