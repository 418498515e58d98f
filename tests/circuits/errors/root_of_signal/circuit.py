"""A function for plain integers."""

import math

from zkpipe import Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    check(math.isqrt(a) == b)


example.compile()
