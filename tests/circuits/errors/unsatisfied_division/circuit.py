"""A divisor of zero."""

from zkpipe import Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    check(a // b < 9)


example.compile().solve(a=1, b=0)
