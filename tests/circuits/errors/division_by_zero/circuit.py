"""A constant divisor of zero."""

from zkpipe import Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    check(a // 0 == b)


example.compile()
