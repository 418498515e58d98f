"""A type that has nothing to round."""

from zkpipe import Private, Rounded, UInt, check, circuit


@circuit
def example(a: Private[Rounded[UInt[8]]]):
    check(a == 1)


example.compile()
