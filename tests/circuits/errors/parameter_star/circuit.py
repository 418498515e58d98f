"""A parameter takes any number of arguments."""

from zkpipe import Private, UInt, check, circuit


@circuit
def example(*values: Private[UInt[8]]):
    check(values[0] == 1)


example.compile()
