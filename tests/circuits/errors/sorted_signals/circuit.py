"""A sorted list."""

from zkpipe import Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    check(sorted([a, b])[0] == 3)


example.compile()
