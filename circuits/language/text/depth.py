"""Nests deeper than Python's stack: lists in lists, types in types, components in components.

Python stops at some thousand calls within each other (sys.getrecursionlimit), and so do the
functions here that go through a nest part by part. What a loop computes, however long, is no nest.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from types import CodeType, TracebackType

from zkpipe.circuits.errors import CompileError
from zkpipe.circuits.language.text.frames import Owner, owner_of
from zkpipe.circuits.language.text.source import Place

_LAST = 100  # calls by which is told whose functions call each other


@contextmanager
def within_the_stack() -> Iterator[None]:
    """Raise CompileError in place of a RecursionError among functions of this package.

    One of the user's own functions, which call each other without end, stays what it is.
    """
    try:
        yield
    except RecursionError as error:
        calls = list(_calls(error.__traceback__))
        last = calls[-_LAST:]
        if sum(owner_of(code) is Owner.OURS for code, _ in last) * 2 < len(last):
            raise
        entered = [
            Place(*call)
            for call, inner in pairwise(calls)
            if owner_of(inner[0]) is Owner.OURS and owner_of(call[0]) is Owner.USER
        ]
        raise CompileError(
            "A list, a type or a component nests deeper than Python's stack of "
            f"{sys.getrecursionlimit():,} calls, or a list holds itself.",
            "Keep values in flat lists, and write loops instead of functions within functions.",
            entered[-1].source() if entered else None,
        ) from None


def _calls(traceback: TracebackType | None) -> Iterator[tuple[CodeType, int]]:
    while traceback is not None:
        yield traceback.tb_frame.f_code, traceback.tb_lasti
        traceback = traceback.tb_next
