"""Python's `in`."""

from zkpipe import Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    check(a in [1, 2, b])


example.compile()
