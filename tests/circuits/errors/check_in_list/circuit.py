"""Python finds an object in a list without a comparison of values."""

from zkpipe import Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    check(a in [a, b])


example.compile()
