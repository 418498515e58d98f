"""Settings of this process that environment variables make.

ZKPIPE_THREADS bounds the threads; without it, as many as this process may use.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from zkpipe.ground.errors import RangeError

LONGEST = 20  # letters of a setting that an error repeats


_is_alone: ContextVar[bool] = ContextVar("_is_alone", default=False)


@contextmanager
def one_thread() -> Iterator[None]:
    """Within the block this thread shares no work with others: they have their own."""
    token = _is_alone.set(True)
    try:
        yield
    finally:
        _is_alone.reset(token)


def thread_count() -> int:
    """Threads to use: ZKPIPE_THREADS, or the processors that this process may run on."""
    if _is_alone.get():
        return 1
    text = os.environ.get("ZKPIPE_THREADS", "")
    if not text:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    number = re.fullmatch("0*([1-9][0-9]{0,3})", text)
    if number is None or int(number[1]) > 1024:
        raise RangeError(
            f"ZKPIPE_THREADS is {shown_setting(text)}, which is not a number of threads.",
            "Set it to a number from 1 to 1024, or unset it.",
        )
    return int(number[1])


def shown_setting(text: str) -> str:
    """What an error repeats of a setting."""
    return repr(text if len(text) <= LONGEST else f"{text[:LONGEST]}...")
