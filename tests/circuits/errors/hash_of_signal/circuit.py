"""A signal in a set."""

from zkpipe import Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    check(len({a, b}) == 2)


example.compile()
