"""A parameter has the name of a function."""

from zkpipe import Private, UInt, circuit


@circuit
def example(check: Private[UInt[8]]):
    check(check == 3)


example.compile()
