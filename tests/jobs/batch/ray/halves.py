"""A circuit with a hint that prints what is private, ends its process for 13, and waits for 77."""

import os
import time

from zkpipe import Field, Private, Public, UInt, check, circuit, hint


def parts(x):
    print(f"private: {x}")  # noqa: T201 # as authors do
    if x == 13:
        os._exit(7)
    if x == 77:
        time.sleep(60)
    return x // 2, x % 2


@circuit
def halves(x: Private[UInt[64]], salt: Private[Field]) -> Public[Field]:
    """The square of a number, hidden."""
    half, odd = hint(parts, x, returns=(UInt[64], UInt[1]))
    check(half + half + odd == x)
    return x * x + salt
