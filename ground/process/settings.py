"""Settings of this process that environment variables make.

ZKPIPE_THREADS bounds the threads; without it, as many as this process may use.
"""

from __future__ import annotations

import os
import re

from zkpipe.ground.errors import RangeError

LONGEST = 20  # letters of a setting that an error repeats


def thread_count() -> int:
    """Threads to use: ZKPIPE_THREADS, or the processors that this process may run on."""
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
