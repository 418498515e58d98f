"""A circuit whose hint does what it is told: end the process, sleep, take memory, print, fork."""

import os
import sys
import threading
import time
from pathlib import Path

from zkpipe import Field, Private, Public, UInt, circuit, hint

END, SLEEP, MEMORY, PRINT, ONCE, LARGE_ONCE, A_WHILE, FORK, INTERRUPT, PRINT_LATER = range(1, 11)
MARK = str(Path(__file__).with_name("mark"))  # a text, which a hint does not change


def _mark() -> None:
    """Leave a mark for the next time."""
    Path(MARK).touch()


def act(what: int, value: int) -> int:
    """Do it, and answer 0."""
    if what == END or (what == ONCE and not Path(MARK).exists()):
        _mark()
        os._exit(9)
    if what == SLEEP:
        time.sleep(600)
    if what == A_WHILE:
        time.sleep(1)
    if what == MEMORY or (what == LARGE_ONCE and not Path(MARK).exists()):
        _mark()
        taken = [b"x" * (1 << 20) for _ in range(1000)]
        time.sleep(30)
        del taken
    if what == PRINT:
        print(value, hex(value), flush=True)  # noqa: T201 # as authors do
        print(value, file=sys.stderr, flush=True)  # noqa: T201 # the same
        os.write(2, str(value).encode())
    if what == FORK and os.fork() == 0:
        time.sleep(600)
    if what == FORK:
        os._exit(9)
    if what == INTERRUPT:
        raise KeyboardInterrupt(value)
    if what == PRINT_LATER:
        threading.Timer(0.5, lambda: os.write(2, str(value).encode())).start()
    return 0


@circuit
def mischief(what: Private[UInt[8]], value: Private[Field]) -> Public[Field]:
    """Nothing of worth."""
    done = hint(act, what, value, returns=UInt[8], waive="a test's")
    return value * value + what * done
