"""Processes to be killed, forked by one that has loaded everything, so that each starts at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable


def fork_for_each_line(work: Callable[[str], None]) -> None:
    """For each line on standard input, a process that works, until it ends or is killed.

    Its number is written to standard output, and then how it ended, as os.waitpid says.
    """
    for line in sys.stdin:
        number = os.fork()
        if number == 0:
            status = 1
            try:
                work(line)
                status = 0
            finally:
                os._exit(status)
        print(number, flush=True)  # noqa: T201 # to the test
        print(os.waitpid(number, 0)[1], flush=True)  # noqa: T201 # to the test
