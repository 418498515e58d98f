"""A parameter is given by its name alone."""

from zkpipe import Private, UInt, check, circuit


@circuit
def example(*, a: Private[UInt[8]]):
    check(a == 1)


example.compile()
