"""A quotient that could be false."""

from zkpipe import Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[200]], b: Private[UInt[100]]):
    check(a // b == 1)


example.compile()
