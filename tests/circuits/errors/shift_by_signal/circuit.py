"""A number is shifted by a value."""

from zkpipe import Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    check(1 << a == b)


example.compile()
