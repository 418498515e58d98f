"""A list of Python's."""

from zkpipe import Private, UInt, check, circuit


@circuit
def example(a: Private[list[UInt[8]]]):
    check(a == 1)


example.compile()
