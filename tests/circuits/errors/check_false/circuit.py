"""A constant that does not hold."""

from zkpipe import Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    check(2 + 2 == 5)


example.compile()
