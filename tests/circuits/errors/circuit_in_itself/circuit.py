"""A circuit is compiled in its own body."""

from zkpipe import Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    example.compile()
    check(a == b)


example.compile()
