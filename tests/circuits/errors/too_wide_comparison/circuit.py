"""A comparison of 254 bits."""

from zkpipe import Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[253]]):
    check(a < 5)


example.compile()
